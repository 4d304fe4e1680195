// The way of one request through the edge: checks, the SDK's verification and turn, the guard, an answer. It knows no
// HTTP server: a status and a body go back, and what the SDK would have said in an error does not.

import type { CloudAdapter, TurnContext } from 'botbuilder';
import type { Ids } from '../domain/ports.ts';
import type { Incoming } from './activity.ts';
import type { EgressGuard } from './egress-guard.ts';
import { admitActivity, type Door } from './inbound.ts';
import { brokenAnswer } from './invoke-answer.ts';
import type { Log } from './log-port.ts';

export interface EndpointRequest {
  readonly authorization: string | undefined;
  /** Parsed JSON of any form. */
  readonly body: unknown;
}

export interface EndpointAnswer {
  readonly status: number;
  readonly body?: object;
}

/** A POST route for the server. */
export interface Endpoint {
  readonly path: '/api/messages';
  /** It asks nobody for a token, therefore it may only be offered on a loopback address. */
  readonly loopbackOnly: boolean;
  /** Never rejects. Errors are `{code, reference}`. */
  handle(request: EndpointRequest): Promise<EndpointAnswer>;
}

export interface EndpointParts {
  readonly adapter: CloudAdapter;
  readonly door: Door;
  readonly guard: EgressGuard;
  readonly log: Log;
  readonly ids: Pick<Ids, 'reference'>;
  /** Where the turn finds what was parsed of its activity; filled here, read by bot.ts. */
  readonly known: WeakMap<object, Incoming>;
  readonly run: (context: TurnContext) => Promise<unknown>;
}

export function createEndpoint(parts: EndpointParts): Endpoint {
  return {
    path: '/api/messages',
    loopbackOnly: parts.door.mode === 'unauthenticated-loopback',
    async handle(request) {
      try {
        return await answerTo(request, parts);
      } catch (error) {
        return refused(parts, 500, 'internal', { err: error });
      }
    },
  };
}

async function answerTo({ authorization, body }: EndpointRequest, parts: EndpointParts): Promise<EndpointAnswer> {
  const admission = admitActivity(authorization, body, parts.door);
  if (admission.kind === 'refused') return refused(parts, admission.status, admission.code);
  if (typeof body !== 'object' || body === null) return refused(parts, 400, 'not-an-activity');
  const activity = { ...body };
  if (admission.incoming !== undefined) parts.known.set(activity, admission.incoming);
  const { status, body: answer } = await throughAdapter(parts, authorization, activity);
  if (status === 401 || status === 403) return refused(parts, 401, 'token-refused');
  if (status !== 200) return refused(parts, 500, 'internal', { adapter: status });
  if (typeof answer !== 'object' || answer === null) return { status: 200 };
  return { status: 200, body: guarded(answer, parts) };
}

/** The SDK writes into an answer of ours instead of the wire, so that its texts stay here (facts on botbuilder, T5). */
async function throughAdapter({ adapter, run }: EndpointParts, authorization: string | undefined, activity: Record<string, unknown>): Promise<{ status: number; body: unknown }> {
  const answer: { status: number; body: unknown } = { status: 200, body: undefined };
  const response = {
    status: (code: number) => void (answer.status = code),
    send: (body: unknown) => void (answer.body = body),
    header: () => undefined,
    end: () => undefined,
    socket: undefined,
  };
  await adapter.process({ method: 'POST', headers: { authorization }, body: activity }, response, async (context) => void (await run(context)));
  return answer;
}

function guarded(body: object, { guard, ids, log }: EndpointParts): object {
  try {
    guard.invokeResponse(body);
    return body;
  } catch (error) {
    const reference = ids.reference();
    log.error({ err: error, reference }, 'an answer was withheld');
    return brokenAnswer(reference);
  }
}

function refused({ ids, log }: EndpointParts, status: number, code: string, more: object = {}): EndpointAnswer {
  const reference = ids.reference();
  const note = { status, code, reference, ...more };
  if (status >= 500) log.error(note, 'a request failed');
  else log.warn(note, 'a request was refused');
  return { status, body: { code, reference } };
}
