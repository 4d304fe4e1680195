// What Graph says, turned into the product's nouns. Tolerant where the facts are: what we send is strict, what we read
// may come in any of the forms that Microsoft's pages, its metadata and people's reports show. A field that Keydesk
// cannot do without and that is missing makes the entry undefined, never guessed.

import { z } from 'zod';
import type { Swept } from '../domain/fleet.ts';
import type { Device, EscrowedKey, JoinType, ManagedDevice, Owner, VolumeType } from '../domain/device.ts';
import { parseEntraDeviceId, parseEntraObjectId, parseIntuneDeviceId, parseKeyId, parsePersonId, type PersonId } from '../domain/ids.ts';
import { type Instant, instantAt, parseInstant } from '../domain/instant.ts';
import { mayHoldPassword } from '../domain/recovery-password.ts';
import type { RotationAction } from '../domain/rotation.ts';
import type { Entry } from './pages.ts';

const text = z.string().nullish();
const flag = z.boolean().nullish();

const device = z.object({
  id: z.string(),
  deviceId: z.string(),
  displayName: text,
  operatingSystem: text,
  operatingSystemVersion: text,
  trustType: text,
  accountEnabled: flag,
  approximateLastSignInDateTime: text,
});

/** What `$select` has to name: exactly the properties that are read. */
const propertiesOf = (schema: { readonly shape: Readonly<Record<string, unknown>> }): string => Object.keys(schema.shape).join(',');

export const deviceProperties = propertiesOf(device);

export const toDevice: Entry<Device> = (raw) => {
  const read = device.safeParse(raw).data;
  const objectId = parseEntraObjectId(read?.id);
  const deviceId = parseEntraDeviceId(read?.deviceId);
  if (read === undefined || objectId === undefined || deviceId === undefined) return undefined;
  const operatingSystem = said(read.operatingSystem);
  const osVersion = said(read.operatingSystemVersion);
  const lastSignIn = moment(read.approximateLastSignInDateTime);
  return {
    objectId,
    deviceId,
    name: said(read.displayName) ?? '',
    joinType: joinTypes.get(read.trustType?.toLowerCase() ?? '') ?? 'unknown',
    ...(operatingSystem !== undefined && { operatingSystem }),
    ...(osVersion !== undefined && { osVersion }),
    ...(typeof read.accountEnabled === 'boolean' && { enabled: read.accountEnabled }),
    ...(lastSignIn !== undefined && { lastSignIn }),
  };
};

const joinTypes: ReadonlyMap<string, JoinType> = new Map([
  ['azuread', 'entra'],
  ['serverad', 'hybrid'],
  ['workplace', 'registered'],
]);

const managedDevice = z.object({
  id: z.string(),
  azureADDeviceId: text,
  deviceName: text,
  userId: text,
  userPrincipalName: text,
  isEncrypted: flag,
  lastSyncDateTime: text,
  enrolledDateTime: text,
});

export const managedDeviceProperties = propertiesOf(managedDevice);

export const toManagedDevice: Entry<ManagedDevice> = (raw) => {
  const read = managedDevice.safeParse(raw).data;
  const intuneId = parseIntuneDeviceId(read?.id);
  if (read === undefined || intuneId === undefined) return undefined;
  // The all-zero GUID of a device that is not registered yet is no id, and is left out.
  const deviceId = parseEntraDeviceId(read.azureADDeviceId);
  const primaryUser = said(read.userPrincipalName);
  const primaryUserId = parsePersonId(read.userId);
  const lastSync = moment(read.lastSyncDateTime);
  const enrolledAt = moment(read.enrolledDateTime);
  return {
    intuneId,
    name: said(read.deviceName) ?? '',
    ...(deviceId !== undefined && { deviceId }),
    ...(primaryUser !== undefined && { primaryUser }),
    ...(primaryUserId !== undefined && { primaryUserId }),
    ...(typeof read.isEncrypted === 'boolean' && { encrypted: read.isEncrypted }),
    ...(lastSync !== undefined && { lastSync }),
    ...(enrolledAt !== undefined && { enrolledAt }),
  };
};

const key = z.object({ id: z.string(), deviceId: z.string(), createdDateTime: z.string(), volumeType: z.union([z.string(), z.number()]).nullish() });

export const toEscrowedKey: Entry<EscrowedKey> = (raw) => {
  const read = key.safeParse(raw).data;
  const keyId = parseKeyId(read?.id);
  const deviceId = parseEntraDeviceId(read?.deviceId);
  const createdAt = moment(read?.createdDateTime);
  if (read === undefined || keyId === undefined || deviceId === undefined || createdAt === undefined) return undefined;
  return { keyId, deviceId, createdAt, volumeType: volumeTypes.get(String(read.volumeType).toLowerCase()) ?? 'unknown' };
};

const sweptKey = key.partial({ createdDateTime: true });

/** For the index: a key whose time cannot be read is there all the same. */
export const toSweptKey: Entry<Swept['keys']> = (raw) => {
  const read = sweptKey.safeParse(raw).data;
  const keyId = parseKeyId(read?.id);
  const deviceId = parseEntraDeviceId(read?.deviceId);
  if (read === undefined || keyId === undefined || deviceId === undefined) return undefined;
  const createdAt = moment(read.createdDateTime);
  return { keyId, deviceId, volumeType: volumeTypes.get(String(read.volumeType).toLowerCase()) ?? 'unknown', ...(createdAt !== undefined && { createdAt }) };
};

// Microsoft's samples print "1"; its metadata has names; a number would be the third way to write an enum.
const volumeTypes: ReadonlyMap<string, VolumeType> = new Map([
  ['1', 'operatingSystem'],
  ['operatingsystemvolume', 'operatingSystem'],
  ['2', 'fixedData'],
  ['fixeddatavolume', 'fixedData'],
  ['3', 'removableData'],
  ['removabledatavolume', 'removableData'],
]);

const action = z.looseObject({ '@odata.type': text, actionName: text, actionState: z.unknown().optional(), startDateTime: text, lastUpdatedDateTime: text, errorCode: z.unknown().optional() });

/**
 * One of a device's `deviceActionResults`; undefined when it is about something else. How Intune calls a rotation there
 * is written nowhere: type or name holds "bitlocker" in all reports.
 */
export const toRotationAction: Entry<RotationAction> = (raw) => {
  const read = action.safeParse(raw).data;
  if (read === undefined || !/bitlocker/i.test(`${String(read['@odata.type'])} ${String(read.actionName)}`)) return undefined;
  return {
    state: actionStates.get(String(read.actionState).toLowerCase()) ?? 'unknown',
    // Without a time it is as old as can be: it is never taken for one that came after another.
    startedAt: moment(read.startDateTime) ?? moment(read.lastUpdatedDateTime) ?? instantAt(0),
    errorCode: hresultIn(read.errorCode),
  };
};

const stateNames = ['none', 'pending', 'canceled', 'active', 'done', 'failed', 'notSupported'] as const;
const actionStates: ReadonlyMap<string, RotationAction['state']> = new Map([
  ...stateNames.flatMap((name, number) => [[name.toLowerCase(), name] as const, [String(number), name] as const]),
  ['cancelled', 'canceled'],
]);

/** A signed 32-bit number, as it is reported, also where it comes unsigned or as a text; 0 is none. */
const hresultIn = (value: unknown): number => (typeof value === 'number' || typeof value === 'string' ? Number(value) | 0 : 0);

const person = z.object({ id: z.string(), displayName: text, userPrincipalName: text });

export const personProperties = propertiesOf(person);

export const toPerson: Entry<{ readonly id: PersonId; readonly name: string; readonly userPrincipalName: string }> = (raw) => {
  const read = person.safeParse(raw).data;
  const id = parsePersonId(read?.id);
  if (read === undefined || id === undefined) return undefined;
  const userPrincipalName = said(read.userPrincipalName) ?? '';
  return { id, name: said(read.displayName) ?? userPrincipalName, userPrincipalName };
};

export const toOwner: Entry<Owner> = (raw) => {
  const read = person.safeParse(raw).data;
  if (read === undefined) return undefined;
  const id = parsePersonId(read.id);
  const name = said(read.displayName);
  const userPrincipalName = said(read.userPrincipalName);
  return { ...(id !== undefined && { id }), ...(name !== undefined && { name }), ...(userPrincipalName !== undefined && { userPrincipalName }) };
};

const wrapped = z.object({ value: z.record(z.string(), z.unknown()) });

/** A single entity: Microsoft's sample wraps it in `value`, working code reads it flat. */
export const single = (body: unknown): unknown => wrapped.safeParse(body).data?.value ?? body;

/**
 * Graph and Intune write an empty text for none. A name into which somebody put a recovery password is none either: it
 * could be neither shown nor stored (law 1), and would take every other device of its owner with it.
 */
export const said = (value: string | null | undefined): string | undefined => (value === null || value === undefined || value === '' || mayHoldPassword(value) ? undefined : value);

/** Seven digits of a second are cut to three; the year 1 stands for never. */
export function moment(value: string | null | undefined): Instant | undefined {
  return value === undefined || value === null || value.startsWith('0001-') ? undefined : parseInstant(value);
}
