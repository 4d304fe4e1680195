import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { Ledger } from '../domain/ports.ts';
import { seal } from '../ledger/entry.ts';
import { appendAlone, type Random } from './append.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import { refusalsIn } from './refusals.ts';

export interface LedgerStore extends Ledger {
  /**
   * Writes the sums of repeated refusals whose 60 s are over, each once over all instances.
   * @returns how many entries were written
   */
  settleRefusals(now: LedgerEntry['time']): Promise<number>;
}

export function ledgerIn({ db }: Database, random: Random): LedgerStore {
  const append = (entry: LedgerEntry): Promise<void> =>
    orFault('ledger-unavailable', async () => {
      await appendAlone(seal(entry, random)).execute(db);
    });
  return { append, ...refusalsIn(db, random, append) };
}
