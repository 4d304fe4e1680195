// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.
//
// The tree beside the entries. A row keeps, in `nodes`, the hashes of all inner nodes that its entry completes: entry
// n is the last leaf of a perfect subtree of 2^k leaves for each k up to the number of times that 2 divides n. So node
// (level k, index i) lies in the row of entry (i + 1) · 2^k, at byte 32 · (k - 1), and every node is found by the
// primary key. Each entry has one node on average; an append reads at most log n rows, one on average.
//
// The trigger is written for speed: one query fills number and columns, and assignments are cheaper than `perform`.

export const name = '0003-tree';

export const sql = `
alter table keydesk.ledger_entry add column nodes bytea;
comment on column keydesk.ledger_entry.nodes is 'hashes of the inner nodes that this entry completes, 32 bytes each, the lowest first; null where there is none';

create function keydesk.inner_nodes(seq bigint, leaf_hash bytea) returns bytea language plpgsql as $$
declare
  width bigint := 1;
  node bytea := leaf_hash;
  sibling bytea;
  nodes bytea;
begin
  while seq % (2 * width) = 0 loop
    -- The left neighbour is the last leaf of a subtree of that width, and of no larger one: its last node is the one.
    select coalesce(substr(e.nodes, length(e.nodes) - 31), e.leaf_hash) into sibling from keydesk.ledger_entry e where e.seq = inner_nodes.seq - width;
    node := sha256('\\x01'::bytea || sibling || node);
    nodes := coalesce(nodes, ''::bytea) || node;
    width := 2 * width;
  end loop;
  return nodes;
end $$;

create or replace function keydesk.seal_entry() returns trigger language plpgsql as $$
declare
  entry jsonb := convert_from(new.body, 'UTF8')::jsonb;
  locked text := pg_advisory_xact_lock(75836100001)::text;
begin
  -- Behind the lock: each statement of a trigger sees what was committed before it.
  select coalesce(last.seq, 0) + 1, e.time, e.act, e.outcome, e.source, e.code, e.reason, e."personId", e."deviceId", e."keyId", e."requestId"
    into new.seq, new.time, new.act, new.outcome, new.source, new.code, new.reason, new.person_id, new.device_id, new.key_id, new.request_id
    from jsonb_to_record(entry) as e(time timestamptz, act text, outcome text, source text, code text, reason text,
      "personId" uuid, "deviceId" uuid, "keyId" uuid, "requestId" uuid)
    left join (select l.seq from keydesk.ledger_entry l order by l.seq desc limit 1) last on true;
  new.leaf_hash := sha256('\\x00'::bytea || new.body);
  new.nodes := case when new.seq % 2 = 0 then keydesk.inner_nodes(new.seq, new.leaf_hash) end;
  return new;
end $$;

-- Entries that were there before get the nodes they would have had.
alter table keydesk.ledger_entry disable trigger append_only;
do $$
declare
  entry record;
begin
  for entry in select seq, leaf_hash from keydesk.ledger_entry where seq % 2 = 0 order by seq loop
    update keydesk.ledger_entry e set nodes = keydesk.inner_nodes(entry.seq, entry.leaf_hash) where e.seq = entry.seq;
  end loop;
end $$;
alter table keydesk.ledger_entry enable trigger append_only;

-- Summaries ask for a period.
create index ledger_entry_time on keydesk.ledger_entry (time);

-- Signed heads of the tree. Append-only as the entries are.
create table keydesk.ledger_checkpoint (
  size bigint primary key,
  root bytea not null,
  note text not null,
  at timestamptz(3) not null
);
create trigger append_only before update or delete or truncate on keydesk.ledger_checkpoint
  for each statement execute function keydesk.refuse_change();

-- An alert is raised once for what it is about.
create table keydesk.alert_raised (
  kind text not null,
  subject text not null,
  at timestamptz(3) not null,
  primary key (kind, subject)
);
create index alert_raised_at on keydesk.alert_raised (at);
`;
