// The other end of a bot: takes what it sends, as Teams' connector would, and tells who waits for it.

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Arrival {
  /** The activity as it was sent: JSON. Parsing thousands of cards would take the time that the bots are to have. */
  readonly body: string;
  /** On the clock of performance.now(). */
  readonly at: number;
}

export interface Connector {
  readonly serviceUrl: string;
  /** Activities of all kinds that arrived so far. */
  readonly count: () => number;
  /** The next message in this conversation. One waiter per conversation; rejects after `withinMs`. */
  next(conversationId: string, withinMs: number): Promise<Arrival>;
  stop(): Promise<void>;
}

interface Waiter {
  arrived(arrival: Arrival): void;
}

export async function startConnector(): Promise<Connector> {
  const waiting = new Map<string, Waiter>();
  let count = 0;
  const server = createServer((request, response) => {
    read(request, (body) => {
      const at = performance.now();
      count += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end(`{"id":"1:${count}"}`);
      const conversation = conversationOf(request.url ?? '');
      if (conversation !== undefined && body.includes('"type":"message"')) waiting.get(conversation)?.arrived({ body, at });
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));

  const next = (conversationId: string, withinMs: number): Promise<Arrival> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        waiting.delete(conversationId);
        reject(new Error(`no message arrived in ${conversationId} within ${withinMs} ms`));
      }, withinMs);
      waiting.set(conversationId, {
        arrived: (arrival) => {
          clearTimeout(late);
          waiting.delete(conversationId);
          resolve(arrival);
        },
      });
    });

  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { serviceUrl: `http://127.0.0.1:${portOf(server.address())}/connector`, count: () => count, next, stop };
}

/** `…/v3/conversations/{id}/activities[/{replyTo}]` */
const conversationOf = (url: string): string | undefined => {
  const id = /\/v3\/conversations\/([^/]+)\/activities/.exec(url)?.[1];
  return id === undefined ? undefined : decodeURIComponent(id);
};

function read(request: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => done(Buffer.concat(chunks).toString('utf8')));
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('expected a TCP port');
  return address.port;
}
