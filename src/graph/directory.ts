// Devices and people in Entra ID (`/devices`, `/users`). Every list is whole, and what was asked for is compared again
// on our side: what a filter means is for the server to say, whom a card names is for us.

import type { Directory } from '../domain/ports.ts';
import { deviceProperties, personProperties, toDevice, toOwner, toPerson } from './answers.ts';
import type { Ask, Question } from './ask.ts';
import { isWindows, namesLike } from './names-like.ts';
import { folded, isAskable, odata, selecting } from './odata.ts';
import { allPages, type Entry } from './pages.ts';

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

    namesLike: (name, deadline) => namesLike(ask, name, deadline),

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
