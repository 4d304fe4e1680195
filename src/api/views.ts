// What the domain knows, in the forms of schemas.ts.

import type { z } from 'zod';
import type { KnownKey, VolumeType } from '../domain/device.ts';
import type { DeviceReport } from '../domain/device-report.ts';
import type { KeyRead } from '../domain/read-granted.ts';
import { shown } from '../domain/recovery-password.ts';
import type { Rotation } from '../domain/rotation.ts';
import type { device, key, revealed, rotation } from './schemas.ts';

export interface ViewOptions {
  /** An ID that an answer gives away proves nothing when a caller reads it out. */
  readonly keyIdsHidden: boolean;
}

const idOf = (keyId: string, { keyIdsHidden }: ViewOptions): { keyId?: string } => (keyIdsHidden ? {} : { keyId });

export const keyView = ({ keyId, volumeType, createdAt, state }: KnownKey, options: ViewOptions): z.input<typeof key> => ({ ...idOf(keyId, options), volumeType, createdAt, state });

export function deviceView({ device: { deviceId, name }, escrow, keys, owner, silent }: DeviceReport, underWay: Rotation | undefined, options: ViewOptions): z.input<typeof device> {
  return {
    deviceId,
    deviceName: shown(name),
    status: escrow.status,
    reason: escrow.reason,
    asOf: escrow.asOf ?? null,
    keys: keys.map((key) => keyView(key, options)),
    warnings: [...escrow.warnings],
    blockedBy: [...escrow.blockedBy],
    owner: owner === undefined ? null : { ...(owner.id && { id: owner.id }), ...(owner.name !== undefined && { name: shown(owner.name) }), ...(owner.userPrincipalName !== undefined && { userPrincipalName: shown(owner.userPrincipalName) }) },
    unanswered: silent.map(({ source }) => source),
    rotation: underWay === undefined ? null : rotationView(underWay, options),
  };
}

export const rotationView = ({ id, device: { deviceId }, state, createdAt, dueAt, endedAt, newKeys, failure }: Rotation, options: ViewOptions): z.input<typeof rotation> => ({
  rotationId: id,
  deviceId,
  state,
  createdAt,
  dueAt,
  endedAt: endedAt ?? null,
  newKeys: newKeys.map(({ keyId, volumeType, createdAt: since }): { keyId?: string; volumeType: VolumeType; createdAt: string } => ({ ...idOf(keyId, options), volumeType, createdAt: since })),
  failure: failure ?? null,
});

/** All of it but the password, which is put in where the answer is made. */
export function revealedView({ request, password, rotation: following }: Extract<KeyRead, { kind: 'revealed' }>): Omit<z.input<typeof revealed>, 'recoveryPassword'> {
  const { offer, grant, revealedAt } = request;
  if (offer === undefined || grant === undefined || revealedAt === undefined) throw new Error('what was revealed has a device, a key and a time');
  return {
    doubtfulBlocks: [...password.doubtfulBlocks],
    keyId: grant.key.keyId,
    volumeType: grant.key.volumeType,
    deviceId: offer.device.deviceId,
    deviceName: shown(offer.device.name),
    requestId: request.id,
    revealedAt,
    rotation: following === undefined ? null : { rotationId: following.id, dueAt: following.dueAt },
  };
}
