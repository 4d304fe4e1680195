// Which devices are meant, and what is known of one. Calls that do not need one another run at once.

import type { KeyQuestion } from './command.ts';
import type { Desk } from './desk.ts';
import { type Device, inOrder, type KeyIdFragment, type ManagedDevice } from './device.ts';
import { Fault, type FaultCode } from './fault.ts';
import type { PersonId } from './ids.ts';
import { editDistance } from './nearest.ts';
import type { Deadline } from './ports.ts';
import type { Refusal } from './refusal.ts';
import type { DeviceChoice, DeviceOffer } from './request.ts';

export type Found = FoundDevices | ({ readonly kind: 'refused' } & Pick<Refusal, 'code' | 'facts'>);

export interface FoundDevices {
  readonly kind: 'devices';
  /** One or more, newest sign-in first. */
  readonly devices: readonly Device[];
  /** How many more there are than a card bears: an answer is complete or says what is missing. */
  readonly unlisted: number;
  /** Where the managed devices of that name were asked for beside them. */
  readonly managed?: Settled<readonly ManagedDevice[]>;
}

/** Known, or why it is not. */
export type Settled<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly code: FaultCode };

/** Most devices offered to choose from: newest sign-in first. */
const mostChoices = 10;
const mostClosest = 5;

/** Throws a Fault when Entra cannot answer. What Intune adds may be missing, and is then said to be. */
export async function candidates(desk: Desk, question: KeyQuestion, deadline: Deadline): Promise<Found> {
  switch (question.by) {
    case 'device':
      return byName(desk, question.name, deadline);
    case 'person':
      return byPerson(desk, question.who, deadline);
    case 'key-id': {
      const key = await desk.recoveryKeys.find(question.keyId, deadline);
      if (key === undefined) return { kind: 'refused', code: 'key-not-found', facts: {} };
      const device = await desk.directory.device(key.deviceId, deadline);
      return device === undefined ? { kind: 'refused', code: 'key-not-found', facts: {} } : listed([device]);
    }
    case 'key-id-prefix':
      return byBeginningOfKeyId(desk, question.fragment, deadline);
  }
}

/** Found by the index, and taken only when Entra says so now. */
async function byBeginningOfKeyId(desk: Desk, { hex }: KeyIdFragment, deadline: Deadline): Promise<Found> {
  const [{ keysAt }, keys] = await Promise.all([desk.fleet.state(), desk.fleet.keysBeginning(hex, mostChoices)]);
  if (keysAt === undefined) return { kind: 'refused', code: 'key-id-too-short', facts: {} };
  const [hit, ...others] = keys;
  const notFound: Found = { kind: 'refused', code: 'key-not-found', facts: { indexAt: keysAt } };
  if (hit === undefined) return notFound;
  if (others.some(({ deviceId }) => deviceId !== hit.deviceId)) return { kind: 'refused', code: 'key-id-ambiguous', facts: {} };
  const [device, stored] = await Promise.all([desk.directory.device(hit.deviceId, deadline), desk.recoveryKeys.of(hit.deviceId, deadline)]);
  if (device !== undefined && stored.some(({ keyId }) => keyId.replaceAll('-', '').startsWith(hex))) return listed([device]);
  // Backed up from another device since, or gone.
  const key = await desk.recoveryKeys.find(hit.keyId, deadline);
  const other = key && (await desk.directory.device(key.deviceId, deadline));
  return other === undefined ? notFound : listed([other]);
}

async function byName(desk: Desk, name: string, deadline: Deadline): Promise<Found> {
  // Windows takes no blank in a name: such a name may be a person's. Asked at once, believed only when no device has it.
  const people = name.includes(' ') ? desk.directory.people(name, deadline) : Promise.resolve([]);
  people.catch(() => undefined);
  const [devices, managed] = await Promise.all([desk.directory.devicesNamed(name, deadline), settle(desk.managedDevices.named(name, deadline))]);
  if (devices.length > 0) return { ...listed(devices), managed };
  const called = await people;
  if (called.length > 0) return ofPeople(desk, called, deadline);
  const onlyInIntune = managed.known && managed.value.length > 0;
  return { kind: 'refused', code: 'device-not-found', facts: { onlyInIntune } };
}

async function byPerson(desk: Desk, who: string, deadline: Deadline): Promise<Found> {
  const people = await desk.directory.people(who, deadline);
  return people.length === 0 ? { kind: 'refused', code: 'person-not-found', facts: {} } : ofPeople(desk, people, deadline);
}

async function ofPeople(desk: Desk, people: readonly { readonly id: PersonId }[], deadline: Deadline): Promise<Found> {
  const devices = (await Promise.all(people.map((person) => desk.directory.devicesOf(person.id, deadline)))).flat();
  const distinct = [...new Map(devices.map((device) => [device.deviceId, device])).values()];
  return distinct.length === 0 ? { kind: 'refused', code: 'no-devices', facts: {} } : listed(distinct);
}

export function listed(devices: readonly Device[]): FoundDevices {
  const newestFirst = [...devices].sort((a, b) => (b.lastSignIn ?? '').localeCompare(a.lastSignIn ?? '') || a.deviceId.localeCompare(b.deviceId));
  return { kind: 'devices', devices: newestFirst.slice(0, mostChoices), unlisted: Math.max(0, devices.length - mostChoices) };
}

/** Names that come close to one that nobody carries. Never a reason to fail: the answer is "not found" in any case. */
export async function closestNames(desk: Desk, name: string, deadline: Deadline): Promise<readonly string[]> {
  const indexed = await settle(desk.fleet.closest(name, mostClosest));
  if (indexed.known && indexed.value.length > 0) return indexed.value;
  const names = await settle(desk.directory.namesLike(name, deadline));
  if (!names.known) return [];
  const distance = (other: string): number => editDistance(name.toLowerCase().slice(0, 64), other.toLowerCase().slice(0, 64));
  return [...names.value].sort((a, b) => distance(a) - distance(b)).slice(0, mostClosest);
}

/** One of several devices, with what tells it from its twins. */
export async function summaryOf(desk: Desk, device: Device, deadline: Deadline): Promise<DeviceChoice> {
  const [owners, keys] = await Promise.all([settle(desk.directory.owners(device.objectId, deadline)), settle(desk.recoveryKeys.of(device.deviceId, deadline))]);
  const owner = owners.known ? owners.value[0] : undefined;
  return { device, ...(owner && { owner }), ...(keys.known && { keyCount: keys.value.length }) };
}

/**
 * What the confirm card shows of one device.
 * @param named managed devices of its name, when they were asked for already. Where none of them is this device it is
 * asked for by its id: Intune may know it by an older name, and "not managed" would be wrong.
 * Throws a Fault when the key list cannot be read: without it there is nothing to offer.
 */
export async function offerOf(desk: Desk, device: Device, named: Settled<readonly ManagedDevice[]> | undefined, deadline: Deadline): Promise<DeviceOffer> {
  // Joined by deviceId, never by name: a name has twins.
  const isIt = (other: ManagedDevice): boolean => other.deviceId === device.deviceId;
  const enough = named !== undefined && (!named.known || named.value.some(isIt));
  const [keys, owners, managed] = await Promise.all([
    desk.recoveryKeys.of(device.deviceId, deadline),
    settle(desk.directory.owners(device.objectId, deadline)),
    enough ? named : settle(desk.managedDevices.of(device.deviceId, deadline)),
  ]);
  const owner = owners.known ? owners.value[0] : undefined;
  const same = managed.known ? managed.value.filter(isIt) : [];
  const newest = [...same].sort((a, b) => (b.lastSync ?? '').localeCompare(a.lastSync ?? ''))[0];
  return {
    device,
    keys: inOrder(keys),
    ...(owner && { owner }),
    ...(newest && { managed: newest }),
    missing: [...(owners.known ? [] : (['owner'] as const)), ...(managed.known ? [] : (['managed-device'] as const))],
  };
}

/** A part that an answer may lack when it says so. A defect of ours is no missing part. */
export async function settle<T>(part: Promise<T>): Promise<Settled<T>> {
  try {
    return { known: true, value: await part };
  } catch (error) {
    if (error instanceof Fault && error.code !== 'internal') return { known: false, code: error.code };
    throw error;
  }
}
