// Answers that are no problems. One guard on all of them: a recovery password leaves in the one answer that is made for
// it, once, and in no other (product.md §10, law 1).

import { Fault } from '../domain/fault.ts';
import { holdsRecoveryPassword, holdsRecoveryPasswordInALine, type RecoveryPassword } from '../domain/recovery-password.ts';
import { type ApiAnswer, neverStored } from './http.ts';

const json = { 'content-type': 'application/json; charset=utf-8', ...neverStored } as const;

/** Throws a Fault `internal` when it holds a recovery password; it does not repeat it. */
export function jsonAnswer(body: object, more: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {}): ApiAnswer {
  const text = JSON.stringify(body);
  if (holds(text)) throw refused();
  return { status: more.status ?? 200, headers: { ...json, ...more.headers }, body: text };
}

/**
 * Many of one kind, each looked at by itself, because numbers of six digits in eight names are no password.
 * @param lines JSON, one item a line
 */
export function listAnswer(lines: string, nextCursor: string | null): ApiAnswer {
  const items = lines.replaceAll('\n', ',\n');
  if (items.includes('\\') ? items.split('\n').some(holds) : holdsRecoveryPasswordInALine(items)) throw refused();
  return { status: 200, headers: json, body: `{"items":[${items}],"nextCursor":${JSON.stringify(nextCursor)}}` };
}

/** The one answer that holds a key. Around the key it is as empty of them as any other. */
export function keyAnswer(password: RecoveryPassword, around: object): ApiAnswer {
  if (holds(JSON.stringify(around))) throw refused();
  return { status: 200, headers: { ...json, pragma: 'no-cache' }, body: JSON.stringify({ recoveryPassword: password.digits, ...around }) };
}

/** Escapes as what they stand for, so that none of them hides a digit or parts two. */
export const holds = (text: string): boolean => holdsRecoveryPassword(text.includes('\\') ? text.replaceAll(/\\u[0-9a-f]{4}|\\[nrtbf]/g, ' ').replaceAll('\\', '') : text);

const refused = (): Fault => new Fault('internal', 'never', { message: 'egress refused: an answer of the API held a recovery password' });
