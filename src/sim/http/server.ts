import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from './answer.ts';
import type { Fault, Faults } from './faults.ts';
import { answerOf } from './faults.ts';
import type { LoggedRequest, RequestLog } from './request-log.ts';

/** A request as the endpoints see it. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly requestId: string;
  readonly clientRequestId: string;
}

export interface Site {
  readonly now: () => number;
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly latencyMs: () => number;
  /** Entra, Graph and Intune. Who calls is written into the log entry. */
  readonly tenant: (request: PlainRequest, entry: LoggedRequest) => Answer;
  /** `/_sim/…`: never logged, delayed or broken. */
  readonly doors: (request: PlainRequest) => Answer;
}

const mostBytes = 1024 * 1024;

export function createSiteServer(site: Site): Server {
  const server = createServer((request, response) => {
    serve(request, response, site).catch((error: unknown) => {
      // A caller who gave up in the middle of a body is no news.
      if (!request.socket.destroyed) console.error('simulator:', error);
      request.socket.destroy();
    });
  });
  // Longer than any client keeps an idle connection, so that it is never the server who closes one under a request.
  server.keepAliveTimeout = 120_000;
  return server;
}

async function serve(request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> {
  const url = request.url ?? '/';
  const method = request.method ?? 'GET';
  if (url.startsWith('/_sim/')) {
    send(response, site.doors(plain(request, url, await read(request))));
    return;
  }
  const entry = site.log.begin(method, url, site.now());
  const fault = site.faults.take(method, url);
  const seen = plain(request, url, await read(request));
  const delayMs = site.latencyMs() + (fault?.delayMs ?? 0);
  if (delayMs > 0) await wait(delayMs, undefined, { ref: false });
  if (fault?.drop === 'before') {
    request.socket.destroy();
    return;
  }
  const answer = answered(seen, entry, fault, site);
  if (fault?.drop === 'after') {
    request.socket.destroy();
    return;
  }
  entry.status = answer.status;
  if (fault?.drop === 'middle') sendHalf(response, answer);
  else send(response, answer);
}

/** The real answer, or the fault's. When the connection is to be cut afterwards, the work is done in any case. */
function answered(request: PlainRequest, entry: LoggedRequest, fault: Fault | undefined, site: Site): Answer {
  const broken = fault === undefined || fault.drop === 'after' ? undefined : answerOf(fault);
  const answer = broken ?? site.tenant(request, entry);
  return { ...answer, headers: { date: new Date(site.now()).toUTCString(), 'request-id': request.requestId, 'client-request-id': request.clientRequestId, ...answer.headers, ...fault?.headers } };
}

function plain(request: IncomingMessage, url: string, body: string): PlainRequest {
  const at = url.indexOf('?');
  const requestId = randomUUID();
  const sent = request.headers['client-request-id'];
  return {
    method: request.method ?? 'GET',
    path: at < 0 ? url : url.slice(0, at),
    query: at < 0 ? '' : url.slice(at + 1),
    headers: request.headers,
    body,
    requestId,
    clientRequestId: typeof sent === 'string' && sent !== '' ? sent : requestId,
  };
}

async function read(request: IncomingMessage): Promise<string> {
  if (request.method === 'GET') return '';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > mostBytes) throw new RangeError(`The body of ${request.method ?? ''} ${request.url ?? ''} is larger than ${mostBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

const bytesOf = (answer: Answer): Buffer | undefined =>
  answer.raw !== undefined ? Buffer.from(answer.raw) : answer.body === undefined ? undefined : Buffer.from(JSON.stringify(answer.body));

function head(response: ServerResponse, { status, headers }: Answer, length: number): void {
  response.writeHead(status, {
    ...(length === 0 ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    'cache-control': 'no-cache',
    ...headers,
    ...(status === 204 ? {} : { 'content-length': String(length) }),
  });
}

function send(response: ServerResponse, answer: Answer): void {
  const bytes = bytesOf(answer);
  head(response, answer, bytes?.length ?? 0);
  response.end(bytes);
}

/** The whole length is promised, half of it comes, and then the line is dead. */
function sendHalf(response: ServerResponse, answer: Answer): void {
  const bytes = bytesOf(answer) ?? Buffer.alloc(0);
  head(response, answer, bytes.length);
  response.flushHeaders();
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
}
