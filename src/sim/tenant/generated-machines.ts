import type { EncryptionReport, EntraDevice, Machine, ManagedDevice, RecoveryKey, TrustType } from './machine.ts';
import { day, hour, volume } from './machine.ts';
import type { Person } from './people.ts';
import type { Random } from './random.ts';

type Kind = 'escrowed' | 'data-drive' | 'hybrid' | 'not-encrypted' | 'failed' | 'pending' | 'unmanaged' | 'phone';

// A plausible fleet, in hundredths. The sum is 100.
const shares: readonly (readonly [Kind, number])[] = [
  ['escrowed', 66],
  ['data-drive', 10],
  ['hybrid', 8],
  ['not-encrypted', 5],
  ['failed', 3],
  ['pending', 2],
  ['unmanaged', 3],
  ['phone', 3],
];
const kinds: readonly Kind[] = shares.flatMap(([kind, share]) => Array.from({ length: share }, () => kind));

const versions = ['10.0.26100.2033', '10.0.22631.4460', '10.0.19045.5131'] as const;
const models = ['Contoso Book 14', 'Contoso Book 16', 'Contoso Tower 5'] as const;
const policyName = 'Windows - BitLocker required';
const reports: Readonly<Partial<Record<Kind, EncryptionReport>>> = {
  'not-encrypted': { readiness: 'notReady', policy: 'notAssigned', flags: ['osVolumeUnprotected', 'tpmNotReady'], tpm: '1.2' },
  failed: { readiness: 'ready', policy: 'error', flags: ['recoveryKeyBackupFailed', 'networkError'], policyName, tpm: '2.0' },
};
// What Intune writes until it has learnt the deviceId.
const notYetRegistered = '00000000-0000-0000-0000-000000000000';
const encrypted: EncryptionReport = { readiness: 'ready', policy: 'compliant', flags: ['success'], policyName, tpm: '2.0' };

/**
 * As many machines as asked for, the same ones for the same random stream. One in a hundred bears the name of the
 * machine before it, as machines do that were set up anew.
 */
export function generatedMachines(count: number, now: number, users: readonly Person[], random: Random): readonly Machine[] {
  const machines: Machine[] = [];
  let name = '';
  for (let index = 0; index < count; index += 1) {
    const kind = kinds[random.below(kinds.length)] ?? 'escrowed';
    const twin = index > 0 && random.below(100) === 0;
    if (!twin) name = `${kind === 'phone' ? 'PH' : 'PC'}-${String(index + 1).padStart(6, '0')}`;
    machines.push(machine(kind, name, index, now, users[random.below(users.length)], random));
  }
  return machines;
}

function machine(kind: Kind, name: string, index: number, now: number, user: Person | undefined, random: Random): Machine {
  const phone = kind === 'phone';
  const enrolledAt = kind === 'pending' ? now - (1 + random.below(20)) * hour : now - (60 + random.below(900)) * day;
  const trustType: TrustType = phone ? 'Workplace' : kind === 'hybrid' ? 'ServerAd' : 'AzureAd';
  const entra: EntraDevice = {
    objectId: random.guid(), deviceId: random.guid(), displayName: name, trustType,
    operatingSystem: phone ? 'Android' : 'Windows',
    operatingSystemVersion: phone ? '15' : (versions[random.below(versions.length)] ?? versions[0]),
    accountEnabled: random.below(50) > 0, isManaged: kind !== 'unmanaged' && !phone, isCompliant: kind === 'unmanaged' || phone ? null : kind !== 'failed',
    manufacturer: 'Contoso', model: models[random.below(models.length)] ?? models[0],
    registeredAt: enrolledAt - hour, lastSignInAt: now - random.below(30 * 24) * hour,
    ...(user === undefined || kind === 'hybrid' ? {} : { ownerId: user.id }),
  };
  const managed = entra.isManaged ? managedAs(entra, kind, index, enrolledAt, now, user, random) : undefined;
  return {
    entra,
    keys: keysOf(kind, entra.deviceId, enrolledAt, now, random),
    ...(managed === undefined ? {} : { managed, report: reports[kind] ?? encrypted }),
  };
}

function managedAs(entra: EntraDevice, kind: Kind, index: number, enrolledAt: number, now: number, user: Person | undefined, random: Random): ManagedDevice {
  return {
    id: random.guid(), deviceName: entra.displayName,
    azureADDeviceId: kind === 'pending' && random.below(4) === 0 ? notYetRegistered : entra.deviceId,
    operatingSystem: entra.operatingSystem, osVersion: entra.operatingSystemVersion,
    serialNumber: `CTG${String(index + 1).padStart(7, '0')}`, manufacturer: entra.manufacturer, model: entra.model,
    isEncrypted: kind !== 'not-encrypted', complianceState: kind === 'failed' ? 'noncompliant' : 'compliant',
    enrolledAt, lastSyncAt: Math.max(enrolledAt, now - random.below(72) * hour),
    ...(user === undefined ? {} : { userId: user.id }),
  };
}

const withoutKeys: readonly Kind[] = ['phone', 'failed', 'pending', 'not-encrypted'];

function keysOf(kind: Kind, deviceId: string, enrolledAt: number, now: number, random: Random): RecoveryKey[] {
  // A third of the hybrid joined ones keep their keys in Active Directory.
  if (withoutKeys.includes(kind) || (kind === 'hybrid' && random.below(3) === 0)) return [];
  // One in forty was enrolled anew, and its key is older than that.
  const stale = random.below(40) === 0;
  const createdAt = (): number => (stale ? enrolledAt - 30 * day : enrolledAt + Math.floor((random.below(1000) / 1000) * Math.max(1, now - enrolledAt)));
  const key = (of: RecoveryKey['volume']): RecoveryKey => ({ id: random.guid(), deviceId, volume: of, createdAt: createdAt() });
  const keys = [key(volume.operatingSystem)];
  if (random.below(4) === 0) keys.push(key(volume.operatingSystem));
  if (kind === 'data-drive') keys.push(key(random.below(5) === 0 ? volume.removableData : volume.fixedData));
  return keys;
}
