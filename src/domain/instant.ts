import type { Id } from './ids.ts';

/** A point in time: ISO 8601, UTC, milliseconds (`2026-11-22T09:14:07.112Z`), so that text order is time order. */
export type Instant = Id<'Instant'>;

/** Reads what Graph, PostgreSQL and people write; undefined when it is no time. Finer than a millisecond is cut off. */
export function parseInstant(value: unknown): Instant | undefined {
  if (typeof value !== 'string' && !(value instanceof Date)) return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : (date.toISOString() as Instant);
}

/** @param milliseconds since 1970-01-01T00:00Z */
export const instantAt = (milliseconds: number): Instant => new Date(milliseconds).toISOString() as Instant;

export const milliseconds = (instant: Instant): number => Date.parse(instant);

export const plusSeconds = (instant: Instant, seconds: number): Instant =>
  instantAt(milliseconds(instant) + seconds * 1000);

export const secondsBetween = (earlier: Instant, later: Instant): number =>
  (milliseconds(later) - milliseconds(earlier)) / 1000;
