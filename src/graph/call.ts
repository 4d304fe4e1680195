import type { Context, MiddlewareOptions } from '@microsoft/microsoft-graph-client';
import { Fault } from '../domain/fault.ts';
import type { Authority } from '../domain/authority.ts';
import type { Deadline } from '../domain/ports.ts';
import type { Answer, Silence } from './last-hop.ts';
import type { Pace } from './pace.ts';

/**
 * `read`: asking again changes nothing. `secret-read`: every read that Graph carried out is a row in Entra's audit
 * log, so it is repeated only when it is known that nothing was read. `act`: a POST without a body that changes
 * something; it goes out once, and only who sent it decides on another.
 */
export type CallKind = 'read' | 'secret-read' | 'act';

interface CallOptions {
  readonly exactUrl: string | undefined;
  readonly pace: Pace | undefined;
  readonly authority: Authority | undefined;
}

/**
 * One call on its way through the chain. Travels as an option of the SDK's request, which finds it by its class. The
 * outcome is a value here and not `context.response` or an exception: the SDK would turn our faults into errors of its
 * own, and a WHATWG Response costs more than the whole exchange (docs/performance.md).
 */
export class Call implements MiddlewareOptions {
  readonly kind: CallKind;
  readonly deadline: Deadline;
  /** Goes out instead of the URL that the SDK builds: a next page, exactly as Graph named it. */
  readonly exactUrl: string | undefined;
  /** Waited for before each time it goes out, repeats included. */
  readonly pace: Pace | undefined;
  readonly authority: Authority;
  /** Put on by the authenticating link, sent by the last one. */
  bearer: string | undefined;
  outcome: Answer | Silence | Fault | undefined;
  /** How often it went out. */
  attempts = 0;

  constructor(kind: CallKind, deadline: Deadline, { exactUrl, pace, authority = 'application' }: CallOptions) {
    this.kind = kind;
    this.deadline = deadline;
    this.exactUrl = exactUrl;
    this.pace = pace;
    this.authority = authority;
  }
}

/** The answer with an HTTP status that the call has come to, if it has. */
export const answerOf = ({ outcome }: Call): Answer | undefined =>
  outcome !== undefined && 'kind' in outcome && outcome.kind === 'answer' ? outcome : undefined;

/** The call that a link of the chain is working on. Without one nothing is sent. */
export function callOf(context: Context): Call {
  const call = context.middlewareControl?.getMiddlewareOptions(Call);
  if (call instanceof Call) return call;
  throw new Fault('internal', 'never', { message: 'a Graph request without a call' });
}
