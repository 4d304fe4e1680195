// Why a rotation failed, in words, and what helps: one table, so that a new failure does not compile without both. Names
// of policies stand as Intune's BitLocker profile writes them; its settings catalogue has the names of the BitLocker CSP.

import type { RotationFailure } from '../../domain/rotation-failure.ts';
import { type Said, say } from './escape.ts';

export interface FailureWords {
  /** One sentence; also behind "The key was not rotated:". */
  readonly why: Said;
  readonly remedy: Said;
}

const onTheDevice = say`Restart the device, let it sync, and rotate again. If that repeats, its event log **BitLocker-API** says more.`;
const requireEscrow = (drives: string): Said =>
  say`In Intune set **Save BitLocker recovery information to Microsoft Entra ID** to Enabled and **Store recovery information in Microsoft Entra ID before enabling BitLocker** to Required, for ${drives}. The settings catalogue calls the second one **Do not enable BitLocker until recovery information is stored to AD DS**.`;

export const failureWords = {
  'not-managed': { why: say`Intune does not manage this device.`, remedy: say`Enrol it in Intune first. Until then only somebody at the device can give it a new key.` },
  'several-managed': { why: say`Intune has several devices with this device ID, and which one is meant cannot be known.`, remedy: say`In the Intune portal compare their last check-in and remove the stale ones. Then rotate again.` },
  'device-gone': { why: say`Entra ID no longer knows this device, and its keys went with it.`, remedy: say`Find out who deleted it. If the laptop is still in use, it must be joined anew before it is locked out.` },
  forbidden: { why: say`Keydesk is not allowed to rotate keys in Intune.`, remedy: say`Tell the people who run Keydesk: the permission **DeviceManagementManagedDevices.ReadWrite.All**, or its consent, is missing.` },
  refused: { why: say`Intune refused the request.`, remedy: say`Try it on the device's page in the Intune portal: **BitLocker key rotation** says there what is wrong.` },
  'policy-os': { why: say`The policy for the system drive does not require that its key is stored in Entra ID, and without that Windows rotates nothing.`, remedy: requireEscrow('operating system drives') },
  'policy-fixed': { why: say`The policy for fixed data drives does not require that their keys are stored in Entra ID, and without that Windows rotates nothing.`, remedy: requireEscrow('fixed data drives') },
  'policy-unset': {
    why: say`The device does not support the rotation: no policy allows it, or Windows is older than version 1909.`,
    remedy: say`In Intune set **Client-driven recovery password rotation** to Enable rotation, for Entra joined or for Entra joined and hybrid joined devices. A co-managed device obeys that policy only when Intune, and not Configuration Manager, has the workload **Endpoint Protection**.`,
  },
  'backup-busy': { why: say`Entra ID was too busy to store the new key, several times.`, remedy: say`Rotate again later.` },
  'not-encrypted': { why: say`BitLocker is not switched on for this drive.`, remedy: say`Find out why the device is not encrypted. There is no key to rotate before it is.` },
  'drive-locked': { why: say`A drive of the device is locked.`, remedy: say`Let somebody unlock it at the device, then rotate again.` },
  'drive-busy': { why: say`BitLocker was busy with the drive, several times: it encrypts, decrypts or is being changed.`, remedy: say`Wait until that has ended, then rotate again.` },
  'system-files': { why: say`Files that BitLocker needs to start Windows are missing or damaged.`, remedy: say`Repair the start of Windows on the device, then rotate again.` },
  'system-drive': { why: say`The drive also holds the files that start the computer.`, remedy: say`BitLocker needs a system partition of its own: look at how the disk is divided.` },
  algorithm: { why: say`The drive was encrypted before, in a way that does not go with the policy.`, remedy: say`Compare the encryption method of the drive with the one in the policy. Where they differ, the drive must be decrypted and encrypted again.` },
  'element-missing': { why: say`Windows did not find something that the rotation needs.`, remedy: onTheDevice },
  'bad-parameter': { why: say`Windows did not accept a setting of the rotation.`, remedy: say`Look for two BitLocker policies that contradict each other on this device in Intune. Then rotate again.` },
  general: { why: say`Windows failed without saying why.`, remedy: onTheDevice },
  catastrophic: { why: say`Windows failed in a way that it did not expect itself.`, remedy: onTheDevice },
  'not-supported': { why: say`The device cannot do what the rotation needs.`, remedy: say`Look at the TPM and its firmware, and at whether the policy asks for something that this device does not have.` },
  unlisted: { why: say`Windows reported an error that Keydesk does not know.`, remedy: say`Search Microsoft's pages for the number that stands below. Then rotate again.` },
  cancelled: { why: say`Somebody cancelled it in Intune.`, remedy: say`If a new key is still wanted, rotate again.` },
  'gave-up': { why: say`It has taken too long, and nothing more is tried.`, remedy: say`Is the device still in use? Bring it online and let it sync, then rotate again. If Intune was the reason, look at its service health.` },
  'person-forbidden': { why: say`It was sent in the name of the person who pressed Rotate, and Intune says that they may not rotate this device.`, remedy: say`Activate your role in PIM (Privileged Identity Management) and wait a minute. It must hold **Remote tasks: Rotate BitLocker keys** in Intune, for this device.` },
  'sign-in-needed': { why: say`It was to be sent in the name of the person who pressed Rotate, and Entra ID wants them to sign in again.`, remedy: say`Press **Sign in**, where the card has it, or sign out of Teams and in again. Do what Microsoft's page asks.` },
  'sign-in-lost': { why: say`It was to be sent in the name of the person who pressed Rotate, and that could not be done while they were signed in. Nobody else may send it.`, remedy: say`Try it once more. If that repeats, look at Intune's service health.` },
} as const satisfies Record<RotationFailure, FailureWords>;
