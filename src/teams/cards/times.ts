// Times for the one who reads: in the person's time zone, with its short name, in English words (the cards are in
// English; "vor 3 Minuten" inside an English sentence helps nobody). The region decides on 14:02 or 2:02 PM.

import { type Instant, milliseconds, secondsBetween } from '../../domain/instant.ts';
import type { Viewer } from '../../domain/request.ts';
import type { Period } from '../../domain/schedule.ts';

type Form = 'time' | 'dayTime' | 'dateTime' | 'date';
const clock = { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' } as const;
const forms = {
  time: clock,
  dayTime: { day: 'numeric', month: 'short', ...clock },
  dateTime: { day: 'numeric', month: 'short', year: 'numeric', ...clock },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
} as const satisfies Record<Form, Intl.DateTimeFormatOptions>;

/** `14:02 CET` on the same day, `21 Nov, 14:02 CET` in the same year, else with the year. */
export function when(instant: Instant, now: Instant, viewer: Viewer): string {
  const day = date(instant, viewer);
  const today = date(now, viewer);
  if (day === today) return written(instant, viewer, 'time');
  return written(instant, viewer, day.includes(yearOf(today)) ? 'dayTime' : 'dateTime');
}

/** `14:02 CET` */
export const time = (instant: Instant, viewer: Viewer): string => written(instant, viewer, 'time');

/** `21 Nov, 14:02 CET`, also today: for what is read on other days too. */
export const moment = (instant: Instant, viewer: Viewer): string => written(instant, viewer, 'dayTime');

/** `24 Nov, 08:00 CET to 25 Nov 2026, 08:00 CET`; within a day `25 Nov 2026, 08:00 CET to 15:30 CET` */
export function period({ from, to }: Period, viewer: Viewer): string {
  if (date(from, viewer) === date(to, viewer)) return `${written(from, viewer, 'dateTime')} to ${time(to, viewer)}`;
  return `${written(from, viewer, 'dayTime')} to ${written(to, viewer, 'dateTime')}`;
}

/** `3 Nov 2026` */
export const date = (instant: Instant, viewer: Viewer): string => written(instant, viewer, 'date');

const yearOf = (text: string): string => /\d{4}/.exec(text)?.[0] ?? text;

const steps = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;
// Made for the first card, not at the start: it takes 9 ms.
let ages: Intl.RelativeTimeFormat | undefined;

/** `2 hours ago`; `just now` within a minute, and for a time that lies ahead because clocks differ. */
export function age(earlier: Instant, now: Instant): string {
  const seconds = secondsBetween(earlier, now);
  const step = steps.find(([, length]) => seconds >= length);
  ages ??= new Intl.RelativeTimeFormat('en', { numeric: 'always' });
  return step === undefined ? 'just now' : ages.format(-Math.floor(seconds / step[1]), step[0]);
}

/** `a minute`, `20 seconds`, `24 hours`, for limits and waiting. */
export function span(seconds: number): string {
  const [unit, length] = steps.slice(2).find(([, length]) => seconds >= length && seconds % length === 0) ?? (['second', 1] as const);
  const count = Math.ceil(seconds / length);
  if (count === 1) return unit === 'hour' ? 'an hour' : `a ${unit}`;
  return `${count} ${unit}s`;
}

// Making a formatter takes as long as fifty uses of it, and one use as long as all else on a line of a card; today and
// the next minutes are written again and again. Bounded: zone and locale come with the activity, from outside.
const formatters = new Map<string, Intl.DateTimeFormat>();
const texts = new Map<string, string>();
const mostFormatters = 100;
const mostTexts = 2000;

function written(instant: Instant, viewer: Viewer, form: Form): string {
  const reader = `${form} ${viewer.locale} ${viewer.timeZone}`;
  // No form writes seconds, and no zone changes within a minute.
  return remembered(texts, mostTexts, `${reader} ${instant.slice(0, 16)}`, () => {
    const formatter = remembered(formatters, mostFormatters, reader, () => formatterFor(viewer, form));
    // A narrow no-break blank before PM is shown as a box by some fonts.
    return formatter.format(milliseconds(instant)).replaceAll('\u202f', ' ');
  });
}

function remembered<T>(memory: Map<string, T>, most: number, name: string, make: () => T): T {
  const known = memory.get(name);
  if (known !== undefined) return known;
  if (memory.size >= most) memory.clear();
  const made = make();
  memory.set(name, made);
  return made;
}

function formatterFor(viewer: Viewer, form: Form): Intl.DateTimeFormat {
  const locale = /^en(?:-[A-Za-z0-9]+)*$/.test(viewer.locale) ? viewer.locale : 'en-GB';
  try {
    return new Intl.DateTimeFormat(locale, { ...forms[form], timeZone: viewer.timeZone });
  } catch {
    // A zone or locale that this Node does not know: better a time in UTC that says so than no card.
    return new Intl.DateTimeFormat('en-GB', { ...forms[form], timeZone: 'UTC' });
  }
}
