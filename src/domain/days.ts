// Days as people mean them: in a time zone. Intl knows the zones, and is the language's own.

import type { AuditPeriod, Day, PeriodUnit } from './reading.ts';
import { type Instant, instantAt, milliseconds, parseInstant, plusSeconds } from './instant.ts';

const dayForm = /^\d{4}-\d{2}-\d{2}$/;

/** Whether a text is a day of the calendar, or a word for one. */
export const isDay = (text: string): boolean => text === 'today' || text === 'yesterday' || (dayForm.test(text) && parseInstant(text) !== undefined);

/** `2026-11-25`: the day that it is there. An unknown zone is taken for UTC. */
export function dayIn(timeZone: string, at: Instant): Day {
  return new Date(milliseconds(at) + offsetAt(timeZone, milliseconds(at))).toISOString().slice(0, 10);
}

/** The first moment of a day there. */
export function startOf(day: Day, timeZone: string): Instant {
  const utc = Date.parse(`${day}T00:00:00Z`);
  // The offset at a guess, then the one that holds there: they differ in the night of a change to or from summer time.
  const guess = utc - offsetAt(timeZone, utc);
  return instantAt(utc - offsetAt(timeZone, guess));
}

export const dayAfter = (day: Day, days = 1): Day => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

const seconds = { minute: 60, hour: 3600, day: 86_400, week: 604_800, month: 2_592_000 } as const satisfies Record<PeriodUnit, number>;

/** Older than any ledger, and still a year that can be written. */
const longestSeconds = 100 * 366 * 86_400;

/** From (included) and to (excluded; undefined: until now). */
export function periodBounds(period: AuditPeriod, now: Instant, timeZone: string): { readonly from: Instant; readonly to?: Instant } {
  if (period.kind === 'last') return { from: plusSeconds(now, -Math.min(period.count * seconds[period.unit], longestSeconds)) };
  const today = dayIn(timeZone, now);
  const asDate = (day: Day): Day => (day === 'today' ? today : day === 'yesterday' ? dayAfter(today, -1) : day);
  const from = startOf(asDate(period.from), timeZone);
  return period.to === undefined ? { from } : { from, to: startOf(dayAfter(asDate(period.to)), timeZone) };
}

const formatters = new Map<string, Intl.DateTimeFormat>();
const mostFormatters = 100;

/** @returns how far the zone's clock is ahead of UTC, in milliseconds */
function offsetAt(timeZone: string, at: number): number {
  const parts = Object.fromEntries(formatterFor(timeZone).formatToParts(at).map(({ type, value }) => [type, value]));
  const local = Date.UTC(Number(parts['year']), Number(parts['month']) - 1, Number(parts['day']), Number(parts['hour']), Number(parts['minute']), Number(parts['second']));
  return local - Math.floor(at / 1000) * 1000;
}

function formatterFor(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  if (formatters.size >= mostFormatters) formatters.clear();
  const form = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
  const made = inZone(timeZone, form) ?? new Intl.DateTimeFormat('en-US', { ...form, timeZone: 'UTC' });
  formatters.set(timeZone, made);
  return made;
}

function inZone(timeZone: string, form: Intl.DateTimeFormatOptions): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { ...form, timeZone });
  } catch {
    return undefined;
  }
}
