// The fleet as counts and as lists.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { escrowStatuses, manyKeys } from '../domain/escrow.ts';
import type { FleetCounts, FleetList, FleetOverview, FleetPage } from '../domain/fleet.ts';
import { devices } from './fleet-row.ts';
import { time } from './row-parts.ts';
import type { Tables } from './tables.ts';

type Db = Kysely<Tables>;

const counts = z.object({ escrowed: z.number(), pending: z.number(), failed: z.number(), 'not-available': z.number(), unknown: z.number() } satisfies Record<keyof FleetCounts, z.ZodNumber>);
const namedManyKeys = 5;

export async function overviewIn(db: Db, days: number): Promise<FleetOverview> {
  const [now, trend, many] = await Promise.all([
    sql<{ status: string; count: number; oldest: Date | null }>`select status, count(*)::int as count, min(as_of) as oldest from keydesk.device where deleted_at is null and status is not null group by status`.execute(db),
    sql`select day::text as day, counts from (select day, counts from keydesk.fleet_day order by day desc limit ${days}::int) newest order by day`.execute(db),
    sql`select name, key_count as "keyCount", count(*) over ()::int as total from keydesk.device where key_count >= ${sql.lit(manyKeys)} and deleted_at is null order by key_count desc, name limit ${namedManyKeys}::int`.execute(db),
  ]);
  const each = Object.fromEntries(escrowStatuses.map((status) => [status, now.rows.find((row) => row.status === status)?.count ?? 0]));
  const oldest = now.rows.flatMap((row) => (row.oldest === null ? [] : [time.parse(row.oldest)])).sort()[0];
  const named = z.array(z.object({ name: z.string(), keyCount: z.number(), total: z.number() })).parse(many.rows);
  return {
    counts: counts.parse(each),
    ...(oldest !== undefined && { oldest }),
    days: z.array(z.object({ day: z.string(), counts })).parse(trend.rows),
    manyKeys: named.map(({ name, keyCount }) => ({ name, keyCount })),
    manyKeysCount: named[0]?.total ?? 0,
  };
}

/** Without a key in escrow: what is lost when the device asks for it comes first. */
const missing = ['failed', 'unknown', 'pending', 'not-available'] as const;

export async function pageIn(db: Db, list: FleetList, { skip, take }: { readonly skip: number; readonly take: number }): Promise<FleetPage> {
  const sizes = await sql<{ status: string; count: number }>`select status, count(*)::int as count from keydesk.device where deleted_at is null and status = any(${[...statusesOf(list)]}::text[]) group by status`.execute(db);
  const total = sizes.rows.reduce((sum, { count }) => sum + count, 0);
  const found = [];
  let before = skip;
  // One status after the other: each is a range of the index, in its order.
  for (const status of statusesOf(list)) {
    const size = sizes.rows.find((row) => row.status === status)?.count ?? 0;
    if (before < size && found.length < take) found.push(...(await ofStatus(status, before, take - found.length).execute(db)).rows);
    before = Math.max(0, before - size);
  }
  return { total, devices: found.map((row) => devices.parse(row)) };
}

const statusesOf = (list: FleetList): readonly (typeof escrowStatuses)[number][] => (list === 'missing' ? missing : [list]);

const ofStatus = (status: string, skip: number, take: number): RawBuilder<unknown> => sql`
  select ${devices.columns} from keydesk.device d where d.status = ${status} and d.deleted_at is null
  order by d.name_folded, d.device_id offset ${skip}::int limit ${take}::int`;
