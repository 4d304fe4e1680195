// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.
//
// Channels that have summaries, what is to be posted there, and how far the ledger was read for alerts. The truth about
// a posting is its row: it is marked `sending` before Teams is called, so that a crash in the middle is seen afterwards.
// The unique indexes hold, whatever an instance does, that a period and an alert have one posting in a channel.

export const name = '0004-channels';

export const sql = `
create table keydesk.channel (
  id text primary key,
  service_url text,
  bot_id text,
  bot_name text,
  locale text,
  -- 'daily 08:00 Europe/Berlin'
  schedule text,
  next_at timestamptz(3),
  covered_to timestamptz(3),
  posted_to timestamptz(3),
  -- Null for the schedule of the configuration.
  subscribed_by uuid,
  -- One posting at a time: whoever is at it.
  busy_until timestamptz(3),
  dead_at timestamptz(3),
  dead_status integer,
  lives integer not null default 0,
  check ((schedule is null) = (next_at is null) and (schedule is null) = (covered_to is null))
);
create index channel_next_at on keydesk.channel (next_at) where next_at is not null;

create table keydesk.posting (
  id bigint generated always as identity primary key,
  channel_id text not null references keydesk.channel (id),
  kind text not null check (kind in ('summary', 'alert')),
  period_from timestamptz(3),
  period_to timestamptz(3),
  entry_seq bigint,
  -- Leaf hash of that entry: in a ledger that was restored, another entry has its number.
  entry_hash bytea,
  state text not null default 'waiting' check (state in ('waiting', 'sending', 'posted', 'unknown', 'dropped')),
  -- As planned at first, and when it is tried next.
  wanted_at timestamptz(3) not null,
  due_at timestamptz(3) not null,
  taken_until timestamptz(3),
  attempt integer not null default 0,
  activity_id text,
  posted_at timestamptz(3),
  -- Of one that is unknown: that a later summary in the channel has said so.
  told boolean not null default false,
  check (case kind when 'summary' then period_from < period_to and entry_seq is null else entry_seq is not null and period_to is null end)
);
create unique index posting_period on keydesk.posting (channel_id, period_to) where kind = 'summary';
create unique index posting_entry on keydesk.posting (channel_id, entry_hash) where kind = 'alert';
create index posting_due on keydesk.posting (due_at) where state = 'waiting';
create index posting_sending on keydesk.posting (taken_until) where state = 'sending';
create index posting_unknown on keydesk.posting (channel_id) where state = 'unknown' and not told;

-- What was there before this version is history and no news.
create table keydesk.watch (
  name text primary key,
  seq bigint not null
);
insert into keydesk.watch (name, seq) select 'alerts', coalesce(max(seq), 0) from keydesk.ledger_entry;
`;
