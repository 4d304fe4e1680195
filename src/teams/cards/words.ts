// Codes of the domain in the words of product.md §1, for cards. One table for each, so that a new code does not compile
// until somebody has said what it is called.

import type { Device, JoinType, KnownKey, Owner, VolumeType } from '../../domain/device.ts';
import type { AccessSource } from '../../domain/ledger-entry.ts';
import type { Role } from '../../domain/person.ts';
import type { CallerCheck, ReasonCode, RotationReason } from '../../domain/reason.ts';
import type { Purpose, RevealRequest } from '../../domain/request.ts';
import { cleanText, type Said, say } from './escape.ts';

/** What somebody wanted who is told "no", or that something does not work: entries of the ledger, or a file that was offered, beside the rest. */
export type Wanted = Purpose | 'audit' | 'file';

export const reasonWords = {
  'firmware-update': 'Firmware update',
  'hardware-change': 'Hardware change',
  'wrong-pin': 'Too many wrong PINs',
  'secure-boot-change': 'Secure Boot change',
  'forgotten-pin': 'Forgotten PIN',
  'drive-moved': 'Drive moved to another computer',
  other: 'Other (say why below)',
} as const satisfies Record<ReasonCode, string>;

export const rotationReasonWords = {
  'key-exposed': 'The key was shown or shared',
  'after-repair': 'After a repair',
  handover: 'The device goes to somebody else',
  policy: 'A rule demands it',
  other: 'Other (say why below)',
} as const satisfies Record<RotationReason, string>;

export const callerCheckWords = {
  'call-back': 'Called back on a known number',
  manager: 'Confirmed by the manager',
  'in-person': 'In person',
} as const satisfies Record<CallerCheck, string>;

export const volumeWords = {
  operatingSystem: 'operating system',
  fixedData: 'fixed data',
  removableData: 'removable data',
  unknown: 'volume unknown',
} as const satisfies Record<VolumeType, string>;

export const stateWords = { active: 'active', superseded: 'superseded' } as const satisfies Record<KnownKey['state'], string>;

export const joinWords = {
  entra: 'Entra joined',
  hybrid: 'Hybrid joined',
  registered: 'Entra registered',
  unknown: 'not known',
} as const satisfies Record<JoinType, string>;

/** Where it was done; the words of product.md §7. */
export const sourceWords = {
  teams: 'Teams',
  api: 'API',
  'self-service': 'self-service',
  entra: 'Entra only',
  system: 'Keydesk itself',
} as const satisfies Record<AccessSource, string>;

export const roleWords = {
  agent: 'agent',
  admin: 'admin',
  approver: 'approver',
  auditor: 'auditor',
} as const satisfies Record<Role, string>;

/** A device name, short enough for a heading on a phone. Windows allows 15 or 63 characters, Entra ID 256. */
export const deviceName = (device: Pick<Device, 'name'>): string => cleanText(device.name, 64) || '(no name)';

/** `Windows 11, build 26100`: 22000 is the first build of Windows 11 (Microsoft, Windows 11 release information). */
export function systemWords({ operatingSystem, osVersion }: Pick<Device, 'operatingSystem' | 'osVersion'>): string | undefined {
  const build = Number(/^10\.0\.(\d{5})(?!\d)/.exec(osVersion ?? '')?.[1] ?? Number.NaN);
  if (operatingSystem === 'Windows' && build >= 10_240) return `Windows ${build >= 22_000 ? 11 : 10}, build ${build}`;
  return operatingSystem === undefined || osVersion === undefined ? (operatingSystem ?? osVersion) : `${operatingSystem} ${osVersion}`;
}

/** `Adele Vance (adele@contoso.com)`, as far as known. */
export function ownerWords(owner: Owner | undefined): string | undefined {
  if (owner?.name === undefined) return owner?.userPrincipalName;
  return owner.userPrincipalName === undefined ? owner.name : `${owner.name} (${owner.userPrincipalName})`;
}

/** The same for owners, who do not say "volume". */
export const ownVolumeWords = { operatingSystem: 'Windows drive', fixedData: 'data drive', removableData: 'USB drive', unknown: 'drive not known' } as const satisfies Record<VolumeType, string>;
export const ownStateWords = { active: 'newest', superseded: 'older' } as const satisfies Record<KnownKey['state'], string>;

/** What a request is for, as something that was done to the key. */
export const doneWords = { reveal: 'shown', rotate: 'rotated', status: 'shown' } as const satisfies Record<Purpose, string>;

/** On a card that will never do anything again. @param name undefined when no device was chosen */
export function askAgain({ purpose, by }: Pick<RevealRequest, 'purpose' | 'by'>, name: string | undefined): Said {
  if (by === 'owner') return purpose === 'status' ? say`Still needed? Ask again: **my devices**` : say`Still needed? Ask again: **my key**`;
  if (name === undefined) return say`Still needed? Ask again.`;
  if (purpose === 'status') return say`Still needed? Ask again: **status ${name}**`;
  return purpose === 'rotate' ? say`Still needed? Ask again: **rotate ${name}**` : say`Still needed? Ask again: **key for ${name}**`;
}
