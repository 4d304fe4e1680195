// A line to the database that a test can cut: a TCP proxy in front of it.

import { connect, createServer, type Server, type Socket } from 'node:net';

export interface CuttableLine {
  /** The address of the database, through the line. */
  readonly url: string;
  /** Breaks every connection, and every new one. */
  cut(): void;
  mend(): void;
  /** The next statement with these words arrives, and its answer does not: the line is cut then. */
  loseAnswerTo(words: string): void;
  stop(): Promise<void>;
}

export async function cuttableLine(databaseUrl: string): Promise<CuttableLine> {
  const { hostname: host, port } = new URL(databaseUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  let isCut = false;
  let watched: string | undefined;
  const breakAll = (): void => {
    isCut = true;
    for (const sockets of pairs) for (const socket of sockets) socket.destroy();
    pairs.clear();
  };

  const server = createServer((near) => {
    near.on('error', () => undefined);
    if (isCut) return void near.destroy();
    const far = connect({ host, port: Number(port) });
    far.on('error', () => near.destroy());
    const pair = [near, far] as const;
    pairs.add(pair);
    let deaf = false;
    near.on('data', (bytes: Buffer) => {
      if (watched !== undefined && bytes.toString('latin1').toLowerCase().includes(watched)) {
        deaf = true;
        watched = undefined;
      }
      far.write(bytes);
    });
    // Deaf: the server has done what it was told, and here nobody hears of it.
    far.on('data', (bytes) => void (deaf ? breakAll() : near.write(bytes)));
    near.on('close', () => (far.destroy(), pairs.delete(pair)));
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.port = String(portOf(server));
  return {
    url: url.href,
    cut: breakAll,
    mend: () => void (isCut = false),
    loseAnswerTo: (words) => void (watched = words.toLowerCase()),
    stop: async () => {
      breakAll();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the line listens on no port');
  return address.port;
}
