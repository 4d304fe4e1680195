import { sql } from 'kysely';
import { Fault } from '../domain/fault.ts';
import type { RequestId } from '../domain/ids.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { Requests } from '../domain/ports.ts';
import type { RevealRequest } from '../domain/request.ts';
import { appendedBy, appendedWhen, type Random } from './append.ts';
import { change } from './change.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import { hidesIn } from './hides.ts';
import { openOnce } from './open-once.ts';
import { parseRequest, type RequestRow, rowOf } from './request-row.ts';
import { claimsIn } from './reveal-claims.ts';
import type { WakeLater } from './statements.ts';
import { jsonb } from './values.ts';

const mostMisses = 3;

/** Requests in PostgreSQL. Every change of state is one statement: compare, set, and the entry where it was set. */
export function requestsIn(database: Database, random: Random, wakeLater: WakeLater): Requests {
  const { db, run } = database;
  const store = <T>(act: () => Promise<T>): Promise<T> => orFault('store-unavailable', act);
  return {
    ...claimsIn(database, random, wakeLater),
    ...hidesIn(database, random),

    open: (request, asked) => store(() => open(database, request, asked, random)),
    openOnce: (request, asked, once) => store(() => openOnce(database, request, asked, once, random)),
    find: (id) =>
      store(async () => {
        const row = await db.selectFrom('keydesk.request').selectAll().where('id', '=', id).executeTakeFirst();
        return row && parseRequest(row);
      }),
    choose: (id, offer, preset, asked) =>
      store(async () => {
        const set = sql`state = 'open', choices = '[]', offer = ${jsonb(offer)}::jsonb, preset = ${jsonb(preset)}::jsonb`;
        return (await change(database, id, sql`state = 'choosing'`, set, asked, random)) !== undefined;
      }),
    placed: (id, card) =>
      store(async () => {
        await run('update keydesk.request set card = $2 where id = $1', [id, jsonb(card)]);
      }),
    miss: (id, entry) => store(() => miss(database, id, entry, random)),
    close: (id, to, entry) =>
      store(async () => (await change(database, id, sql`state in ('open', 'choosing')`, sql`state = ${to}`, entry, random)) !== undefined),
  };
}

/** By hand, as the two other statements of an ask: the query builder took a fifth of what a statement costs here. */
async function open({ run }: Database, request: RevealRequest, asked: LedgerEntry, random: Random): Promise<void> {
  const row = rowOf(request);
  const columns = Object.keys(row);
  const appended = appendedBy('opened', asked, random, columns.length + 1);
  await run(
    `with opened as (insert into keydesk.request (${columns.join(', ')}) values (${columns.map((_, at) => `$${at + 1}`).join(', ')}) returning 1), ${appended.text} select`,
    [...Object.values(row), ...appended.values],
  );
}

async function miss({ db }: Database, id: RequestId, entry: LedgerEntry, random: Random): Promise<{ misses: number; closed: boolean }> {
  const { rows } = await sql<Pick<RequestRow, 'misses' | 'state'>>`
    with missed as (
      update keydesk.request set misses = misses + 1, state = case when misses + 1 >= ${mostMisses}::int then 'refused' else state end
      where id = ${id} and state = 'open' returning misses, state),
    closed as (select from missed where state = 'refused'), ${appendedWhen('closed', entry, random)}
    select misses, state from missed`.execute(db);
  const row = rows[0] ?? (await db.selectFrom('keydesk.request').select(['misses', 'state']).where('id', '=', id).executeTakeFirst());
  if (row === undefined) throw new Fault('internal', 'never', { message: `request ${id} was never opened` });
  return { misses: row.misses, closed: row.state === 'refused' };
}
