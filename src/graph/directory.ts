// Devices and people in Entra ID (`/devices`, `/users`). Every list is whole, and what was asked for is compared again
// on our side: what a filter means is for the server to say, whom a card names is for us.

import { editDistance } from '../domain/command.ts';
import type { Device } from '../domain/device.ts';
import type { Directory } from '../domain/ports.ts';
import { deviceProperties, personProperties, toDevice, toOwner, toPerson } from './answers.ts';
import type { Ask, Question } from './ask.ts';
import { folded, isAskable, odata, selecting } from './odata.ts';
import { allPages, type Entry, firstPage } from './pages.ts';

export function createDirectory(ask: Ask): Directory {
  const all = <T>(question: Omit<Question, 'service'>, entry: Entry<T>): Promise<readonly T[]> => allPages(ask, { ...question, service: 'directory' }, entry);

  return {
    async devicesNamed(name, deadline) {
      if (!isAskable(name)) return [];
      const route = selecting(odata`devices?$filter=displayName eq ${name}`, deviceProperties);
      const devices = await all({ route, deadline }, toDevice);
      return devices.filter((device) => folded(device.name) === folded(name));
    },

    async device(deviceId, deadline) {
      const route = selecting(odata`devices?$filter=deviceId eq ${deviceId}`, deviceProperties);
      const devices = await all({ route, deadline }, toDevice);
      return devices.find((device) => device.deviceId === deviceId);
    },

    async owners(device, deadline) {
      return all({ route: selecting(odata`devices/${device}/registeredOwners`, personProperties), deadline }, toOwner);
    },

    async namesLike(name, deadline) {
      const wanted = folded(name.trim());
      if (!isAskable(wanted)) return [];
      const found = await Promise.all(
        beginnings(name.trim()).map((beginning) => {
          const route = odata`devices?$filter=startswith(displayName,${beginning})&$select=id,deviceId,displayName,operatingSystem&$top=20`;
          return firstPage(ask, { service: 'directory', route, deadline }, toDevice);
        }),
      );
      return closest(wanted, found.flat());
    },

    async people(who, deadline) {
      if (!isAskable(who)) return [];
      const byAddress = who.includes('@');
      const route = byAddress
        ? selecting(odata`users?$filter=userPrincipalName eq ${who}`, personProperties)
        : selecting(odata`users?$filter=displayName eq ${who}`, personProperties);
      const people = await all({ route, deadline }, toPerson);
      return people
        .filter((person) => folded(byAddress ? person.userPrincipalName : person.name) === folded(who))
        .map(({ id, name }) => ({ id, name }));
    },

    async devicesOf(person, deadline) {
      const [owned, registered] = await Promise.all([
        all({ route: selecting(odata`users/${person}/ownedDevices/microsoft.graph.device`, deviceProperties), deadline }, toDevice),
        all({ route: selecting(odata`users/${person}/registeredDevices/microsoft.graph.device`, deviceProperties), deadline }, toDevice),
      ]);
      const distinct = new Map([...owned, ...registered].map((device) => [device.deviceId, device]));
      return [...distinct.values()].filter(isWindows);
    },
  };
}

const isWindows = (device: Device): boolean => folded(device.operatingSystem ?? '').startsWith('windows');

/**
 * Two beginnings, asked for at once: without the last letter (LAPTOP-43 finds LAPTOP-42, which the first twenty of
 * LAPTOP may not hold) and the first half (a slip further to the front).
 */
function beginnings(name: string): readonly string[] {
  const letters = Array.from(name);
  const lengths = [Math.max(1, letters.length - 1), Math.max(1, Math.ceil(letters.length / 2))];
  return [...new Set(lengths.map((length) => letters.slice(0, length).join('').trimEnd()))];
}

function closest(wanted: string, devices: readonly Device[]): readonly string[] {
  const names = new Map(devices.filter((device) => isWindows(device) && device.name.trim() !== '').map((device) => [folded(device.name), device.name]));
  return [...names]
    .map(([name, asWritten]) => ({ asWritten, distance: editDistance(wanted.slice(0, 64), name.slice(0, 64)), alike: beginAlike(wanted, name) }))
    .sort((a, b) => a.distance - b.distance || b.alike - a.alike || a.asWritten.localeCompare(b.asWritten, 'en'))
    .slice(0, 5)
    .map(({ asWritten }) => asWritten);
}

/** How many letters two names begin with in common. */
function beginAlike(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
