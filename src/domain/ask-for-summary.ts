// The command `summary`: one now, or a schedule for the channel in which it is typed. For admins and auditors.

import { type ChannelPlace, parseChannelId, type Summary } from './channel.ts';
import { type Asker, type Desk, entry, refuse } from './desk.ts';
import type { Instant } from './instant.ts';
import { permits } from './person.ts';
import type { Refusal } from './refusal.ts';
import { type Schedule, scheduleText } from './schedule.ts';
import { recentPeriod, summarise } from './summarise.ts';
import { readSummaryWish, type SummaryWish } from './summary-command.ts';

/** Where the message stands. */
export interface MessagePlace extends ChannelPlace {
  readonly conversationId: string;
}

export type SummaryAnswer =
  | { readonly kind: 'summary'; readonly summary: Summary }
  | { readonly kind: 'subscribed'; readonly schedule: Schedule; readonly first: Instant; readonly audit: boolean }
  | { readonly kind: 'unsubscribed' }
  /** There was no schedule to take away. */
  | { readonly kind: 'nothing-to-end' }
  /** Subscribing is for channels and group chats. */
  | { readonly kind: 'in-a-channel' }
  | Extract<SummaryWish, { kind: 'unclear' }>
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** @param rest what was typed behind the word */
export async function askForSummary(desk: Desk, asker: Asker, place: MessagePlace, rest: string): Promise<SummaryAnswer> {
  const wish = readSummaryWish(rest, { calendar: desk.calendar, timeZone: asker.viewer.timeZone });
  const changes = wish.kind === 'subscribe' || wish.kind === 'off';
  const deadline = desk.deadlines.ask();
  const roles = await desk.roles[changes ? 'fresh' : 'recent'](asker.person.id, deadline);
  if (!permits(roles, 'summaries', desk.settings)) return { kind: 'refused', refusal: await refuse(desk, asker, 'no-role', { wanted: 'summaries' }) };
  if (wish.kind === 'unclear') return wish;
  if (wish.kind === 'now') {
    const channel = asker.conversation === 'personal' ? undefined : parseChannelId(place.conversationId);
    const known = channel && (await desk.channels.find(channel));
    return { kind: 'summary', summary: await summarise(desk, recentPeriod(desk.clock.now(), known), deadline) };
  }
  if (asker.conversation === 'personal') return { kind: 'in-a-channel' };
  return wish.kind === 'off' ? unsubscribe(desk, asker, place) : subscribe(desk, asker, place, wish.schedule, roles.has('admin'));
}

async function subscribe(desk: Desk, asker: Asker, place: MessagePlace, schedule: Schedule, isAdmin: boolean): Promise<SummaryAnswer> {
  const { calendar, channels, settings } = desk;
  const id = parseChannelId(place.conversationId);
  if (id === undefined) return { kind: 'in-a-channel' };
  const audit = settings.auditChannel?.id === id;
  // The configuration has set it; whoever only reads the ledger does not move it.
  if (audit && !isAdmin) return { kind: 'refused', refusal: await refuse(desk, asker, 'no-role', { wanted: 'audit-schedule' }) };
  const first = calendar.next(schedule, desk.clock.now());
  const subscribed = { ...entry(desk, asker, { channel: id, schedule: scheduleText(schedule) }), act: 'subscribed', outcome: 'done' } as const;
  await channels.subscribe({ id, place, schedule, locale: asker.viewer.locale, by: asker.person.id, nextAt: first, from: calendar.last(schedule, first) }, subscribed);
  return { kind: 'subscribed', schedule, first, audit };
}

async function unsubscribe(desk: Desk, asker: Asker, place: MessagePlace): Promise<SummaryAnswer> {
  const id = parseChannelId(place.conversationId);
  if (id === undefined) return { kind: 'nothing-to-end' };
  if (desk.settings.auditChannel?.id === id) return { kind: 'refused', refusal: await refuse(desk, asker, 'audit-channel-stays') };
  const ended = await desk.channels.unsubscribe(id, { ...entry(desk, asker, { channel: id }), act: 'unsubscribed', outcome: 'done' });
  return { kind: ended ? 'unsubscribed' : 'nothing-to-end' };
}

/** A summary that was asked for was posted: written down, and the next one asked for there begins where it ended. */
export async function noteShown(desk: Desk, asker: Asker, place: MessagePlace, { period, checkpoint }: Summary): Promise<void> {
  const id = asker.conversation === 'personal' ? undefined : parseChannelId(place.conversationId);
  const note = checkpoint === undefined ? {} : { note: checkpoint };
  const posted = { ...entry(desk, asker, { ...(id && { channel: id }), ...period, ...note }), act: 'posted', outcome: 'done' } as const;
  await (id === undefined ? desk.ledger.append(posted) : desk.channels.told(id, place, period.to, posted));
}
