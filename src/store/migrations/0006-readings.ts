// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.
//
// Questions to the ledger while their cards may be used, and files that were offered: kept for a day. No index is added
// to the ledger itself, whose appends would pay for it: reading goes by person, device, time or number, which have one.

export const name = '0006-readings';

export const sql = `
create table keydesk.reading (
  id uuid primary key,
  person_id uuid not null,
  tenant_id uuid not null,
  person_name text not null,
  viewer jsonb not null,
  scope text not null check (scope in ('own-devices', 'own', 'all')),
  filter jsonb not null,
  about text not null,
  head bigint not null,
  count integer not null,
  card jsonb not null,
  at timestamptz(3) not null
);
create index reading_at on keydesk.reading (at);

create table keydesk.export_offer (
  id uuid primary key,
  reading_id uuid not null,
  person_id uuid not null,
  tenant_id uuid not null,
  person_name text not null,
  format text not null,
  file_name text not null,
  state text not null check (state in ('offered', 'taken', 'declined')),
  card jsonb not null,
  at timestamptz(3) not null
);
create index export_offer_at on keydesk.export_offer (at);
`;
