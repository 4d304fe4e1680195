// What an installation decides by its configuration, the demo decides here: the simulated tenant's groups, its
// application, and one sensitive device.

import { createHash } from 'node:crypto';
import { defaultApiLimits } from '../config/read-api.ts';
import { parseChannelId } from '../domain/channel.ts';
import { defaultSettings, type DeskSettings } from '../domain/settings.ts';
import type { SweepSettings } from '../domain/sweep-desk.ts';
import type { CredentialSettings } from '../graph/credential.ts';
import { apps } from '../sim/tenant/apps.ts';
import { roleGroups, tenantId } from '../sim/tenant/people.ts';

const auditChannel = parseChannelId('19:keydesk-audit@thread.tacv2');

/**
 * The channel "Key audit" of the Playground's team, where that runs; without it nobody can write from there, and alerts wait.
 * @param playgroundPort undefined without the Playground
 */
export const demoDeskBeside = (playgroundPort: number | undefined): DeskSettings => {
  if (auditChannel === undefined) return demoDesk;
  const serviceUrl = playgroundPort === undefined ? {} : { serviceUrl: `http://127.0.0.1:${playgroundPort}/_connector` };
  return { ...demoDesk, auditChannel: { id: auditChannel, schedule: { hour: 8, minute: 0, zone: 'UTC' }, ...serviceUrl } };
};

/** A rotation is seen to happen by who waits for it: a minute after the reveal, and looked at every few seconds. */
export const demoDesk: DeskSettings = {
  ...defaultSettings,
  sensitiveNames: [/^VIP-01$/i],
  rotateAfterSeconds: 60,
  followSeconds: [5],
  summarySettleSeconds: 2,
  selfService: true,
  helpdeskContact: '+1 555 0100 (the simulated helpdesk)',
  appsMayReveal: true,
};

/** At once, and again every few minutes, from a tenant that asks nobody for patience. */
export const demoSweep: SweepSettings = { everySeconds: 180, alertNewFailed: true };
export const demoSweepPagesPerSecond = 200;

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

/** Tokens for it come from the simulator (`POST /_sim/token`), which gives them to anybody. */
export const demoApi = { audience: apps.keydesk.clientId, appsMayReveal: true, ...defaultApiLimits } as const;

/** Soon enough to be seen by who waits for it. */
export const demoEntraLog = { everySeconds: 5, ownAppIds: [apps.keydesk.clientId, apps.keydeskRotation.clientId] } as const;

/** For the ledger's entry at start, as in production: SHA-256 over the settings without secrets. */
export const demoFingerprint = createHash('sha256')
  .update(JSON.stringify({ demo: true, tenantId, clientId: apps.keydesk.clientId, rotationClientId: apps.keydeskRotation.clientId, groups: demoRoleGroups, entraLog: demoEntraLog, api: demoApi, desk: demoDesk, sweep: demoSweep }, (_key, value: unknown) => (value instanceof RegExp ? String(value) : value)))
  .digest('hex');
