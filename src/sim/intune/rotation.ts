import type { Machine, ManagedDevice, RecoveryKey } from '../tenant/machine.ts';
import { volume } from '../tenant/machine.ts';
import type { Tenant } from '../tenant/tenant.ts';

/** Entra keeps no more keys of one device; at the limit the backup fails, and with it the rotation. */
const mostKeys = 200;
// HRESULTs that Intune reports: BitLocker is not on; the backup endpoint takes no more.
const notEncrypted = -2_144_272_376;
const backupFailed = -2_144_272_159;

const timers = new WeakMap<Tenant, Set<NodeJS.Timeout>>();

/** Notes the rotation on the device, which carries it out when it checks in. Asked again before that, it stays one. */
export function queueRotation(tenant: Tenant, device: ManagedDevice, selfCheckinSeconds: number): void {
  const now = tenant.now();
  device.rotation = { state: 'pending', startedAt: now, updatedAt: now, errorCode: 0 };
  if (selfCheckinSeconds === 0) return;
  const pending = timers.get(tenant) ?? new Set();
  timers.set(tenant, pending);
  const timer = setTimeout(() => {
    pending.delete(timer);
    const machine = tenant.fleet.machineOfManaged(device.id);
    if (machine !== undefined) checkIn(tenant, machine);
  }, selfCheckinSeconds * 1000);
  pending.add(timer);
}

/** No device checks in by itself any more. */
export function stopCheckins(tenant: Tenant): void {
  for (const timer of timers.get(tenant) ?? []) clearTimeout(timer);
  timers.delete(tenant);
}

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
  if (queued?.state !== 'pending') return [];
  const errorCode = obstacle(machine);
  managed.rotation = { state: errorCode === 0 ? 'done' : 'failed', startedAt: queued.startedAt, updatedAt: now, errorCode };
  return errorCode === 0 && machine.entra !== undefined ? newKeys(tenant, machine, machine.entra.deviceId, now) : [];
}

function obstacle(machine: Machine): number {
  if (machine.rotationError !== undefined) return machine.rotationError;
  if (machine.managed?.isEncrypted !== true) return notEncrypted;
  if (machine.entra === undefined || machine.keys.length >= mostKeys) return backupFailed;
  return 0;
}

function newKeys(tenant: Tenant, machine: Machine, deviceId: string, now: number): readonly RecoveryKey[] {
  const volumes = new Set([volume.operatingSystem, ...machine.keys.map((key) => key.volume)]);
  return [...volumes].map((of) => {
    const key: RecoveryKey = { id: tenant.random.guid(), deviceId, createdAt: now, volume: of };
    tenant.fleet.addKey(machine, key);
    const service = { kind: 'app', appId: '', displayName: 'Device Registration Service', servicePrincipalId: '' } as const;
    tenant.audit.write({ at: now, by: service, activity: 'Add BitLocker key', keyId: key.id, deviceId: key.deviceId });
    return key;
  });
}
