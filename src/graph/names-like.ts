// "Did you mean": names of devices that come close to one that nobody carries.

import { editDistance } from '../domain/nearest.ts';
import type { Device } from '../domain/device.ts';
import type { Deadline } from '../domain/ports.ts';
import { toDevice } from './answers.ts';
import type { Ask } from './ask.ts';
import { folded, isAskable, odata } from './odata.ts';
import { firstPage } from './pages.ts';

const mostNames = 5;

export const isWindows = (device: Device): boolean => folded(device.operatingSystem ?? '').startsWith('windows');

/** Up to five names of Windows devices, closest first. Entra knows no distance: it is asked for beginnings. */
export async function namesLike(ask: Ask, name: string, deadline: Deadline): Promise<readonly string[]> {
  const wanted = name.trim();
  if (!isAskable(wanted)) return [];
  const found = await Promise.all(
    beginnings(wanted).map((beginning) => {
      const route = odata`devices?$filter=startswith(displayName,${beginning})&$select=id,deviceId,displayName,operatingSystem&$top=20`;
      return firstPage(ask, { service: 'directory', route, deadline }, toDevice);
    }),
  );
  return closest(folded(wanted), found.flat());
}

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
    .slice(0, mostNames)
    .map(({ asWritten }) => asWritten);
}

/** How many letters two names begin with in common. */
function beginAlike(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
