// A set of routes whose answers are all its own, errors included: the API. It says what to answer, here it is sent. A
// request is begun before its body is read, so that whoever may not come in makes us read nothing.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Next, Request, RequestHandler, Response } from 'restify';
import type { Draining } from './draining.ts';
import { onlyJson } from './json-body.ts';
import type { ErrorLog, Speaker } from './neutral.ts';
import { restify } from './restify.ts';

export interface SiteRequest {
  /** Of this request, for the caller and the log. */
  readonly id: string;
  /** As the route has them, percent-decoded once. */
  readonly params: Readonly<Record<string, string>>;
  /** Behind the question mark, as it came. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Names of headers that came more than once; of some of them Node keeps the first alone. */
  readonly doubled: ReadonlySet<string>;
  /** Of the other end of the connection. */
  readonly address: string;
  /** What the line in the log says besides; nothing when it is written already. */
  readonly note: (fields: object) => void;
}

export interface SiteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces are sent as fast as they are taken; one that fails cuts the connection, so that nobody takes half for the whole. */
  readonly body?: string | AsyncIterable<string>;
  /** Called once when an answer in pieces has left, or will not: its reader may be gone before the first. */
  readonly over?: () => void;
}

export interface SiteRoute {
  readonly method: 'GET' | 'POST';
  /** With `:name` for what varies. */
  readonly path: string;
  /** An answer without the body being read, or what gives one with it. */
  begin(request: SiteRequest): Promise<SiteAnswer | ((body: string | undefined) => Promise<SiteAnswer>)>;
}

export interface Site extends Speaker {
  readonly routes: readonly SiteRoute[];
  readonly bodyBytes: number;
  /** Before anything else is looked at; undefined lets it go on. */
  before(request: Pick<SiteRequest, 'address' | 'id'>): Promise<SiteAnswer | undefined>;
  requestId(): string;
  /** Notes the time; what it gives is told when the answer is over: the route's pattern, no part of the query. */
  arrived(): (call: { readonly id: string; readonly method: string; readonly route: string; readonly status: number; readonly whole: boolean; readonly noted: object }) => void;
}

export interface Sending {
  readonly draining: Draining;
  readonly log: ErrorLog;
  /** A reader that takes nothing for so long holds an answer in memory, or a connection to the database, for nothing. */
  readonly stallMilliseconds: number;
}

const idHeader = 'x-request-id';

export function openSite(server: restify.Server, site: Site, sending: Sending): void {
  const begun = new WeakMap<Request, (body: string | undefined) => Promise<SiteAnswer>>();
  const noted = new WeakMap<Request, object>();
  const { admit } = sending.draining;
  server.pre(first(site, noted));
  for (const route of site.routes) {
    const begin = steppingOn(async (request, response) => {
      const answer = await route.begin(requestOf(request, response, (fields) => void noted.set(request, fields)));
      if (typeof answer !== 'function') return send(request, response, answer, sending);
      begun.set(request, answer);
      return 'on';
    });
    const finish = steppingOn(async (request, response) => {
      const body: unknown = request.body;
      const answer = await begun.get(request)?.(typeof body === 'string' ? body : undefined);
      return answer && send(request, response, answer, sending);
    });
    if (route.method === 'GET') server.get(route.path, admit, begin, finish);
    else server.post(route.path, admit, onlyJson, notLonger(site.bodyBytes), begin, restify.plugins.bodyReader({ maxBodySize: site.bodyBytes }), finish);
  }
}

/** Said before it is read; one in pieces is counted while it is. */
const notLonger =
  (bodyBytes: number): RequestHandler =>
  (request, _response, next) =>
    Number(request.headers['content-length'] ?? 0) > bodyBytes ? next(Object.assign(new Error('too long'), { statusCode: 413 })) : next();

function first(site: Site, noted: WeakMap<Request, object>): RequestHandler {
  return steppingOn(async (request, response) => {
    if (!site.owns(request.url ?? '')) return 'on';
    const id = site.requestId();
    const done = site.arrived();
    response.setHeader(idHeader, id);
    response.setHeader('x-content-type-options', 'nosniff');
    // restify writes a status of its own over that of an answer that was not taken to its end.
    let sent = 0;
    response.once('header', () => void (sent = response.statusCode));
    response.once('close', () => {
      const route: unknown = request.getRoute?.()?.path;
      done({ id, method: request.method ?? '', route: typeof route === 'string' ? route : '(none)', status: sent, whole: response.writableFinished, noted: noted.get(request) ?? {} });
    });
    const answer = await site.before({ id, address: addressOf(request) });
    if (answer === undefined) return 'on';
    write(response, answer, true);
    return undefined;
  });
}

/** restify goes on after every promise that is kept; this one goes on only when it is told to. */
const steppingOn = (step: (request: Request, response: Response) => Promise<'on' | void>): RequestHandler => {
  const take = async (request: Request, response: Response, next: Next): Promise<void> => {
    let result: unknown;
    try {
      result = (await step(request, response)) === 'on' ? undefined : false;
    } catch (error) {
      result = error;
    }
    next(result);
  };
  return (request, response, next) => void take(request, response, next);
};

const addressOf = (request: Request): string => request.socket.remoteAddress ?? '';

function requestOf(request: Request, response: Response, note: SiteRequest['note']): SiteRequest {
  const url = request.url ?? '';
  const at = url.indexOf('?');
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.params ?? {})) if (typeof value === 'string') params[name] = value;
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return { id: String(response.getHeader(idHeader)), params, query: at < 0 ? '' : url.slice(at + 1), headers, doubled: doubledIn(request.rawHeaders), address: addressOf(request), note };
}

function doubledIn(rawHeaders: readonly string[]): ReadonlySet<string> {
  const names = rawHeaders.filter((_part, index) => index % 2 === 0).map((name) => name.toLowerCase());
  return new Set(names.filter((name, index) => names.indexOf(name) !== index));
}

async function send(request: Request, response: Response, answer: SiteAnswer, { draining, log, stallMilliseconds }: Sending): Promise<void> {
  // What is left of a body that nobody reads is not waited for; while stopping nothing is kept open for a next request.
  const unread = request.method === 'POST' && !request.complete;
  const close = unread || draining.begun;
  response.setTimeout(stallMilliseconds, () => response.destroy());
  if (answer.body === undefined || typeof answer.body === 'string') return write(response, answer, close);
  write(response, { status: answer.status, headers: answer.headers }, close, false);
  try {
    await pipeline(Readable.from(inChunks(answer.body), { objectMode: true, highWaterMark: 1 }), response);
  } catch (error) {
    log.warn({ err: error, id: response.getHeader(idHeader) }, 'an answer in pieces was not taken to its end');
    response.destroy();
  } finally {
    answer.over?.();
  }
}

function write(response: Response, { status, headers, body }: SiteAnswer, close: boolean, whole = true): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (close) response.setHeader('connection', 'close');
  response.statusCode = status;
  if (!whole) return;
  if (typeof body !== 'string') return void response.end();
  const bytes = Buffer.from(body);
  response.setHeader('content-length', bytes.length);
  response.end(bytes);
}

const chunkLength = 32 * 1024;

/** A write for each line would cost more than the line; the first goes at once, for whoever waits. */
async function* inChunks(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  let chunk = '';
  let most = 1;
  for await (const piece of pieces) {
    chunk += piece;
    if (chunk.length < most) continue;
    yield chunk;
    chunk = '';
    most = chunkLength;
  }
  if (chunk !== '') yield chunk;
}
