import { badRequest } from '../http/refusal.ts';
import type { Query } from './query.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** Goes into the next link; undefined on the last page. */
  readonly nextToken: string | undefined;
}

const prefix = 'RFNwdAoAAQ';

/** The part of a list that `$skiptoken` asks for. The token is opaque to callers: they follow the link or nothing. */
export function pageOf<T>(list: readonly T[], size: number, query: Query): Page<T> {
  const start = offsetOf(query.get('$skiptoken'));
  const end = start + size;
  return { items: list.slice(start, end), nextToken: end < list.length ? tokenAt(end) : undefined };
}

export const tokenAt = (offset: number): string => `${prefix}${Buffer.from(String(offset)).toString('base64url')}`;

/** @throws Refusal 400 for a token that we did not make */
export function offsetOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const text = token.startsWith(prefix) ? Buffer.from(token.slice(prefix.length), 'base64url').toString() : '';
  if (!/^\d{1,9}$/.test(text)) throw badRequest("The value of query option '$skiptoken' is invalid.");
  return Number(text);
}
