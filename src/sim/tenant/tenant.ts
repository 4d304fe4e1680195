import type { Actor, AuditLog, AuditRow } from './audit-log.ts';
import { createAuditLog } from './audit-log.ts';
import type { Directory } from './directory.ts';
import { createDirectory } from './directory.ts';
import { firstAssignments, type RoleAssignment } from './directory-roles.ts';
import type { Fleet } from './fleet.ts';
import { createFleet } from './fleet.ts';
import { generatedMachines } from './generated-machines.ts';
import { namedMachines } from './named-machines.ts';
import { recoveryPassword } from './passwords.ts';
import { tenantId } from './people.ts';
import type { Random } from './random.ts';
import { createRandom } from './random.ts';
import { createRegistrations, type Registrations } from './registrations.ts';

export interface TenantOptions {
  /** How many devices in all, the named ones included; never fewer than those. */
  readonly devices: number;
  readonly seed: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A recovery password put in place of the computed one, so that tests can look for it in everything that leaves. */
  readonly canary?: { readonly keyId: string; readonly recoveryPassword: string };
}

export interface Tenant {
  readonly id: string;
  readonly now: () => number;
  readonly random: Random;
  readonly directory: Directory;
  readonly fleet: Fleet;
  readonly audit: AuditLog;
  /** How Intune behaves here; a test may change it. */
  readonly intune: {
    ignoresFilters: boolean;
    /** Client-driven recovery password rotation, as the policy has it: 0 off, 1 Entra joined, 2 hybrid joined too; not set when undefined. */
    passwordRotation?: 0 | 1 | 2;
  };
  /** The switch of the device settings in Entra; null where Graph says nothing of it. A test may change it. */
  readonly policy: { ownersMayReadKeys: boolean | null };
  readonly registrations: Registrations;
  /** Roles of Entra; a test may add some. */
  readonly roleAssignments: RoleAssignment[];
  /** Whether somebody has allowed the applications to act for people, and what Conditional Access asks of one who is acted for. A test may change it. */
  readonly acting: { consented: boolean; challenge: { readonly number: number; readonly claims?: string } | undefined };
  /** What the device showed when the key was made. For any id: of keys that do not exist too. */
  recoveryPassword(keyId: string): string;
  /** Notes that somebody read a key. False when there is no such key. */
  keyWasRead(keyId: string, by: Actor, at?: number, more?: Pick<AuditRow, 'failed' | 'userAgent' | 'told'>): boolean;
}

export function createTenant({ devices, seed, now, canary }: TenantOptions): Tenant {
  const random = createRandom(seed);
  const named = namedMachines(now());
  const generated = Math.max(0, devices - named.length);
  const directory = createDirectory(Math.ceil(generated * 0.9), random);
  const owners = directory.people.filter((person) => person.givenName === null);
  const fleet = createFleet([...named, ...generatedMachines(generated, now(), owners, random)]);
  const audit = createAuditLog();

  return {
    id: tenantId,
    now,
    random,
    directory,
    fleet,
    audit,
    intune: { ignoresFilters: false, passwordRotation: 1 },
    policy: { ownersMayReadKeys: true },
    registrations: createRegistrations(now()),
    roleAssignments: [...firstAssignments],
    acting: { consented: true, challenge: undefined },
    recoveryPassword: (keyId) => (canary?.keyId.toLowerCase() === keyId.toLowerCase() ? canary.recoveryPassword : recoveryPassword(seed, keyId)),
    keyWasRead: (keyId, by, at = now(), more = {}) => {
      const key = fleet.key(keyId);
      if (key === undefined) return false;
      audit.write({ ...more, at, by, activity: 'Read BitLocker key', keyId: key.id, deviceId: key.deviceId });
      return true;
    },
  };
}
