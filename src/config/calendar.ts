// Times of the wall clock of a place, from the rules of time zones that Node brings along (ICU). The one question that
// is not trivial is which instant a wall clock means; the answer is one rule: the first instant at which the clock there
// shows that time, or, where it jumps over it, a later one. Why no library: docs/decisions/0012.

import { instantAt, milliseconds } from '../domain/instant.ts';
import { type Calendar, type Schedule, weekdays } from '../domain/schedule.ts';

const day = 86_400_000;

export const systemCalendar: Calendar = {
  zone: zoneNamed,
  next(schedule, after) {
    const at = milliseconds(after);
    // From the day before: where a clock jumps over midnight, or over a whole day, a time of yesterday is today.
    for (let date = dateAt(at, schedule.zone) - day; ; date += day) {
      const time = timeOn(date, schedule);
      if (time !== undefined && time > at) return instantAt(time);
    }
  },
  last(schedule, before) {
    const at = milliseconds(before);
    for (let date = dateAt(at, schedule.zone) + day; ; date -= day) {
      const time = timeOn(date, schedule);
      if (time !== undefined && time < at) return instantAt(time);
    }
  },
};

// A date or a time of a wall clock is written here as the milliseconds that it would be in UTC.

const dateAt = (instant: number, zone: string): number => Math.floor((instant + offsetAt(instant, zone)) / day) * day;

/** Undefined on a day of another name. */
function timeOn(date: number, { on, hour, minute, zone }: Schedule): number | undefined {
  if (on !== undefined && weekdays[(new Date(date).getUTCDay() + 6) % 7] !== on) return undefined;
  return firstInstantOf(date + (hour * 60 + minute) * 60_000, zone);
}

function firstInstantOf(wall: number, zone: string): number {
  // A day away in both directions, so that a change in between has been made in the one and not in the other.
  const offsets = [offsetAt(wall - day, zone), offsetAt(wall + day, zone)];
  const shown = offsets.map((offset) => wall - offset).filter((instant) => instant + offsetAt(instant, zone) === wall);
  return shown.length > 0 ? Math.min(...shown) : changeBetween(wall - Math.max(...offsets), wall - Math.min(...offsets), zone);
}

/** The first instant of the new offset; `low` still has the old one. */
function changeBetween(low: number, high: number, zone: string): number {
  const before = offsetAt(low, zone);
  let [last, first] = [low, high];
  while (first - last > 1) {
    const middle = Math.floor((first + last) / 2);
    if (offsetAt(middle, zone) === before) last = middle;
    else first = middle;
  }
  return first;
}

/** How far the clock there is ahead of UTC, in milliseconds. */
function offsetAt(instant: number, zone: string): number {
  const second = Math.floor(instant / 1000) * 1000;
  const shown = new Map(formatterFor(zone).formatToParts(second).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => shown.get(name) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - second;
}

const formatters = new Map<string, Intl.DateTimeFormat>();
const mostFormatters = 100;

function formatterFor(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  if (formatters.size >= mostFormatters) formatters.clear();
  const numeric = 'numeric';
  const made = new Intl.DateTimeFormat('en', { timeZone: zone, calendar: 'gregory', hourCycle: 'h23', year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric });
  formatters.set(zone, made);
  return made;
}

interface Names {
  /** In lower case. */
  readonly whole: ReadonlyMap<string, string>;
  /** `new_york`; undefined where two places are called so. */
  readonly city: ReadonlyMap<string, string | undefined>;
}

let names: Names | undefined;

function allNames(): Names {
  const all = Intl.supportedValuesOf('timeZone');
  const city = new Map<string, string | undefined>();
  for (const name of all) {
    const last = (name.split('/').at(-1) ?? name).toLowerCase();
    city.set(last, city.has(last) ? undefined : name);
  }
  return { whole: new Map(all.map((name) => [name.toLowerCase(), name])), city };
}

function zoneNamed(name: string): string | undefined {
  const typed = name.trim().replaceAll(' ', '_');
  if (/^(?:utc|gmt|z|etc\/(?:utc|gmt))$/i.test(typed)) return 'UTC';
  const { whole, city } = (names ??= allNames());
  return whole.get(typed.toLowerCase()) ?? (typed.includes('/') ? accepted(typed) : city.get(typed.toLowerCase()));
}

/** Another name of a zone, kept as it was typed (`Asia/Kolkata`, which ICU lists as Calcutta), or a fixed offset (`Etc/GMT+5`). */
function accepted(name: string): string | undefined {
  const capitalised = name.replaceAll(/(?<=^|[/_])[a-z]/g, (letter) => letter.toUpperCase());
  try {
    formatterFor(capitalised);
    return capitalised;
  } catch {
    return undefined;
  }
}
