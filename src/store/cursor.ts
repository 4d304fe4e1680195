// Many rows in batches, in a transaction of their own that reads only. Memory is that of two batches.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import type { Tables } from './tables.ts';

/**
 * @param select what is read; the rows are as they were when the first was asked for
 * @param batchSize while one batch is being looked at the server reads on
 */
export async function* rowsOf<Row>({ db }: Pick<Database, 'db'>, select: RawBuilder<unknown>, batchSize: number): AsyncGenerator<readonly Row[], void> {
  const tx = await orFault('ledger-unavailable', () => db.startTransaction().setAccessMode('read only').execute());
  const fetch = async (): Promise<readonly Row[]> => (await orFault('ledger-unavailable', () => sql<Row>`fetch ${sql.raw(String(batchSize))} from readings`.execute(tx))).rows;
  let next: Promise<readonly Row[]> = Promise.resolve([]);
  try {
    await orFault('ledger-unavailable', () => declare(tx, select));
    next = fetch();
    for (;;) {
      const rows = await next;
      if (rows.length === 0) return;
      next = fetch();
      next.catch(() => undefined);
      yield rows;
    }
  } finally {
    await next.catch(() => undefined);
    await tx
      .rollback()
      .execute()
      .catch(() => undefined);
  }
}

async function declare(tx: Kysely<Tables>, select: RawBuilder<unknown>): Promise<void> {
  // A million rows take longer than any statement of the service may, and a slow reader longer than any transaction.
  await sql`select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`.execute(tx);
  await sql`declare readings no scroll cursor for ${select}`.execute(tx);
}
