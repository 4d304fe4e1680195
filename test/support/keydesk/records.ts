// What was written down: in the ledger, and in the simulated tenant's list of requests.

import type { LedgerEntry } from '../../../src/domain/ledger-entry.ts';
import type { LoggedRequest } from '../../../src/sim/http/request-log.ts';
import type { Simulator } from '../../../src/sim/simulator.ts';
import type { Database } from '../../../src/store/database.ts';
import { listEntries } from '../../../src/store/stored-entries.ts';
import { known } from '../known.ts';

const ofAStart: readonly string[] = ['started', 'ledger-key'];

/** In their order, without those of a start. */
export async function entriesIn(store: Database): Promise<readonly LedgerEntry[]> {
  const listed = await listEntries(store, { last: 10_000 });
  return listed.map(({ entry }) => known(entry)).filter(({ act }) => !ofAStart.includes(act));
}

/** Which secret was asked for stands in the address. */
export const readsIn = (simulator: Simulator): readonly LoggedRequest[] => simulator.requests.list().filter(({ url }) => /[?&](?:%24|\$)select=key(?:&|$)/i.test(url));
