// What a caller of the API wants done once: the key and the request are one statement, so a crash leaves both or none,
// and of two calls at once, wherever they arrive, the later waits for the earlier and finds its request.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { Fault } from '../domain/fault.ts';
import { parseRequestId } from '../domain/ids.ts';
import { type Instant, plusSeconds } from '../domain/instant.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { Requests } from '../domain/ports.ts';
import type { Once, RevealRequest } from '../domain/request.ts';
import { appendedWhen, type Random } from './append.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import { rowOf } from './request-row.ts';

const keptSeconds = 24 * 3600;

export async function openOnce({ db }: Database, request: RevealRequest, asked: LedgerEntry, { caller, key, wish }: Once, random: Random): ReturnType<Requests['openOnce']> {
  const [keyHash, wishHash] = [sha256(key), sha256(wish)];
  const row = Object.entries(rowOf(request));
  const names = sql.join(row.map(([name]) => sql.ref(name)));
  const values = sql.join(row.map(([, value]) => sql`${value}`));
  // A key that is a day old is as good as new.
  const { rows } = await sql`
    with taken as (
      insert into keydesk.api_once as o (caller, key, wish, request_id, at) values (${caller}, ${keyHash}, ${wishHash}, ${request.id}, ${request.openedAt}::timestamptz)
      on conflict (caller, key) do update set wish = excluded.wish, request_id = excluded.request_id, at = excluded.at
        where o.at <= ${plusSeconds(request.openedAt, -keptSeconds)}::timestamptz
      returning 1),
    opened as (insert into keydesk.request (${names}) select ${values} from taken returning 1), ${appendedWhen('opened', asked, random)}
    select from taken`.execute(db);
  if (rows.length === 1) return 'opened';
  const before = await db.selectFrom('keydesk.api_once').select(['wish', 'request_id']).where('caller', '=', caller).where('key', '=', keyHash).executeTakeFirst();
  const id = parseRequestId(before?.request_id);
  // Forgotten between the two statements: a day has passed meanwhile.
  if (before === undefined || id === undefined) throw new Fault('store-unavailable', 'later', { message: 'a key of a caller went while it was looked at' });
  return before.wish.equals(wishHash) ? { kind: 'repeat', id } : { kind: 'other' };
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

export interface OnceStore {
  /** Forgets keys from before `olderThan`. @returns how many */
  prune(olderThan: Instant): Promise<number>;
}

export const onceIn = ({ db }: Pick<Database, 'db'>): OnceStore => ({
  prune: (olderThan) =>
    orFault('store-unavailable', async () => {
      const { numDeletedRows } = await db.deleteFrom('keydesk.api_once').where('at', '<', sql<Date>`${olderThan}::timestamptz`).executeTakeFirst();
      return Number(numDeletedRows);
    }),
});
