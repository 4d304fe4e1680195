import type { Id, PersonId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { AccessSource, AlertKind, LedgerEntry } from './ledger-entry.ts';
import type { ReasonCode } from './reason.ts';
import type { Viewer } from './request.ts';
import type { Period, Schedule } from './schedule.ts';

/** A channel of a team or a group chat in Teams: `19:…@thread.tacv2`, without the thread in it. */
export type ChannelId = Id<'ChannelId'>;

/** @param value an id of a conversation; a thread of a channel (`…;messageid=…`) is the channel. */
export function parseChannelId(value: unknown): ChannelId | undefined {
  const [, id] = typeof value === 'string' ? (/^(19:[\w@.:=+~%-]{1,250})(?:;messageid=\d+)?$/.exec(value) ?? []) : [];
  return id as ChannelId | undefined;
}

/** In a channel every message of the bot's own begins a thread; Teams makes threads for no other kind of conversation. */
export const hasThreads = (id: ChannelId): boolean => /@thread\.(?:tacv2|skype)$/.test(id);

/** How a channel is reached. Both come with every message from there, and the newest counts. */
export interface ChannelPlace {
  readonly serviceUrl: string;
  /** The bot's account there; that of its registration when it is not known. */
  readonly bot?: { readonly id: string; readonly name: string };
}

export interface Channel {
  readonly id: ChannelId;
  /** Undefined as long as nobody has written from there, where the configuration does not say it. */
  readonly place?: ChannelPlace;
  /** Of those who read there, as far as known. */
  readonly locale?: string;
  readonly schedule?: Schedule;
  /** The next time of the schedule; the end of the next period. */
  readonly nextAt?: Instant;
  /** Until when the periods that were planned reach. */
  readonly coveredTo?: Instant;
  /** The end of the newest period that a summary there told of, also of one that somebody asked for. */
  readonly postedTo?: Instant;
  /** Whose schedule it is; undefined for that of the configuration. */
  readonly subscribedBy?: PersonId;
  /** Since when Teams takes no messages for it (403, 404). */
  readonly deadAt?: Instant;
  /** How often it was found again after that. */
  readonly lives: number;
}

/** How times are written in a channel: many read there, so the zone is that of the schedule. */
export const viewerIn = ({ locale = 'en-GB', schedule }: Pick<Channel, 'locale' | 'schedule'>): Viewer => ({ locale, timeZone: schedule?.zone ?? 'UTC' });

/**
 * Something that is to be posted, once: waiting → sending → posted. From `sending` a summary may also become `unknown`
 * (whether Teams took it cannot be known) and an alert waits again. `dropped`: the channel wants no more.
 */
export const postingStates = ['waiting', 'sending', 'posted', 'unknown', 'dropped'] as const;
export type PostingState = (typeof postingStates)[number];

/** One that was taken to be posted. */
export interface Posting {
  readonly id: number;
  readonly channel: Channel;
  /** Which try this is, from 1. */
  readonly attempt: number;
  readonly what: { readonly kind: 'summary'; readonly period: Period } | { readonly kind: 'alert'; readonly seq: number };
}

/** How often something is in the ledger within a period. Nobody is named but by id. */
export interface LedgerCounts {
  /** Keys shown, each showing once. */
  readonly reveals: number;
  /** Who was shown keys, those with most first, at most five of them; and how many people there were. */
  readonly people: { readonly most: readonly { readonly id: PersonId; readonly count: number }[]; readonly all: number };
  readonly reasons: readonly { readonly reason: ReasonCode; readonly count: number }[];
  readonly sources: readonly { readonly source: AccessSource; readonly count: number }[];
  readonly refused: number;
  readonly rotations: { readonly done: number; readonly failed: number; readonly overdue: number };
  /** Reads in Entra's own log that were not Keydesk's. */
  readonly externalReads: number;
  readonly alerts: readonly { readonly kind: AlertKind; readonly count: number }[];
  readonly exports: number;
  readonly erasures: number;
}

export interface NamedPerson {
  readonly id: PersonId;
  /** Absent where it is not known, or not to be said. */
  readonly name?: string;
}

export interface Summary {
  readonly period: Period;
  readonly counts: LedgerCounts;
  /** Those of `counts.people.most`, with names where the installation wants them. */
  readonly people: readonly (NamedPerson & { readonly count: number })[];
  /** Devices that became Failed within the period and are so still; names where the installation wants them, a few. */
  readonly failed: { readonly count: number; readonly names: readonly string[] };
  /** Who is both admin and auditor, always named (product.md §2). */
  readonly both: readonly NamedPerson[] | 'unknown';
  /** The signed note; undefined when the ledger cannot be signed. */
  readonly checkpoint: string | undefined;
  /** Periods of earlier summaries of which nobody knows whether they were posted. */
  readonly uncertain: readonly Period[];
}

/** An alert as it is told in the audit channel. */
export interface ToldAlert {
  readonly seq: number;
  readonly entry: LedgerEntry;
  /** Whom it means. */
  readonly subject?: NamedPerson;
  /** With names: of devices too. */
  readonly named: boolean;
}

/** What is posted. */
export type ChannelMessage = { readonly kind: 'summary'; readonly summary: Summary } | { readonly kind: 'alert'; readonly alert: ToldAlert };
