// The rows of one page, put in or brought up to date by one statement. What a reading has met before it leaves alone, so
// that the rows which come back are those that are fresh.
import { type RawBuilder, sql } from 'kysely';
import { foldedName, solidName, type SweepStream, type Swept } from '../domain/fleet.ts';
import { type Jsonb, jsonb } from './values.ts';

interface Upsert<T> {
  /** Names an entry: a page that holds it twice gives one row. */
  readonly id: (entry: T) => string;
  readonly row: (entry: T) => object;
  /** Gives a row for each of them that this reading had not met before. */
  readonly statement: (rows: Jsonb, mark: string, at: string) => RawBuilder<unknown>;
}

const upserts: { readonly [S in SweepStream]: Upsert<Swept[S]> } = {
  devices: {
    id: ({ deviceId }) => deviceId,
    row: (device) => ({ ...device, folded: foldedName(device.name), solid: solidName(device.name) }),
    statement: (rows, mark, at) => sql`
      insert into keydesk.device as d (device_id, object_id, name, name_folded, name_solid, operating_system, os_version, join_type, enabled, last_sign_in, first_seen, seen)
      select "deviceId", "objectId", name, folded, solid, "operatingSystem", "osVersion", "joinType", enabled, "lastSignIn", ${at}::timestamptz, ${mark}::bigint
      from jsonb_to_recordset(${rows}::jsonb) as r("deviceId" uuid, "objectId" uuid, name text, folded text, solid text, "operatingSystem" text, "osVersion" text, "joinType" text, enabled boolean, "lastSignIn" timestamptz)
      on conflict (device_id) do update set object_id = excluded.object_id, name = excluded.name, name_folded = excluded.name_folded, name_solid = excluded.name_solid,
        operating_system = excluded.operating_system, os_version = excluded.os_version, join_type = excluded.join_type, enabled = excluded.enabled,
        last_sign_in = excluded.last_sign_in, seen = excluded.seen, deleted_at = null
      where d.seen <> excluded.seen returning 1`,
  },
  managed: {
    id: ({ intuneId }) => intuneId,
    row: (device) => ({ ...device, folded: foldedName(device.name) }),
    statement: (rows, mark) => sql`
      insert into keydesk.managed_device as m (intune_id, device_id, name_folded, primary_user, encrypted, enrolled_at, last_sync, seen)
      select "intuneId", "deviceId", folded, "primaryUser", encrypted, "enrolledAt", "lastSync", ${mark}::bigint
      from jsonb_to_recordset(${rows}::jsonb) as r("intuneId" uuid, "deviceId" uuid, folded text, "primaryUser" text, encrypted boolean, "enrolledAt" timestamptz, "lastSync" timestamptz)
      on conflict (intune_id) do update set device_id = excluded.device_id, name_folded = excluded.name_folded, primary_user = excluded.primary_user,
        encrypted = excluded.encrypted, enrolled_at = excluded.enrolled_at, last_sync = excluded.last_sync, seen = excluded.seen
      where m.seen <> excluded.seen returning 1`,
  },
  encryption: {
    id: ({ intuneId }) => intuneId,
    row: ({ intuneId, name, ...report }) => ({ id: intuneId, folded: foldedName(name), report }),
    statement: (rows, mark) => sql`
      insert into keydesk.encryption_report as e (id, name_folded, report, seen)
      select id, folded, report, ${mark}::bigint from jsonb_to_recordset(${rows}::jsonb) as r(id uuid, folded text, report jsonb)
      on conflict (id) do update set name_folded = excluded.name_folded, report = excluded.report, seen = excluded.seen
      where e.seen <> excluded.seen returning 1`,
  },
  keys: {
    id: ({ keyId, deviceId }) => `${keyId} ${deviceId}`,
    row: (key) => key,
    statement: (rows, mark) => sql`
      insert into keydesk.device_key as k (key_id, device_id, volume, created_at, seen)
      select "keyId", "deviceId", "volumeType", "createdAt", ${mark}::bigint
      from jsonb_to_recordset(${rows}::jsonb) as r("keyId" uuid, "deviceId" uuid, "volumeType" text, "createdAt" timestamptz)
      on conflict (key_id, device_id) do update set volume = excluded.volume, created_at = excluded.created_at, seen = excluded.seen
      where k.seen <> excluded.seen returning 1`,
  },
};

/** One statement; `fresh`: how many of them this reading had not met before. */
export function rowsOfPage<S extends SweepStream>(stream: S, entries: readonly Swept[S][], mark: string, at: string): RawBuilder<{ readonly fresh: number }> {
  const { id, row, statement } = upserts[stream];
  const put = statement(jsonb([...new Map(entries.map((entry) => [id(entry), row(entry)])).values()]), mark, at);
  return sql<{ readonly fresh: number }>`with put as (${put}) select count(*)::int as fresh from put`;
}

const tables: Readonly<Record<SweepStream, string>> = { devices: 'keydesk.device', managed: 'keydesk.managed_device', encryption: 'keydesk.encryption_report', keys: 'keydesk.device_key' };

/** What a reading that came to its end did not meet: a device keeps its row, with the date, and is listed no more; the rest is as if never seen. */
export const goneOf = (stream: SweepStream, mark: string, at: string): RawBuilder<unknown> =>
  stream === 'devices'
    ? sql`
        with gone as (update keydesk.device set deleted_at = ${at}::timestamptz where seen < ${mark}::bigint and deleted_at is null returning device_id)
        delete from keydesk.device_item i using gone where i.device_id = gone.device_id`
    : sql`delete from ${sql.table(tables[stream])} where seen < ${mark}::bigint`;
