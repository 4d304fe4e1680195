// Which devices are meant, and what is known of one. Calls that do not need one another run at once.

import { editDistance, type KeyQuestion } from './command.ts';
import type { Desk } from './desk.ts';
import { type Device, inOrder, type ManagedDevice } from './device.ts';
import { Fault } from './fault.ts';
import type { Deadline } from './ports.ts';
import type { Refusal } from './refusal.ts';
import type { DeviceChoice, DeviceOffer } from './request.ts';

export type Found =
  /** One or more. `managed` where the managed devices of that name were asked for beside them. */
  | { readonly kind: 'devices'; readonly devices: readonly Device[]; readonly managed?: Settled<readonly ManagedDevice[]> }
  | ({ readonly kind: 'refused' } & Pick<Refusal, 'code' | 'facts'>);

type Settled<T> = { readonly known: true; readonly value: T } | { readonly known: false };

/** Most devices offered to choose from: newest sign-in first. */
const mostChoices = 10;

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
      return device === undefined ? { kind: 'refused', code: 'key-not-found', facts: {} } : { kind: 'devices', devices: [device] };
    }
    case 'key-id-prefix':
      return { kind: 'refused', code: 'key-id-too-short', facts: {} };
  }
}

async function byName(desk: Desk, name: string, deadline: Deadline): Promise<Found> {
  const [devices, managed] = await Promise.all([desk.directory.devicesNamed(name, deadline), settle(desk.managedDevices.named(name, deadline))]);
  if (devices.length > 0) return { kind: 'devices', devices: newestFirst(devices), managed };
  const onlyInIntune = managed.known && managed.value.length > 0;
  return { kind: 'refused', code: 'device-not-found', facts: { onlyInIntune } };
}

async function byPerson(desk: Desk, who: string, deadline: Deadline): Promise<Found> {
  const people = await desk.directory.people(who, deadline);
  if (people.length === 0) return { kind: 'refused', code: 'person-not-found', facts: {} };
  const devices = (await Promise.all(people.map((person) => desk.directory.devicesOf(person.id, deadline)))).flat();
  const distinct = [...new Map(devices.map((device) => [device.deviceId, device])).values()];
  return distinct.length === 0 ? { kind: 'refused', code: 'no-devices', facts: {} } : { kind: 'devices', devices: newestFirst(distinct) };
}

const newestFirst = (devices: readonly Device[]): readonly Device[] =>
  [...devices].sort((a, b) => (b.lastSignIn ?? '').localeCompare(a.lastSignIn ?? '') || a.deviceId.localeCompare(b.deviceId)).slice(0, mostChoices);

/** Names that come close to one that nobody carries. Never a reason to fail: the answer is "not found" in any case. */
export async function closestNames(desk: Desk, name: string, deadline: Deadline): Promise<readonly string[]> {
  const names = await settle(desk.directory.namesLike(name, deadline));
  if (!names.known) return [];
  const distance = (other: string): number => editDistance(name.toLowerCase().slice(0, 64), other.toLowerCase().slice(0, 64));
  return [...names.value].sort((a, b) => distance(a) - distance(b)).slice(0, 5);
}

/** One of several devices, with what tells it from its twins. */
export async function summaryOf(desk: Desk, device: Device, deadline: Deadline): Promise<DeviceChoice> {
  const [owners, keys] = await Promise.all([settle(desk.directory.owners(device.objectId, deadline)), settle(desk.recoveryKeys.of(device.deviceId, deadline))]);
  const owner = owners.known ? owners.value[0] : undefined;
  return { device, ...(owner && { owner }), ...(keys.known && { keyCount: keys.value.length }) };
}

/**
 * What the confirm card shows of one device.
 * @param named managed devices of its name, when they were asked for already; else they are asked for by its id.
 * Throws a Fault when the key list cannot be read: without it there is nothing to offer.
 */
export async function offerOf(desk: Desk, device: Device, named: Settled<readonly ManagedDevice[]> | undefined, deadline: Deadline): Promise<DeviceOffer> {
  const [keys, owners, managed] = await Promise.all([
    desk.recoveryKeys.of(device.deviceId, deadline),
    settle(desk.directory.owners(device.objectId, deadline)),
    named ?? settle(desk.managedDevices.of(device.deviceId, deadline)),
  ]);
  const owner = owners.known ? owners.value[0] : undefined;
  // Joined by deviceId, never by name: a name has twins.
  const same = managed.known ? managed.value.filter((other) => other.deviceId === device.deviceId) : [];
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
async function settle<T>(part: Promise<T>): Promise<Settled<T>> {
  try {
    return { known: true, value: await part };
  } catch (error) {
    if (error instanceof Fault && error.code !== 'internal') return { known: false };
    throw error;
  }
}
