import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What arrived, as it arrived. */
export interface Arrived {
  readonly method: string;
  /** Raw path and query. */
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** An answer by name, or a hand on the socket for what no decent server does. */
export type Scripted =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  | ((request: http.IncomingMessage, response: http.ServerResponse) => void);

export interface ScriptedUpstream {
  readonly origin: string;
  readonly arrived: readonly Arrived[];
  /** The next answers, in order. When they have run out, the upstream answers 599. */
  script(...answers: readonly Scripted[]): void;
  /** Answers by request, until called again; takes precedence over the script. */
  always(answer: (arrived: Arrived) => Scripted): void;
  reset(): void;
  stop(): Promise<void>;
}

/** A server on 127.0.0.1 that says what a test tells it to say, and keeps what was asked. */
export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const arrived: Arrived[] = [];
  let queue: Scripted[] = [];
  let byRequest: ((arrived: Arrived) => Scripted) | undefined;

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one: Arrived = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      arrived.push(one);
      answer(byRequest?.(one) ?? queue.shift() ?? { status: 599 }, request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    origin: `http://127.0.0.1:${portOf(server.address())}`,
    arrived,
    script: (...answers) => void queue.push(...answers),
    always: (given) => void (byRequest = given),
    reset: () => {
      arrived.length = 0;
      queue = [];
      byRequest = undefined;
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(scripted: Scripted, request: http.IncomingMessage, response: http.ServerResponse): void {
  if (typeof scripted === 'function') return scripted(request, response);
  const { status = 200, headers = {}, body = '' } = scripted;
  const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json; odata.metadata=minimal', ...headers }).end(raw);
}

const portOf = (address: string | AddressInfo | null): number => {
  if (address === null || typeof address === 'string') throw new Error('expected a TCP port');
  return address.port;
};
