// A question to the ledger, and what is remembered of it while its pages are turned.

import type { KeyIdFragment } from './device.ts';
import type { EntraDeviceId, ExportId, PersonId, ReadingId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { AccessSource, ExportFormat, LedgerAct, LedgerEntry } from './ledger-entry.ts';
import type { Person, ReadingScope } from './person.ts';
import type { CardPlace, Viewer } from './request.ts';

/** What is asked about. Names are as typed, quotes taken off. */
export type AuditSubject =
  | { readonly by: 'me' }
  /** Said in so many words; without a subject an agent means the own entries. */
  | { readonly by: 'all' }
  | { readonly by: 'device'; readonly name: string }
  | { readonly by: 'person'; readonly who: string }
  /** A GUID without a word to say of what: a person's object id, or a deviceId. Lower case. */
  | { readonly by: 'guid'; readonly id: string };

/** `2026-11-01` (a day that exists), or a day seen from now. In the time zone of the one who asks. */
export type Day = string;

export type AuditPeriod =
  /** Back from now: 24 hours are 24 hours, a month is 30 days. */
  | { readonly kind: 'last'; readonly count: number; readonly unit: PeriodUnit }
  /** Whole days, both included; without `to` until now. */
  | { readonly kind: 'days'; readonly from: Day; readonly to?: Day };

export const periodUnits = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type PeriodUnit = (typeof periodUnits)[number];

/** Kinds of entries that may be asked for by a word. */
export const actsOfKind = {
  revealed: ['revealed'],
  refused: ['refused', 'role-denied'],
  rotations: ['rotation-scheduled', 'rotation-intended', 'rotation-queued', 'rotation-done', 'rotation-failed', 'rotation-overdue'],
  alerts: ['alert'],
  exports: ['exported'],
  external: ['external-access'],
} as const satisfies Record<string, readonly LedgerAct[]>;
export type ReadingKind = keyof typeof actsOfKind;

/** All that is said must hold. */
export interface AuditQuestion {
  readonly subject?: AuditSubject;
  readonly keyId?: KeyIdFragment;
  readonly kind?: ReadingKind;
  readonly period?: AuditPeriod;
}

/** The question, resolved: what the store looks for. All that is there must hold; an empty list is met by nothing. */
export interface ReadingFilter {
  readonly persons?: readonly PersonId[];
  readonly devices?: readonly EntraDeviceId[];
  /** Lower-case GUID of a person or of a device. */
  readonly either?: string;
  /** Beginning of a key ID, hex without dashes: the key that was shown, or the one that a rotation made. */
  readonly keyId?: string;
  readonly acts?: readonly LedgerAct[];
  readonly source?: AccessSource;
  /** From (included) and to (excluded), by the time of recording. */
  readonly from?: Instant;
  readonly to?: Instant;
}

/** A question as it was asked, so that its pages stay the same while new entries come. */
export interface Reading {
  readonly id: ReadingId;
  readonly person: Person;
  readonly viewer: Viewer;
  readonly scope: ReadingScope;
  readonly filter: ReadingFilter;
  /** The question in words: for the card and for the entry of an export. May hold names. */
  readonly about: string;
  /** The newest entry at the time of asking; later ones are not part of it. */
  readonly head: number;
  /** How many entries it has, up to one more than `mostCounted`. */
  readonly count: number;
  readonly card: CardPlace;
  readonly at: Instant;
}

/** Beyond so many a card says "more than", and the file is made by the command. */
export const mostCounted = 10_000;
export const pageSize = 8;
export const pagesOf = ({ count }: Pick<Reading, 'count'>): number => Math.max(1, Math.ceil(Math.min(count, mostCounted) / pageSize));

/** Texts of an entry that may be erased; the names are those of the ledger. */
export type PersonalText = 'personName' | 'deviceName' | 'reasonText' | 'ticket' | 'asked' | 'client' | 'requestedBy';

/** An entry as it is read. */
export interface ReadEntry {
  readonly seq: number;
  /** Undefined when its bytes cannot be read any more: somebody changed them. */
  readonly entry: LedgerEntry | undefined;
  /** Texts that were committed to and are no longer there. */
  readonly erased: readonly PersonalText[];
}

/** A file that was offered to the one who asked. */
export interface ExportOffer {
  readonly id: ExportId;
  /** Whose entries it holds; absent for how ready devices are, and then their names are there, as typed. */
  readonly readingId?: ReadingId;
  readonly names?: readonly string[];
  readonly person: Person;
  readonly format: ExportFormat;
  readonly fileName: string;
  readonly state: 'offered' | 'taken' | 'declined';
  readonly card: CardPlace;
  readonly at: Instant;
}
