// HTTP by hand, for what no decent client sends.

import { connect } from 'node:net';

/**
 * Writes the parts, one after the other, and reads until the server closes or `patience` milliseconds passed.
 * @returns all that came back.
 */
export async function sendRaw(port: number, parts: readonly (string | Buffer)[], options: { readonly patience?: number; readonly half?: boolean } = {}): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A server that hangs up in the middle of our writing is one of the answers.
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  for (const part of parts) socket.write(part);
  if (options.half === true) socket.end();
  await new Promise<void>((resolve) => {
    const giveUp = setTimeout(resolve, options.patience ?? 3000);
    socket.once('close', () => {
      clearTimeout(giveUp);
      resolve();
    });
  });
  socket.destroy();
  return Buffer.concat(chunks).toString('utf8');
}

/** A request with a body, closed after the answer. */
export const rawPost = (path: string, headers: Readonly<Record<string, string | number>>, body: string | Buffer = ''): readonly (string | Buffer)[] => {
  const lines = Object.entries({ host: '127.0.0.1', connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return [`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, body];
};

/** The status codes of the answers in a stream of bytes, in order. */
export const statusesIn = (raw: string): readonly number[] => Array.from(raw.matchAll(/HTTP\/1\.1 (\d{3})/g), ([, status]) => Number(status));
