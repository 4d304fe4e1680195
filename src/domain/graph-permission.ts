// The permissions that Keydesk is given in Microsoft Graph, and what stops working without each. One that is missing
// switches off its feature alone: the answers say what they lack, /readyz and `npm run doctor` say which permission.

import type { IdentityPurpose } from './identity-purpose.ts';

/** `always`: nobody gets a key without it. The others: only for who uses that feature. */
export type PermissionNeed = 'always' | 'wherever-used' | 'self-service' | 'entra-log' | 'rotation';

export interface GraphPermissionFacts {
  readonly of: IdentityPurpose;
  readonly need: PermissionNeed;
  /** What is switched off without it, as the second half of a sentence. */
  readonly off: string;
}

/** In the order of docs/operations.md. */
export const graphPermissions = {
  'Device.Read.All': { of: 'metadata', need: 'always', off: 'no device is found' },
  'BitlockerKey.ReadBasic.All': { of: 'metadata', need: 'always', off: 'no keys are listed' },
  'BitlockerKey.Read.All': { of: 'reveal', need: 'always', off: 'no key is shown' },
  'DeviceManagementManagedDevices.Read.All': { of: 'metadata', need: 'wherever-used', off: 'primary user, last sync and encryption of a device are not known, and none is rotated' },
  'DeviceManagementConfiguration.Read.All': { of: 'metadata', need: 'wherever-used', off: 'encryption states are not known: why a device has no key, and the status of those' },
  'Policy.Read.All': { of: 'metadata', need: 'self-service', off: 'owners cannot help themselves' },
  'User.Read.All': { of: 'metadata', need: 'wherever-used', off: 'people are not found by address or name' },
  'GroupMember.Read.All': { of: 'metadata', need: 'always', off: 'roles are not known' },
  'AuditLog.Read.All': { of: 'metadata', need: 'entra-log', off: "the ledger is not held against Entra's own log" },
  'DeviceManagementManagedDevices.ReadWrite.All': { of: 'rotation', need: 'rotation', off: 'no key is rotated' },
} as const satisfies Record<string, GraphPermissionFacts>;

export type GraphPermission = keyof typeof graphPermissions;

export const allGraphPermissions: readonly GraphPermission[] = Object.keys(graphPermissions).flatMap((name) => (isGraphPermission(name) ? [name] : []));

function isGraphPermission(name: string): name is GraphPermission {
  return Object.hasOwn(graphPermissions, name);
}

/** For /readyz: `ok`, or which are missing and what that switches off. */
export const missingInWords = (missing: Iterable<GraphPermission>): string =>
  [...new Set(missing)].map((name) => `${name} is missing: ${graphPermissions[name].off}`).join('; ') || 'ok';
