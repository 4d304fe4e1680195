import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { Alerts } from '../domain/ports.ts';
import { appendedWhen, type Random } from './append.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';

export interface AlertStore extends Alerts {
  /** Forgets which alerts were raised before `olderThan`; their entries stay. @returns how many */
  prune(olderThan: Instant): Promise<number>;
}

export function alertsIn({ db }: Database, random: Random): AlertStore {
  return {
    raise: ({ subject, entry }) =>
      orFault('ledger-unavailable', async () => {
        // One statement: what was noted as raised has its entry.
        const { rows } = await sql`
          with raised as (
            insert into keydesk.alert_raised (kind, subject, at) values (${entry.alert}, ${subject}, ${entry.time}::timestamptz)
            on conflict do nothing returning 1),
          ${appendedWhen('raised', entry, random)}
          select from raised`.execute(db);
        return rows.length === 1;
      }),
    prune: (olderThan) =>
      orFault('store-unavailable', async () => {
        const { numDeletedRows } = await db.deleteFrom('keydesk.alert_raised').where('at', '<', sql<Date>`${olderThan}::timestamptz`).executeTakeFirst();
        return Number(numDeletedRows);
      }),
  };
}
