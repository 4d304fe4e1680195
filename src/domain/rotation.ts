import type { EscrowedKey, VolumeType } from './device.ts';
import type { EntraDeviceId, EntraObjectId, IntuneDeviceId, KeyId, RequestId, RotationId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Person } from './person.ts';
import type { RotationFailure } from './rotation-failure.ts';
import type { RotationReason } from './reason.ts';

/**
 * scheduled → sending → queued → waiting → done. `sending` is held while Intune is asked; when its instance dies, or
 * the answer is lost, it is `unknown` until reading says whether Intune took it. `overdue` is still followed.
 */
export const rotationStates = ['scheduled', 'sending', 'unknown', 'queued', 'waiting', 'overdue', 'done', 'failed'] as const;
export type RotationState = (typeof rotationStates)[number];

export const nextRotationStates = {
  scheduled: ['sending', 'done', 'failed'],
  sending: ['queued', 'unknown', 'scheduled', 'done', 'failed'],
  unknown: ['queued', 'waiting', 'overdue', 'scheduled', 'done', 'failed'],
  queued: ['waiting', 'overdue', 'scheduled', 'done', 'failed'],
  waiting: ['overdue', 'scheduled', 'done', 'failed'],
  overdue: ['scheduled', 'done', 'failed'],
  done: [],
  failed: [],
} as const satisfies Record<RotationState, readonly RotationState[]>;

/** Intune has it, or may have it: a second one for the same device joins it. */
export const runningStates = ['sending', 'unknown', 'queued', 'waiting', 'overdue'] as const satisfies readonly RotationState[];

export const isOver = (rotation: Pick<Rotation, 'state'>): boolean => rotation.state === 'done' || rotation.state === 'failed';

/** Why a device is rotated; several causes may share one rotation. */
export type RotationCause =
  | { readonly by: 'person'; readonly requestId: RequestId; readonly person: Person; readonly reason: RotationReason; readonly reasonText?: string; readonly ticket?: string; /** To be sent in the person's name, or not at all. */ readonly delegated?: boolean }
  | {
      readonly by: 'reveal';
      readonly requestId: RequestId;
      readonly person: Person;
      /** The key that was shown. */
      readonly keyId: KeyId;
      readonly volumeType: VolumeType;
      /** Graph's time of that key: a key is newer only by Graph's own times. */
      readonly keyCreatedAt: Instant;
      /** All keys of the device that were known when it was offered: another one is one that nobody was shown. */
      readonly knownKeyIds: readonly KeyId[];
      /** It was shown to the device's owner. */
      readonly byOwner?: boolean;
    };

export interface RotatedDevice {
  readonly deviceId: EntraDeviceId;
  readonly objectId: EntraObjectId;
  readonly name: string;
}

/** What was there before Intune was asked, read from Graph: the proof is what was not. */
export interface RotationBaseline {
  readonly intuneId: IntuneDeviceId;
  readonly keyIds: readonly KeyId[];
  /** Graph's start time of the last rotation that Intune knew of. */
  readonly lastActionStart?: Instant;
}

export interface Rotation {
  readonly id: RotationId;
  readonly device: RotatedDevice;
  readonly causes: readonly RotationCause[];
  /** Each of these must get a new key before the rotation counts as done. */
  readonly volumeTypes: readonly VolumeType[];
  readonly state: RotationState;
  readonly createdAt: Instant;
  /** When Intune is asked. */
  readonly dueAt: Instant;
  /** How often it was tried; names the claim in compare-and-set. */
  readonly attempt: number;
  readonly claimedAt?: Instant;
  readonly baseline?: RotationBaseline;
  /** By our clock, for "how long"; never compared with Graph's times. */
  readonly sentAt?: Instant;
  /** How often was looked since `sentAt`. */
  readonly looks: number;
  readonly newKeys: readonly EscrowedKey[];
  /** True when Windows had rotated by itself and Intune was never asked. */
  readonly byItself?: boolean;
  readonly failure?: RotationFailure;
  /** What Intune reported, where it did. */
  readonly errorCode?: number;
  readonly endedAt?: Instant;
}

/** Keydesk's own identity sends it for nobody: it was wanted by people who were to send it in their own name, by no reveal and by no call of the API. */
export const sentByPeopleAlone = ({ causes }: Pick<Rotation, 'causes'>): boolean => causes.every((cause) => cause.by === 'person' && cause.delegated === true);

/** A plan, as it is handed to the store beside the act that causes it. */
export interface RotationPlan {
  readonly id: RotationId;
  readonly device: RotatedDevice;
  readonly cause: RotationCause;
  readonly volumeTypes: readonly VolumeType[];
  readonly dueAt: Instant;
  /** When the jobs look after it, where that is not when it is due: who planned it sends it. */
  readonly lookAt?: Instant;
  readonly at: Instant;
}

/** What Intune says of the last rotation of a device. */
export interface RotationAction {
  readonly state: 'none' | 'pending' | 'active' | 'done' | 'failed' | 'canceled' | 'notSupported' | 'unknown';
  readonly startedAt: Instant;
  readonly errorCode: number;
}

/**
 * Keys that were not there before. A key that was shown and stands in no baseline, because it was shown while the list
 * was being read, is no news either, nor is any before it, by Graph's own times.
 */
export const freshIn = (keys: readonly EscrowedKey[], { keyIds }: RotationBaseline, causes: readonly RotationCause[]): readonly EscrowedKey[] => {
  const shownMeanwhile = causes.filter((cause) => cause.by === 'reveal' && !keyIds.includes(cause.keyId));
  return keys.filter((key) => !keyIds.includes(key.keyId) && shownMeanwhile.every((cause) => isPast(key, cause)));
};

const isPast = (key: EscrowedKey, shown: RotationCause): boolean =>
  shown.by === 'person' || (key.keyId !== shown.keyId && (key.volumeType !== shown.volumeType || key.createdAt > shown.keyCreatedAt));

/**
 * Fresh keys prove a rotation when there is one for each kind of volume that needs one. Graph does not say which drive a
 * key is of: of two data drives the first new key speaks for both.
 */
export const isProof = (fresh: readonly EscrowedKey[], volumeTypes: readonly VolumeType[]): boolean =>
  volumeTypes.length > 0 && volumeTypes.every((type) => fresh.some((key) => key.volumeType === type));

/** An action that was not there at the baseline. By Intune's own clock: ours has no say in it. */
export const isAfter = ({ startedAt }: RotationAction, { lastActionStart }: RotationBaseline): boolean => lastActionStart === undefined || startedAt > lastActionStart;

/** Nothing more will come of it. */
export const isSettled = ({ state }: RotationAction): boolean => state === 'done' || state === 'failed' || state === 'canceled' || state === 'notSupported';

/**
 * Whether every key that was shown has been replaced already, without us: Windows on Entra-joined devices rotates by
 * itself after a key was used. Graph's times are compared with Graph's times only. A machine has one system volume and
 * any number of others: where the shown key of another volume was not the only one, a newer key may be of the other
 * drive and proves nothing.
 * @returns the keys that came, each once
 */
export function replacedByItself(keys: readonly EscrowedKey[], causes: readonly RotationCause[]): readonly EscrowedKey[] | undefined {
  const successors = new Map<KeyId, EscrowedKey>();
  for (const cause of causes) {
    const newer = cause.by === 'reveal' ? successorOf(cause, keys) : undefined;
    // Also where the successor was shown in its turn: that cause then needs one of its own.
    if (newer === undefined) return undefined;
    successors.set(newer.keyId, newer);
  }
  return successors.size > 0 ? [...successors.values()] : undefined;
}

function successorOf(shown: Extract<RotationCause, { by: 'reveal' }>, keys: readonly EscrowedKey[]): EscrowedKey | undefined {
  const ofItsKind = keys.filter((key) => key.volumeType === shown.volumeType);
  const isKnown = ({ keyId }: EscrowedKey): boolean => shown.knownKeyIds.includes(keyId);
  if (shown.volumeType !== 'operatingSystem' && ofItsKind.some((key) => isKnown(key) && key.keyId !== shown.keyId)) return undefined;
  return ofItsKind.filter((key) => !isKnown(key) && key.createdAt > shown.keyCreatedAt).sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
}
