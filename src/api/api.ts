// The API as a set of routes for a server: limits, gate, route, answer. What each route does stands in routes/.

import type { ApiCaller } from '../domain/api-caller.ts';
import type { Desk } from '../domain/desk.ts';
import { Fault } from '../domain/fault.ts';
import { milliseconds } from '../domain/instant.ts';
import { chosen } from './accept.ts';
import { jsonAnswer } from './answers.ts';
import { type Call, refuse, wrongParameter } from './call.ts';
import { createCursors, type Cursors } from './cursor.ts';
import { createGatekeeper, type Gatekeeper, type GatekeeperSettings } from './gatekeeper.ts';
import type { ApiAnswer, ApiLog, ApiRequest } from './http.ts';
import { type ApiLimits, createLimiter, type Limiter } from './limits.ts';
import { openApi } from './openapi.ts';
import { type Operation, type OperationName, operations } from './operations.ts';
import { pageOf } from './page.ts';
import { problem, problemOf } from './problems.ts';
import { readQuery } from './query.ts';
import { getAudit } from './routes/audit.ts';
import { getList } from './routes/list.ts';
import { getDevice, getRotation, postReveal, postRotate } from './routes/keys.ts';

export interface ApiParts extends Omit<GatekeeperSettings, 'clock'> {
  readonly desk: Desk;
  readonly limits: ApiLimits;
  /** The same in every instance (cursor.ts). */
  readonly secret: string;
  readonly version: string;
  readonly log: ApiLog;
  /** Looks on; nobody when absent. */
  readonly watch?: ApiWatch;
}

export interface ApiWatch {
  /** Stands around what a call does once it is known who calls. */
  readonly apiCall: <T>(operation: OperationName, work: () => Promise<T>, statusOf: (result: T) => number) => Promise<T>;
  apiAnswered(call: { readonly operation: OperationName; readonly status: number; readonly milliseconds: number }): void;
}

export interface ApiRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  begin(request: ApiRequest): Promise<ApiAnswer | ((body: string | undefined) => Promise<ApiAnswer>)>;
}

export interface Api {
  readonly routes: readonly ApiRoute[];
  readonly bodyBytes: number;
  before(request: Pick<ApiRequest, 'address' | 'id'>): Promise<ApiAnswer | undefined>;
  requestId(): string;
  arrived(): (call: { readonly id: string; readonly method: string; readonly route: string; readonly status: number; readonly whole: boolean; readonly noted: object }) => void;
  owns(url: string): boolean;
  speak(error: { readonly code: string; readonly reference: string }): { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

/** A reason of 500 letters, a ticket and a name, in any script and with escapes. */
const bodyBytes = 16 * 1024;

type Handle = (call: Call) => Promise<ApiAnswer>;

const handlers: Readonly<Record<OperationName, Handle>> = { list: getList, device: getDevice, reveal: postReveal, rotate: postRotate, rotation: getRotation, audit: getAudit };

export function createApi(parts: ApiParts): Api {
  const { desk, log, watch } = parts;
  const house: House = { desk, log, gate: createGatekeeper({ ...parts, clock: desk.clock }), limiter: createLimiter(parts.limits), cursors: createCursors(parts.secret) };
  const names = Object.keys(operations).filter((name): name is OperationName => name in handlers);
  const [description, page] = [jsonAnswer(openApi(parts.version)), pageOf(parts.version)];
  const byRoute = new Map(names.map((name) => [`${operations[name].method} ${routePath(operations[name])}`, name]));
  return {
    routes: [
      { method: 'GET', path: '/api/openapi.json', begin: () => Promise.resolve(description) },
      { method: 'GET', path: '/api', begin: () => Promise.resolve(page) },
      ...names.map((name) => routeOf(operations[name], watched(watch, name, handlers[name]), house)),
    ],
    bodyBytes,
    before: async ({ address, id }) => {
      const wait = await house.limiter.address(address);
      return wait === undefined ? undefined : refuse({ desk, log, request: { id } }, 'rate-limit', { retryAfterSeconds: wait });
    },
    requestId: () => desk.ids.clientRequest(),
    arrived: () => {
      const since = milliseconds(desk.clock.now());
      return ({ noted, ...call }) => {
        const ms = milliseconds(desk.clock.now()) - since;
        log.info({ ...call, ms, ...noted }, 'a call of the API');
        const operation = byRoute.get(`${call.method} ${call.route}`);
        if (operation !== undefined) watch?.apiAnswered({ operation, status: call.status, milliseconds: ms });
      };
    },
    owns: (url) => /^\/api(?:\/(?!messages(?:[?]|$))|[?]|$)/.test(url),
    speak: ({ code, reference }) => {
      const { headers, body } = problemOf(code, reference);
      return { headers, body: typeof body === 'string' ? body : '' };
    },
  };
}

interface House {
  readonly desk: Desk;
  readonly log: ApiLog;
  readonly gate: Gatekeeper;
  readonly limiter: Limiter;
  readonly cursors: Cursors;
}

/** Within it what is thrown is still what was thrown. */
const watched = (watch: ApiWatch | undefined, name: OperationName, handle: Handle): Handle => (watch === undefined ? handle : (call) => watch.apiCall(name, () => handle(call), ({ status }) => status));

const routePath = ({ path }: Pick<Operation, 'path'>): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

/** Cheapest first: who it is, how often, whether there is an answer the caller takes, whether the ledger is whole; then the body. */
function routeOf(operation: Operation, handle: Handle, house: House): ApiRoute {
  const { method, query, answer } = operation;
  const { desk, log, gate, limiter, cursors } = house;
  const files = answer.files !== undefined;
  return {
    method,
    path: routePath(operation),
    begin: (request) =>
      answering(house, request, async () => {
        const caller = await gate(request, method === 'POST');
        if (typeof caller === 'string') return refuse({ desk, log, request }, caller);
        request.note({ caller: caller.person.id, app: caller.api.appId, as: caller.api.caller });
        const wait = await limiter.caller(callerKey(caller));
        if (wait !== undefined) return refuse({ desk, log, request }, 'rate-limit', { retryAfterSeconds: wait });
        if (!files && chosen(request.headers['accept'], ['application/json']) === undefined) return refuse({ desk, log, request }, 'not-acceptable', { detail: 'There is application/json.' });
        const call: Call = { desk, caller, request, cursors, limiter, log };
        if (Object.keys(query.shape).length === 0) {
          const read = readQuery(query, request.query);
          if ('wrong' in read) return wrongParameter(call, read);
        }
        await desk.ledgerCheck.passed(() => desk.deadlines.press());
        if (method === 'GET') return handle(call);
        return (body) => answering(house, request, () => handle({ ...call, ...(body !== undefined && { body }) }));
      }),
  };
}

const callerKey = ({ person, api }: ApiCaller): string => `${api.appId} ${person.id}`;

/** What is thrown becomes a problem that says no more than its code; the log has the rest, by the reference. */
async function answering<T>({ desk, log }: House, request: ApiRequest, work: () => Promise<T | ApiAnswer>): Promise<T | ApiAnswer> {
  try {
    return await work();
  } catch (error) {
    const reference = desk.ids.reference();
    const code = error instanceof Fault ? error.code : 'internal';
    log.error({ err: error, id: request.id, code, reference }, 'a call of the API failed');
    const seconds = error instanceof Fault ? error.retryAfterSeconds : undefined;
    return problem(code, reference, seconds === undefined ? {} : { retryAfterSeconds: seconds });
  }
}
