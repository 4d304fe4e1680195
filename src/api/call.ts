// One call of the API: who calls and what was asked, and the few ways in which a verb of the domain says no.

import type { ApiAct, ApiCaller } from '../domain/api-caller.ts';
import { rightFor } from '../domain/api-caller.ts';
import type { ApiProblems, ApiRefused } from '../domain/ask-by-api.ts';
import type { Desk } from '../domain/desk.ts';
import { parseEntraDeviceId, type EntraDeviceId } from '../domain/ids.ts';
import { secondsBetween } from '../domain/instant.ts';
import type { Cursors } from './cursor.ts';
import type { ApiAnswer, ApiLog, ApiRequest } from './http.ts';
import type { Limiter } from './limits.ts';
import { type OwnCode, problem, type ProblemDetail } from './problems.ts';

export interface Call {
  readonly desk: Desk;
  readonly caller: ApiCaller;
  readonly request: ApiRequest;
  /** As text; absent where the route takes none. */
  readonly body?: string;
  readonly cursors: Cursors;
  readonly limiter: Limiter;
  readonly log: ApiLog;
}

/** A no of the API's own: in the log, with the reference that the caller gets. */
export function refuse({ desk, log, request }: Pick<Call, 'desk' | 'log'> & { readonly request: Pick<ApiRequest, 'id'> }, code: OwnCode, more: ProblemDetail = {}): ApiAnswer {
  const reference = desk.ids.reference();
  log.warn({ id: request.id, code, reference }, 'a call of the API was refused');
  return problem(code, reference, more);
}

/** A refusal of the product: in the ledger already. */
export function refused({ desk, log, request }: Call, { refusal: { code, reference, facts } }: ApiRefused, act: ApiAct): ApiAnswer {
  log.warn({ id: request.id, code, reference }, 'a call of the API was refused');
  const wait = facts.at === undefined ? facts.limit?.seconds : secondsBetween(desk.clock.now(), facts.at);
  const detail = details[code]?.(act, facts.limit);
  return problem(code, reference, { ...(detail !== undefined && { detail }), ...((code === 'reveal-limit' || code === 'ask-limit') && wait !== undefined && { retryAfterSeconds: wait }) });
}

type Detail = (act: ApiAct, limit: ApiRefused['refusal']['facts']['limit']) => string;
const atMost: Detail = (_act, limit) => (limit === undefined ? 'Try again later.' : `At most ${limit.max} in ${limit.seconds} seconds.`);

/** What would have to be otherwise. */
const details: Readonly<Partial<Record<string, Detail>>> = {
  'no-right': (act) => `It takes ${rightFor[act]}: as a scope in a person's token, as an app role in an application's.`,
  'no-role': (act) => ({ 'look-up': 'It takes the role agent, admin or auditor.', reveal: 'It takes the role agent or admin.', rotate: 'It takes the role admin, or agent where the installation lets agents rotate.', 'read-ledger': 'It takes the role agent, admin or auditor.' })[act],
  'app-reveal-off': () => 'Call with the token of a person, or let the installation allow applications (KEYDESK_API_APP_REVEAL).',
  'not-your-entries': () => 'Without the role admin or auditor only the own entries may be read, and without proofs.',
  'ask-limit': atMost,
  'reveal-limit': atMost,
};

export const wrongInputs = (call: Call, { problems }: ApiProblems): ApiAnswer => refuse(call, 'input-invalid', { problems });

export const deviceIdIn = ({ request }: Pick<Call, 'request'>): EntraDeviceId | undefined => {
  const given = request.params['deviceId'] ?? '';
  return given === given.trim() ? parseEntraDeviceId(given) : undefined;
};

export const notADeviceId = (call: Call): ApiAnswer => refuse(call, 'not-a-device-id', { detail: 'The path takes the Entra deviceId, a GUID. To find it by name: GET /api/devices/security/bitlocker/keys?device=NAME.' });

export const wrongParameter = (call: Call, { wrong, unknown }: { readonly wrong: string; readonly unknown: boolean }): ApiAnswer =>
  // A name that nobody knows may be anything, and is not repeated.
  refuse(call, unknown ? 'parameter-unknown' : 'parameter-invalid', { ...(!unknown && /^[A-Za-z]{1,20}$/.test(wrong) && { problems: [{ input: wrong, problem: 'wrong-form' }] }) });
