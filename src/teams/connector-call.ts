// One call to the connector, with the little that may be repeated (facts on Teams, T4 and §5). A POST makes a message:
// after a 5xx or a cut connection it may have been made, so it is not sent again. 429 and 412 mean that nothing was
// done. A PUT makes the same of the same message however often it arrives.

import type { ConnectorClient } from 'botframework-connector';
import { z } from 'zod';
import { Fault } from '../domain/fault.ts';
import type { Connectors } from './connectors.ts';

/** Time as this room waits: milliseconds, and a wait that tests need not sit through. */
export interface Patience {
  now(): number;
  wait(milliseconds: number): Promise<void>;
}

export const realPatience: Patience = {
  now: () => Date.now(),
  wait: (milliseconds) => new Promise((resolve) => void setTimeout(resolve, milliseconds)),
};

export type CallKind = 'create' | 'edit';

/** Teams delivers a message again after 15 s, and a client waits about 5 s for a press. */
const mostMilliseconds = { create: 6000, edit: 2500 } as const satisfies Record<CallKind, number>;
const pauses = [150, 400, 900] as const;

/** `closed`: Teams says 403 or 404. The bot is not installed there, was blocked, or the message is gone. */
export type CallAnswer<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'closed'; readonly status: 403 | 404 };

export type Call<T> = (connector: ConnectorClient, options: { readonly abortSignal: AbortSignal }) => Promise<T>;

/** Throws a Fault `teams-unreachable` (`unknown-outcome` when a create may have happened), or what the guard throws. */
export async function callConnector<T>(connectors: Connectors, serviceUrl: string, kind: CallKind, call: Call<T>, patience: Patience): Promise<CallAnswer<T>> {
  const connector = await connectors.at(serviceUrl);
  const endsAt = patience.now() + mostMilliseconds[kind];
  const abortSignal = AbortSignal.timeout(mostMilliseconds[kind]);
  for (let attempt = 0; ; attempt += 1) {
    try {
      return { kind: 'done', value: await call(connector, { abortSignal }) };
    } catch (error) {
      if (error instanceof Fault) throw error;
      const failure = parseFailure(error, patience.now());
      if (failure.status === 403 || failure.status === 404) return { kind: 'closed', status: failure.status };
      const pause = pauseBefore(attempt, kind, failure);
      if (pause === undefined || patience.now() + pause >= endsAt || abortSignal.aborted) throw faultOf(kind, failure, error);
      await patience.wait(pause);
    }
  }
}

interface Failure {
  readonly status: number | undefined;
  /** The connection was never made: nothing can have happened. */
  readonly neverSent: boolean;
  readonly retryAfterMilliseconds: number | undefined;
}

function pauseBefore(attempt: number, kind: CallKind, failure: Failure): number | undefined {
  const pause = pauses[attempt];
  if (failure.status === 429) return pause === undefined ? undefined : (failure.retryAfterMilliseconds ?? 1000);
  if (failure.status === 412) return pause;
  const mayHaveHappened = failure.status === undefined || failure.status >= 500;
  return kind === 'edit' && mayHaveHappened ? pause : undefined;
}

function faultOf(kind: CallKind, { status, neverSent, retryAfterMilliseconds }: Failure, cause: unknown): Fault {
  const unknown = kind === 'create' && !neverSent && (status === undefined || status >= 500);
  const never = status !== undefined && status < 500 && status !== 429 && status !== 412;
  const message = status === undefined ? 'the connector did not answer' : `the connector answered ${status}`;
  return new Fault('teams-unreachable', unknown ? 'unknown-outcome' : never ? 'never' : 'later', { message, cause, ...(retryAfterMilliseconds !== undefined && { retryAfterSeconds: Math.ceil(retryAfterMilliseconds / 1000) }) });
}

const failureSchema = z.object({
  statusCode: z.number().optional(),
  code: z.string().optional(),
  response: z.object({ headers: z.custom<{ get(name: string): string | undefined }>((headers) => typeof headers === 'object' && headers !== null && 'get' in headers) }).optional(),
});

/** @param now milliseconds, for a Retry-After that names a date */
function parseFailure(error: unknown, now: number): Failure {
  const { data } = failureSchema.safeParse(error);
  const neverSent = data?.code === 'ECONNREFUSED' || data?.code === 'ENOTFOUND' || data?.code === 'EAI_AGAIN';
  return { status: data?.statusCode, neverSent, retryAfterMilliseconds: parseRetryAfter(data?.response?.headers.get('retry-after'), now) };
}

/** Seconds, whole or with a fraction, or an HTTP date (RFC 9110, 10.2.3; the fraction is Microsoft's own). */
function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value.trim())) return Math.ceil(Number(value) * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
