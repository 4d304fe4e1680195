// Holds the lock that orders the entries of the ledger, so that whoever writes one waits: how a test stops a Keydesk in
// the middle of a statement.

import { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from '../database.ts';

export interface HeldLedger {
  /** Resolves when somebody waits for the lock. */
  waited(): Promise<void>;
  release(): Promise<void>;
}

// The first argument of pg_advisory_xact_lock in keydesk.seal_entry (store/migrations/0001).
const ledgerLock = 75_836_100_001;

export async function holdLedger({ ownerUrl }: TestDatabase): Promise<HeldLedger> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query('select pg_advisory_lock($1::bigint)', [ledgerLock]);
  const waiting = async (): Promise<boolean> => {
    const { rows } = await client.query(`select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`);
    return rows.length > 0;
  };
  return {
    waited: async () => {
      // PostgreSQL tells nobody that somebody waits.
      while (!(await waiting())) await sleep(2);
    },
    release: () => client.end(),
  };
}
