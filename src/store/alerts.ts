import { type Kysely, sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { Alert, Alerts } from '../domain/ports.ts';
import { appendedWhen, type Random } from './append.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import type { Tables } from './tables.ts';

export interface AlertStore extends Alerts {
  /** Forgets which alerts were raised before `olderThan`; their entries stay. @returns how many */
  prune(olderThan: Instant): Promise<number>;
}

export function alertsIn({ db }: Database, random: Random): AlertStore {
  return {
    raise: (alert) => orFault('ledger-unavailable', () => raiseIn(db, alert, random)),
    prune: (olderThan) =>
      orFault('store-unavailable', async () => {
        const { numDeletedRows } = await db.deleteFrom('keydesk.alert_raised').where('at', '<', sql<Date>`${olderThan}::timestamptz`).executeTakeFirst();
        return Number(numDeletedRows);
      }),
  };
}

/** Also at the end of a transaction, with what the alert is about; nothing may come behind it but the commit. */
export async function raiseIn(db: Kysely<Tables>, { subject, entry }: Alert, random: Random): Promise<boolean> {
  // One statement: what was noted as raised has its entry.
  const { rows } = await sql`
    with raised as (
      insert into keydesk.alert_raised (kind, subject, at) values (${entry.alert}, ${subject}, ${entry.time}::timestamptz)
      on conflict do nothing returning 1),
    ${appendedWhen('raised', entry, random)}
    select from raised`.execute(db);
  return rows.length === 1;
}
