// HTTP: restify with a JSON parser, limits, and answers that say nothing of what is behind them. It knows routes and
// health, no bot. Facts on restify and node:http that shaped it stand at their lines.

import { restify } from './restify.ts';
import { createDraining, type Draining } from './draining.ts';
import { refuseEarly } from './early.ts';
import { jsonBody } from './json-body.ts';
import { onlyAsLoopback } from './own-host.ts';
import { answerPage, type Page } from './pages.ts';
import { createNeutral, type ErrorLog, type Neutral } from './neutral.ts';
import { onlyPlainTargets } from './plain-target.ts';
import { openSite, type Site } from './site.ts';

export interface RouteRequest {
  readonly authorization: string | undefined;
  readonly body: unknown;
}

export interface RouteAnswer {
  readonly status: number;
  /** Sent as JSON; without it the answer is empty. */
  readonly body?: object;
}

/** A POST route that takes JSON. */
export interface Route {
  readonly path: string;
  /** Refuses to start on an address that other machines reach, and requests that were meant for another host. */
  readonly loopbackOnly: boolean;
  handle(request: RouteRequest): Promise<RouteAnswer>;
}

/** `down` answers 503; `degraded` answers 200, so that people still get what works. */
export interface Readiness {
  readonly status: 'ok' | 'degraded' | 'down';
  /** A word for each part; `ok`, or what is wrong with it. No text from outside. */
  readonly parts: Readonly<Record<string, string>>;
  /** What is well now and will not be for long. Absent when there is nothing to say. */
  readonly warnings?: Readonly<Record<string, string>>;
}

export interface ServerSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly routes: readonly Route[];
  readonly pages?: readonly Page[];
  /** Routes whose answers are all their own, errors included; none when absent. */
  readonly site?: Site;
  /** Asked at GET /readyz, by all who ask meanwhile together; one that rejects counts as down. */
  readonly readiness: () => Promise<Readiness>;
  /** References of errors that leave; the log has the same. */
  readonly ids: { reference(): string };
  readonly log: ErrorLog;
  readonly limits?: Partial<ServerLimits>;
}

export interface ServerLimits {
  readonly bodyBytes: number;
  /** From the first byte of a request to its last. */
  readonly receiveMilliseconds: number;
  /** How long `stop` waits for answers under way. */
  readonly drainMilliseconds: number;
  /** How long an answer of the site waits for a reader that takes nothing of it. */
  readonly stallMilliseconds: number;
}

const defaultLimits: ServerLimits = { bodyBytes: 256 * 1024, receiveMilliseconds: 10_000, drainMilliseconds: 10_000, stallMilliseconds: 60_000 };

export interface Server {
  readonly url: string;
  readonly port: number;
  /**
   * No new requests: 503, and `stopping` on /readyz, while answers under way finish; after a while they are cut. Then
   * nobody listens. Safe to call twice.
   */
  stop(): Promise<void>;
}

/** Rejects, with the remedy, when the port is in use or the address is not one for these routes. */
export async function startServer(settings: ServerSettings): Promise<Server> {
  const { routes, site, ids, log } = settings;
  const limits = { ...defaultLimits, ...settings.limits };
  refuseOpenDoor(settings);
  const server = restify.createServer({ name: '', handleUncaughtExceptions: false });
  const neutral = createNeutral(ids, log, site);
  harden(server, limits, neutral);
  const draining = createDraining(server.server, neutral);
  if (site !== undefined) openSite(server, site, { draining, log, ...limits });
  server.pre(onlyPlainTargets(neutral));
  server.pre(refuseEarly(limits.bodyBytes, neutral));
  server.get('/healthz', through(draining, () => Promise.resolve({ status: 200, body: { status: 'ok' } })));
  const readiness = together(settings.readiness);
  server.get('/readyz', through(draining, () => (draining.begun ? Promise.resolve(stoppingAnswer) : readyz(readiness))));
  for (const route of routes) {
    const guards = route.loopbackOnly ? [onlyAsLoopback(neutral)] : [];
    server.post(route.path, draining.admit, ...guards, ...jsonBody(limits.bodyBytes), through(draining, ({ headers, body }) => route.handle({ authorization: headers.authorization, body })));
  }
  for (const page of settings.pages ?? []) server.get(page.path, draining.admit, answerPage(page));
  const port = await listen(server, settings);
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return { url: `http://${host}:${port}`, port, stop: () => draining.drain(limits.drainMilliseconds) };
}

/** Nobody needs a token to ask: a thousand questions at once must not take every connection to the database. */
function together(look: ServerSettings['readiness']): ServerSettings['readiness'] {
  let looking: Promise<Readiness> | undefined;
  return () => (looking ??= look().finally(() => (looking = undefined)));
}

/** For whoever sends requests here: not any more. Said at once, without a look at anything. */
const stoppingAnswer: RouteAnswer = { status: 503, body: { status: 'stopping', parts: {} } };

async function readyz(readiness: ServerSettings['readiness']): Promise<RouteAnswer> {
  const { status, parts, warnings } = await readiness().catch((): Readiness => ({ status: 'down', parts: {} }));
  return { status: status === 'down' ? 503 : 200, body: { status, parts, ...(warnings && { warnings }) } };
}

/** One answer for one request. What is thrown goes to restify's error event, and from there to neutral.ts. */
const through =
  (draining: Draining, answer: (request: restify.Request) => Promise<RouteAnswer>) =>
  async (request: restify.Request, response: restify.Response): Promise<void> => {
    const { status, body } = await answer(request);
    // While stopping nothing is kept open for a next request.
    if (draining.begun) response.setHeader('Connection', 'close');
    if (body === undefined) response.send(status);
    else response.json(status, body);
  };

function harden(server: restify.Server, limits: ServerLimits, neutral: Neutral): void {
  const { receiveMilliseconds } = limits;
  // node:http looks for slow requests every 30 s unless told otherwise; restify has no option for it.
  const connectionsCheckingInterval = Math.min(1000, receiveMilliseconds);
  // A proxy in front reuses connections for about a minute; one that is closed under it costs somebody an answer.
  const keepAliveTimeout = 65_000;
  Object.assign(server.server, { keepAliveTimeout, requestTimeout: receiveMilliseconds, headersTimeout: Math.min(5000, receiveMilliseconds), connectionsCheckingInterval });
  // restify listens for upgrades and leaves the socket open, for ever and uncounted.
  server.on('upgrade', (_request: unknown, socket: { destroy(): void }) => socket.destroy());
  // restify would answer with the error's own text. 404, 405 and whatever a parser throws come by here.
  server.on('restifyError', (_request, response: restify.Response, error: unknown, done: () => void) => {
    neutral.fromError(response, error);
    done();
  });
}

const loopbackAddresses: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

function refuseOpenDoor({ host, routes }: ServerSettings): void {
  const unguarded = routes.filter((route) => route.loopbackOnly).map((route) => route.path);
  if (unguarded.length === 0 || loopbackAddresses.has(host)) return;
  throw new Error(`${unguarded.join(', ')} asks nobody for a token and may only be offered on 127.0.0.1; the address to listen on is ${host}.`);
}

/** @returns the port. */
function listen(server: restify.Server, { host, port }: ServerSettings): Promise<number> {
  const { server: socket } = server;
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(new Error(explain(error, host, port), { cause: error }));
    // restify hands the same event on; without a listener of its own that would end the process.
    server.on('error', () => undefined);
    socket.once('error', failed);
    socket.listen(port, host, () => {
      socket.off('error', failed);
      const address = socket.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE') return `Port ${port} on ${host} is in use. Stop what listens there, or set PORT to another one.`;
  if (error.code === 'EACCES') return `Listening on port ${port} needs rights that this process does not have. Set PORT to 1024 or higher.`;
  return `Keydesk could not listen on ${host}:${port} (${error.code ?? 'unknown error'}).`;
}
