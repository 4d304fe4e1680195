import { sql } from 'kysely';
import type { Requests } from '../domain/ports.ts';
import type { Random } from './append.ts';
import { change } from './change.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import { parseRequest, type RequestRow } from './request-row.ts';

/** Cards to be hidden: their time stands in the database, so that hiding survives a restart. */
export function hidesIn({ db }: Database, random: Random): Pick<Requests, 'takeDueHides' | 'hidden'> {
  return {
    takeDueHides: (now, takenUntil, most) =>
      orFault('store-unavailable', async () => {
        const { rows } = await sql<RequestRow>`
          with due as materialized (
            select id from keydesk.request
            where state = 'revealed' and hidden_at is null and hide_at <= ${now}::timestamptz
              and (hide_taken_until is null or hide_taken_until <= ${now}::timestamptz)
            order by hide_at limit ${most}::int for update skip locked)
          update keydesk.request r set hide_taken_until = ${takenUntil}::timestamptz from due where r.id = due.id returning r.*`.execute(db);
        return rows.map(parseRequest);
      }),
    hidden: (id, attempt, at, entry) =>
      orFault('store-unavailable', async () => {
        const when = sql`state = 'revealed' and attempt = ${attempt} and hidden_at is null`;
        return (await change({ db }, id, when, sql`hidden_at = ${at}::timestamptz`, entry, random)) !== undefined;
      }),
  };
}
