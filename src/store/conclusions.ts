// What follows from the rows of a sweep: the facts of each device, joined by deviceId, and its status beside them.
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { encryptionFlags, policyStates } from '../domain/encryption-state.ts';
import { escrowStatuses, type EscrowFacts } from '../domain/escrow.ts';
import type { Concluded, DeviceFacts, FleetKey, Sweep } from '../domain/fleet.ts';
import { sweepStreams } from '../domain/fleet.ts';
import type { Holding } from '../domain/fleet-ports.ts';
import { type EntraDeviceId, parseEntraDeviceId, parseKeyId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { parsedBy, text, time, volumeType } from './row-parts.ts';
import { holds } from './sweep-row.ts';
import type { Tables } from './tables.ts';
import { jsonb } from './values.ts';

type Db = Kysely<Tables>;

const report = z.object({ ready: z.boolean().exactOptional(), encrypted: z.boolean().exactOptional(), policy: z.enum(policyStates), policies: z.array(text), flags: z.array(z.enum(encryptionFlags)) });
const factsForm = z.object({
  device_id: parsedBy(parseEntraDeviceId),
  name: text,
  join_type: z.enum(['entra', 'hybrid', 'registered', 'unknown']),
  key_count: z.number(),
  keys: z.array(z.object({ keyId: parsedBy(parseKeyId), volumeType, createdAt: time.nullable() })).nullable(),
  managed_count: z.number(),
  encrypted: z.boolean().nullable(),
  enrolled_at: time.nullable(),
  last_sync: time.nullable(),
  report: report.nullable(),
});

/**
 * The index's own lists of one device after the other. A report is joined by the managed device's id; where Intune gave
 * it another one, by the name, and only where one device and one report have that name.
 */
export async function factsIn(db: Db, after: EntraDeviceId | undefined, most: number): Promise<readonly DeviceFacts[]> {
  const { rows } = await sql`
    select d.device_id, d.name, d.join_type, k.key_count, k.keys, m.managed_count, m.encrypted, m.enrolled_at, m.last_sync,
      coalesce(e.report, case when m.managed_count = 1 then (
        select (array_agg(other.report))[1] from keydesk.encryption_report other where other.name_folded = m.name_folded
          and not exists (select from keydesk.managed_device x where x.intune_id = other.id)
        having count(*) = 1 and (select count(*) from keydesk.managed_device n where n.name_folded = m.name_folded) = 1) end) as report
    from (
      select device_id, name, join_type from keydesk.device
      where device_id > coalesce(${after ?? null}::uuid, '00000000-0000-0000-0000-000000000000') and deleted_at is null order by device_id limit ${most}::int) d
    cross join lateral (
      select count(*)::int as key_count, json_agg(json_build_object('keyId', key_id, 'volumeType', volume, 'createdAt', created_at)) as keys
      from (select key_id, volume, created_at from keydesk.device_key where device_id = d.device_id order by created_at desc limit 1000) one) k
    cross join lateral (
      select count(*)::int as managed_count, bool_or(encrypted) as encrypted, max(enrolled_at) as enrolled_at, max(last_sync) as last_sync, (array_agg(intune_id))[1] as intune_id, min(name_folded) as name_folded
      from keydesk.managed_device where device_id = d.device_id) m
    left join keydesk.encryption_report e on m.managed_count = 1 and e.id = m.intune_id
    order by d.device_id`.execute(db);
  return rows.map((row) => factsOf(factsForm.parse(row)));
}

function factsOf(row: z.infer<typeof factsForm>): DeviceFacts {
  const managed: EscrowFacts['managed'] =
    row.managed_count === 0
      ? 'none'
      : row.managed_count > 1
        ? 'several'
        : { ...(row.encrypted !== null && { encrypted: row.encrypted }), ...(row.enrolled_at !== null && { enrolledAt: row.enrolled_at }), ...(row.last_sync !== null && { lastSync: row.last_sync }) };
  const keys = (row.keys ?? []).map(({ createdAt, ...key }): FleetKey => (createdAt === null ? key : { ...key, createdAt }));
  const dated = keys.flatMap(({ volumeType, createdAt }) => (createdAt === undefined ? [] : [{ volumeType, createdAt }]));
  // A key without a time that can be read is there all the same: nothing may be concluded from its absence.
  const known = dated.length < keys.length && dated.every((key) => key.volumeType !== 'operatingSystem') ? 'unavailable' : dated;
  return { deviceId: row.device_id, name: row.name, keyCount: row.key_count, keys, facts: { keys: known, managed, encryption: row.report ?? 'none', joinType: row.join_type } };
}

/** Rows that stay as they are are not written again. */
export async function concludedIn(tx: Db, at: Instant, statuses: readonly Concluded[]): Promise<boolean> {
  await sql`
    with earlier as materialized (select exists (select from keydesk.sweep where complete) as known)
    update keydesk.device d set status = r.status, reason = r.reason, warnings = r.warned, blocked_by = r.blocked, as_of = r."asOf", key_count = r."keyCount",
      status_since = case when d.status is distinct from r.status then ${at}::timestamptz else d.status_since end,
      known_status = case when r.status = 'unknown' then d.known_status else r.status end,
      failed_since = case
        when r.status = 'unknown' then d.failed_since
        when r.status <> 'failed' then null
        when d.known_status is distinct from 'failed' and earlier.known then ${at}::timestamptz
        else d.failed_since end
    from earlier, (
      select *, array(select jsonb_array_elements_text(warnings)) as warned, array(select jsonb_array_elements_text("blockedBy")) as blocked
      from jsonb_to_recordset(${jsonb(statuses)}::jsonb) as r("deviceId" uuid, status text, reason text, warnings jsonb, "blockedBy" jsonb, "asOf" timestamptz, "keyCount" int)) r
    where d.device_id = r."deviceId"
      and (d.status, d.reason, d.warnings, d.blocked_by, d.as_of, d.key_count) is distinct from (r.status, r.reason, r.warned, r.blocked, r."asOf", r."keyCount")`.execute(tx);
  await sql`
    insert into keydesk.device_item as i (device_id, item)
    select "deviceId", item from jsonb_to_recordset(${jsonb(statuses)}::jsonb) as r("deviceId" uuid, item text) order by 1
    on conflict (device_id) do update set item = excluded.item where i.item <> excluded.item`.execute(tx);
  return true;
}

const daysKept = 400;
const sweepsKept = 100;

/** False when the sweep is somebody else's meanwhile. */
export async function finishIn(tx: Db, sweep: Sweep, holding: Holding, at: Instant): Promise<boolean> {
  const complete = sweepStreams.every((stream) => sweep.streams[stream].state === 'done');
  const { rows } = await sql`update keydesk.sweep set state = 'done', finished_at = ${holding.now}::timestamptz, complete = ${complete} where ${holds(sweep, holding)} returning 1`.execute(tx);
  if (rows.length === 0) return false;
  await sql`
    insert into keydesk.fleet_day (day, at, counts)
    select (${at}::timestamptz at time zone 'UTC')::date, ${at}::timestamptz, jsonb_object_agg(one.status, (select count(*) from keydesk.device d where d.status = one.status and d.deleted_at is null))
    from unnest(${[...escrowStatuses]}::text[]) as one(status)
    on conflict (day) do update set at = excluded.at, counts = excluded.counts`.execute(tx);
  await sql`delete from keydesk.fleet_day where day < (${at}::timestamptz)::date - ${daysKept}::int`.execute(tx);
  await sql`delete from keydesk.sweep where state = 'done' and id < ${sweep.id}::bigint - ${sweepsKept}::bigint`.execute(tx);
  return true;
}
