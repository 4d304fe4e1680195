// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.
//
// The ledger. An entry is appended by inserting its bytes (`body`) and nothing else. The trigger gives it the next
// number, its leaf hash and its columns, so that no client can choose or forget them; `audit -- verify` recomputes
// all of it. The lock is taken before the newest number is read (each statement in a trigger sees what was committed
// before it), and held until the transaction ends: numbers are given in the order of commit and without a gap.
//
// Stored now for what comes later: the leaf hashes are those of RFC 6962, so inner nodes, signed checkpoints and
// proofs are tables beside this one.

export const name = '0001-ledger-and-requests';

export const sql = `
create table keydesk.ledger_entry (
  seq bigint primary key,
  body bytea not null,
  leaf_hash bytea not null,
  time timestamptz(3) not null,
  act text not null,
  outcome text not null,
  source text not null,
  code text,
  reason text,
  person_id uuid,
  device_id uuid,
  key_id uuid,
  request_id uuid
);
-- Limits of a person, and what a person did.
create index ledger_entry_person on keydesk.ledger_entry (person_id, act, time);
create index ledger_entry_device on keydesk.ledger_entry (device_id, seq) where device_id is not null;

-- Salts and personal texts of an entry. The owner may erase them; the entry stays provable. No foreign key: it would
-- lock and rewrite the entry's row, and verify finds texts without an entry by itself.
create table keydesk.ledger_text (
  seq bigint primary key,
  texts jsonb not null
);

create function keydesk.seal_entry() returns trigger language plpgsql as $$
declare
  entry jsonb := convert_from(new.body, 'UTF8')::jsonb;
begin
  perform pg_advisory_xact_lock(75836100001);
  new.seq := coalesce((select e.seq from keydesk.ledger_entry e order by e.seq desc limit 1), 0) + 1;
  new.leaf_hash := sha256('\\x00'::bytea || new.body);
  new.time := entry->>'time';
  new.act := entry->>'act';
  new.outcome := entry->>'outcome';
  new.source := entry->>'source';
  new.code := entry->>'code';
  new.reason := entry->>'reason';
  new.person_id := entry->>'personId';
  new.device_id := entry->>'deviceId';
  new.key_id := entry->>'keyId';
  new.request_id := entry->>'requestId';
  return new;
end $$;
create trigger seal before insert on keydesk.ledger_entry for each row execute function keydesk.seal_entry();

-- Beside the grants: a slip of the owner's hand does not reach the ledger either.
create function keydesk.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete or truncate on keydesk.ledger_entry
  for each statement execute function keydesk.refuse_change();

-- One entry by itself, in one statement of the client. It commits twice. The first commit does not wait for the disk,
-- so the lock that orders all entries is held for microseconds and not for a write to disk; writers then wait together.
-- The second commit writes a small record and waits until the log is on disk up to it, that is, past the entry.
-- A crash between the two: the log is cut at some point, entries after it are lost, entries before it are whole, and
-- nobody has been told of a lost one. An entry that builds on a lost one stands behind it in the log and is lost too,
-- so there is no gap.
create procedure keydesk.append_entry(body bytea, texts jsonb) language plpgsql as $$
declare
  number bigint;
  -- Assignments and not \`perform\`: a simple expression costs a third of a statement.
  waits text := set_config('synchronous_commit', 'off', true);
  written pg_lsn;
begin
  insert into keydesk.ledger_entry (body) values (append_entry.body) returning seq into number;
  if append_entry.texts is not null then
    insert into keydesk.ledger_text (seq, texts) values (number, append_entry.texts);
  end if;
  commit;
  written := pg_logical_emit_message(true, 'keydesk', '');
end $$;

-- Repeats of a refusal, until they are summed in one entry.
create table keydesk.refusal_tally (
  person_id uuid not null,
  code text not null,
  ends_at timestamptz(3) not null,
  count integer not null,
  -- What all repeats have in common; null before the first repeat.
  common jsonb,
  primary key (person_id, code)
);
create index refusal_tally_ends on keydesk.refusal_tally (ends_at);

-- Messages taken: once each, and counted by person. SHA-256 over conversation and activity.
create table keydesk.ask (
  message bytea primary key,
  person_id uuid not null,
  at timestamptz(3) not null
);
create index ask_person on keydesk.ask (person_id, at);
create index ask_at on keydesk.ask (at);

create table keydesk.request (
  id uuid primary key,
  state text not null check (state in ('choosing', 'open', 'claimed', 'revealed', 'refused', 'expired', 'cancelled', 'failed')),
  person_id uuid not null,
  tenant_id uuid not null,
  person_name text not null,
  viewer jsonb not null,
  caller_proof boolean not null,
  choices jsonb not null,
  offer jsonb,
  preset jsonb not null,
  misses integer not null,
  card jsonb not null,
  opened_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  claimed_at timestamptz(3),
  attempt integer not null,
  given jsonb,
  revealed_at timestamptz(3),
  hide_at timestamptz(3),
  hidden_at timestamptz(3),
  show_again_until timestamptz(3),
  hide_taken_until timestamptz(3)
);
create index request_claimed on keydesk.request (claimed_at) where state = 'claimed';
create index request_to_hide on keydesk.request (hide_at) where state = 'revealed' and hidden_at is null;
`;
