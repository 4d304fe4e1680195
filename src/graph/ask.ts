// One question to Graph: through the SDK's client, with an explicit chain (authenticate → retry → last hop).

import { Client, type Context, type Middleware, ResponseType } from '@microsoft/microsoft-graph-client';
import { isUtf8 } from 'node:buffer';
import { Fault, type FaultCode } from '../domain/fault.ts';
import { milliseconds } from '../domain/instant.ts';
import type { Clock, Deadline, Ids } from '../domain/ports.ts';
import { authenticateLayer } from './authenticate.ts';
import { answerOf, Call, type CallKind, callOf } from './call.ts';
import { type Asked, nonsense, refusedBy, requestIdOf, silentBy } from './failures.ts';
import type { Answer, LastHop } from './last-hop.ts';
import type { Route } from './odata.ts';
import type { Pace } from './pace.ts';
import { retryLayer, type RetrySettings } from './retry.ts';
import type { Tokens } from './tokens.ts';

export interface Question {
  readonly service: 'directory' | 'intune' | 'bitlocker' | 'reports';
  readonly route: Route;
  readonly deadline: Deadline;
  /** With a body it is a POST; only for questions that change nothing (checkMemberGroups). */
  readonly body?: Readonly<Record<string, unknown>>;
  /** `act` is a POST as well, without a body; any 2xx answers it, and nothing of the answer is read. */
  readonly kind?: CallKind;
  /** `v1.0` when it is not said. */
  readonly version?: 'beta';
  readonly clientRequestId?: string;
  /** A next page as Graph named it. */
  readonly exactUrl?: string;
  /** Of a service that allows few requests, or that others need too. */
  readonly pace?: Pace;
  /** Nobody waits for the answer: the directory may let others pass. */
  readonly background?: boolean;
}

export interface Reply {
  /** Parsed JSON, not believed yet. */
  readonly body: unknown;
  readonly graphRequestId: string | undefined;
  /** The fault to throw when the body is not what Graph promises. `what` names fields, never values. */
  nonsense(what: string): Fault;
}

/** Throws a Fault and nothing else. */
export type Ask = (question: Question) => Promise<Reply>;

/** What may be logged of a call: no names, no ids of people, no tokens. */
export interface CallRecord {
  readonly asked: Asked;
  readonly clientRequestId: string;
  readonly graphRequestId?: string;
  readonly status?: number;
  readonly code?: FaultCode;
  readonly attempts: number;
  readonly milliseconds: number;
}

export interface AskSettings extends RetrySettings {
  readonly tokens: Tokens;
  readonly lastHop: LastHop;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'clientRequest'>;
  /** Of Keydesk; told to Microsoft in the headers that BitLocker's endpoint wants. */
  readonly version: string;
  readonly observe?: (call: CallRecord) => void;
}

export function createAsk(settings: AskSettings): Ask {
  const { clock, ids, observe } = settings;
  const client = Client.initWithMiddleware({
    middleware: [authenticateLayer(settings.tokens), retryLayer(settings), lastLayer(settings.lastHop)],
  });
  const headers = headersOf(settings.version);

  return async (question) => {
    const { service, route, body, deadline, kind = 'read', version, exactUrl, pace, background = false, clientRequestId = ids.clientRequest() } = question;
    const posted = body !== undefined || kind === 'act';
    const asked = `${posted ? 'POST' : 'GET'} ${version === undefined ? '' : `${version}/`}${route.template}`;
    const call = new Call(kind, deadline, exactUrl, pace);
    const began = clock.now();
    let fault: Fault | undefined;
    try {
      const priority = background && service === 'directory' && { 'x-ms-throttle-priority': 'low' };
      const request = client.api(route.path).headers({ ...headers[service], ...priority, 'client-request-id': clientRequestId });
      request.middlewareOptions([call]).responseType(ResponseType.RAW);
      if (version !== undefined) request.version(version);
      await (posted ? request.post(body) : request.get());
      return replyOf(call, asked, clock);
    } catch (error) {
      fault = error instanceof Fault ? error : new Fault('internal', 'never', { message: `${asked}: the Graph SDK broke` });
      throw fault;
    } finally {
      observe?.({ ...seen(call, fault), asked, clientRequestId, milliseconds: milliseconds(clock.now()) - milliseconds(began) });
    }
  };
}

function lastLayer(hop: LastHop): Middleware {
  return {
    async execute(context) {
      const call = callOf(context);
      const url = call.exactUrl ?? (typeof context.request === 'string' ? context.request : context.request.url);
      await call.pace?.(call.deadline);
      call.outcome = await hop({ ...outgoing(context, call), url, deadline: call.deadline });
    },
  };
}

/** What the SDK made of the request, in the few forms that it can have here. */
function outgoing({ options }: Context, { bearer }: Call): { method: 'GET' | 'POST'; headers: Record<string, string>; body?: string } {
  const headers: Record<string, string> = { authorization: `Bearer ${bearer ?? ''}` };
  for (const [name, value] of Object.entries(options?.headers ?? {})) {
    // The SDK names a type for a body that is not there.
    if (typeof value === 'string' && (options?.body !== undefined || name.toLowerCase() !== 'content-type')) headers[name] = value;
  }
  return { method: options?.method === 'POST' ? 'POST' : 'GET', headers, ...(typeof options?.body === 'string' && { body: options.body }) };
}

/**
 * BitLocker's endpoint wants all three of User-Agent and ocp-client-* (facts: without them 400 was reported); the
 * directory answers somebody who waits before it answers jobs.
 */
function headersOf(version: string): Record<Question['service'], Readonly<Record<string, string>>> {
  const all = { accept: 'application/json', 'user-agent': `Keydesk/${version}` };
  return {
    directory: { ...all, 'x-ms-throttle-priority': 'high' },
    intune: all,
    reports: all,
    bitlocker: { ...all, 'ocp-client-name': 'Keydesk', 'ocp-client-version': version },
  };
}

function replyOf(call: Call, asked: Asked, clock: Clock): Reply {
  const { outcome } = call;
  if (outcome === undefined) throw new Fault('internal', 'never', { message: `${asked}: went nowhere` });
  if (outcome instanceof Fault) throw outcome;
  if (outcome.kind !== 'answer') throw silentBy(outcome, call, asked);
  const taken = call.kind === 'act' && outcome.status >= 200 && outcome.status < 300;
  if (outcome.status !== 200 && !taken) {
    const redirected = outcome.status >= 200 && outcome.status < 400;
    throw redirected ? nonsense(`status ${outcome.status}`, call, asked, outcome) : refusedBy(outcome, call, asked, milliseconds(clock.now()));
  }
  return {
    body: taken ? undefined : json(outcome, call, asked),
    graphRequestId: requestIdOf(outcome),
    nonsense: (what) => nonsense(what, call, asked, outcome),
  };
}

function json(answer: Answer, call: Call, asked: Asked): unknown {
  const { 'content-type': type, 'content-encoding': encoding } = answer.headers;
  if (type !== undefined && !type.toLowerCase().startsWith('application/json')) throw nonsense('the answer is no JSON', call, asked, answer);
  if (encoding !== undefined && encoding !== 'identity') throw nonsense('the answer is packed, and nobody asked for that', call, asked, answer);
  if (!isUtf8(answer.body)) throw nonsense('the answer is no UTF-8', call, asked, answer);
  try {
    const parsed: unknown = JSON.parse(answer.body.toString('utf8'));
    return parsed;
  } catch {
    // V8 quotes the text in its message, and the text may hold a key: the error ends here.
    throw nonsense('the answer is no whole JSON', call, asked, answer);
  }
}

function seen(call: Call, fault: Fault | undefined): Pick<CallRecord, 'attempts' | 'status' | 'code' | 'graphRequestId'> {
  const answer = answerOf(call);
  const graphRequestId = answer && requestIdOf(answer);
  return { attempts: call.attempts, ...(answer && { status: answer.status }), ...(graphRequestId !== undefined && { graphRequestId }), ...(fault && { code: fault.code }) };
}
