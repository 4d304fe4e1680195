// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.
//
// Requests of the API have no card; what they came from stands with them. A key that a caller chose for what is to be
// done once is kept for a day, as a hash: it may be anything, a name too. A rotation that became part of another one is
// found by its own number all the same, because somebody outside was told it.

export const name = '0012-api';

export const sql = `
alter table keydesk.request
  alter column card drop not null,
  add column api jsonb,
  add constraint request_asked_from check ((card is null) = (api is not null));

create table keydesk.api_once (
  caller uuid not null,
  key bytea not null,
  wish bytea not null,
  request_id uuid not null,
  at timestamptz(3) not null,
  primary key (caller, key)
);
create index api_once_at on keydesk.api_once (at);

-- The list goes through the fleet in the order of ids, of which a status may be asked for.
create index device_listed on keydesk.device (device_id) where deleted_at is null and status is not null;
create index device_listed_status on keydesk.device (status, device_id) where deleted_at is null and status is not null;

alter table keydesk.rotation add column absorbed uuid[] not null default '{}';
create index rotation_absorbed on keydesk.rotation using gin (absorbed);
`;
