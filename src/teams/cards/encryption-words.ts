// Intune's encryption report in words.

import type { EncryptionFlag, EncryptionState, PolicyState } from '../../domain/encryption-state.ts';
import { joined, type Said, say } from './escape.ts';

export const flagWords = {
  noUserConsent: 'the user has not agreed to the encryption',
  osVolumeUnprotected: 'the system drive is not protected',
  osVolumeTpmRequired: 'the policy wants a TPM as protector',
  osVolumeTpmOnlyRequired: 'the policy wants the TPM alone as protector',
  osVolumeTpmPinRequired: 'the policy wants a TPM with a PIN',
  osVolumeTpmStartupKeyRequired: 'the policy wants a TPM with a startup key',
  osVolumeTpmPinStartupKeyRequired: 'the policy wants a TPM with PIN and startup key',
  osVolumeEncryptionMethodMismatch: 'the system drive is encrypted by another method than the policy wants',
  recoveryKeyBackupFailed: 'the backup of the recovery key failed',
  fixedDriveNotEncrypted: 'a fixed drive is not encrypted',
  fixedDriveEncryptionMethodMismatch: 'a fixed drive is encrypted by another method than the policy wants',
  loggedOnUserNonAdmin: 'the user is no administrator, and the policy does not encrypt for others',
  windowsRecoveryEnvironmentNotConfigured: 'the Windows recovery environment (WinRE) is not set up',
  tpmNotAvailable: 'there is no TPM',
  tpmNotReady: 'the TPM is not ready',
  networkError: 'the network is missing for the backup of the key',
} as const satisfies Record<EncryptionFlag, string>;

const policyWords = {
  unknown: 'not known',
  notApplicable: 'does not apply here',
  compliant: 'followed',
  remediated: 'followed, after a repair',
  nonCompliant: 'not followed yet',
  error: 'ended in an error',
  conflict: 'contradicts another one',
  notAssigned: 'none assigned',
} as const satisfies Record<PolicyState, string>;

const tpmFlags = ['tpmNotAvailable', 'tpmNotReady'] as const satisfies readonly EncryptionFlag[];
const tpmWords = { tpmNotAvailable: say`▲ none`, tpmNotReady: say`▲ not ready` } as const;
const winre = 'windowsRecoveryEnvironmentNotConfigured' satisfies EncryptionFlag;

/** Rows for the Security section; one that nothing is known of is left out. */
export function encryptionRows({ ready, policy, policies, flags, tpmVersion }: EncryptionState): Readonly<Record<string, Said | undefined>> {
  const tpm = tpmFlags.find((flag) => flags.includes(flag));
  const others = flags.filter((flag) => flag !== winre && !tpmFlags.some((known) => known === flag));
  return {
    Policy: policies.length === 0 ? say`${policyWords[policy]}` : joined([...policies.slice(0, 2).map((name) => say`${name}`), say`${policyWords[policy]}`], ', '),
    TPM: tpm !== undefined ? tpmWords[tpm] : tpmVersion === undefined ? undefined : say`version ${tpmVersion}, nothing reported against it`,
    WinRE: flags.includes(winre) ? say`▲ the recovery environment of Windows is not set up` : undefined,
    Readiness: ready === false ? say`▲ hardware or Windows not ready` : undefined,
    Reported: others.length === 0 ? undefined : joined(others.map((flag) => say`${flagWords[flag]}`), ', '),
  };
}
