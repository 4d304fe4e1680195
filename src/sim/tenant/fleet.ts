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
  add(machine: Machine): void;
  /** Entra deletes the keys with the device. */
  removeFromEntra(machine: Machine): void;
  removeFromIntune(machine: Machine): void;
}

const none: readonly never[] = [];

/** What is built when somebody first asks, and again after a change: a fleet of 100,000 starts sooner, and most tests need few of the indexes. */
interface Lazily {
  <T>(build: () => T): () => T;
  /** All of it is to be built anew. */
  changed(): void;
}

function lazily(): Lazily {
  let version = 0;
  const lazy = <T>(build: () => T): (() => T) => {
    let built: { readonly version: number; readonly value: T } | undefined;
    return () => (built = built?.version === version ? built : { version, value: build() }).value;
  };
  return Object.assign(lazy, { changed: () => void (version += 1) });
}

function grouped<T>(lazy: Lazily, items: () => readonly T[], keyOf: (item: T) => string | undefined): (key: string) => readonly T[] {
  const index = lazy(() => {
    const built = new Map<string, T[]>();
    for (const item of items()) {
      const key = keyOf(item)?.toLowerCase();
      if (key === undefined) continue;
      const known = built.get(key);
      if (known === undefined) built.set(key, [item]);
      else known.push(item);
    }
    return built;
  });
  return (key) => index().get(key.toLowerCase()) ?? none;
}

/** The same for an id that only one item has. Ids are written in lower case here. */
function unique<T>(lazy: Lazily, items: () => readonly T[], idOf: (item: T) => string | undefined): (id: string) => T | undefined {
  const index = lazy(() => {
    const built = new Map<string, T>();
    for (const item of items()) {
      const id = idOf(item);
      if (id !== undefined) built.set(id, item);
    }
    return built;
  });
  return (id) => index().get(id.toLowerCase());
}

export function createFleet(first: readonly Machine[]): Fleet {
  const machines = [...first];
  const lazy = lazily();
  const all = (): readonly Machine[] => machines;
  const entraDevices = lazy(() => machines.flatMap((machine) => machine.entra ?? none));
  const managedDevices = lazy(() => machines.flatMap((machine) => machine.managed ?? none));
  const reported = lazy(() => machines.filter((machine) => machine.managed !== undefined && machine.report !== undefined));
  const escrow = createEscrow(machines);
  const machineOfManaged = unique(lazy, all, (machine) => machine.managed?.id);
  const ownedBy = grouped(lazy, entraDevices, (device) => device.ownerId);
  const usedBy = grouped(lazy, entraDevices, (device) => device.userId);
  const machineOfDevice = unique(lazy, all, (machine) => machine.entra?.deviceId);

  return {
    get entraDevices() {
      return entraDevices();
    },
    get managedDevices() {
      return managedDevices();
    },
    get reported() {
      return reported();
    },
    keys: escrow.keys,
    byObjectId: unique(lazy, entraDevices, (device) => device.objectId),
    byDeviceId: (id) => machineOfDevice(id)?.entra,
    named: grouped(lazy, entraDevices, (device) => device.displayName),
    beginning: beginningIn(lazy, entraDevices),
    ownedBy,
    registeredBy: (personId) => [...ownedBy(personId), ...usedBy(personId)],
    managed: (id) => machineOfManaged(id)?.managed,
    machineOfManaged,
    managedNamed: grouped(lazy, managedDevices, (device) => device.deviceName),
    managedOfDevice: grouped(lazy, managedDevices, (device) => device.azureADDeviceId),
    managedOfUser: grouped(lazy, managedDevices, (device) => device.userId),
    machinesNamed: grouped(lazy, all, (machine) => machine.entra?.displayName ?? machine.managed?.deviceName),
    key: (id) => escrow.byId.get(id.toLowerCase()),
    keysOf: (deviceId) => machineOfDevice(deviceId)?.keys ?? none,
    addKey: escrow.add,
    add: (machine) => {
      machines.push(machine);
      for (const key of machine.keys) escrow.note(key);
      lazy.changed();
    },
    removeFromEntra: (machine) => {
      delete machine.entra;
      escrow.empty(machine);
      lazy.changed();
    },
    removeFromIntune: (machine) => {
      delete machine.managed;
      lazy.changed();
    },
  };
}

/** The keys of all machines, in the order in which they arrived. */
function createEscrow(machines: readonly Machine[]) {
  const keys = machines.flatMap((machine) => machine.keys);
  const byId = new Map(keys.map((key) => [key.id, key]));
  const note = (key: RecoveryKey): void => {
    keys.push(key);
    byId.set(key.id, key);
  };
  return {
    keys,
    byId,
    note,
    add: (machine: Machine, key: RecoveryKey): void => {
      machine.keys.push(key);
      note(key);
    },
    empty: (machine: Machine): void => {
      for (const key of machine.keys.splice(0)) {
        byId.delete(key.id);
        keys.splice(keys.indexOf(key), 1);
      }
    },
  };
}

/** Sorted once; then a binary search. */
function beginningIn(lazy: Lazily, devices: () => readonly EntraDevice[]): (prefix: string) => readonly EntraDevice[] {
  const sorted = lazy(() => devices().map((device) => ({ name: device.displayName.toLowerCase(), device })).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)));
  return (prefix) => {
    const wanted = prefix.toLowerCase();
    let low = 0;
    let high = sorted().length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted()[middle]?.name ?? '') < wanted) low = middle + 1;
      else high = middle;
    }
    const found: EntraDevice[] = [];
    for (const { name, device } of sorted().slice(low)) {
      if (!name.startsWith(wanted)) break;
      found.push(device);
    }
    return found;
  };
}
