// All that is known of one device: keys, owner, Intune's view, encryption. A source that does not answer leaves its part
// unknown and is named; nothing is concluded without it.

import type { Desk } from './desk.ts';
import { type Device, inOrder, type KnownKey, type ManagedDevice, type Owner } from './device.ts';
import type { EncryptionState } from './encryption-state.ts';
import { type EscrowFacts, type EscrowStatus, escrowStatusOf } from './escrow.ts';
import type { FaultCode } from './fault.ts';
import { type Settled, settle } from './find-device.ts';
import type { Deadline } from './ports.ts';
import type { DeviceOffer } from './request.ts';

export type ReportSource = 'recovery-keys' | 'owner' | 'managed-device' | 'encryption-report';

export interface DeviceReport {
  readonly device: Device;
  readonly escrow: EscrowStatus;
  /** In the order of `inOrder`; none also where Entra did not say (`silent`). */
  readonly keys: readonly KnownKey[];
  readonly owner?: Owner;
  /** The one that Intune has; with several of one id the one that synced last. */
  readonly managed?: ManagedDevice;
  readonly managedCount: number;
  readonly encryption?: EncryptionState;
  /** What did not answer, and how. */
  readonly silent: readonly { readonly source: ReportSource; readonly code: FaultCode }[];
}

/**
 * @param named managed devices of its name, when they were asked for already. Where none of them is this device it is
 * asked for by its id. The encryption report is asked for by Intune's id, so it comes after that; all else at once.
 */
export async function reportOn(desk: Desk, device: Device, named: Settled<readonly ManagedDevice[]> | undefined, deadline: Deadline): Promise<DeviceReport> {
  const isIt = (other: ManagedDevice): boolean => other.deviceId === device.deviceId;
  const enough = named !== undefined && (!named.known || named.value.some(isIt));
  const managing = enough ? Promise.resolve(named) : settle(desk.managedDevices.of(device.deviceId, deadline));
  const [keys, owners, managed, encryption] = await Promise.all([
    settle(desk.recoveryKeys.of(device.deviceId, deadline)),
    settle(desk.directory.owners(device.objectId, deadline)),
    managing,
    managing.then((known) => encryptionOf(desk, known.known ? known.value.filter(isIt) : [], deadline)),
  ]);
  const same = managed.known ? managed.value.filter(isIt) : [];
  const newest = newestOf(same);
  const facts: EscrowFacts = {
    keys: keys.known ? keys.value : 'unavailable',
    managed: !managed.known ? 'unavailable' : same.length > 1 ? 'several' : (newest ?? 'none'),
    encryption: !managed.known || !encryption.known ? 'unavailable' : (encryption.value ?? 'none'),
    joinType: device.joinType,
  };
  const owner = owners.known ? owners.value[0] : undefined;
  const state = encryption.known ? encryption.value : undefined;
  return {
    device,
    escrow: escrowStatusOf(facts, desk.clock.now(), desk.settings.escrow),
    keys: inOrder(keys.known ? keys.value : []),
    managedCount: same.length,
    silent: [...silent('recovery-keys', keys), ...silent('owner', owners), ...silent('managed-device', managed), ...silent('encryption-report', encryption)],
    ...(owner && { owner }),
    ...(newest && { managed: newest }),
    ...(state && { encryption: state }),
  };
}

/** Of two devices with one id nobody can say which report is meant. */
async function encryptionOf(desk: Desk, same: readonly ManagedDevice[], deadline: Deadline): Promise<Settled<EncryptionState | undefined>> {
  const [only, another] = same;
  return only === undefined || another !== undefined ? { known: true, value: undefined } : settle(desk.encryptionStates.of(only, deadline));
}

export const newestOf = (managed: readonly ManagedDevice[]): ManagedDevice | undefined => [...managed].sort((a, b) => (b.lastSync ?? '').localeCompare(a.lastSync ?? ''))[0];

const silent = (source: ReportSource, part: Settled<unknown>): DeviceReport['silent'] => (part.known ? [] : [{ source, code: part.code }]);

/** The report as the request of its card keeps it: for the portals' links, and for a rotation asked for from there. */
export const offerIn = ({ device, keys, owner, managed, silent: without }: DeviceReport): DeviceOffer => ({
  device,
  keys,
  ...(owner && { owner }),
  ...(managed && { managed }),
  missing: without.flatMap(({ source }) => (source === 'owner' || source === 'managed-device' ? [source] : [])),
});
