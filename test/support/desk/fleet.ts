// The index of the fleet in memory: what a test says that the last sweep saw. Cold unless it says when that was.

import { foldedName, type FleetDevice, type IndexState } from '../../../src/domain/fleet.ts';
import { itemText } from '../../../src/domain/fleet-item.ts';
import type { FleetIndex } from '../../../src/domain/fleet-ports.ts';
import { escrowStatuses } from '../../../src/domain/escrow.ts';
import type { EscrowedKey } from '../../../src/domain/device.ts';
import type { EntraDeviceId } from '../../../src/domain/ids.ts';
import type { Instant } from '../../../src/domain/instant.ts';
import { deviceOf } from './world.ts';

export interface TestIndex {
  readonly state: IndexState;
  readonly devices: (FleetDevice & { readonly deletedAt?: Instant; readonly failedSince?: Instant })[];
  readonly keys: Pick<EscrowedKey, 'keyId' | 'deviceId'>[];
}

export const coldIndex = (): TestIndex => ({ state: { missing: [] }, devices: [], keys: [] });

/** A device with a key; `more` makes it another. */
export const indexed = (number: number, name: string, more: Partial<TestIndex['devices'][number]> = {}): TestIndex['devices'][number] => ({
  ...deviceOf(number, name),
  status: 'escrowed',
  reason: 'key-escrowed',
  warnings: [],
  blockedBy: [],
  keyCount: 1,
  ...more,
});
export const failed = { status: 'failed', reason: 'encrypted-without-key' } as const satisfies Partial<FleetDevice>;

export function fleetOf(index: TestIndex): FleetIndex {
  const there = (): readonly (FleetDevice & { readonly failedSince?: Instant })[] => index.devices.filter(({ deletedAt }) => deletedAt === undefined);
  const objectIdOf = (id: EntraDeviceId) => {
    const device = index.devices.find(({ deviceId }) => deviceId === id);
    return device && { objectId: device.objectId };
  };
  return {
    state: async () => index.state,
    async *sheet(lines) {
      for (const cells of lines) yield `${cells.join('|')}\n`;
    },
    keysBeginning: async (hex, most) => {
      const found = new Map(index.keys.filter(({ keyId }) => keyId.replaceAll('-', '').startsWith(hex)).map(({ keyId, deviceId }) => [keyId, { keyId, deviceId }]));
      return [...found.values()].slice(0, most).map((key) => ({ ...key, ...objectIdOf(key.deviceId) }));
    },
    named: async (name, most) => there().filter((device) => foldedName(device.name) === foldedName(name)).slice(0, most),
    closest: async (name, most) => there().map((device) => device.name).filter((other) => foldedName(other).slice(0, 3) === foldedName(name).slice(0, 3)).slice(0, most),
    overview: async () => ({
      counts: { escrowed: 0, pending: 0, failed: 0, 'not-available': 0, unknown: 0, ...Object.fromEntries(escrowStatuses.map((status) => [status, there().filter((device) => device.status === status).length])) },
      days: [],
      manyKeys: [],
      manyKeysCount: 0,
    }),
    list: async (list, { skip, take }) => {
      const all = there().filter(({ status }) => (list === 'missing' ? status !== 'escrowed' : status === list));
      return { total: all.length, devices: all.slice(skip, skip + take) };
    },
    items: async ({ most, after = '', status }) => {
      const all = there().filter((device) => device.deviceId > after && (status === undefined || device.status === status)).toSorted((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
      const last = all.length > most ? all[most - 1] : undefined;
      return { lines: all.slice(0, most).map((device) => itemText({ ...device, keys: [] }, device)).join('\n'), ...(last && { next: last.deviceId }) };
    },
    withNames: async (names) => index.devices.map((device) => ({ ...device, folded: foldedName(device.name) })).filter(({ folded }) => names.includes(folded)),
    newlyFailed: async (from, to, most) => {
      const failed = there().filter(({ failedSince }) => failedSince !== undefined && failedSince >= from && failedSince < to);
      return { count: failed.length, devices: failed.slice(0, most) };
    },
  };
}
