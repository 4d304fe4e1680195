import type { EntraDevice, Machine, ManagedDevice, RecoveryKey } from './machine.ts';

/**
 * All machines, indexed by whatever a request may name, so that no request walks the fleet. Names and ids are looked
 * up in any case.
 */
export interface Fleet {
  readonly entraDevices: readonly EntraDevice[];
  readonly managedDevices: readonly ManagedDevice[];
  readonly reported: readonly Machine[];
  /** Every key in escrow, in the order in which it arrived. */
  readonly keys: readonly RecoveryKey[];
  byObjectId(id: string): EntraDevice | undefined;
  byDeviceId(id: string): EntraDevice | undefined;
  named(name: string): readonly EntraDevice[];
  /** Devices whose name begins like `prefix`, in the order of their names. */
  beginning(prefix: string): readonly EntraDevice[];
  ownedBy(personId: string): readonly EntraDevice[];
  registeredBy(personId: string): readonly EntraDevice[];
  managed(id: string): ManagedDevice | undefined;
  machineOfManaged(id: string): Machine | undefined;
  managedNamed(name: string): readonly ManagedDevice[];
  managedOfDevice(deviceId: string): readonly ManagedDevice[];
  managedOfUser(personId: string): readonly ManagedDevice[];
  /** Entra's or Intune's name of a machine, whichever there is. */
  machinesNamed(name: string): readonly Machine[];
  key(id: string): RecoveryKey | undefined;
  keysOf(deviceId: string): readonly RecoveryKey[];
  addKey(machine: Machine, key: RecoveryKey): void;
}

const none: readonly never[] = [];

/** Built when somebody first asks: a fleet of 100,000 starts sooner, and most tests need few of the indexes. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string | undefined): (key: string) => readonly T[] {
  let index: Map<string, T[]> | undefined;
  const build = (): Map<string, T[]> => {
    const built = new Map<string, T[]>();
    for (const item of items) {
      const key = keyOf(item)?.toLowerCase();
      if (key === undefined) continue;
      const known = built.get(key);
      if (known === undefined) built.set(key, [item]);
      else known.push(item);
    }
    return built;
  };
  return (key) => (index ??= build()).get(key.toLowerCase()) ?? none;
}

/** The same for an id that only one item has. Ids are written in lower case here. */
function unique<T>(items: readonly T[], idOf: (item: T) => string | undefined): (id: string) => T | undefined {
  let index: Map<string, T> | undefined;
  const build = (): Map<string, T> => {
    const built = new Map<string, T>();
    for (const item of items) {
      const id = idOf(item);
      if (id !== undefined) built.set(id, item);
    }
    return built;
  };
  return (id) => (index ??= build()).get(id.toLowerCase());
}

export function createFleet(machines: readonly Machine[]): Fleet {
  const entraDevices = machines.flatMap((machine) => machine.entra ?? none);
  const managedDevices = machines.flatMap((machine) => machine.managed ?? none);
  const keys = machines.flatMap((machine) => machine.keys);
  const keyById = new Map(keys.map((key) => [key.id, key]));
  const machineOfManaged = unique(machines, (machine) => machine.managed?.id);
  const ownedBy = grouped(entraDevices, (device) => device.ownerId);
  const usedBy = grouped(entraDevices, (device) => device.userId);
  const machineOfDevice = unique(machines, (machine) => machine.entra?.deviceId);

  return {
    entraDevices,
    managedDevices,
    reported: machines.filter((machine) => machine.managed !== undefined && machine.report !== undefined),
    keys,
    byObjectId: unique(entraDevices, (device) => device.objectId),
    byDeviceId: (id) => machineOfDevice(id)?.entra,
    named: grouped(entraDevices, (device) => device.displayName),
    beginning: beginningIn(entraDevices),
    ownedBy,
    registeredBy: (personId) => [...ownedBy(personId), ...usedBy(personId)],
    managed: (id) => machineOfManaged(id)?.managed,
    machineOfManaged,
    managedNamed: grouped(managedDevices, (device) => device.deviceName),
    managedOfDevice: grouped(managedDevices, (device) => device.azureADDeviceId),
    managedOfUser: grouped(managedDevices, (device) => device.userId),
    machinesNamed: grouped(machines, (machine) => machine.entra?.displayName ?? machine.managed?.deviceName),
    key: (id) => keyById.get(id.toLowerCase()),
    keysOf: (deviceId) => machineOfDevice(deviceId)?.keys ?? none,
    addKey: (machine, key) => {
      machine.keys.push(key);
      keys.push(key);
      keyById.set(key.id, key);
    },
  };
}

/** Sorted once, when somebody first asks; then a binary search. */
function beginningIn(devices: readonly EntraDevice[]): (prefix: string) => readonly EntraDevice[] {
  let sorted: { readonly name: string; readonly device: EntraDevice }[] | undefined;
  return (prefix) => {
    sorted ??= devices.map((device) => ({ name: device.displayName.toLowerCase(), device })).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const wanted = prefix.toLowerCase();
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle]?.name ?? '') < wanted) low = middle + 1;
      else high = middle;
    }
    const found: EntraDevice[] = [];
    for (const { name, device } of sorted.slice(low)) {
      if (!name.startsWith(wanted)) break;
      found.push(device);
    }
    return found;
  };
}
