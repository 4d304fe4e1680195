// What the simulator keeps of a computer. Entra, Intune and the key escrow each know their own part of it, and may
// know nothing of the others'.

export type TrustType = 'AzureAd' | 'ServerAd' | 'Workplace';

export interface EntraDevice {
  readonly objectId: string;
  readonly deviceId: string;
  readonly displayName: string;
  readonly operatingSystem: string;
  readonly operatingSystemVersion: string;
  readonly trustType: TrustType;
  readonly accountEnabled: boolean;
  readonly isManaged: boolean;
  readonly isCompliant: boolean | null;
  readonly manufacturer: string;
  readonly model: string;
  /** Milliseconds since 1970, as all times here. */
  readonly registeredAt: number;
  readonly lastSignInAt: number;
  /** Object id of the registered owner; hybrid joined devices have none. */
  readonly ownerId?: string;
  /** Object id of a registered user beside the owner. */
  readonly userId?: string;
}

/** microsoft.graph.actionState. */
export type ActionState = 'none' | 'pending' | 'active' | 'done' | 'failed' | 'canceled' | 'notSupported';

export interface RotationResult {
  readonly state: ActionState;
  readonly startedAt: number;
  readonly updatedAt: number;
  /** A signed 32-bit HRESULT; 0 is none. */
  readonly errorCode: number;
}

export interface ManagedDevice {
  readonly id: string;
  readonly deviceName: string;
  readonly azureADDeviceId: string;
  readonly operatingSystem: string;
  readonly osVersion: string;
  readonly serialNumber: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly isEncrypted: boolean;
  readonly complianceState: 'compliant' | 'noncompliant' | 'unknown';
  readonly enrolledAt: number;
  lastSyncAt: number;
  rotation?: RotationResult;
  /** Object id of the primary user. */
  readonly userId?: string;
}

/** Intune's encryption report on one managed device; carries the managed device's id. */
export interface EncryptionReport {
  readonly readiness: 'ready' | 'notReady';
  readonly policy: 'unknown' | 'notApplicable' | 'compliant' | 'remediated' | 'nonCompliant' | 'error' | 'conflict' | 'notAssigned';
  /** Names of advancedBitLockerState; several are written as a comma list. */
  readonly flags: readonly string[];
  readonly policyName?: string;
  readonly tpm: string | null;
}

export const volume = { operatingSystem: 1, fixedData: 2, removableData: 3 } as const;
export type Volume = (typeof volume)[keyof typeof volume];

export interface RecoveryKey {
  readonly id: string;
  readonly deviceId: string;
  readonly createdAt: number;
  readonly volume: Volume;
}

/** What a device does about a queued rotation when it checks in. */
export type Checkin =
  /** It has begun, and ends at the next one. */
  | { readonly state: 'active' }
  /** It says so, and makes keys for these volumes; for all that it has, where none are named; for none at all: a lie. */
  | { readonly state: 'done'; readonly volumes?: readonly Volume[] }
  | { readonly state: 'failed' | 'notSupported'; readonly errorCode?: number };

export interface Machine {
  /** Absent where Entra, or Intune, does not know it (any more): changed through the fleet alone, which has indexes. */
  entra?: EntraDevice;
  managed?: ManagedDevice;
  readonly report?: EncryptionReport;
  readonly keys: RecoveryKey[];
  /** Why a rotation would fail on this machine, as an HRESULT. */
  readonly rotationError?: number;
  /** What it does at its next check-ins, one after another; after them, what its state leads to. */
  checkins?: readonly Checkin[];
}

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
