import { type RawBuilder, sql } from 'kysely';
import type { RequestId } from '../domain/ids.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { RevealRequest } from '../domain/request.ts';
import { appendedWhen, type Random } from './append.ts';
import type { Database } from './database.ts';
import { parseRequest, type RequestRow } from './request-row.ts';

/**
 * The compare-and-set of a request, and its entry in the same statement.
 * @returns the request as it is now, or undefined when `when` did not hold and nothing was done
 */
export async function change(
  { db }: Pick<Database, 'db'>,
  id: RequestId,
  when: RawBuilder<unknown>,
  set: RawBuilder<unknown>,
  entry: LedgerEntry,
  random: Random,
): Promise<RevealRequest | undefined> {
  const { rows } = await sql<RequestRow>`
    with changed as (update keydesk.request set ${set} where id = ${id} and ${when} returning *), ${appendedWhen('changed', entry, random)}
    select * from changed`.execute(db);
  const [row] = rows;
  return row && parseRequest(row);
}
