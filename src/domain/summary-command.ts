// What is meant by the words behind `summary`. Forgiving about how a time is written; what is no schedule is no guess
// either: it is answered with what is expected, and changes nothing.

import { type Calendar, type Schedule, type Weekday, weekdays } from './schedule.ts';

export type SummaryWish =
  | { readonly kind: 'now' }
  | { readonly kind: 'off' }
  | { readonly kind: 'subscribe'; readonly schedule: Schedule }
  /** `said`: the part that is not understood, as typed. */
  | { readonly kind: 'unclear'; readonly what: 'schedule' | 'zone'; readonly said: string };

export interface SummaryHearing {
  readonly calendar: Pick<Calendar, 'zone'>;
  /** Where the one who asks is; taken when no zone is said. */
  readonly timeZone: string;
}

const now = new Set(['', 'now', 'today', 'please', 'here']);
const off = new Set(['off', 'stop', 'none', 'never', 'cancel', 'unsubscribe', 'end']);
/** Words that change nothing: "every day at 8 o'clock". */
const filler = new Set(['at', 'on', 'every', 'each', 'the', 'in', 'time', "o'clock", 'oclock', 'summary', 'zone']);
const daily = new Set(['daily', 'day', 'days', 'everyday']);
const weekly = new Set(['weekly', 'week', 'weeks']);
const longest = 100;

/** @param rest one line without politeness, as `tidy` leaves it */
export function readSummaryWish(rest: string, { calendar, timeZone }: SummaryHearing): SummaryWish {
  const words = rest.trim();
  const unclear = (what: 'schedule' | 'zone', said: string): SummaryWish => ({ kind: 'unclear', what, said: said.slice(0, longest) });
  if (now.has(words.toLowerCase())) return { kind: 'now' };
  if (off.has(words.toLowerCase())) return { kind: 'off' };
  if (words.length > longest) return unclear('schedule', words);
  const read = readWords(words.split(' '));
  if (read === undefined || read.time === undefined) return unclear('schedule', words);
  // Each day or on a day of the week ("weekly" may be left out beside it): one of the two is said, and not both.
  if (read.daily === (read.on !== undefined) || (read.weekly && read.on === undefined)) return unclear('schedule', words);
  const zone = calendar.zone(read.place === '' ? timeZone : read.place);
  if (zone === undefined) return unclear('zone', read.place === '' ? timeZone : read.place);
  return { kind: 'subscribe', schedule: { ...(read.on && { on: read.on }), ...read.time, zone } };
}

interface Read {
  readonly daily: boolean;
  readonly weekly: boolean;
  readonly on?: Weekday;
  readonly time?: TimeOfDay;
  /** What is none of the words known here stands at the end and names a place. */
  readonly place: string;
}

type TimeOfDay = Pick<Schedule, 'hour' | 'minute'>;

/** Undefined where something is said twice, or something unknown stands before something known. */
function readWords(words: readonly string[]): Read | undefined {
  let read: Read = { daily: false, weekly: false, place: '' };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const low = word.toLowerCase();
    const half = halfOf(words[index + 1]);
    const time = half === undefined ? timeIn(low) : timeIn(`${low}${half}`);
    const on = weekdayIn(low);
    const known = time !== undefined || on !== undefined || daily.has(low) || weekly.has(low);
    if (!known && filler.has(low)) continue;
    if (known && read.place !== '') return undefined;
    if (time !== undefined && read.time === undefined) {
      read = { ...read, time };
      if (half !== undefined) index += 1;
    } else if (on !== undefined && read.on === undefined) read = { ...read, on };
    else if (daily.has(low) && !read.daily) read = { ...read, daily: true };
    else if (weekly.has(low) && !read.weekly) read = { ...read, weekly: true };
    else if (!known) read = { ...read, place: `${read.place} ${word}`.trim() };
    else return undefined;
  }
  return read;
}

const halfOf = (word: string | undefined): 'am' | 'pm' | undefined => {
  const low = word?.toLowerCase().replaceAll('.', '');
  return low === 'am' || low === 'pm' ? low : undefined;
};

/** `8`, `8:00`, `08.00`, `0800`, `8h30`, `8am`, `8:30pm`, noon and midnight. */
function timeIn(word: string): TimeOfDay | undefined {
  if (word === 'noon' || word === 'midday') return { hour: 12, minute: 0 };
  if (word === 'midnight') return { hour: 0, minute: 0 };
  const { hour: hours = '', minute: minutes = '0', half } = /^(?<hour>\d{1,2})(?:[:.h]?(?<minute>(?<=[:.h])\d\d|(?<=^\d\d)\d\d))?h?(?<half>am|pm)?$/.exec(word)?.groups ?? {};
  if (hours === '') return undefined;
  const [typed, minute] = [Number(hours), Number(minutes)];
  if (half !== undefined && (typed < 1 || typed > 12)) return undefined;
  const hour = half === undefined ? typed : (typed % 12) + (half === 'pm' ? 12 : 0);
  return hour < 24 && minute < 60 ? { hour, minute } : undefined;
}

/** `mon`, `Monday`, `mondays`, and what is commonly typed between them (`tues`, `thur`). */
function weekdayIn(word: string): Weekday | undefined {
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const single = word.replace(/(?<=day)s$/, '');
  const at = single.length < 3 ? -1 : days.findIndex((day) => day.startsWith(single));
  return at < 0 ? undefined : weekdays[at];
}
