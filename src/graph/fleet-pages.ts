// The lists of the whole tenant, page by page. One entry that cannot be read leaves the others as they are: it is
// counted, and a device that it was about is judged by what else there is. A next page is asked for where it leads to
// Graph, in the version that was asked, and nowhere else.

import { z } from 'zod';
import { Fault } from '../domain/fault.ts';
import type { SweepStream, Swept } from '../domain/fleet.ts';
import type { FleetPages, SweptPage } from '../domain/fleet-ports.ts';
import type { Clock } from '../domain/ports.ts';
import { mayHoldPassword } from '../domain/recovery-password.ts';
import { deviceProperties, managedDeviceProperties, toDevice, toManagedDevice, toSweptKey } from './answers.ts';
import type { Ask, Question } from './ask.ts';
import { toEncryptionState } from './encryption-answers.ts';
import { isWindows } from './names-like.ts';
import { odata, selecting } from './odata.ts';
import { createPace, type Pace } from './pace.ts';
import { type Entry, isNextPage } from './pages.ts';
import type { Timer } from './waiting.ts';

type First = Pick<Question, 'service' | 'route' | 'version'>;

interface List<S extends SweepStream> {
  readonly first: First;
  /** `skip`: readable, and none of ours. */
  readonly entry: (raw: unknown) => Swept[S] | 'skip' | undefined;
}

const windows = 'Windows';

const lists: { readonly [S in SweepStream]: List<S> } = {
  devices: {
    first: { service: 'directory', route: selecting(odata`devices?$filter=startswith(operatingSystem,${windows})&$top=999`, deviceProperties) },
    entry: ours(toDevice, isWindows),
  },
  // No `$top`: Intune's own pages hold a thousand. A filter that it ignores costs pages and nothing else: the rows are
  // joined to the Windows devices of Entra.
  managed: {
    first: { service: 'intune', route: selecting(odata`deviceManagement/managedDevices?$filter=operatingSystem eq ${windows}`, managedDeviceProperties) },
    entry: toManagedDevice,
  },
  encryption: { first: { service: 'intune', version: 'beta', route: odata`deviceManagement/managedDeviceEncryptionStates` }, entry: toEncryptionState },
  // Without `$select`, which would make Entra write each page into its audit log as a read, and without `$top`, which it does not take.
  keys: { first: { service: 'bitlocker', route: odata`informationProtection/bitlocker/recoveryKeys` }, entry: toSweptKey },
};

function ours<T>(entry: Entry<T>, isOurs: (item: T) => boolean): (raw: unknown) => T | 'skip' | undefined {
  return (raw) => {
    const item = entry(raw);
    return item === undefined || isOurs(item) ? item : 'skip';
  };
}

const page = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().nullish() });

/**
 * Of each service, for all that is not asked by a person. Far below what Microsoft publishes: Intune takes 2,000 requests
 * in 20 s of an application, the directory 3,500 units in 10 s of the smallest tenant, at about two units a page. For
 * BitLocker's endpoint no limit is published.
 */
export const sweepPagesPerSecond = 20;

export function createFleetPages(ask: Ask, { pagesPerSecond, clock, timer }: { readonly pagesPerSecond: number; readonly clock: Clock; readonly timer: Timer }): FleetPages {
  const pace = (): Pace => createPace({ most: pagesPerSecond, seconds: 1, clock, timer });
  const paces: Readonly<Record<Question['service'], Pace>> = { directory: pace(), intune: pace(), bitlocker: pace(), reports: pace() };
  return {
    async page<S extends SweepStream>(stream: S, link: string | undefined, deadline: AbortSignal): Promise<SweptPage<S>> {
      const { first, entry } = lists[stream];
      // It comes back from a row, in which anything may stand by now.
      if (link !== undefined && !isNextPage(link, first.version)) throw new Fault('graph-nonsense', 'never', { message: 'a stored next page is on another host' });
      const reply = await ask({ ...first, deadline, background: true, pace: paces[first.service], ...(link !== undefined && { exactUrl: link }) });
      const read = page.safeParse(reply.body).data;
      if (read === undefined) throw reply.nonsense('the list is not as promised');
      const next = read['@odata.nextLink'] ?? undefined;
      // A link that holds what may be a recovery password cannot be stored (law 1), and would be none of Graph's.
      if (next !== undefined && (!isNextPage(next, first.version) || mayHoldPassword(next))) throw reply.nonsense('the next page is on another host');
      const entries = read.value.map(entry);
      return {
        entries: entries.filter((item) => item !== undefined && item !== 'skip'),
        unreadable: entries.filter((item) => item === undefined).length,
        ...(next !== undefined && { next }),
      };
    },
  };
}
