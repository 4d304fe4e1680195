// The fleet as an index holds it: what was read of all devices, without any secret, and what follows from it.

import type { Device, EscrowedKey, ManagedDevice } from './device.ts';
import type { EscrowFacts, EscrowReason, EscrowStatus, EscrowStatusName, EscrowWarning } from './escrow.ts';
import type { BlockingFlag, EncryptionState } from './encryption-state.ts';
import type { FaultCode } from './fault.ts';
import type { EntraDeviceId, EntraObjectId, KeyId } from './ids.ts';
import type { Instant } from './instant.ts';

/** The lists that a sweep reads, each page by page. */
export const sweepStreams = ['devices', 'managed', 'encryption', 'keys'] as const;
export type SweepStream = (typeof sweepStreams)[number];

/** What an entry of each list becomes. A key without a time that can be read is still a key. */
export interface Swept {
  readonly devices: Device;
  readonly managed: ManagedDevice;
  readonly encryption: EncryptionState;
  readonly keys: Omit<EscrowedKey, 'createdAt'> & { readonly createdAt?: EscrowedKey['createdAt'] };
}

/** How far the reading of one list is. */
export interface StreamState {
  readonly state: 'reading' | 'done' | 'failed';
  /** The next page as Graph named it; absent: the first. */
  readonly link?: string;
  /** Drawn anew whenever the list is read from its beginning. */
  readonly mark: string;
  readonly pages: number;
  readonly entries: number;
  /** Entries that could not be read, and are left out. */
  readonly unreadable: number;
  /** Pages without an entry, the last ones in a row. */
  readonly emptyRun: number;
  readonly restarts: number;
  /** Faults in a row. */
  readonly failures: number;
  readonly waitUntil?: Instant;
  /** Why it failed. */
  readonly code?: FaultCode;
}

export interface Sweep {
  readonly id: string;
  readonly startedAt: Instant;
  /** When all lists had been read; absent before. */
  readonly concludingAt?: Instant;
  readonly streams: Readonly<Record<SweepStream, StreamState>>;
}

/** A device of the index with what the sources say of it. */
export interface DeviceFacts {
  readonly deviceId: EntraDeviceId;
  readonly name: string;
  readonly facts: EscrowFacts;
  readonly keyCount: number;
  /** The newest thousand; Entra stores 200. */
  readonly keys: readonly FleetKey[];
}

/** A key without a time that can be read is still a key. */
export interface FleetKey extends Pick<EscrowedKey, 'keyId' | 'volumeType'> {
  readonly createdAt?: Instant;
}

export interface Concluded extends EscrowStatus {
  readonly deviceId: EntraDeviceId;
  readonly keyCount: number;
  /** What scripts are told of it (fleet-item.ts). */
  readonly item: string;
}

export type FleetCounts = Readonly<Record<EscrowStatusName, number>>;

/** What the index can be relied on for. */
export interface IndexState {
  /** When the list of keys was last read to its end; absent: never, and nothing may be concluded from a key not found. */
  readonly keysAt?: Instant;
  /** When statuses were last worked out. */
  readonly sweptAt?: Instant;
  /** Sources that the last sweep had to do without. */
  readonly missing: readonly SweepStream[];
  /** A sweep under way: 0 to 1 of the pages of the one before, absent where there was none. */
  readonly running?: { readonly share?: number; readonly entries: number };
}

/** A device as a list shows it. */
export interface FleetDevice {
  readonly deviceId: EntraDeviceId;
  readonly objectId: EntraObjectId;
  readonly name: string;
  readonly status: EscrowStatusName;
  readonly reason: EscrowReason;
  readonly warnings: readonly EscrowWarning[];
  readonly blockedBy: readonly BlockingFlag[];
  readonly keyCount: number;
  readonly asOf?: Instant;
}

export interface FleetOverview {
  readonly counts: FleetCounts;
  /** The check-in that lies back longest, of all devices that count. */
  readonly oldest?: Instant;
  /** One row a day, the eldest first. */
  readonly days: readonly { readonly day: string; readonly counts: FleetCounts }[];
  /** Devices with 150 keys or more of the 200 that Entra stores. */
  readonly manyKeys: readonly { readonly name: string; readonly keyCount: number }[];
  readonly manyKeysCount: number;
}

/** Which devices, behind which one in the order of their ids, and how many at most. All that is there must hold. */
export interface FleetItems {
  readonly after?: EntraDeviceId;
  readonly most: number;
  readonly status?: EscrowStatusName;
  readonly deviceId?: EntraDeviceId;
  /** Upper and lower case alike. */
  readonly name?: string;
  /** Sign-in name of the primary user. */
  readonly user?: string;
  /** Beginning of a key ID: 8 to 32 lower-case hex digits. */
  readonly keyId?: string;
  readonly volume?: EscrowedKey['volumeType'];
}

/** What scripts are told of a page of devices. */
export interface FleetItemPage {
  /** A line of JSON for each of them, in the order of their ids (fleet-item.ts). Empty: none. */
  readonly lines: string;
  /** The last one, when there are more behind it. */
  readonly next?: EntraDeviceId;
}

/** The lists that may be asked for. `missing`: every device that is not Escrowed, the dangerous ones first. */
export const fleetLists = ['missing', 'failed', 'pending', 'unknown', 'not-available'] as const;
export type FleetList = (typeof fleetLists)[number];

export interface FleetPage {
  readonly total: number;
  readonly devices: readonly FleetDevice[];
}

/** A device that the index names; whether it is there, and what it has, is for Graph to say. */
export interface IndexedDevice {
  readonly deviceId: EntraDeviceId;
  /** Absent where the list of devices did not hold it. */
  readonly objectId?: EntraObjectId;
}

export interface IndexedKey extends IndexedDevice {
  readonly keyId: KeyId;
}

/** Names are compared as Windows and Entra do: upper and lower case alike, composed letters alike. */
export const foldedName = (name: string): string => name.normalize('NFC').toLocaleLowerCase('en').trim();
/** Letters and digits alone. */
export const solidName = (name: string): string => foldedName(name).replaceAll(/[^\p{L}\p{N}]/gu, '');
