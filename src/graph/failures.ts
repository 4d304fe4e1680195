// From what Graph or the line did to a Fault of ours. A message holds method, route without values, status and
// Graph's error code. It never holds `error.message`: Intune repeats the query there, device name included.

import { z } from 'zod';
import { Fault } from '../domain/fault.ts';
import type { Call } from './call.ts';
import type { Answer, Silence } from './last-hop.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** `GET devices?$filter=displayName eq {}` */
export type Asked = string;

const errorBody = z.object({ error: z.object({ code: z.unknown(), innerError: z.unknown(), innererror: z.unknown() }).partial() });
const innerError = z.object({ 'request-id': z.unknown(), requestId: z.unknown() }).partial();

/** What an answer with an error status means. */
export function refusedBy(answer: Answer, call: Call, asked: Asked, now: number): Fault {
  const error = readError(answer);
  const message = `${asked} → ${[answer.status, error.code].filter((part) => part !== undefined).join(' ')}`;
  const told = { message, graphRequestId: error.requestId };
  const { status } = answer;
  if (status === 401) return new Fault('graph-unauthorized', 'never', told);
  if (status === 403) return new Fault('graph-forbidden', 'never', told);
  if (status === 404) return new Fault('graph-not-found', 'never', told);
  const later = { ...told, retryAfterSeconds: retryAfterSeconds(answer.headers['retry-after'], now) };
  if (status === 429) return new Fault('graph-throttled', 'later', later);
  // 503 says that nothing was read; of the others, and of what was to be done, nobody knows.
  if (status === 503 && call.kind !== 'act') return new Fault('graph-unavailable', 'later', later);
  if (status >= 500) return new Fault('graph-unavailable', unsure(call), later);
  return new Fault('graph-nonsense', 'never', told);
}

/** What no answer means. */
export function silentBy(silence: Silence, call: Call, asked: Asked): Fault {
  const retry = silence.sent ? unsure(call) : 'later';
  const code = silence.code === undefined ? '' : ` (${plain(silence.code) ?? 'unnamed'})`;
  if (silence.kind === 'timeout') return new Fault('graph-timeout', retry, { message: `${asked}: no answer within the deadline` });
  if (silence.kind === 'too-large') return new Fault('graph-nonsense', retry, { message: `${asked}: the answer is too large` });
  return new Fault('graph-cut', retry, { message: `${asked}: connection cut${code}` });
}

/** An answer that is not what Graph promises. A secret may have been read all the same, or an act been done. */
export const nonsense = (what: string, call: Call, asked: Asked, answer?: Answer): Fault =>
  new Fault('graph-nonsense', unsure(call), {
    message: `${asked}: ${what}`,
    graphRequestId: answer && requestIdOf(answer),
  });

const unsure = (call: Call): Fault['retry'] => (call.kind === 'read' ? 'later' : 'unknown-outcome');

/** Graph's `request-id`, for a support case. */
export const requestIdOf = (answer: Answer): string | undefined => identifier(answer.headers['request-id']);

/** Class and code of an error from a library, without its message, its stack and what hangs on it. */
export function causeOf(error: unknown): { readonly error: string; readonly code?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = 'code' in error ? plain(error.code) : undefined;
  return { error: plain(error.name) ?? 'Error', ...(code !== undefined && { code }) };
}

function readError(answer: Answer): { readonly code: string | undefined; readonly requestId: string | undefined } {
  const inHeader = requestIdOf(answer);
  let parsed: z.infer<typeof errorBody>['error'] = {};
  try {
    parsed = errorBody.parse(JSON.parse(answer.body.toString('utf8'))).error;
  } catch {
    // Not every front door of Graph speaks JSON; the status says enough.
  }
  const inner = innerError.safeParse(parsed.innerError ?? parsed.innererror).data;
  return { code: plain(parsed.code), requestId: inHeader ?? identifier(inner?.['request-id'] ?? inner?.requestId) };
}

// Letters and what Graph puts between them: no digit, so no name of a device, no id and no key gets through.
const plain = (value: unknown): string | undefined => (typeof value === 'string' && /^[A-Za-z_. ]{1,60}$/.test(value) ? value : undefined);

const identifier = (value: unknown): string | undefined => (typeof value === 'string' && /^[0-9a-f-]{32,40}$/i.test(value) ? value : undefined);
