// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.
//
// The truth about a rotation is its row; the jobs (pg-boss) only wake. `look_at` says when it wants to be worked on, so
// that a job that got lost is found again. The two partial unique indexes hold, whatever an instance does, that a device
// has one rotation ahead of it and one under way at most. One that is overdue holds nobody up.

export const name = '0002-rotations';

export const sql = `
create table keydesk.rotation (
  id uuid primary key,
  device_id uuid not null,
  device jsonb not null,
  causes jsonb not null,
  volume_types jsonb not null,
  state text not null check (state in ('scheduled', 'sending', 'unknown', 'queued', 'waiting', 'overdue', 'done', 'failed')),
  created_at timestamptz(3) not null,
  due_at timestamptz(3) not null,
  attempt integer not null,
  claimed_at timestamptz(3),
  baseline jsonb,
  sent_at timestamptz(3),
  looks integer not null,
  new_keys jsonb not null,
  by_itself boolean,
  failure text,
  error_code integer,
  ended_at timestamptz(3),
  look_at timestamptz(3),
  dead_at timestamptz(3),
  check ((look_at is null) = (state in ('done', 'failed')))
);
create unique index rotation_scheduled on keydesk.rotation (device_id) where state = 'scheduled';
create unique index rotation_running on keydesk.rotation (device_id) where state in ('sending', 'unknown', 'queued', 'waiting');
create index rotation_look_at on keydesk.rotation (look_at) where look_at is not null;

-- Requests that were there before are for a key, and so are those of an instance that is not replaced yet.
alter table keydesk.request
  add column purpose text not null default 'reveal' check (purpose in ('reveal', 'rotate')),
  add column rotation_id uuid,
  drop constraint request_state_check,
  add constraint request_state_check check (state in ('choosing', 'open', 'claimed', 'revealed', 'refused', 'expired', 'cancelled', 'failed', 'started'));
create index request_rotation on keydesk.request (rotation_id) where rotation_id is not null;
`;
