// The last link of the chain: one HTTP exchange, whole or not at all. Node's own client with kept connections:
// measured against `fetch` it takes less than half the processor time (docs/performance.md).

import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Deadline } from '../domain/ports.ts';

export const graphOrigin = 'https://graph.microsoft.com';

export interface HopRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute; begins with {@link graphOrigin}. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly deadline: Deadline;
}

export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  /** Names in lower case. */
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Why there is no answer. `sent`: the request may have reached Graph, and may have been carried out there. */
export interface Silence {
  readonly kind: 'cut' | 'timeout' | 'too-large';
  readonly sent: boolean;
  /** Node's error code (`ECONNRESET`), which names nobody. */
  readonly code?: string;
}

/** Never rejects. Follows no redirect and unpacks nothing: none is asked for. */
export interface LastHop {
  (request: HopRequest): Promise<Answer | Silence>;
  /** Closes kept connections. */
  stop(): void;
}

// A page of 999 devices takes less than 1 MB.
const mostBytes = 8 * 1024 * 1024;
// A connection without any traffic for so long, busy or kept, is given up.
const silentMilliseconds = 15_000;

/** @param origin where the connection goes; anything but Graph itself only in demo and tests (turned.ts). */
export function createLastHop(origin: string = graphOrigin): LastHop {
  const { protocol, hostname, port } = new URL(origin);
  const { Agent, request } = protocol === 'https:' ? https : http;
  // The connection used last is used next, so that the others grow old and close.
  const agent = new Agent({ keepAlive: true, scheduling: 'lifo', maxSockets: 128, timeout: silentMilliseconds });
  const target = { hostname, port: port === '' ? undefined : Number(port), agent };

  const hop = (asked: HopRequest): Promise<Answer | Silence> =>
    new Promise((resolve) => {
      if (asked.deadline.aborted) return resolve({ kind: 'timeout', sent: false });
      const outgoing = request({
        ...target,
        method: asked.method,
        path: asked.url.slice(graphOrigin.length),
        headers: { ...asked.headers, host: 'graph.microsoft.com', ...(asked.body !== undefined && { 'content-length': Buffer.byteLength(asked.body) }) },
      });
      let sent = false;
      outgoing.once('socket', (socket) => whenOpen(socket, () => (sent = true)));
      const settle = (outcome: Answer | Silence): void => {
        asked.deadline.removeEventListener('abort', giveUp);
        resolve(outcome);
        if (outcome.kind !== 'answer') outgoing.destroy();
      };
      const giveUp = (): void => settle({ kind: 'timeout', sent });
      asked.deadline.addEventListener('abort', giveUp);
      outgoing.on('timeout', giveUp);
      outgoing.on('error', (error) => settle(cutBy(error, sent)));
      outgoing.on('response', (incoming) => receive(incoming, settle));
      outgoing.end(asked.body);
    });
  return Object.assign(hop, { stop: () => agent.destroy() });
}

function receive(incoming: http.IncomingMessage, settle: (outcome: Answer | Silence) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) settle({ kind: 'too-large', sent: true });
    else chunks.push(chunk);
  });
  incoming.on('end', () => {
    settle({ kind: 'answer', status: incoming.statusCode ?? 0, headers: incoming.headers, body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) });
  });
  // A connection cut in the middle of a body ends in an error, never in `end`.
  incoming.on('error', (error) => settle(cutBy(error, true)));
}

const cutBy = ({ code }: NodeJS.ErrnoException, sent: boolean): Silence => ({ kind: 'cut', sent, ...(code !== undefined && { code }) });

/** Not a byte of a request leaves before its connection is open, over TLS before both sides have shaken hands. */
function whenOpen(socket: Socket, open: () => void): void {
  if (!socket.connecting && !('secureConnecting' in socket && socket.secureConnecting === true)) open();
  else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', open);
}
