// What the product needs from outside, in its own words. Every port may throw a Fault and nothing else.
// Times and ids come in by a door too, so that no test sleeps and no rule reads a clock of its own.

import type { Authority } from './authority.ts';
import type { Device, EscrowedKey, ManagedDevice, Owner } from './device.ts';
import type { EntraDeviceId, EntraObjectId, ExportId, IntuneDeviceId, KeyId, PersonId, ReadingId, ReferenceId, RequestId, RotationId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { AlertKind, LedgerEntry } from './ledger-entry.ts';
import type { Role, RoleSet } from './person.ts';
import type { RecoveryPassword } from './recovery-password.ts';
import type { CardPlace, DeviceOffer, FormValues, Grant, Once, RevealRequest } from './request.ts';
import type { Rotation, RotationAction, RotationPlan, RotationState } from './rotation.ts';

export interface Clock {
  now(): Instant;
}

export interface Ids {
  /** Unguessable (122 random bits). */
  request(): RequestId;
  reference(): ReferenceId;
  rotation(): RotationId;
  /** Unguessable, as that of a request. */
  reading(): ReadingId;
  exported(): ExportId;
  /** Sent to Graph as `client-request-id`; a GUID. */
  clientRequest(): string;
}

/**
 * Bounds one answer to a person. All calls of one ask or press share one signal: one deadline, not one per call.
 * `endsAt`, where the maker says it, is when the signal will abort: a wait that would end later is not begun.
 */
export type Deadline = AbortSignal & { readonly endsAt?: Instant };

/** Devices and people in Entra ID. Every answer is complete (all pages) or a Fault. */
export interface Directory {
  /** All devices whose name equals `name`, case folded, checked again on our side. Disabled ones included. */
  devicesNamed(name: string, deadline: Deadline): Promise<readonly Device[]>;
  /** None when there is no such device. */
  device(deviceId: EntraDeviceId, deadline: Deadline): Promise<Device | undefined>;
  owners(device: EntraObjectId, deadline: Deadline): Promise<readonly Owner[]>;
  /** Up to 5 names of Windows devices that begin like `name`, for "did you mean". */
  namesLike(name: string, deadline: Deadline): Promise<readonly string[]>;
  /** People whose userPrincipalName equals `who` (case folded), or, without an `@`, whose display name does. */
  people(who: string, deadline: Deadline): Promise<readonly { readonly id: PersonId; readonly name: string }[]>;
  /** Windows devices that the person owns or has registered. */
  devicesOf(person: PersonId, deadline: Deadline): Promise<readonly Device[]>;
}

/** The same machines in Intune. Filters are checked again on our side: Intune ignores those it dislikes. */
export interface ManagedDevices {
  named(name: string, deadline: Deadline): Promise<readonly ManagedDevice[]>;
  of(deviceId: EntraDeviceId, deadline: Deadline): Promise<readonly ManagedDevice[]>;
}

/** BitLocker keys in escrow. */
export interface RecoveryKeys {
  /** Metadata only; never asks for `key`, which Entra would audit as a read. */
  of(deviceId: EntraDeviceId, deadline: Deadline): Promise<readonly EscrowedKey[]>;
  /** Metadata of one key by its whole ID. */
  find(keyId: KeyId, deadline: Deadline): Promise<EscrowedKey | undefined>;
  /**
   * The one call that reads a secret: `GET …/recoveryKeys/{keyId}?$select=key`.
   * Only after `intended` is durable. Throws `graph-not-found` when the key has gone meanwhile; in a person's name also
   * `graph-forbidden` and `graph-claims` when Graph refuses that person.
   */
  read(keyId: KeyId, options: { readonly clientRequestId: string; readonly deadline: Deadline; readonly authority: Authority }): Promise<{ readonly password: RecoveryPassword; readonly graphRequestId?: string }>;
}

export interface Roles {
  /** Roles as Entra says now (nested groups count). A person unknown to Entra has none. */
  fresh(person: PersonId, deadline: Deadline): Promise<RoleSet>;
  /** The same, at most 60 s old: for look-ups, never for a reveal. */
  recent(person: PersonId, deadline: Deadline): Promise<RoleSet>;
  /** Roles of somebody who is in exactly these groups (object ids), as a token names them: nested ones are among them. */
  ofGroups(groups: readonly string[]): RoleSet;
  /** Everybody who has the role, through nested groups too; nobody where it has no group. A name may be missing. */
  members(role: Role, deadline: Deadline): Promise<readonly { readonly id: PersonId; readonly name?: string }[]>;
}

/** The append-only ledger. `append` returns when the entry is durable, or throws `ledger-unavailable`. */
export interface Ledger {
  append(entry: LedgerEntry): Promise<void>;
  /**
   * A refusal: the first of a person with one code is an entry at once; repeats within 60 s are summed into one
   * further entry with `count`, written when the 60 s are over (by `settle`).
   */
  refuse(entry: LedgerEntry): Promise<void>;
}

/** Something that people have to be told of. */
export interface Alert {
  /** What it is about, so that it is raised once: `person:<id>:2026-11-25T14`, `rotation:<id>`. Not shown, not hashed. */
  readonly subject: string;
  readonly entry: LedgerEntry & { readonly act: 'alert'; readonly alert: AlertKind };
}

/** Every alert is an entry, and every such entry is posted to the audit channel (watch-ledger). */
export interface Alerts {
  /** Once for each kind and subject, over all instances. False when it was raised before: nothing was written. */
  raise(alert: Alert): Promise<boolean>;
}

/** How often a person may do something: at most `max` within `seconds`. */
export interface Limit {
  readonly max: number;
  readonly seconds: number;
}

export interface Asks {
  /**
   * Notes one message to Keydesk, at most once per (conversation, activity), and counts the person's messages.
   * `repeat`: this activity was taken before, here or on another instance; answer nothing.
   * `limit`: the person has asked too often; answer that and ask nobody.
   */
  admit(ask: { readonly person: PersonId; readonly conversationId: string; readonly activityId: string; readonly at: Instant; readonly limit: Limit }): Promise<'admitted' | 'repeat' | 'limit'>;
}

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly request: RevealRequest }
  /** Somebody or something was faster, or the request is over: as it stands now. */
  | { readonly kind: 'lost'; readonly request: RevealRequest }
  | { readonly kind: 'limit'; readonly limit: Limit; readonly freeAt: Instant };

/** Requests and their cards. Each method is one transaction, and each change of state a compare-and-set. */
export interface Requests {
  /** Writes a new request (`choosing` or `open`) and its `asked` entry. */
  open(request: RevealRequest, asked: LedgerEntry): Promise<void>;
  /**
   * The same once for one key of a caller within 24 hours, over all instances, in one transaction with the key. `repeat`:
   * the same was asked before, and its request stands. `other`: the key was used for something else.
   */
  openOnce(request: RevealRequest, asked: LedgerEntry, once: Once): Promise<'opened' | { readonly kind: 'repeat'; readonly id: RequestId } | { readonly kind: 'other' }>;
  find(id: RequestId): Promise<RevealRequest | undefined>;
  /** choosing → open with the device chosen, and its entry. False when it was not choosing any more. */
  choose(id: RequestId, offer: DeviceOffer, preset: FormValues, asked: LedgerEntry): Promise<boolean>;
  /** Where the card came to stand. */
  placed(id: RequestId, card: CardPlace): Promise<void>;
  /** Counts a wrong key ID of the caller, and at the third closes the request (`refused`) with `entry`. */
  miss(id: RequestId, entry: LedgerEntry): Promise<{ readonly misses: number; readonly closed: boolean }>;
  /** open or choosing → cancelled, expired or refused, with its entry. False when it was in another state. */
  close(id: RequestId, to: 'cancelled' | 'expired' | 'refused', entry: LedgerEntry): Promise<boolean>;

  /**
   * In one transaction: the person's limits (counted from `intended` entries), open|revealed → claimed by
   * compare-and-set, and `intended`. When it returns `claimed`, the entry is durable.
   */
  claim(claim: { readonly id: RequestId; readonly from: 'open' | 'revealed'; readonly attempt: number; readonly grant: Grant; readonly at: Instant; readonly limits: readonly Limit[]; readonly intended: LedgerEntry }): Promise<ClaimResult>;
  /**
   * claimed (this attempt) → revealed, with its entry, and the rotation that follows it, all in one transaction.
   * `lost` when this claim was lost meanwhile: the password is
   * then dropped unseen. `showAgainUntil` counts at the first reveal only, so that showing again cannot go on for ever.
   * Without a card there is nothing to hide and nothing to show again.
   */
  revealed(claim: { readonly id: RequestId; readonly attempt: number; readonly at: Instant; readonly card?: { readonly hideAt: Instant; readonly showAgainUntil: Instant }; readonly entry: LedgerEntry; readonly rotation?: PlannedRotation }): Promise<'lost' | { readonly rotation?: Rotation }>;
  /**
   * claimed (this attempt) → failed, or back to revealed when it had been shown before; with its entry. `reopen`: back to
   * open instead of failed, where it is certain that nothing was read.
   */
  failed(claim: { readonly id: RequestId; readonly attempt: number; readonly at: Instant; readonly entry: LedgerEntry; readonly reopen?: boolean }): Promise<boolean>;
  /**
   * Claims taken before `olderThan` whose instance is gone: the same as `failed`, outcome `unknown`.
   * Returns how many.
   */
  settleClaims(olderThan: Instant, at: Instant): Promise<number>;

  /**
   * Cards whose time to hide has come and that nobody else is hiding, at most `most`, taken by compare-and-set until
   * `takenUntil`: an instance that dies over it loses them to the next.
   */
  takeDueHides(now: Instant, takenUntil: Instant, most: number): Promise<readonly RevealRequest[]>;
  /** This showing is hidden, with its entry. False when it was hidden before, or was shown again meanwhile. */
  hidden(id: RequestId, attempt: number, at: Instant, entry: LedgerEntry): Promise<boolean>;
}

/** Rotations in Intune. As Keydesk, it uses an identity that may rotate and not read keys. */
export interface Rotator {
  /** What Intune says of the last rotation of the device; undefined when it knows of none. */
  lastAction(device: IntuneDeviceId, deadline: Deadline): Promise<RotationAction | undefined>;
  /**
   * `POST …/rotateBitLockerKeys`; never repeated by itself. Returns when Intune has taken it (204: queued, no more).
   * Throws a Fault; `unknown-outcome` when Intune may have taken it.
   */
  rotate(device: IntuneDeviceId, options: { readonly clientRequestId: string; readonly deadline: Deadline; readonly authority: Authority }): Promise<{ readonly graphRequestId?: string }>;
}

/** A plan, and the entry about what became of it: a rotation of its own, or part of one that was there. */
export interface PlannedRotation {
  readonly plan: RotationPlan;
  readonly entry: (rotation: Rotation) => LedgerEntry;
}

/**
 * Rotations, one under way for a device at most. Each method is one transaction, each change of state a
 * compare-and-set. Whatever is to happen later is handed to the jobs in the same transaction.
 */
export interface Rotations {
  /**
   * A person's press: open → started, and the plan. A rotation that is scheduled for the device takes the cause and the
   * earlier time; one that runs takes the cause. `lost` when the request was not open any more.
   * For a reveal (`Requests.revealed`) the same, except that one that runs with a baseline without the key shown does not
   * take the cause: that key is its own new one, and a rotation of its own is scheduled. A cause of the same request is
   * taken once.
   */
  start(requestId: RequestId, planned: PlannedRotation): Promise<{ readonly kind: 'started'; readonly rotation: Rotation; readonly joined: boolean } | { readonly kind: 'lost'; readonly request: RevealRequest }>;
  find(id: RotationId): Promise<Rotation | undefined>;
  /** The one that somebody was told by this id: itself, or the one that it became part of. */
  told(id: RotationId): Promise<Rotation | undefined>;
  /** The one under way (not over) for a device. */
  underWay(device: EntraDeviceId): Promise<Rotation | undefined>;
  /**
   * scheduled → sending, the next attempt, without a baseline; undefined when it was not scheduled any more, is not due at
   * `at`, or waits for another one of the device that runs.
   */
  claim(id: RotationId, at: Instant): Promise<Rotation | undefined>;
  /**
   * From the state and attempt that `from` had to another state, with what changes and its entry; `lookAt`: when the
   * jobs should work on it again. Undefined when it had moved meanwhile: nothing was written. A baseline is set once a
   * claim, and `done` only with the causes that `from` had: one that joined meanwhile was not looked at.
   * Back to `scheduled` beside another one that is scheduled for the device: the two become one.
   */
  move(from: Rotation, to: RotationState, change: RotationChange): Promise<Rotation | undefined>;
}

export interface RotationChange {
  readonly set?: Partial<Pick<Rotation, 'baseline' | 'sentAt' | 'looks' | 'newKeys' | 'byItself' | 'failure' | 'errorCode' | 'endedAt' | 'dueAt'>>;
  readonly entries?: readonly LedgerEntry[];
  readonly lookAt?: Instant;
}

/**
 * What is kept for a time and then goes. Each call is one transaction, in which the entry `erased` is written by the
 * database itself when there was anything. Two instances share the work.
 */
export interface Keeping {
  /**
   * Erases the texts beside at most `most` entries recorded before `before`. Throws when that is within the last 30 days,
   * by the database's clock.
   * @returns beside how many entries
   */
  eraseTexts(before: Instant, most: number): Promise<number>;
  /**
   * Deletes at most `most` requests that were over before `before`, and as many rotations that were and that no request
   * speaks of any more. Throws when that is within the last day.
   */
  forgetClosed(before: Instant, most: number): Promise<{ readonly requests: number; readonly rotations: number }>;
}
