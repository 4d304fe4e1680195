// Intune in memory: it queues rotations, and the device does them when a test says so. Its clock is Graph's own, which
// a test may set apart from ours by `world.skewSeconds`.

import { Fault } from '../../../src/domain/fault.ts';
import type { EscrowedKey, VolumeType } from '../../../src/domain/device.ts';
import type { EntraDeviceId, IntuneDeviceId } from '../../../src/domain/ids.ts';
import { type Instant, plusSeconds } from '../../../src/domain/instant.ts';
import type { Clock, Rotator } from '../../../src/domain/ports.ts';
import type { RotationAction } from '../../../src/domain/rotation.ts';
import { keyIdOf, passwordDigits, type World } from './world.ts';

/** What Graph's clock shows while ours shows `now`. */
export const graphTime = (world: World, clock: Clock): Instant => plusSeconds(clock.now(), world.skewSeconds);

/** A rotation that Intune has taken, and what it said of the one before. */
export interface Post {
  readonly device: IntuneDeviceId;
  readonly clientRequestId: string;
  readonly former: RotationAction | undefined;
}

/** @param onPost called when Intune has taken a rotation: the test's own record */
export const rotatorOf = (world: World, clock: Clock, onPost: (post: Post) => void): Rotator => ({
  lastAction: async (device) => {
    if (!world.managed.some(({ intuneId }) => intuneId === device)) throw new Fault('graph-not-found', 'never');
    return world.actions.get(device);
  },
  rotate: async (device, { clientRequestId }) => {
    if (!world.managed.some(({ intuneId }) => intuneId === device)) throw new Fault('graph-not-found', 'never');
    const former = world.actions.get(device);
    onPost({ device, clientRequestId, former });
    world.actions.set(device, { state: 'pending', startedAt: laterThan(former, graphTime(world, clock)), errorCode: 0 });
    return { graphRequestId: `graph-${clientRequestId}` };
  },
});

/** No two begin at once, also where the clock stands still. */
const laterThan = (former: RotationAction | undefined, time: Instant): Instant => (former !== undefined && former.startedAt >= time ? plusSeconds(former.startedAt, 1) : time);

/** Intune says so of the last action, whoever asked for it. */
export function report(world: World, device: IntuneDeviceId, state: RotationAction['state'], errorCode = 0): void {
  const last = world.actions.get(device);
  if (last === undefined) throw new Error('the test lets Intune report on a rotation that nobody asked for');
  world.actions.set(device, { ...last, state, errorCode });
}

/** The device makes new keys and escrows them; nobody need have asked. Returns them. */
export function makeKeys(world: World, clock: Clock, device: EntraDeviceId, volumeTypes: readonly VolumeType[] = ['operatingSystem']): readonly EscrowedKey[] {
  const made = volumeTypes.map((volumeType, index): EscrowedKey => {
    const first = (0xee_00_00_00 + world.keys.length + index).toString(16);
    return { keyId: keyIdOf(`${first}-0000-4000-8000-${first}0000`), deviceId: device, volumeType, createdAt: graphTime(world, clock) };
  });
  world.keys.push(...made);
  for (const { keyId } of made) world.passwords.set(keyId, passwordDigits(world.keys.length));
  return made;
}

/** The device checks in and does what was queued: new keys for the kinds of volume it had keys of, and `done`. */
export function checkIn(world: World, clock: Clock, device: EntraDeviceId): readonly EscrowedKey[] {
  const managed = world.managed.filter(({ deviceId, intuneId }) => deviceId === device && world.actions.get(intuneId)?.state === 'pending');
  for (const { intuneId } of managed) report(world, intuneId, 'done');
  const kinds = new Set<VolumeType>(['operatingSystem', ...world.keys.filter(({ deviceId }) => deviceId === device).map(({ volumeType }) => volumeType)]);
  return managed.length === 0 ? [] : makeKeys(world, clock, device, [...kinds].filter((kind) => kind !== 'removableData'));
}
