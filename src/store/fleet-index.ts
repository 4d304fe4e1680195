import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { foldedName, solidName, sweepStreams } from '../domain/fleet.ts';
import type { FleetIndex } from '../domain/fleet-ports.ts';
import { parseEntraDeviceId, parseEntraObjectId, parseKeyId } from '../domain/ids.ts';
import { sheetOf } from '../ledger/export/sheet.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import { itemsIn } from './fleet-items.ts';
import { overviewIn, pageIn } from './fleet-lists.ts';
import { devices } from './fleet-row.ts';
import { parsedBy, present, time } from './row-parts.ts';
import type { Tables } from './tables.ts';

export function fleetIndexIn({ db, run }: Database): FleetIndex {
  const store = <T>(act: () => Promise<T>): Promise<T> => orFault('store-unavailable', act);
  return {
    state: () => store(() => stateIn(db)),
    sheet: sheetOf,

    keysBeginning: (hex, most) =>
      store(async () => {
        const { rows } = await keysQuery(hex, most).execute(db);
        return indexedKeys.parse(rows.map((row) => present(Object(row))));
      }),

    named: (name, most) =>
      store(async () => {
        const rows = await run<Record<string, unknown>>(namedStatement, [foldedName(name), most]);
        return indexedDevices.parse(rows);
      }),

    closest: (name, most) =>
      store(async () => {
        const solid = solidName(name).slice(0, 64);
        if (solid === '') return [];
        for (const alike of likenesses) {
          const { rows } = await closestQuery(solid, alike, most).execute(db);
          if (rows.length > 0) return named.parse(rows).map((row) => row.name);
        }
        return [];
      }),

    overview: (days) => store(() => overviewIn(db, days)),
    list: (list, page) => store(() => pageIn(db, list, page)),
    items: (wish) => store(() => itemsIn({ run }, wish)),

    withNames: (names) =>
      store(async () => {
        const { rows } = await sql`
          select ${devices.columns}, d.name_folded as folded, d.deleted_at as "deletedAt" from keydesk.device d
          where d.name_folded = any(${[...names]}::text[]) and d.status is not null order by d.name_folded, d.deleted_at desc nulls first, d.device_id`.execute(db);
        return rows.map((row) => devices.parseNamed(row));
      }),

    newlyFailed: (from, to, most) =>
      store(async () => {
        const failed = sql`d.status = 'failed' and d.deleted_at is null and d.failed_since >= ${from}::timestamptz and d.failed_since < ${to}::timestamptz`;
        const counted = await sql<{ count: number }>`select count(*)::int as count from keydesk.device d where ${failed}`.execute(db);
        const { rows } = await sql`select ${devices.columns} from keydesk.device d where ${failed} order by d.name_folded, d.device_id limit ${most}::int`.execute(db);
        return { count: counted.rows[0]?.count ?? 0, devices: rows.map((row) => devices.parse(row)) };
      }),
  };
}

const indexedKeys = z.array(z.object({ keyId: parsedBy(parseKeyId), deviceId: parsedBy(parseEntraDeviceId), objectId: parsedBy(parseEntraObjectId).exactOptional() }));
const indexedDevices = z.array(z.object({ deviceId: parsedBy(parseEntraDeviceId), objectId: parsedBy(parseEntraObjectId) }));
const named = z.array(z.object({ name: z.string() }));

/** A range of the primary key: the digits that are not known are between all zeros and all Fs. */
export const keysQuery = (hex: string, most: number) => sql`
  select distinct on (k.key_id) k.key_id as "keyId", k.device_id as "deviceId", d.object_id as "objectId"
  from keydesk.device_key k left join keydesk.device d using (device_id)
  where k.key_id between ${hex.padEnd(32, '0')}::uuid and ${hex.padEnd(32, 'f')}::uuid order by k.key_id, k.created_at desc nulls last limit ${most}::int`;

/** By hand: every ask makes it. */
export const namedStatement = `
  select device_id as "deviceId", object_id as "objectId" from keydesk.device
  where name_folded = $1 and deleted_at is null order by device_id limit $2::int`;

/** The first is quick and enough for a slip; the second takes longer where much resembles, and is asked when nothing does. */
const likenesses = ['0.6', '0.4'] as const;

/** The likeness is a setting of the statement alone: the operator that the index knows takes no other. */
export const closestQuery = (solid: string, alike: (typeof likenesses)[number], most: number) => sql`
  with likeness as materialized (select set_config('pg_trgm.similarity_threshold', ${alike}, true))
  select name from (
    select name, max(similarity(name_solid, ${solid})) as near from likeness, keydesk.device
    where name_solid % ${solid} and deleted_at is null group by name) found
  order by near desc, name limit ${most}::int`;

const stateForm = z.object({ keysAt: time.exactOptional(), sweptAt: time.exactOptional(), missing: z.array(z.enum(sweepStreams)) });

async function stateIn(db: Kysely<Tables>) {
  const { rows } = await sql<Record<string, unknown>>`
    with last as (select id, finished_at from keydesk.sweep where state = 'done' order by finished_at desc limit 1),
    under as (select s.sweep_id, sum(s.pages)::int as pages, sum(s.entries)::int as entries from keydesk.sweep_stream s join keydesk.sweep on id = sweep_id where keydesk.sweep.state = 'running' group by s.sweep_id)
    select (select max(ended_at) from keydesk.sweep_stream where stream = 'keys' and state = 'done') as "keysAt",
      (select finished_at from last) as "sweptAt",
      array(select stream from keydesk.sweep_stream join last on id = sweep_id where state = 'failed') as missing,
      (select sum(pages)::int from keydesk.sweep_stream join last on id = sweep_id) as before,
      (select pages from under) as pages, (select entries from under) as entries`.execute(db);
  const row = rows[0] ?? {};
  const { before, pages, entries } = z.object({ before: z.number().nullish(), pages: z.number().nullish(), entries: z.number().nullish() }).parse(row);
  // The fleet may have grown: a sweep that is not done is not at its end.
  const share = typeof before === 'number' && before > 0 ? Math.min(0.99, (pages ?? 0) / before) : undefined;
  const running = entries === null || entries === undefined ? undefined : { entries, ...(share !== undefined && { share }) };
  return { ...stateForm.parse(present(row)), ...(running && { running }) };
}

