import type { Instant } from './instant.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** When summaries are posted: at a time of the wall clock of a place, each day or one day a week. */
export interface Schedule {
  /** Weekly when it names a day. */
  readonly on?: Weekday;
  /** 0 to 23, 0 to 59. */
  readonly hour: number;
  readonly minute: number;
  /** IANA name of a time zone, as a {@link Calendar} spells it. */
  readonly zone: string;
}

/** From (included) to (excluded). */
export interface Period {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * What a schedule means in time. A time that a change to summer time leaves out counts as the first moment after it; one
 * that comes twice counts the first time. So a day of a schedule has 23, 24 or 25 hours.
 */
export interface Calendar {
  /** The name of a time zone as it is written; undefined for none, and for abbreviations, which do not say when summer begins. */
  zone(name: string): string | undefined;
  /** The first time of the schedule after `after`. */
  next(schedule: Schedule, after: Instant): Instant;
  /** The last time of the schedule before `before`. */
  last(schedule: Schedule, before: Instant): Instant;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** `daily 08:00 Europe/Berlin`, `weekly mon 08:00 UTC`: as it is typed, stored and written into the ledger. */
export const scheduleText = ({ on, hour, minute, zone }: Schedule): string => `${on === undefined ? 'daily' : `weekly ${on}`} ${two(hour)}:${two(minute)} ${zone}`;

const written = /^(?:daily|weekly (?<on>mon|tue|wed|thu|fri|sat|sun)) (?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d) (?<zone>[A-Za-z][\w/+-]*)$/;

/** What {@link scheduleText} has written; undefined for anything else. */
export function parseSchedule(text: string): Schedule | undefined {
  const groups = written.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const on = weekdays.find((day) => day === groups['on']);
  return { ...(on && { on }), hour: Number(groups['hour']), minute: Number(groups['minute']), zone: groups['zone'] ?? '' };
}
