import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { Ledger } from '../domain/ports.ts';
import { seal } from '../ledger/entry.ts';
import { createAppend, type Random } from './append.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import { type Refusals, refusalsIn } from './refusals.ts';

export type LedgerStore = Ledger & Refusals;

export function ledgerIn(database: Database, random: Random): LedgerStore {
  const write = createAppend(database);
  const append = (entry: LedgerEntry): Promise<void> => orFault('ledger-unavailable', async () => write(seal(entry, random)));
  return { append, ...refusalsIn(database.db, random, append) };
}
