// Answers to `summary …` that are no summary. They may stand where others read.

import type { Instant } from '../../domain/instant.ts';
import type { Viewer } from '../../domain/request.ts';
import type { Schedule, Weekday } from '../../domain/schedule.ts';
import { type CardMessage, heading, line, message, note } from './card.ts';
import { cleanText, plain, say } from './escape.ts';
import { when } from './times.ts';

const dayWords = { mon: 'Monday', tue: 'Tuesday', wed: 'Wednesday', thu: 'Thursday', fri: 'Friday', sat: 'Saturday', sun: 'Sunday' } as const satisfies Record<Weekday, string>;

/** `every day at 08:00 (Europe/Berlin)` */
const scheduleWords = ({ on, hour, minute, zone }: Schedule): string =>
  `every ${on === undefined ? 'day' : dayWords[on]} at ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')} (${zone})`;

export interface Subscribed {
  readonly schedule: Schedule;
  readonly first: Instant;
  /** It is the one that cannot be switched off. */
  readonly audit: boolean;
  readonly names: boolean;
  readonly viewer: Viewer;
  readonly now: Instant;
}

export const subscribedCard = ({ schedule, first, audit, names, viewer, now }: Subscribed): CardMessage =>
  message(plain`Summaries come here ${scheduleWords(schedule)}.`, [
    heading(say`✓ Summaries come here`),
    line(say`${scheduleWords(schedule)}. The first one comes ${when(first, now, { ...viewer, timeZone: schedule.zone })}, or a minute later.`, { spacing: 'small' }),
    line(names ? say`They say how many keys were shown, and to whom. Everybody who reads here sees that.` : say`They count and name nobody. Everybody who reads here sees them.`),
    note(audit ? say`This is the audit channel: its summaries cannot be switched off.` : say`**summary** posts one now, **summary off** ends them. This is in the ledger.`, { spacing: 'medium' }),
  ]);

export const unsubscribedCard = (): CardMessage =>
  message(plain`No more summaries come here.`, [heading(say`✓ No more summaries come here`), line(say`To have them again: **summary daily 08:00**. This is in the ledger.`, { spacing: 'small' })]);

export const nothingToEndCard = (): CardMessage =>
  message(plain`No summaries come here.`, [heading(say`No summaries come here`), line(say`There is nothing to switch off. To have them: **summary daily 08:00**`, { spacing: 'small' })]);

export const inAChannelCard = (): CardMessage =>
  message(plain`Summaries come to a channel or a group chat.`, [
    heading(say`Summaries come to a channel`),
    line(say`Type it in the channel or group chat where they shall be read, with a mention of me.`, { spacing: 'small' }),
    line(say`Here **summary** shows you one now.`),
  ]);

/** What was expected, and examples. Nothing was changed. */
export function unclearScheduleCard({ what, said }: { readonly what: 'schedule' | 'zone'; readonly said: string }): CardMessage {
  const typed = cleanText(said, 60);
  const zone = what === 'zone';
  return message(zone ? plain`I do not know this time zone. Nothing was changed.` : plain`I did not understand when. Nothing was changed.`, [
    heading(zone ? say`I do not know this time zone` : say`I did not understand when`),
    line(
      zone
        ? say`**${typed}** is no time zone that I know. Name a place: Europe/Berlin, America/New_York or UTC. Abbreviations such as CET do not say when summer time begins.`
        : say`I expect **daily** or **weekly** and a day, then a time, then a time zone if it is not yours.`,
      { spacing: 'small' },
    ),
    line(say`For example: **summary daily 08:00 Europe/Berlin**, **summary weekly mon 08:00**, **summary off**`),
    note(say`Nothing was changed.`, { spacing: 'medium' }),
  ]);
}
