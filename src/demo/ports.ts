// Looked at before anything starts: the Playground would move to another port without a word, and the others would
// fail one by one, each when the rest is already there.

import { createServer, type Server } from 'node:net';

export interface WantedPort {
  /** Who wants it, for people: `Keydesk`. */
  readonly part: string;
  /** The variable that moves it. */
  readonly variable: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** A port that somebody else has, in words with the remedy. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

/**
 * The numbers in the order asked for, each free on 127.0.0.1 a moment ago and none twice. Throws a PortError that names
 * every port that is not to be had.
 */
export async function freePorts(wanted: readonly WantedPort[]): Promise<readonly number[]> {
  const held = await Promise.all(wanted.map(hold));
  // All are held before one is let go, so that two parts never get the same one.
  await Promise.all(held.flatMap((one) => (one.kind === 'held' ? [close(one.server)] : [])));
  const complaints = held.flatMap((one) => (one.kind === 'held' ? [] : [one.complaint]));
  if (complaints.length > 0) throw new PortError(complaints.join('\n'));
  return held.map((one) => (one.kind === 'held' ? one.port : 0));
}

type Held = { readonly kind: 'held'; readonly port: number; readonly server: Server } | { readonly kind: 'refused'; readonly complaint: string };

function hold(wanted: WantedPort): Promise<Held> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve({ kind: 'refused', complaint: explain(wanted, error.code) }));
    server.listen(wanted.port, '127.0.0.1', () => {
      const address = server.address();
      resolve({ kind: 'held', port: typeof address === 'object' && address !== null ? address.port : wanted.port, server });
    });
  });
}

function explain({ part, variable, port }: WantedPort, code: string | undefined): string {
  if (code === 'EADDRINUSE') return `Port ${port}, which ${part} wants, is in use; perhaps by another demo. Stop what listens there, or set ${variable} to a free port (0 finds one).`;
  if (code === 'EACCES') return `Port ${port}, which ${part} wants, may not be opened without more rights. Set ${variable} to 1024 or higher.`;
  return `Port ${port}, which ${part} wants, cannot be opened (${code ?? 'unknown error'}). Set ${variable} to another one.`;
}

const close = (server: Server): Promise<void> => new Promise((resolve) => void server.close(() => resolve()));
