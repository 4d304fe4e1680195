import type { ActionState, Checkin, Machine, ManagedDevice, RecoveryKey, Volume } from '../tenant/machine.ts';
import { second, volume } from '../tenant/machine.ts';
import type { Tenant } from '../tenant/tenant.ts';

/** Entra keeps no more keys of one device; at the limit the backup fails, and with it the rotation. */
const mostKeys = 200;
// HRESULTs that Intune reports: BitLocker is not on; the backup endpoint takes no more.
const notEncrypted = -2_144_272_376;
const backupFailed = -2_144_272_159;

const timers = new WeakMap<Tenant, Set<NodeJS.Timeout>>();

/** Notes the rotation on the device, which carries it out when it checks in. Asked again before that, it stays one. */
export function queueRotation(tenant: Tenant, device: ManagedDevice, selfCheckinSeconds: number): void {
  // Results tell whole seconds; no two rotations of a device begin in the same one, also where the clock stands still.
  const startedAt = Math.max(tenant.now(), (device.rotation?.startedAt ?? 0) + second);
  device.rotation = { state: 'pending', startedAt, updatedAt: startedAt, errorCode: 0 };
  if (selfCheckinSeconds === 0) return;
  const pending = timers.get(tenant) ?? new Set();
  timers.set(tenant, pending);
  const timer = setTimeout(() => {
    pending.delete(timer);
    const machine = tenant.fleet.machineOfManaged(device.id);
    if (machine !== undefined) checkIn(tenant, machine);
  }, selfCheckinSeconds * second);
  pending.add(timer);
}

/** No device checks in by itself any more. */
export function stopCheckins(tenant: Tenant): void {
  for (const timer of timers.get(tenant) ?? []) clearTimeout(timer);
  timers.delete(tenant);
}

/** Somebody takes it back in the portal, before the device has done it. False when there was nothing to take back. */
export function cancelRotation(tenant: Tenant, device: ManagedDevice): boolean {
  const { rotation } = device;
  if (rotation === undefined || !isUnderWay(rotation.state)) return false;
  device.rotation = { ...rotation, state: 'canceled', updatedAt: Math.max(tenant.now(), rotation.startedAt) };
  return true;
}

const isUnderWay = (state: ActionState): boolean => state === 'pending' || state === 'active';

/**
 * The device reports to Intune and does what is queued.
 * @returns the keys that it made and escrowed: one for each kind of volume that had one
 */
export function checkIn(tenant: Tenant, machine: Machine): readonly RecoveryKey[] {
  const { managed } = machine;
  if (managed === undefined) return [];
  const now = tenant.now();
  managed.lastSyncAt = now;
  const queued = managed.rotation;
  if (queued === undefined || !isUnderWay(queued.state)) return [];
  const did = nextCheckin(machine);
  const errorCode = 'errorCode' in did ? (did.errorCode ?? 0) : 0;
  managed.rotation = { state: did.state, startedAt: queued.startedAt, updatedAt: Math.max(now, queued.startedAt), errorCode };
  return did.state === 'done' ? makeKeys(tenant, machine, did.volumes) : [];
}

/** As the test has laid down, or as its state leads to. */
function nextCheckin(machine: Machine): Checkin {
  const [next, ...later] = machine.checkins ?? [];
  machine.checkins = later;
  if (next !== undefined) return next;
  const errorCode = obstacle(machine);
  return errorCode === 0 ? { state: 'done' } : { state: 'failed', errorCode };
}

function obstacle(machine: Machine): number {
  if (machine.rotationError !== undefined) return machine.rotationError;
  if (machine.managed?.isEncrypted !== true) return notEncrypted;
  if (machine.entra === undefined || machine.keys.length >= mostKeys) return backupFailed;
  return 0;
}

/**
 * New keys, made and escrowed, asked for or not: Windows rotates by itself after a key was used.
 * @param volumes absent: the system's and every other that has a key, but for removable drives, which Windows leaves alone
 */
export function makeKeys(tenant: Tenant, machine: Machine, volumes: readonly Volume[] = rotated(machine)): readonly RecoveryKey[] {
  const { entra } = machine;
  if (entra === undefined) return [];
  return volumes.map((of) => {
    const key: RecoveryKey = { id: tenant.random.guid(), deviceId: entra.deviceId, createdAt: tenant.now(), volume: of };
    tenant.fleet.addKey(machine, key);
    const service = { kind: 'app', appId: '', displayName: 'Device Registration Service', servicePrincipalId: '' } as const;
    tenant.audit.write({ at: key.createdAt, by: service, activity: 'Add BitLocker key', keyId: key.id, deviceId: key.deviceId });
    return key;
  });
}

const rotated = (machine: Machine): readonly Volume[] =>
  [...new Set<Volume>([volume.operatingSystem, ...machine.keys.map((key) => key.volume)])].filter((of) => of !== volume.removableData);
