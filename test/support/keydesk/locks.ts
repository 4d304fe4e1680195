// Holds the lock that orders the entries of the ledger, so that whoever writes one waits: how a test stops a Keydesk in
// the middle of a statement.

import { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from '../database.ts';

export interface LedgerLock {
  /** Holds it. Quick: the connection is there. */
  take(): Promise<void>;
  /** Resolves when somebody waits for the lock. */
  waited(): Promise<void>;
  release(): Promise<void>;
}

// The first argument of pg_advisory_xact_lock in keydesk.seal_entry (store/migrations/0001).
const ledgerLock = 75_836_100_001;

export async function ledgerLockOf({ ownerUrl }: TestDatabase): Promise<LedgerLock> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  const waiting = async (): Promise<boolean> => {
    const { rows } = await client.query(`select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`);
    return rows.length > 0;
  };
  return {
    take: async () => void (await client.query('select pg_advisory_lock($1::bigint)', [ledgerLock])),
    waited: async () => {
      // PostgreSQL tells nobody that somebody waits.
      while (!(await waiting())) await sleep(2);
    },
    release: () => client.end(),
  };
}
