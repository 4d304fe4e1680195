// What a test in the same process does to devices, beside what the doors do from outside: it lays down how a rotation
// goes, and lets the things happen that Keydesk has not asked for. A name means every device of that name.

import type { Checkin, Machine, RecoveryKey, Volume } from '../tenant/machine.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { cancelRotation, checkIn, makeKeys } from './rotation.ts';

/** Throws where there is no device of the name: a test that moves nobody proves nothing. */
export interface Hand {
  /** What the device does at its next check-ins, one each; after them it does again what its state leads to. */
  atCheckin(name: string, ...checkins: readonly Checkin[]): void;
  checkIn(name: string): readonly RecoveryKey[];
  /** Windows makes a new key without having been asked. */
  rotateByItself(name: string, volumes?: readonly Volume[]): readonly RecoveryKey[];
  /** Somebody takes the queued rotation back, in the portal. */
  cancelRotation(name: string): void;
  removeFromIntune(name: string): void;
  /** The keys go with the device; Intune still names its deviceId. */
  removeFromEntra(name: string): void;
  /** Intune knows it a second time, under another id of its own: what an enrolment that went wrong leaves behind. */
  enrolAgain(name: string): void;
}

export function createHand(tenant: Tenant): Hand {
  const each = <T>(name: string, act: (machine: Machine) => T): readonly T[] => {
    // Copied: an act may change what bears the name.
    const machines = [...tenant.fleet.machinesNamed(name)];
    if (machines.length === 0) throw new TypeError(`There is no device named ${name}.`);
    return machines.map(act);
  };
  return {
    atCheckin: (name, ...checkins) => void each(name, (machine) => (machine.checkins = checkins)),
    checkIn: (name) => each(name, (machine) => checkIn(tenant, machine)).flat(),
    rotateByItself: (name, volumes) => each(name, (machine) => makeKeys(tenant, machine, volumes)).flat(),
    cancelRotation: (name) => {
      const cancelled = each(name, ({ managed }) => managed !== undefined && cancelRotation(tenant, managed));
      if (!cancelled.includes(true)) throw new TypeError(`There is no rotation of ${name} to take back.`);
    },
    removeFromIntune: (name) => void each(name, (machine) => tenant.fleet.removeFromIntune(machine)),
    removeFromEntra: (name) => void each(name, (machine) => tenant.fleet.removeFromEntra(machine)),
    enrolAgain: (name) =>
      void each(name, ({ managed }) => {
        if (managed === undefined) throw new TypeError(`Intune does not know ${name}.`);
        const { rotation: _none, ...device } = managed;
        tenant.fleet.add({ keys: [], managed: { ...device, id: tenant.random.guid() } });
      }),
  };
}
