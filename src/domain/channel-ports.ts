// What summaries and alerts need from outside. As in ports.ts: every port may throw a Fault and nothing else.

import type { Channel, ChannelId, ChannelMessage, ChannelPlace, LedgerCounts, Posting } from './channel.ts';
import type { PersonId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { RefusalCode } from './refusal.ts';
import type { Period, Schedule } from './schedule.ts';

/** When a channel's next summary is due, and from when it tells. */
export interface FirstPeriod {
  readonly nextAt: Instant;
  readonly from: Instant;
}

/** Channels that have summaries. Each method is one transaction. */
export interface Channels {
  find(id: ChannelId): Promise<Channel | undefined>;
  /**
   * A schedule for the channel, with its entry. One that had a schedule before goes on from where its periods ended;
   * one that was closed lives again.
   */
  subscribe(subscription: { readonly id: ChannelId; readonly place: ChannelPlace; readonly schedule: Schedule; readonly locale: string; readonly by: PersonId } & FirstPeriod, entry: LedgerEntry): Promise<void>;
  /** Takes the schedule away and drops summaries that wait, with its entry. False when it had none: nothing was written. */
  unsubscribe(id: ChannelId, entry: LedgerEntry): Promise<boolean>;
  /**
   * The audit channel as the configuration names it, made where it is missing. Its schedule is that of the
   * configuration until a person changes it. A channel that was named there before, and that nobody has subscribed,
   * loses its schedule.
   */
  keepAudit(audit: ({ readonly id: ChannelId; readonly serviceUrl?: string; readonly schedule: Schedule } & FirstPeriod) | undefined): Promise<void>;
  /** Somebody wrote from there: how it is reached now; one that was closed lives again. Nothing where it is not known. */
  seen(id: ChannelId, place: ChannelPlace): Promise<void>;
  /** A summary that somebody asked for was posted there, with its entry. */
  told(id: ChannelId, place: ChannelPlace, to: Instant, entry: LedgerEntry): Promise<void>;
  /** Those that can be reached and whose time has come, at most `most`. */
  due(now: Instant, most: number): Promise<readonly Channel[]>;
  /** Periods to be posted, and the next time after them. False when somebody else was faster: nothing was written. */
  plan(channel: Channel, postings: readonly { readonly period: Period; readonly dueAt: Instant }[], nextAt: Instant): Promise<boolean>;
}

/**
 * What is to be posted. One at a time for each channel, the oldest first; each change of state a compare-and-set on
 * state and attempt, so that who was away too long changes nothing.
 */
export interface Postings {
  /** waiting → taken by this instance until `until`; undefined when there is nothing to do. */
  take(now: Instant, until: Instant): Promise<Posting | undefined>;
  /** → sending, durable before Teams is called. False when the claim was lost, or the posting dropped. */
  sending(posting: Posting, until: Instant): Promise<boolean>;
  /** sending → posted, with its entry. What was uncertain about earlier summaries has been told with it. */
  posted(posting: Posting, done: { readonly at: Instant; readonly activityId?: string; readonly entry: LedgerEntry }): Promise<boolean>;
  /** Back to waiting: nothing was posted. */
  postpone(posting: Posting, until: Instant): Promise<void>;
  /** sending → unknown, for good. */
  unknown(posting: Posting): Promise<void>;
  /** Back to waiting, and the channel is closed: Teams does not let the bot write there. */
  closed(posting: Posting, at: Instant, status: number): Promise<void>;
  /** Those that were being sent by somebody who is gone. */
  lost(now: Instant, most: number): Promise<readonly Posting[]>;
  /** Periods of summaries in the channel that are `unknown`, and not told yet. */
  uncertain(id: ChannelId): Promise<readonly Period[]>;
  /** Whether the audit channel is closed, and how many postings in channels that can be reached are late by more than `late`. */
  state(audit: ChannelId | undefined, late: Instant): Promise<{ readonly auditClosed: boolean; readonly late: number }>;
}

export interface LedgerSummary {
  counts(period: Period): Promise<LedgerCounts>;
  /** The newest name of each that the ledger still has. */
  names(people: readonly PersonId[]): Promise<ReadonlyMap<PersonId, string>>;
}

export interface WatchedEntry {
  readonly seq: number;
  readonly entry: LedgerEntry;
}

/** Reads what is new in the ledger, once over all instances. */
export interface LedgerWatch {
  /** The entries behind `after`, the last one that was read, up to `to`, in their order. What cannot be read is left out. */
  read(most: number): Promise<{ readonly after: number; readonly to: number; readonly entries: readonly WatchedEntry[] }>;
  entry(seq: number): Promise<WatchedEntry | undefined>;
  /**
   * From `after` to `to`, and what is to be posted of the entries between, in one transaction. False when somebody else
   * was faster: nothing was written.
   */
  advance(after: number, to: number, postings: readonly { readonly seq: number; readonly channel: ChannelId; readonly dueAt: Instant }[]): Promise<boolean>;
  /** Of how many different devices the person was shown keys, after `since` and not later than `until`. */
  devicesShown(person: PersonId, since: Instant, until: Instant): Promise<number>;
  /** How many refusals (sums count) the person got after `since`, up to the entry `seq` and since the last success. */
  refusedInARow(person: PersonId, since: Instant, seq: number, except: readonly RefusalCode[]): Promise<number>;
}

/**
 * Posts into a channel. `closed`: Teams says 403 or 404, with that status. Throws a Fault; `unknown-outcome` when the
 * message may stand there.
 */
export type PostToChannel = (channel: Channel, message: ChannelMessage) => Promise<{ readonly kind: 'sent'; readonly activityId?: string } | { readonly kind: 'closed'; readonly status: number }>;
