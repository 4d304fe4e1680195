import type { ApiOrigin } from './api-origin.ts';
import type { Device, KnownKey, ManagedDevice, Owner } from './device.ts';
import type { EntraDeviceId, KeyId, PersonId, RequestId, RotationId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { PermittedAct, Person } from './person.ts';
import type { CallerCheck, ReasonCode } from './reason.ts';

/**
 * The life of a request: choosing → open → claimed → revealed; every other end is closed for good. A request to rotate
 * ends as started; what becomes of the rotation is told by the rotation.
 * `claimed` is held only while Graph is asked. A reveal shown again goes revealed → claimed → revealed.
 */
export const requestStates = ['choosing', 'open', 'claimed', 'revealed', 'refused', 'expired', 'cancelled', 'failed', 'started'] as const;
export type RequestState = (typeof requestStates)[number];

/** From which state to which: one table, read by the store's compare-and-set and by the property test. */
export const nextStates = {
  choosing: ['open', 'expired', 'cancelled', 'refused'],
  open: ['claimed', 'started', 'expired', 'cancelled', 'refused'],
  // Open again when Graph refused the person, who can do something about it and press again.
  claimed: ['revealed', 'failed', 'open'],
  revealed: ['claimed'],
  refused: [],
  expired: [],
  cancelled: [],
  failed: [],
  started: [],
} as const satisfies Record<RequestState, readonly RequestState[]>;

export const mayBecome = (from: RequestState, to: RequestState): boolean =>
  (nextStates[from] as readonly RequestState[]).includes(to);

/** Where the card of a request stands, so that it can be edited later, also after a restart. */
export interface CardPlace {
  readonly conversationId: string;
  readonly serviceUrl: string;
  /** Absent until Teams has said which activity the card became. */
  readonly activityId?: string;
}

/** One device as the confirm card shows it, fixed at the time of the ask. */
export interface DeviceOffer {
  readonly device: Device;
  readonly owner?: Owner;
  readonly managed?: ManagedDevice;
  /** In the order of `inOrder`. Never empty on a card to see a key. */
  readonly keys: readonly KnownKey[];
  /** What could not be found out ("owner", "managed device"): an answer is complete or says what is missing. */
  readonly missing: readonly ('owner' | 'managed-device')[];
}

/** One of several devices to choose from. */
export interface DeviceChoice {
  readonly device: Device;
  readonly owner?: Owner;
  readonly keyCount?: number;
}

/** What the form on a confirm card holds when it is drawn: presets, or what was typed before a mistake. */
export interface FormValues {
  /** A whole key ID from the list. */
  readonly keyId?: string;
  /** What the caller read out, with `callerProof`, or what was typed in the ask. */
  readonly typedKeyId?: string;
  readonly reason?: string;
  readonly reasonText?: string;
  readonly callerCheck?: string;
  readonly ticket?: string;
}

/** How times are written for the one who asked; taken from the activity, kept for cards that are edited later. */
export interface Viewer {
  /** BCP 47, `en-GB` when unknown. */
  readonly locale: string;
  /** IANA name, `UTC` when unknown. */
  readonly timeZone: string;
}

/** A card to rotate, or one that shows a status, can never be used to see a key, nor the other way round. */
export type Purpose = 'reveal' | 'rotate' | 'status';

/** The right that each needs. */
export const actFor = { reveal: 'reveal', rotate: 'rotate', status: 'look-up' } as const satisfies Record<Purpose, PermittedAct>;

/** For whom: the helpdesk asks for others and by its role, an owner for a device of their own. */
export type RequestBy = 'helpdesk' | 'owner';

export interface RevealRequest {
  readonly id: RequestId;
  readonly purpose: Purpose;
  readonly by: RequestBy;
  readonly person: Person;
  readonly viewer: Viewer;
  readonly state: RequestState;
  /** With it the key IDs are hidden on the card, and the caller's own eight characters must match. */
  readonly callerProof: boolean;
  /** Only while choosing. */
  readonly choices: readonly DeviceChoice[];
  /** From `open` on. */
  readonly offer?: DeviceOffer;
  readonly preset: FormValues;
  readonly misses: number;
  /** Absent for a request of the API, which is answered where it was asked. */
  readonly card?: CardPlace;
  /** Present for a request of the API. */
  readonly api?: ApiOrigin;
  readonly openedAt: Instant;
  readonly expiresAt: Instant;
  readonly claimedAt?: Instant;
  /** How often it was claimed; names the claim in compare-and-set. */
  readonly attempt: number;
  /** What was approved by the press, from the first claim on. */
  readonly grant?: Grant;
  readonly revealedAt?: Instant;
  readonly hideAt?: Instant;
  readonly hiddenAt?: Instant;
  /** The rotation that this request caused. */
  readonly rotationId?: RotationId;
  /** Show again until then; fixed when the card is hidden or its time to hide has come. */
  readonly showAgainUntil?: Instant;
}

/** A key that a caller of the API chose for what it wants done once. */
export interface Once {
  readonly caller: PersonId;
  readonly key: string;
  /** What is asked for, as text: compared, not kept. */
  readonly wish: string;
}

/** The press, checked: what goes into the ledger and into the read. */
export interface Grant {
  readonly key: KnownKey;
  readonly reason: ReasonCode;
  readonly reasonText?: string;
  readonly callerCheck?: CallerCheck;
  readonly ticket?: string;
}

export const offeredKey = (request: RevealRequest, keyId: KeyId): KnownKey | undefined =>
  request.offer?.keys.find((key) => key.keyId === keyId);

export const offeredChoice = (request: RevealRequest, deviceId: EntraDeviceId): DeviceChoice | undefined =>
  request.choices.find((choice) => choice.device.deviceId === deviceId);
