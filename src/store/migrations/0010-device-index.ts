// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.
//
// The index of the fleet: what a sweep read from Entra and Intune, metadata only. Each source has rows of its own, as it
// gave them; they are joined by deviceId here, and the status that follows from them stands with the device. `seen` is
// the mark of the reading that met a row last: a new mark is drawn whenever a list is read from its beginning, so a row
// with an older mark was not met by a reading that came to its end.

export const name = '0010-device-index';

export const sql = `
create extension if not exists pg_trgm;

-- One run over the tenant. At most one is running, and one instance at a time works on it.
create table keydesk.sweep (
  id bigint generated always as identity primary key,
  state text not null check (state in ('running', 'done')),
  started_at timestamptz(3) not null,
  holder uuid not null,
  held_until timestamptz(3) not null,
  concluding_at timestamptz(3),
  finished_at timestamptz(3),
  complete boolean
);
create unique index sweep_running on keydesk.sweep (state) where state = 'running';
create index sweep_finished on keydesk.sweep (finished_at) where state = 'done';
comment on column keydesk.sweep.concluding_at is 'when all lists had been read: the time of whatever is concluded from them, also after a restart';
comment on column keydesk.sweep.complete is 'every list came to its end';

create sequence keydesk.sweep_mark;
create table keydesk.sweep_stream (
  sweep_id bigint not null references keydesk.sweep on delete cascade,
  stream text not null check (stream in ('devices', 'managed', 'encryption', 'keys')),
  state text not null default 'reading' check (state in ('reading', 'done', 'failed')),
  mark bigint not null default nextval('keydesk.sweep_mark'),
  link text,
  pages int not null default 0,
  entries int not null default 0,
  unreadable int not null default 0,
  empty_run int not null default 0,
  restarts int not null default 0,
  failures int not null default 0,
  wait_until timestamptz(3),
  code text,
  ended_at timestamptz(3),
  primary key (sweep_id, stream)
);
comment on column keydesk.sweep_stream.link is 'the next page as Graph named it; null is the first';

create table keydesk.device (
  device_id uuid primary key,
  object_id uuid not null,
  name text not null,
  name_folded text not null,
  name_solid text not null,
  operating_system text,
  os_version text,
  join_type text not null,
  enabled boolean,
  last_sign_in timestamptz(3),
  first_seen timestamptz(3) not null,
  seen bigint not null,
  deleted_at timestamptz(3),
  status text,
  reason text,
  warnings text[] not null default '{}',
  blocked_by text[] not null default '{}',
  as_of timestamptz(3),
  key_count int not null default 0,
  status_since timestamptz(3),
  known_status text,
  failed_since timestamptz(3)
) with (fillfactor = 80);
comment on column keydesk.device.name_folded is 'lower case, composed letters';
comment on column keydesk.device.name_solid is 'of those, letters and digits alone';
comment on column keydesk.device.known_status is 'the last status other than unknown';
comment on column keydesk.device.failed_since is 'when a sweep found it failed that had not been before; null for those of the first sweep';
create index device_name on keydesk.device (name_folded);
-- Letters and digits without what stands between them: "PC12345" finds PC-12345, and there are fewer trigrams that every
-- name of a fleet has. Entries are put in at once: a list of pending ones would be searched one by one.
create index device_name_trigrams on keydesk.device using gin (name_solid gin_trgm_ops) with (fastupdate = off) where deleted_at is null;
create index device_status on keydesk.device (status, name_folded, device_id) where deleted_at is null;
create index device_failed_since on keydesk.device (failed_since) where failed_since is not null;
create index device_many_keys on keydesk.device (key_count) where key_count >= 150;

create table keydesk.managed_device (
  intune_id uuid primary key,
  device_id uuid,
  name_folded text not null,
  primary_user text,
  encrypted boolean,
  enrolled_at timestamptz(3),
  last_sync timestamptz(3),
  seen bigint not null
) with (fillfactor = 80);
create index managed_device_device on keydesk.managed_device (device_id);
create index managed_device_name on keydesk.managed_device (name_folded);

-- By the id that Intune gave the report: the managed device's, as far as is known.
create table keydesk.encryption_report (
  id uuid primary key,
  name_folded text not null,
  report jsonb not null,
  seen bigint not null
) with (fillfactor = 80);
create index encryption_report_name on keydesk.encryption_report (name_folded);

-- A key may have been backed up from two devices, one after the other.
create table keydesk.device_key (
  key_id uuid not null,
  device_id uuid not null,
  volume text not null,
  created_at timestamptz(3),
  seen bigint not null,
  primary key (key_id, device_id)
) with (fillfactor = 80);
create index device_key_device on keydesk.device_key (device_id);
comment on column keydesk.device_key.created_at is 'null when Entra gave no time that can be read';

-- The five counts of a day, for the trend.
create table keydesk.fleet_day (
  day date primary key,
  counts jsonb not null,
  at timestamptz(3) not null
);
`;
