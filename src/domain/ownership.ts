// Whose device it is (product.md §8): the registered owner in Entra, who, where Intune knows a primary user, is that one
// too. A laptop that was handed on often keeps its owner of old in one of the two.

import type { Desk } from './desk.ts';
import type { Device, ManagedDevice, Owner } from './device.ts';
import type { PersonId } from './ids.ts';
import type { Deadline } from './ports.ts';

export interface Ownership {
  readonly owner: Owner;
  /** The managed devices with its id, as Intune has them. */
  readonly managed: readonly ManagedDevice[];
}

/**
 * Undefined when the device is not the person's own. Asks Graph afresh, Entra and Intune at once; throws a Fault when
 * one of them does not answer, for then it is not known.
 */
export async function ownershipOf(desk: Desk, person: PersonId, device: Device, deadline: Deadline): Promise<Ownership | undefined> {
  const [owners, managed] = await Promise.all([desk.directory.owners(device.objectId, deadline), desk.managedDevices.of(device.deviceId, deadline)]);
  const owner = owners.find(({ id }) => id === person);
  return owner !== undefined && managed.every((one) => mayBeUsedBy(one, person)) ? { owner, managed } : undefined;
}

/** A primary user who is known by the sign-in name alone is somebody, and cannot be told to be the person. */
const mayBeUsedBy = ({ primaryUser, primaryUserId }: ManagedDevice, person: PersonId): boolean =>
  primaryUserId === undefined ? primaryUser === undefined : primaryUserId === person;
