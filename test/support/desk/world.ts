// A tenant in memory behind the ports of the domain: the people and devices of the demo, to be changed by a test.

import type { Device, EscrowedKey, ManagedDevice, Owner, VolumeType } from '../../../src/domain/device.ts';
import type { EncryptionState } from '../../../src/domain/encryption-state.ts';
import { Fault } from '../../../src/domain/fault.ts';
import {
  type EntraDeviceId,
  type EntraObjectId,
  type IntuneDeviceId,
  type KeyId,
  parseEntraDeviceId,
  parseEntraObjectId,
  parseIntuneDeviceId,
  parseKeyId,
  parsePersonId,
  parseTenantId,
  type PersonId,
} from '../../../src/domain/ids.ts';
import { type Instant, parseInstant } from '../../../src/domain/instant.ts';
import type { Person, Role } from '../../../src/domain/person.ts';
import type { Directory, ManagedDevices, RecoveryKeys, Roles } from '../../../src/domain/ports.ts';
import type { EncryptionStates, TenantPolicy } from '../../../src/domain/tenant-ports.ts';
import { RecoveryPassword } from '../../../src/domain/recovery-password.ts';
import type { RotationAction } from '../../../src/domain/rotation.ts';

/** Parsed or the test is wrong. */
export function sure<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the test holds a value that does not parse');
  return value;
}

export const time = (text: string): Instant => sure(parseInstant(text));
export const keyIdOf = (text: string): KeyId => sure(parseKeyId(text));
export const tenantId = sure(parseTenantId('c0417050-0000-4000-8000-000000000000'));

const person = (number: number, name: string): Person => ({ id: sure(parsePersonId(`a1e00000-0000-4000-8000-00000000000${number}`)), tenantId, name });

export const alex = person(1, 'Alex Wilber');
export const megan = person(2, 'Megan Bowen');
export const adele = person(3, 'Adele Vance');
export const grady = person(4, 'Grady Archie');
export const lee = person(5, 'Lee Gu');
export const isaiah = person(6, 'Isaiah Langer');

/** Eight blocks that Windows would take, all of them different; the seed tells one password from the next. */
export const passwordDigits = (seed: number): string =>
  Array.from({ length: 8 }, (_, block) => String(((seed * 7919 + block * 6007 + 4242) % 65_536) * 11).padStart(6, '0')).join('-');

export interface World {
  readonly devices: Device[];
  readonly managed: ManagedDevice[];
  readonly encryption: Map<IntuneDeviceId, EncryptionState>;
  readonly policy: { ownersMayReadKeys: boolean };
  readonly keys: EscrowedKey[];
  readonly passwords: Map<KeyId, string>;
  readonly owners: Map<EntraObjectId, readonly Owner[]>;
  readonly people: { readonly id: PersonId; readonly name: string; readonly userPrincipalName: string }[];
  readonly devicesOf: Map<PersonId, readonly EntraDeviceId[]>;
  readonly roles: Map<PersonId, ReadonlySet<Role>>;
  /** What Intune says of the last rotation of each device (intune.ts). */
  readonly actions: Map<IntuneDeviceId, RotationAction>;
  /** How far Graph's clock is ahead of ours. */
  skewSeconds: number;
}

const hex = (number: number, width: number): string => number.toString(16).padStart(width, '0');

/** A device of that number; its ids follow from the number. */
export const deviceOf = (number: number, name: string, more: Partial<Device> = {}): Device => ({
  objectId: sure(parseEntraObjectId(`0b0b0b0b-0000-4000-8000-${hex(number, 12)}`)),
  deviceId: sure(parseEntraDeviceId(`de71ce00-0000-4000-8000-${hex(number, 12)}`)),
  name,
  operatingSystem: 'Windows',
  osVersion: '10.0.26100.2033',
  joinType: 'entra',
  enabled: true,
  lastSignIn: time('2026-11-21T08:00:00Z'),
  ...more,
});

export const managedOf = (number: number, device: Device, more: Partial<ManagedDevice> = {}): ManagedDevice => ({
  intuneId: sure(parseIntuneDeviceId(`17171717-0000-4000-8000-${hex(number, 12)}`)),
  deviceId: device.deviceId,
  name: device.name,
  encrypted: true,
  lastSync: time('2026-11-22T07:30:00Z'),
  ...more,
});

/** `keyId` gives the first eight characters; the rest follows from them. */
export const keyOf = (device: Device, first: string, createdAt: string, volumeType: VolumeType = 'operatingSystem'): EscrowedKey => ({
  keyId: keyIdOf(`${first}-0000-4000-8000-${first}0000`),
  deviceId: device.deviceId,
  volumeType,
  createdAt: time(createdAt),
});

/** LAPTOP-42 with a newer and an older key, DESKTOP-7, two devices called TWIN-01, and what else the demo's tenant has. */
export function newWorld(): World {
  const laptop = deviceOf(42, 'LAPTOP-42');
  const desktop = deviceOf(7, 'DESKTOP-7');
  const twins = [deviceOf(1001, 'TWIN-01'), deviceOf(1002, 'TWIN-01', { joinType: 'hybrid', lastSignIn: time('2026-11-22T08:00:00Z') })];
  const none = deviceOf(50, 'LAPTOP-NONE');
  const obrien = deviceOf(60, "O'BRIEN-PC");
  const vip = deviceOf(70, 'VIP-01');
  const gone = deviceOf(80, 'LAPTOP-GONE');
  const devices = [laptop, desktop, ...twins, none, obrien, vip];
  const keys = [
    keyOf(laptop, '0a0a0a0a', '2025-01-10T10:00:00Z'),
    keyOf(laptop, '1a2b3c4d', '2026-03-02T09:14:07Z'),
    keyOf(desktop, '7d7d7d70', '2026-02-01T09:00:00Z'),
    keyOf(desktop, '7d7d7d7f', '2026-02-01T09:05:00Z', 'fixedData'),
    ...twins.map((twin, index) => keyOf(twin, `2222000${index}`, '2026-04-01T09:00:00Z')),
    keyOf(obrien, 'b0b0b0b0', '2026-05-01T09:00:00Z'),
    keyOf(vip, 'f1f1f1f1', '2026-05-01T09:00:00Z'),
  ];
  const names: readonly (readonly [Person, readonly Role[]])[] = [[alex, ['agent']], [megan, ['admin', 'approver']], [adele, []], [grady, ['auditor']], [lee, []], [isaiah, ['agent', 'approver']]];
  return {
    devices,
    encryption: new Map(),
    policy: { ownersMayReadKeys: true },
    managed: [...devices.map((device, index) => managedOf(index + 1, device, device === none ? { encrypted: false } : {})), managedOf(80, gone)],
    keys,
    passwords: new Map(keys.map((key, index) => [key.keyId, passwordDigits(index + 1)])),
    owners: new Map([[laptop.objectId, [{ id: adele.id, name: adele.name, userPrincipalName: 'adele@contoso.com' }]]]),
    people: names.map(([who]) => ({ id: who.id, name: who.name, userPrincipalName: `${who.name.split(' ')[0]?.toLowerCase()}@contoso.com` })),
    devicesOf: new Map([[adele.id, [laptop.deviceId]]]),
    roles: new Map(names.map(([who, held]) => [who.id, new Set(held)])),
    actions: new Map(),
    skewSeconds: 0,
  };
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export const directoryOf = (world: World): Directory => ({
  devicesNamed: async (name) => world.devices.filter((device) => same(device.name, name)),
  device: async (deviceId) => world.devices.find((device) => device.deviceId === deviceId),
  owners: async (device) => world.owners.get(device) ?? [],
  namesLike: async (name) => world.devices.map((device) => device.name).filter((other) => same(other.slice(0, 3), name.slice(0, 3))),
  people: async (who) => world.people.filter((one) => same(who.includes('@') ? one.userPrincipalName : one.name, who)),
  devicesOf: async (owner) => world.devices.filter((device) => world.devicesOf.get(owner)?.includes(device.deviceId) === true),
});

export const managedDevicesOf = (world: World): ManagedDevices => ({
  named: async (name) => world.managed.filter((device) => same(device.name, name)),
  of: async (deviceId) => world.managed.filter((device) => device.deviceId === deviceId),
});

export const encryptionStatesOf = (world: World): EncryptionStates => ({ of: async ({ intuneId }) => world.encryption.get(intuneId) });

export const tenantPolicyOf = (world: World): TenantPolicy => ({ ownersMayReadKeys: async () => world.policy.ownersMayReadKeys });

/** @param onRead called before the password is handed out: the test's own record of reads. */
export const recoveryKeysOf = (world: World, onRead: (keyId: KeyId) => void): RecoveryKeys => ({
  of: async (deviceId) => world.keys.filter((key) => key.deviceId === deviceId),
  find: async (keyId) => world.keys.find((key) => key.keyId === keyId),
  read: async (keyId, { clientRequestId }) => {
    onRead(keyId);
    const password = RecoveryPassword.parse(world.passwords.get(keyId));
    if (password === undefined) throw new Fault('graph-not-found', 'never');
    return { password, graphRequestId: `graph-${clientRequestId}` };
  },
});

export const rolesOf = (world: World): Roles => {
  const held = async (who: PersonId): Promise<ReadonlySet<Role>> => world.roles.get(who) ?? new Set<Role>();
  const members: Roles['members'] = async (role) => world.people.filter(({ id }) => world.roles.get(id)?.has(role) === true).map(({ id, name }) => ({ id, name }));
  return { fresh: held, recent: held, ofGroups: () => new Set(), members };
};
