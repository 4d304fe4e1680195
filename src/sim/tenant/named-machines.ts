// The devices that the demo, the documents and the tests know by name. Their ids are fixed and their times lie at fixed
// distances before the simulator's start, so that "two hours ago" stays true.

import { cast } from './people.ts';
import type { EncryptionReport, EntraDevice, Machine, ManagedDevice, RecoveryKey, Volume } from './machine.ts';
import { day, hour, minute, volume } from './machine.ts';

export const names = {
  laptop42: 'LAPTOP-42',
  desktop7: 'DESKTOP-7',
  twin: 'TWIN-01',
  failed: 'LAPTOP-FAIL',
  pending: 'LAPTOP-PEND',
  notEncrypted: 'LAPTOP-NONE',
  gone: 'LAPTOP-GONE',
  quoted: "O'BRIEN-PC",
  hostile: '[click](https://evil.example) <at>x</at>',
  sensitive: 'VIP-01',
  phone: "Adele's phone",
} as const;

/** The three ids of a named device: Entra object id, Entra deviceId, Intune managed device id. */
export const idsOf = (number: number) => {
  const tail = `-0000-4000-8000-${String(number).padStart(12, '0')}`;
  return { objectId: `0b1ec700${tail}`, deviceId: `de71ce00${tail}`, managedId: `117e0000${tail}` };
};

const windows = { operatingSystem: 'Windows', osVersion: '10.0.26100.2033' };
const hardware = { manufacturer: 'Contoso', model: 'Contoso Book 14' };
const policyName = 'Windows - BitLocker required';
const encryptedReport: EncryptionReport = { readiness: 'ready', policy: 'compliant', flags: ['success'], tpm: '2.0' };
// 0x803100DA: rotation is impossible while the policy does not require the key of the OS drive to be backed up.
const backupNotRequired = -2_144_272_166;

interface Plan {
  readonly number: number;
  readonly name: string;
  readonly keys?: readonly (readonly [id: string, volume: Volume, daysAgo: number])[];
  readonly entra?: Partial<EntraDevice> | false;
  readonly managed?: Partial<ManagedDevice> | false;
  readonly report?: Partial<EncryptionReport>;
  readonly ownerId?: string;
  readonly rotationError?: number;
}

const operatingSystem = volume.operatingSystem;
const anHourAgo = (now: number): number => now - hour;

const plans = (now: number): readonly Plan[] => [
  {
    number: 42,
    name: names.laptop42,
    ownerId: cast.adele.id,
    keys: [
      ['1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d', operatingSystem, 30],
      ['9f8e7d6c-5b4a-4938-a271-605f4e3d2c1b', operatingSystem, 200],
    ],
  },
  {
    // A shared computer: one owner, and a second registered user.
    number: 7,
    name: names.desktop7,
    ownerId: cast.lee.id,
    entra: { userId: cast.isaiah.id },
    keys: [
      ['7d3e5a10-42c1-4f7b-9a35-1c0de57d0001', operatingSystem, 60],
      ['7d3e5a2f-9b60-4c12-8e44-f1ced0a70002', volume.fixedData, 59],
    ],
  },
  {
    // Joined to Active Directory and Entra at once: no owner.
    number: 101,
    name: names.twin,
    entra: { trustType: 'ServerAd', lastSignInAt: now - 40 * day, isCompliant: false },
    managed: { lastSyncAt: now - 40 * day, complianceState: 'noncompliant' },
    keys: [['c0ffee01-77aa-4b1c-9d02-aaaa00000101', operatingSystem, 400]],
  },
  {
    number: 102,
    name: names.twin,
    ownerId: cast.lee.id,
    keys: [['c0ffee02-13bd-4e8f-8a61-bbbb00000102', operatingSystem, 20]],
  },
  {
    number: 11,
    name: names.failed,
    ownerId: cast.grady.id,
    managed: { complianceState: 'noncompliant' },
    report: { policy: 'error', flags: ['recoveryKeyBackupFailed'] },
    rotationError: backupNotRequired,
  },
  {
    // Enrolled and encrypted two hours ago; the key has not arrived yet.
    number: 12,
    name: names.pending,
    ownerId: cast.isaiah.id,
    entra: { registeredAt: now - 2 * hour - 5 * minute, lastSignInAt: anHourAgo(now) },
    managed: { enrolledAt: now - 2 * hour, lastSyncAt: anHourAgo(now) },
  },
  {
    number: 13,
    name: names.notEncrypted,
    ownerId: cast.lee.id,
    managed: { isEncrypted: false, complianceState: 'unknown' },
    report: { policy: 'notAssigned', flags: ['osVolumeUnprotected'] },
  },
  // Its device object was deleted in Entra, and with it the keys; Intune still names the deviceId of then.
  { number: 14, name: names.gone, ownerId: cast.adele.id, entra: false },
  { number: 15, name: names.quoted, ownerId: cast.adele.id, keys: [['0b41e200-8d11-4a2e-b0c7-0b41e2000015', operatingSystem, 90]] },
  { number: 16, name: names.hostile, ownerId: cast.lee.id, keys: [['bad00016-1111-4222-8333-bad000160016', operatingSystem, 10]] },
  { number: 17, name: names.sensitive, ownerId: cast.megan.id, keys: [['71b00016-5a5a-4b6b-9c7c-71b000170017', operatingSystem, 15]] },
  {
    // A phone, so that "the devices of Adele" holds one that has no BitLocker at all.
    number: 18,
    name: names.phone,
    ownerId: cast.adele.id,
    entra: { operatingSystem: 'IPhone', operatingSystemVersion: '18.1', trustType: 'Workplace', isManaged: false, isCompliant: null },
    managed: false,
  },
];

function build(plan: Plan, now: number): Machine {
  const { objectId, deviceId, managedId } = idsOf(plan.number);
  const owner = plan.ownerId === undefined ? {} : { ownerId: plan.ownerId };
  const primaryUser = plan.ownerId === undefined ? {} : { userId: plan.ownerId };
  const entra: EntraDevice = {
    objectId, deviceId, displayName: plan.name, operatingSystem: windows.operatingSystem, operatingSystemVersion: windows.osVersion,
    trustType: 'AzureAd', accountEnabled: true, isManaged: true, isCompliant: true, ...hardware,
    registeredAt: now - 410 * day, lastSignInAt: now - 3 * hour, ...owner, ...(plan.entra === false ? {} : plan.entra),
  };
  const managed: ManagedDevice = {
    id: managedId, deviceName: plan.name, azureADDeviceId: deviceId, ...windows, ...hardware,
    serialNumber: `CTS${String(plan.number).padStart(6, '0')}`, isEncrypted: true, complianceState: 'compliant',
    enrolledAt: now - 410 * day, lastSyncAt: now - 25 * minute, ...primaryUser, ...(plan.managed === false ? {} : plan.managed),
  };
  const keys = (plan.keys ?? []).map(([id, kind, daysAgo]): RecoveryKey => ({ id, deviceId, volume: kind, createdAt: now - daysAgo * day }));
  return {
    keys,
    ...(plan.entra === false ? {} : { entra }),
    ...(plan.managed === false ? {} : { managed, report: reportOf(plan) }),
    ...(plan.rotationError === undefined ? {} : { rotationError: plan.rotationError }),
  };
}

function reportOf(plan: Plan): EncryptionReport {
  const report = { ...encryptedReport, ...plan.report };
  return report.policy === 'notAssigned' ? report : { ...report, policyName };
}

/** @param now the simulator's start, in milliseconds since 1970 */
export const namedMachines = (now: number): readonly Machine[] => plans(now).map((plan) => build(plan, now));
