// The escrow status in words: what it is, why, and what to do. One table for each reader, so that a new code does not
// compile until somebody has said what it means.

import type { EscrowReason, EscrowStatusName, EscrowWarning } from '../../domain/escrow.ts';
import type { ReportSource } from '../../domain/device-report.ts';
import type { FaultCode } from '../../domain/fault.ts';
import type { Container } from './card.ts';
import { type Said, say } from './escape.ts';

/** A sign and a word; the colour stands besides and says nothing of its own. */
export const escrowStatusWords = {
  escrowed: { sign: '✓', word: 'Escrowed', style: 'good' },
  pending: { sign: '◔', word: 'Pending', style: 'warning' },
  failed: { sign: '✕', word: 'Failed', style: 'attention' },
  'not-available': { sign: '○', word: 'Not available', style: 'emphasis' },
  unknown: { sign: '?', word: 'Unknown', style: 'emphasis' },
} as const satisfies Record<EscrowStatusName, { sign: string; word: string; style: NonNullable<Container['style']> }>;

interface ReasonWords {
  readonly why: Said;
  /** What somebody at the helpdesk can do about it. */
  readonly remedy: Said;
}

const waitForMicrosoft = say`Ask again in a few minutes. If it stays so, tell the people who run Keydesk.`;

export const escrowReasonWords = {
  'keys-unavailable': { why: say`Entra ID did not say which keys it has.`, remedy: waitForMicrosoft },
  'key-escrowed': { why: say`The key of the system drive is in Entra ID.`, remedy: say`Nothing needs to be done.` },
  'key-backup-failing': {
    why: say`A key is in Entra ID, but the device says that its last backup of a key failed. The key may be stale: the device may ask for another one.`,
    remedy: say`Sync the device and look again. If the warning stays, rotate the key.`,
  },
  'key-older-than-enrolment': {
    why: say`A key is in Entra ID, but it is older than the enrolment of the device. The key may be stale: of the time before the device was set up anew.`,
    remedy: say`Rotate the key, so that the one in Entra ID is the one of the device.`,
  },
  'backup-failed': {
    why: say`The device says that the backup of its key failed. No copy of the key is in Entra ID.`,
    remedy: say`Act before it locks: bring the device online, check that the policy saves the key in Entra ID, sync, then rotate the key.`,
  },
  'perhaps-in-active-directory': {
    why: say`The device is hybrid joined, and Entra ID has no key of it. The key may be in Active Directory.`,
    remedy: say`Look in ADUC, on the tab BitLocker Recovery of the computer.`,
  },
  'key-of-unknown-volume': {
    why: say`Entra ID has a key, and does not say of which drive.`,
    remedy: say`Compare its key ID with the blue screen, or with the output of manage-bde on the device.`,
  },
  'managed-unavailable': { why: say`No key is in Entra ID, and Intune did not say whether the device is encrypted.`, remedy: waitForMicrosoft },
  'several-managed': {
    why: say`No key is in Entra ID, and several devices in Intune carry the ID of this one. I do not guess which is meant.`,
    remedy: say`In the Intune portal compare their last check-in and remove the stale ones.`,
  },
  'not-managed': {
    why: say`No key is in Entra ID, and Intune does not know the device by its ID. Whether it is encrypted cannot be seen from here.`,
    remedy: say`Enrol the device in Intune, or look at the device itself.`,
  },
  'key-on-its-way': {
    why: say`The device was enrolled less than a day ago and is encrypted. Its key has not arrived in Entra ID yet.`,
    remedy: say`Leave the device on and online, and look again tomorrow.`,
  },
  'encrypted-without-key': {
    why: say`The device is encrypted, and no key has come to Entra ID for more than a day. If it locks now, nobody can open it.`,
    remedy: say`Act before it locks: bring the device online, sync it, then rotate the key.`,
  },
  'encrypted-since-unknown': {
    why: say`The device is encrypted and no key is in Entra ID. Since when is not known, so the key may still be on its way.`,
    remedy: say`Sync the device and look again tomorrow. If no key has come then, rotate.`,
  },
  'encryption-unavailable': { why: say`No key is in Entra ID, and Intune's encryption report was not to be had. It would say whether a policy applies.`, remedy: waitForMicrosoft },
  'encryption-not-reported': { why: say`No key is in Entra ID, and Intune has not learnt yet whether the device is encrypted.`, remedy: say`Sync the device. Intune may take a day to report.` },
  'policy-blocked': { why: say`A policy wants the device encrypted, and the device cannot follow it yet.`, remedy: say`Remove what stands in the way, then sync the device.` },
  'policy-error': { why: say`A policy wants the device encrypted, and it ended in an error or contradicts another one.`, remedy: say`Look at the device's configuration in the Intune portal.` },
  'about-to-encrypt': { why: say`A policy wants the device encrypted, and nothing is reported that stands in the way.`, remedy: say`Leave the device on and online; restart it if it has waited for long.` },
  'policy-unknown': { why: say`The device is not encrypted. Whether a policy applies to it, Intune does not say.`, remedy: say`Look at the device's configuration in the Intune portal.` },
  'not-encrypted': { why: say`BitLocker is not switched on, and no policy wants it. There is no key.`, remedy: say`If the device should be encrypted, assign a BitLocker policy.` },
} as const satisfies Record<EscrowReason, ReasonWords>;

export const escrowWarningWords = {
  'maybe-stale': say`▲ The key may be stale.`,
  'many-keys': say`▲ Entra ID stores 200 keys for a device and then no more, and this device is close to it. A new key that finds no room fails to be backed up. Tell those who look after the device.`,
} as const satisfies Record<EscrowWarning, Said>;

/** For an owner: no jargon, and only what they themselves can do. */
export const ownEscrowWords = {
  escrowed: say`✓ A recovery key is stored. Type **my key** to see it.`,
  pending: say`◔ No recovery key is stored yet. As a rule it comes by itself: leave the computer on and online.`,
  failed: say`✕ No recovery key is stored, though the drive is encrypted. Tell the helpdesk now, before you need it.`,
  'not-available': say`○ The drive is not encrypted, so there is no recovery key.`,
  unknown: say`? I could not find out whether a recovery key is stored. The helpdesk can look further.`,
} as const satisfies Record<EscrowStatusName, Said>;

const sourceWords = {
  'recovery-keys': 'the keys (Entra ID)',
  owner: 'the owner (Entra ID)',
  'managed-device': 'the device in Intune',
  'encryption-report': 'the encryption report (Intune)',
} as const satisfies Record<ReportSource, string>;

/** A missing permission is not mended by waiting, so it is told from silence. */
export const silenceWords = ({ source, code }: { readonly source: ReportSource; readonly code: FaultCode }): Said =>
  code === 'graph-forbidden' ? say`${sourceWords[source]}: I may not read it, a permission is missing` : say`${sourceWords[source]}: no answer`;
