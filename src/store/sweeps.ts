import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type StreamState, type Sweep, type SweepStream, sweepStreams } from '../domain/fleet.ts';
import type { Holding, SweepStore } from '../domain/fleet-ports.ts';
import { type Instant, parseInstant } from '../domain/instant.ts';
import { concludedIn, factsIn, finishIn } from './conclusions.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import { goneOf, rowsOfPage } from './sweep-pages.ts';
import { holds, parseStream, parseSweep, type Row, streamColumns } from './sweep-row.ts';
import type { Tables } from './tables.ts';

type Db = Kysely<Tables>;

/** Rows of an index that can be read again: its commits do not wait for the disk, and place and rows stand in one of them. */
export function sweepsIn({ db }: Database): SweepStore {
  const store = <T>(act: () => Promise<T>): Promise<T> => orFault('store-unavailable', act);
  /** One transaction of whoever holds the sweep; undefined when that is somebody else. */
  const held = <T>(sweep: Sweep, holding: Holding, act: (tx: Db) => Promise<T>): Promise<T | undefined> =>
    store(async () => {
      // By itself: two lists that wait for one another's lock on the row would wait for ever.
      await sql`update keydesk.sweep set held_until = ${holding.until}::timestamptz where ${holds(sweep, holding)} and held_until < ${holding.until}::timestamptz - interval '20 seconds'`.execute(db);
      return db.transaction().execute(async (tx) => {
        const { rows } = await sql`select set_config('synchronous_commit', 'off', true) from keydesk.sweep where ${holds(sweep, holding)} for share`.execute(tx);
        return rows.length === 0 ? undefined : act(tx);
      });
    });

  return {
    take: (holding, startedBefore) => store(() => db.transaction().execute((tx) => take(tx, holding, startedBefore))),

    keep: (sweep, holding, stream, page) =>
      held(sweep, holding, async (tx) => {
        const mark = await markOf(tx, sweep, stream);
        const fresh = page.entries.length === 0 ? 0 : ((await rowsOfPage(stream, page.entries, mark, holding.now).execute(tx)).rows[0]?.fresh ?? 0);
        const next = page.next ?? null;
        const state = await change(tx, sweep, stream, sql`
          link = ${next}::text, pages = pages + 1, entries = entries + ${page.entries.length}::int, unreadable = unreadable + ${page.unreadable}::int,
          empty_run = case when ${page.entries.length}::int = 0 then empty_run + 1 else 0 end, failures = 0, wait_until = null,
          state = case when ${next}::text is null then 'done' else 'reading' end, ended_at = case when ${next}::text is null then ${holding.now}::timestamptz end`);
        return { state, fresh };
      }),

    note: (sweep, holding, stream, { restart, state = 'reading', failures, waitUntil, code }) =>
      held(sweep, holding, (tx) =>
        restart === true
          ? change(tx, sweep, stream, sql`link = null, mark = nextval('keydesk.sweep_mark'), restarts = restarts + 1, state = 'reading', ended_at = null, empty_run = 0, pages = 0, entries = 0, unreadable = 0`)
          : change(tx, sweep, stream, sql`state = ${state}, failures = coalesce(${failures ?? null}::int, failures), wait_until = ${waitUntil ?? null}::timestamptz, code = ${code ?? null}::text`),
      ),

    conclude: (sweep, holding) =>
      held(sweep, holding, async (tx) => {
        const noted = await sql<{ at: Date }>`select coalesce(concluding_at, ${holding.now}::timestamptz) as at from keydesk.sweep where id = ${sweep.id}::bigint`.execute(tx);
        const at = parseInstant(noted.rows[0]?.at) ?? holding.now;
        for (const stream of sweepStreams.filter((name) => sweep.streams[name].state === 'done')) await goneOf(stream, sweep.streams[stream].mark, at).execute(tx);
        await sql`update keydesk.sweep_stream set wait_until = null where sweep_id = ${sweep.id}::bigint`.execute(tx);
        return at;
      }).then(async (at) => (at === undefined || !(await noteTime(db, sweep, holding, at)) ? undefined : at)),

    facts: (after, most) => store(() => factsIn(db, after, most)),
    concluded: async (sweep, holding, at, statuses) => (await held(sweep, holding, (tx) => concludedIn(tx, at, statuses))) ?? false,
    finish: (sweep, holding, at) => store(() => db.transaction().execute((tx) => finishIn(tx, sweep, holding, at))),
    release: (holder) => store(async () => void (await sql`update keydesk.sweep set held_until = started_at where state = 'running' and holder = ${holder}::uuid`.execute(db))),
  };
}

/** Written outside of the transaction that shares the row. */
const noteTime = (db: Db, sweep: Sweep, holding: Holding, at: Instant): Promise<boolean> =>
  orFault('store-unavailable', async () => {
    const { rows } = await sql`update keydesk.sweep set concluding_at = coalesce(concluding_at, ${at}::timestamptz) where ${holds(sweep, holding)} returning 1`.execute(db);
    return rows.length === 1;
  });

async function take(tx: Db, { holder, now, until }: Holding, startedBefore: Instant): Promise<Sweep | undefined> {
  const running = await sql<Row>`
    update keydesk.sweep set holder = ${holder}::uuid, held_until = ${until}::timestamptz
    where state = 'running' and (holder = ${holder}::uuid or held_until <= ${now}::timestamptz) returning *`.execute(tx);
  // The index allows one that is running: of two instances that begin one, the later finds that it did nothing.
  const begun = running.rows.length > 0 ? running : await sql<Row>`
    insert into keydesk.sweep (state, started_at, holder, held_until)
    select 'running', ${now}::timestamptz, ${holder}::uuid, ${until}::timestamptz
    where not exists (select from keydesk.sweep where state = 'running' or started_at > ${startedBefore}::timestamptz)
    on conflict do nothing returning *`.execute(tx);
  const [row] = begun.rows;
  if (row === undefined) return undefined;
  await sql`insert into keydesk.sweep_stream (sweep_id, stream) select ${row['id']}::bigint, name from unnest(${[...sweepStreams]}::text[]) as name on conflict do nothing`.execute(tx);
  const streams = await sql<Row>`select ${sql.raw(streamColumns)} from keydesk.sweep_stream where sweep_id = ${row['id']}::bigint`.execute(tx);
  return parseSweep(row, streams.rows);
}

async function markOf(tx: Db, sweep: Sweep, stream: SweepStream): Promise<string> {
  const { rows } = await sql<{ mark: string }>`select mark from keydesk.sweep_stream where sweep_id = ${sweep.id}::bigint and stream = ${stream}`.execute(tx);
  return String(rows[0]?.mark);
}

async function change(tx: Db, sweep: Sweep, stream: SweepStream, to: RawBuilder<unknown>): Promise<StreamState> {
  const { rows } = await sql<Row>`update keydesk.sweep_stream set ${to} where sweep_id = ${sweep.id}::bigint and stream = ${stream} returning ${sql.raw(streamColumns)}`.execute(tx);
  return parseStream(rows[0] ?? {});
}
