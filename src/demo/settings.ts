// What an installation decides by its configuration, the demo decides here: the simulated tenant's groups, its
// application, and one sensitive device.

import { createHash } from 'node:crypto';
import { defaultSettings, type DeskSettings } from '../domain/settings.ts';
import type { SweepSettings } from '../domain/sweep-fleet.ts';
import type { CredentialSettings } from '../graph/credential.ts';
import { apps } from '../sim/tenant/apps.ts';
import { roleGroups, tenantId } from '../sim/tenant/people.ts';

/** A rotation is seen to happen by who waits for it: a minute after the reveal, and looked at every few seconds. */
export const demoDesk: DeskSettings = { ...defaultSettings, sensitiveNames: [/^VIP-01$/i], rotateAfterSeconds: 60, followSeconds: [5], selfService: true, helpdeskContact: '+1 555 0100 (the simulated helpdesk)' };

/** At once, and again every few minutes, from a tenant that asks nobody for patience. */
export const demoSweep: SweepSettings = { everySeconds: 180, alertNewFailed: true };
export const demoSweepPace = { directory: 200, intune: 200, bitlocker: 200 } as const;

export const demoRoleGroups = {
  agent: roleGroups.agent.id,
  admin: roleGroups.admin.id,
  approver: roleGroups.approver.id,
  auditor: roleGroups.auditor.id,
} as const;

/** The secret opens nothing but the simulator. */
export const demoIdentity: CredentialSettings = {
  tenantId,
  identity: { type: 'secret', clientId: apps.keydesk.clientId, secret: { reveal: () => apps.keydesk.secret } },
};

/** Who rotates there: an application that may do that, and may not read a key. */
export const demoRotationIdentity: CredentialSettings = {
  tenantId,
  identity: { type: 'secret', clientId: apps.keydeskRotation.clientId, secret: { reveal: () => apps.keydeskRotation.secret } },
};

/** For the ledger's entry at start, as in production: SHA-256 over the settings without secrets. */
export const demoFingerprint = createHash('sha256')
  .update(JSON.stringify({ demo: true, tenantId, clientId: apps.keydesk.clientId, rotationClientId: apps.keydeskRotation.clientId, groups: demoRoleGroups, desk: demoDesk, sweep: demoSweep }, (_key, value: unknown) => (value instanceof RegExp ? String(value) : value)))
  .digest('hex');
