// Every "no" of the API, as RFC 9457 writes it: a stable `code`, and a reference that the log has too. What is wrong with
// a request is said; what is behind it is not. Closed: a new refusal or fault does not compile until it stands here.

import type { FaultCode } from '../domain/fault.ts';
import type { ReferenceId } from '../domain/ids.ts';
import type { RefusalCode } from '../domain/refusal.ts';
import { type ApiAnswer, neverStored } from './http.ts';

/** Those that are the API's own; refusals and faults are the product's. In the order of docs/errors.md. */
const own = {
  'token-missing': [401, 'A bearer token is needed'],
  'token-malformed': [401, 'The token is not one that can be looked at'],
  'token-untrusted': [401, 'The token was not signed by this tenant'],
  'token-tenant': [401, 'The token is of another tenant'],
  'token-audience': [401, 'The token is meant for another API'],
  'token-version': [401, 'The token is not of version 2.0'],
  'token-expired': [401, 'The token has expired'],
  'token-early': [401, 'The token is not valid yet'],
  'token-kind': [401, 'The token is no access token'],
  'token-keys-unavailable': [503, 'The keys of the tenant could not be read'],
  'not-a-device-id': [400, 'The path wants the deviceId of a device'],
  'parameter-unknown': [400, 'There is no such parameter'],
  'parameter-invalid': [400, 'A parameter is not of the form it has to have'],
  'cursor-invalid': [400, 'The cursor is not one of this question'],
  'body-invalid': [400, 'The body is not of the form it has to have'],
  'input-invalid': [400, 'What is asked for is not complete'],
  'not-json': [400, 'The body is no JSON'],
  'wrong-target': [400, 'The path or the Host is not written plainly'],
  'not-found': [404, 'There is nothing of this name'],
  'rotation-not-found': [404, 'The device has no such rotation'],
  'method-not-allowed': [405, 'The method is not one of this path'],
  'not-acceptable': [406, 'There is no answer in any of these forms'],
  'key-reused': [409, 'The Idempotency-Key stands for another request'],
  'body-too-large': [413, 'The body is too large'],
  'wrong-content-type': [415, 'The body is to be application/json'],
  compressed: [415, 'The body may not be compressed'],
  'rate-limit': [429, 'Too many requests'],
  'export-busy': [429, 'Too many exports at once'],
  stopping: [503, 'This instance of Keydesk is being stopped'],
} as const satisfies Record<string, readonly [status: number, title: string]>;
export type OwnCode = keyof typeof own;
export const ownCodes = Object.keys(own);

const ofCards = [409, 'This belongs to a card in Teams'] as const;

const refusals = {
  'ask-limit': [429, 'Too many requests for keys and rotations'],
  'no-role': [403, 'The person has none of the roles that may do this'],
  'device-not-found': [404, 'There is no such device'],
  'person-not-found': [404, 'There is no such person'],
  'no-devices': [404, 'The person has no devices'],
  'key-not-found': [404, 'The device has no such key'],
  'key-id-too-short': [400, 'The key ID is too short'],
  'no-keys': [409, 'The device has no key in escrow'],
  'approval-unavailable': [403, 'The device is sensitive and needs a second person'],
  'private-chat-closed': ofCards,
  'not-your-card': ofCards,
  'wrong-conversation': ofCards,
  'automatic-refresh': ofCards,
  'request-unknown': ofCards,
  'request-busy': [409, 'The request is being worked on'],
  'request-used': [409, 'The request was used'],
  'request-expired': [409, 'The request has expired'],
  'request-closed': [409, 'The request is closed'],
  'card-changed': ofCards,
  'too-many-misses': ofCards,
  'reveal-limit': [429, 'The limit of keys is reached'],
  'show-again-over': ofCards,
  'not-managed': [409, 'Intune does not manage the device'],
  'several-managed': [409, 'Several devices in Intune have this deviceId'],
  'not-your-entries': [403, 'These entries are not yours to read'],
  'reading-unknown': ofCards,
  'export-taken': ofCards,
  'audit-channel-stays': ofCards,
  'self-service-off': [403, 'Owners do not help themselves here'],
  'no-own-device': [404, 'The person has no device of their own'],
  'not-your-device': [403, 'The device is not the person’s own'],
  'key-id-ambiguous': [409, 'Keys of several devices begin like this'],
  'index-not-ready': [503, 'The index of the fleet is still being made'],
  'token-refused': ofCards,
  'token-of-another': ofCards,
  'token-replayed': ofCards,
  'consent-missing': ofCards,
  'sign-in-needed': [403, 'Keys are read in the name of people here: ask for this one in Teams'],
  'entra-role-missing': ofCards,
  'no-right': [403, 'The token does not hold the right for this'],
  'app-reveal-off': [403, 'An application by itself is told no key here'],
} as const satisfies Record<RefusalCode, readonly [status: number, title: string]>;

const later = (title: string) => [503, title] as const;
const graphTitle = 'Microsoft Graph did not answer as it should';

const faults = {
  'graph-token': later('Entra gave no token'),
  'graph-claims': later(graphTitle),
  'graph-unauthorized': later(graphTitle),
  'graph-forbidden': later('Microsoft Graph refused Keydesk'),
  'graph-not-found': [404, 'It was there a moment ago and is gone'],
  'graph-throttled': later('Microsoft Graph is asked too often'),
  'graph-unavailable': later(graphTitle),
  'graph-timeout': later('Microsoft Graph did not answer in time'),
  'graph-cut': later(graphTitle),
  'graph-nonsense': later(graphTitle),
  'ledger-unavailable': later('Nothing can be written down, so nothing is done'),
  'ledger-mismatch': later('The ledger is not what was signed, so nothing is done'),
  'store-unavailable': later('The database cannot be reached'),
  'teams-unreachable': later('Teams did not answer'),
  internal: [500, 'Keydesk failed'],
} as const satisfies Record<FaultCode, readonly [status: number, title: string]>;

export type ProblemCode = OwnCode | RefusalCode | FaultCode;
const forms: Readonly<Record<ProblemCode, readonly [status: number, title: string]>> = { ...own, ...refusals, ...faults };

export interface ProblemDetail {
  /** What to do, in a sentence. No text from outside. */
  readonly detail?: string;
  /** Which inputs, and what is wrong with each. */
  readonly problems?: readonly { readonly input: string; readonly problem: string }[];
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const waitSeconds = 10;

export function problem(code: ProblemCode, reference: ReferenceId | string, more: ProblemDetail = {}): ApiAnswer {
  const [status, title] = forms[code];
  const { detail, problems, retryAfterSeconds = status === 429 || status === 503 ? waitSeconds : undefined } = more;
  const body = { type: `urn:keydesk:problem:${code}`, title, status, code, reference, ...(detail !== undefined && { detail }), ...(problems && { problems }) };
  const headers = {
    'content-type': 'application/problem+json',
    ...neverStored,
    ...(status === 401 && { 'www-authenticate': challenge(code) }),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) }),
    ...more.headers,
  };
  return { status, headers, body: JSON.stringify(body) };
}

/** RFC 6750 §3: without a token nothing is said of one. */
const challenge = (code: ProblemCode): string => (code === 'token-missing' ? 'Bearer realm="keydesk"' : `Bearer realm="keydesk", error="invalid_token", error_description="${code}"`);

const isCode = (code: string): code is ProblemCode => Object.hasOwn(forms, code);

/** For what the server refuses by itself. */
export const problemOf = (code: string, reference: string): ApiAnswer => problem(isCode(code) ? code : 'internal', reference);
