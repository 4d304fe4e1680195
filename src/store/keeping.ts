import { type Kysely, sql, type Transaction } from 'kysely';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { Keeping } from '../domain/ports.ts';
import { appendAll, type Random } from './append.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import type { Tables } from './tables.ts';

/** As the service: by the functions that refuse what is young (0007-keeping.ts). */
export const keepingIn = (database: Database, random: Random): Keeping => keepingBy('keydesk.erase_texts', 'keydesk.forget_closed', database, random);

/** As the owner: the same without a floor. */
export const ownersKeepingIn = (database: Database, random: Random): Keeping => keepingBy('keydesk.delete_texts', 'keydesk.delete_closed', database, random);

function keepingBy(textsOf: string, closedOf: string, { db }: Database, random: Random): Keeping {
  return {
    eraseTexts: (before, most, entry) =>
      recorded(db, random, entry, async (tx) => {
        const { rows } = await sql<{ gone: number }>`select ${sql.table(textsOf)}(${before}::timestamptz, ${most}::int) as gone`.execute(tx);
        const gone = rows[0]?.gone ?? 0;
        return [gone, gone];
      }),
    forgetClosed: (before, most, entry) =>
      recorded(db, random, entry, async (tx) => {
        const { rows } = await sql<{ requests: number; rotations: number }>`select requests, rotations from ${sql.table(closedOf)}(${before}::timestamptz, ${most}::int)`.execute(tx);
        const { requests, rotations } = rows[0] ?? { requests: 0, rotations: 0 };
        return [{ requests, rotations }, requests + rotations];
      }),
  };
}

/** Erasing and its entry are one transaction; the ledger's lock is taken when the rows are gone already. */
const recorded = <T>(db: Kysely<Tables>, random: Random, entry: (count: number) => LedgerEntry, erase: (tx: Transaction<Tables>) => Promise<readonly [T, number]>): Promise<T> =>
  orFault('store-unavailable', () =>
    db.transaction().execute(async (tx) => {
      const [gone, count] = await erase(tx);
      if (count > 0) await appendAll(tx, [entry(count)], random);
      return gone;
    }),
  );
