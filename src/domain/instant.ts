import type { Id } from './ids.ts';

/** A point in time: ISO 8601, UTC, milliseconds (`2026-11-22T09:14:07.112Z`), so that text order is time order. */
export type Instant = Id<'Instant'>;

// A time without a zone would be read in the zone of the machine, and `new Date('1')` is a date in 2001: neither is one.
const written = /^(?<day>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(?<zone>Z|[+-]\d{2}(?::?\d{2})?))?$/i;

/**
 * Reads what Graph, PostgreSQL and people write: a date (midnight UTC), or a date and a time with its zone. Undefined
 * when it is no time or lies outside the years 0 to 9999. Finer than a millisecond is cut off.
 */
export function parseInstant(value: unknown): Instant | undefined {
  const plain = typeof value === 'string' ? plainly(value) : undefined;
  if (plain !== undefined) return plain;
  const date = value instanceof Date ? value : new Date(typeof value === 'string' ? isoOf(value) : Number.NaN);
  const iso = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  return iso.length === 24 ? (iso as Instant) : undefined;
}

/** The form that Graph and we write, which is nearly every time of an ask, at a third of the cost; undefined for any other. */
function plainly(text: string): Instant | undefined {
  if (text.length !== 20 && text.length !== 24) return undefined;
  const date = new Date(text);
  const iso = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  // It comes out as it went in: a 30th of February would come out as the 2nd of March.
  const same = iso === text || (text.length === 20 && iso === `${text.slice(0, 19)}.000Z` && text.endsWith('Z'));
  return same ? (iso as Instant) : undefined;
}

function isoOf(text: string): string {
  const { day = '', time = '00:00', zone = 'Z' } = written.exec(text.trim())?.groups ?? {};
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  // The engine takes the 30th of February for the 2nd of March. The calendar repeats itself every 400 years.
  if (date > new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()) return '';
  return `${day}T${time}${zone.length === 3 ? `${zone}:00` : zone.toUpperCase()}`;
}

/** @param milliseconds since 1970-01-01T00:00Z */
export const instantAt = (milliseconds: number): Instant => new Date(milliseconds).toISOString() as Instant;

export const milliseconds = (instant: Instant): number => Date.parse(instant);

export const plusSeconds = (instant: Instant, seconds: number): Instant =>
  instantAt(milliseconds(instant) + seconds * 1000);

export const secondsBetween = (earlier: Instant, later: Instant): number =>
  (milliseconds(later) - milliseconds(earlier)) / 1000;
