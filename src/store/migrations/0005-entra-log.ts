// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.
//
// What was read of Entra's own log, and how far. A row of that log is recorded once, by its id, with what it was found to
// be; the ledger holds what has to stay, so that these rows may go after forty days.

export const name = '0005-entra-log';

export const sql = `
create table keydesk.entra_read (
  id text primary key,
  at timestamptz(3) not null,
  key_id uuid not null,
  device_id uuid,
  verdict text not null check (verdict in ('matched', 'external', 'unexplained', 'failed')),
  -- The intended that explains it.
  entry_seq bigint,
  seen_at timestamptz(3) not null,
  check ((entry_seq is not null) = (verdict = 'matched'))
);
create index entra_read_matched on keydesk.entra_read (key_id, at) where verdict = 'matched';
create index entra_read_seen on keydesk.entra_read (seen_at);

-- One row. Who reads holds it until taken_until; taken names the claim.
create table keydesk.entra_log (
  one boolean primary key check (one),
  taken bigint not null,
  taken_until timestamptz(3),
  next_at timestamptz(3) not null,
  read_to timestamptz(3),
  deep_from timestamptz(3),
  deep_to timestamptz(3),
  judged_to timestamptz(3),
  succeeded_at timestamptz(3),
  unreadable integer not null,
  failed_at timestamptz(3),
  fault text
);
`;
