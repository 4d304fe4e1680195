import type { IntuneDeviceId } from './ids.ts';

/**
 * What Windows says about its encryption, in the order of the bits in which Intune sends it (microsoft.graph.
 * advancedBitLockerState: the first is 1, the next 2, and so on; none at all is success).
 */
export const encryptionFlags = [
  'noUserConsent',
  'osVolumeUnprotected',
  'osVolumeTpmRequired',
  'osVolumeTpmOnlyRequired',
  'osVolumeTpmPinRequired',
  'osVolumeTpmStartupKeyRequired',
  'osVolumeTpmPinStartupKeyRequired',
  'osVolumeEncryptionMethodMismatch',
  'recoveryKeyBackupFailed',
  'fixedDriveNotEncrypted',
  'fixedDriveEncryptionMethodMismatch',
  'loggedOnUserNonAdmin',
  'windowsRecoveryEnvironmentNotConfigured',
  'tpmNotAvailable',
  'tpmNotReady',
  'networkError',
] as const;
export type EncryptionFlag = (typeof encryptionFlags)[number];

/** What keeps a machine from encrypting itself, or its key from reaching Entra. */
export const blockingFlags = [
  'noUserConsent',
  'loggedOnUserNonAdmin',
  'windowsRecoveryEnvironmentNotConfigured',
  'tpmNotAvailable',
  'tpmNotReady',
  'networkError',
] as const satisfies readonly EncryptionFlag[];
export type BlockingFlag = (typeof blockingFlags)[number];

export const policyStates = ['unknown', 'notApplicable', 'compliant', 'remediated', 'nonCompliant', 'error', 'conflict', 'notAssigned'] as const;
/** What became of the encryption policy on the machine, in Intune's words. */
export type PolicyState = (typeof policyStates)[number];

/** Intune's encryption report on one managed device. It may lag behind the machine by a day. */
export interface EncryptionState {
  readonly intuneId: IntuneDeviceId;
  readonly name: string;
  /** Whether the hardware and Windows could be encrypted; absent when Intune does not say. */
  readonly ready?: boolean;
  /** Of the system drive; absent when Intune does not say. */
  readonly encrypted?: boolean;
  readonly policy: PolicyState;
  /** Names of the policies that apply: whoever wrote them chose the words. */
  readonly policies: readonly string[];
  readonly flags: readonly EncryptionFlag[];
  /** `2.0` */
  readonly tpmVersion?: string;
}
