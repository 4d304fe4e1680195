import type { VolumeType } from './device.ts';
import type { FaultCode } from './fault.ts';
import type { EntraDeviceId, EntraObjectId, KeyId, PersonId, ReferenceId, RequestId, RotationId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { CallerCheck, ReasonCode, RotationReason } from './reason.ts';
import type { RotationFailure } from './rotation-failure.ts';
import type { RefusalCode } from './refusal.ts';

/** What was done or tried (product.md §7). Grows with the product; a stored act never changes its meaning. */
export const ledgerActs = ['asked', 'refused', 'role-denied', 'intended', 'revealed', 'hidden', 'cancelled', 'started', 'warned', 'rotation-scheduled', 'rotation-intended', 'rotation-queued', 'rotation-done', 'rotation-failed', 'rotation-overdue', 'alert', 'exported', 'verified', 'subscribed', 'unsubscribed', 'posted', 'external-access', 'erased', 'ledger-key', 'resumed'] as const;
export type LedgerAct = (typeof ledgerActs)[number];

/** `unknown`: the process ended between asking and writing; the act may have happened, nothing was shown. */
export const ledgerOutcomes = ['done', 'refused', 'failed', 'unknown'] as const;
export type LedgerOutcome = (typeof ledgerOutcomes)[number];

/**
 * What an `alert` is about. Every one of them is posted to the audit channel named in the configuration.
 * Grows with the product, as the acts do.
 */
export const alertKinds = [
  'reveal-limit', // a person over a limit of reveals
  'many-devices', // keys of many different devices by one person within an hour
  'refused-in-a-row', // one refusal after the other, nothing else between them
  'rotation-overdue',
  'job-given-up', // a job was tried for the last time; `code` says why
  'unexplained-read', // Entra: a key was read as Keydesk, and no `intended` says so: a stolen credential
  'reveal-without-read', // ours, and Entra's log does not know of it a day later
  'ledger-mismatch', // the ledger is not what its last checkpoint says
  'ledger-resumed', // a new epoch of the ledger, by two people
  'channel-closed', // Teams takes no summaries for a channel any more
  'summary-unknown', // whether a summary was posted cannot be known
  'escrow-failed', // a device became Failed: encrypted, and its key is not in Entra; `count` when they are many
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** Of an `erased`: the texts beside entries, or requests that were over with the rotations they spoke of. */
export const erasedKinds = ['texts', 'requests'] as const;
export type ErasedKind = (typeof erasedKinds)[number];

/** Where an ask was made. A key is only ever shown in `personal`. */
export type ConversationKind = 'personal' | 'groupChat' | 'channel';

/** Who called the API: a person, by a delegated token, or an application by its own. */
export const callerKinds = ['person', 'app'] as const;
export type CallerKind = (typeof callerKinds)[number];

export const exportFormats = ['csv', 'jsonl', 'ocsf'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const accessSources = ['teams', 'api', 'self-service', 'entra', 'system'] as const;
export type AccessSource = (typeof accessSources)[number];

/**
 * One entry as the product thinks of it. Names, reason text and ticket are personal: the stored bytes hold only a
 * salted commitment to them (ledger/entry.ts). Never a recovery password, never a token.
 */
export interface LedgerEntry {
  readonly time: Instant;
  readonly act: LedgerAct;
  readonly outcome: LedgerOutcome;
  readonly source: AccessSource;
  readonly code?: RefusalCode | FaultCode | RotationFailure;
  readonly person?: { readonly id: PersonId; readonly name?: string };
  readonly device?: { readonly deviceId: EntraDeviceId; readonly objectId?: EntraObjectId; readonly name?: string };
  readonly keyId?: KeyId;
  readonly volumeType?: VolumeType;
  readonly reason?: ReasonCode | RotationReason;
  readonly reasonText?: string;
  readonly callerCheck?: CallerCheck;
  readonly ticket?: string;
  readonly requestId?: RequestId;
  /** Which claim of the request: 1 for the first reveal, 2 for the first Show again. */
  readonly attempt?: number;
  readonly reference?: ReferenceId;
  /** Graph's `request-id`, for a support case and for reconciliation. */
  readonly graphRequestId?: string;
  /** Ours, sent as `client-request-id`. */
  readonly clientRequestId?: string;
  readonly conversation?: ConversationKind;
  readonly rotationId?: RotationId;
  /** What the rotation was for: a person's wish, or the reveal of `requestId`. */
  readonly cause?: 'person' | 'reveal';
  /** The key that the device made. */
  readonly newKeyId?: KeyId;
  /** What Intune reported, as `0x803100DA`. */
  readonly result?: string;
  /** How many times, when repeats were summed. */
  readonly count?: number;
  /** What was asked for when it is no device of ours (a name nobody carries). Personal: committed, not stored in the bytes. */
  readonly asked?: string;
  /** SHA-256 (hex) over the configuration without secrets, in `started`. */
  readonly configuration?: string;
  /** Of an `alert`. */
  readonly alert?: AlertKind;
  /** Somebody else whom the entry is about: whose texts were erased, who else resumed the ledger, whom an alert means. */
  readonly subjectId?: PersonId;
  /** Row of Entra's audit log. */
  readonly auditId?: string;
  /** When it happened, where the entry came later: a read that Entra's log told of. */
  readonly happenedAt?: Instant;
  /** Application in Entra that did it. */
  readonly clientAppId?: string;
  /** Channel in Teams. */
  readonly channel?: string;
  /** `daily 08:00 Europe/Berlin` */
  readonly schedule?: string;
  /** Period of a summary, an export or an erasure: from (included) and to (excluded). */
  readonly from?: Instant;
  readonly to?: Instant;
  readonly format?: ExportFormat;
  /** A signed note (C2SP): the checkpoint that the entry is about, or the change of a signing key. */
  readonly note?: string;
  /** With which program or from where, as somebody else's log says. Personal: committed, not stored in the bytes. */
  readonly client?: string;
  /** Of an `erased`: of what `count` says how many there were. */
  readonly erased?: ErasedKind;
  /** Graph was asked in the name of `person`; absent: in Keydesk's own. */
  readonly authority?: 'delegated';
  /** By the API: a person through a program (`clientAppId`), or that program by itself. */
  readonly caller?: CallerKind;
  /** For whom a program asked, as it says; nobody vouches for it. Personal: committed, not stored in the bytes. */
  readonly requestedBy?: string;
}
