import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { Ledger } from '../domain/ports.ts';
import { seal } from '../ledger/entry.ts';
import { createAppend, type Random } from './append.ts';
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

export function ledgerIn(database: Database, random: Random): LedgerStore {
  const write = createAppend(database);
  const append = (entry: LedgerEntry): Promise<void> => orFault('ledger-unavailable', async () => write(seal(entry, random)));
  return { append, ...refusalsIn(database.db, random, append) };
}
