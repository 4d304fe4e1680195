// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.
//
// The tree beside the entries. A row keeps, in `nodes`, the hashes of all inner nodes that its entry completes: entry
// n is the last leaf of a perfect subtree of 2^k leaves for each k up to the number of times that 2 divides n. So node
// (level k, index i) lies in the row of entry (i + 1) · 2^k, at byte 32 · (k - 1), and every node is found by the
// primary key. Each entry has one node on average; an append reads at most log n rows, one and a half on average.
//
// The trigger is written for speed: it is a third of what an append costs the server. Assignments and conditions are
// simple expressions, which cost a fraction of a query; the bytes are read before the lock is taken; the one query behind
// the lock brings the newest entry's hash too, which is the left half of the lowest node, so that only every fourth
// entry looks further back. jsonb and not json: what the server has taken, it can read in every query later.

export const name = '0003-tree';

export const sql = `
alter table keydesk.ledger_entry add column nodes bytea;
comment on column keydesk.ledger_entry.nodes is 'hashes of the inner nodes that this entry completes, 32 bytes each, the lowest first; null where there is none';

-- Given the nodes up to the one of "width" leaves, adds the higher ones that entry "seq" completes.
create function keydesk.inner_nodes(seq bigint, nodes bytea, width bigint) returns bytea language plpgsql as $$
declare
  node bytea := substr(nodes, length(nodes) - 31);
  sibling bytea;
begin
  while seq % (2 * width) = 0 loop
    -- The left neighbour is the last leaf of a subtree of that width, and of no larger one: its last node is the one.
    select substr(e.nodes, length(e.nodes) - 31) into sibling from keydesk.ledger_entry e where e.seq = inner_nodes.seq - width;
    node := sha256('\\x01'::bytea || sibling || node);
    nodes := nodes || node;
    width := 2 * width;
  end loop;
  return nodes;
end $$;

create or replace function keydesk.seal_entry() returns trigger language plpgsql as $$
declare
  entry jsonb := convert_from(new.body, 'UTF8')::jsonb;
  locked text;
  last_leaf bytea;
begin
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
  locked := pg_advisory_xact_lock(75836100001)::text;
  -- Behind the lock: each statement of a trigger sees what was committed before it.
  select l.seq, l.leaf_hash into new.seq, last_leaf from keydesk.ledger_entry l order by l.seq desc limit 1;
  new.seq := coalesce(new.seq, 0) + 1;
  new.nodes := null;
  if new.seq % 2 = 0 then
    new.nodes := sha256('\\x01'::bytea || last_leaf || new.leaf_hash);
    if new.seq % 4 = 0 then new.nodes := keydesk.inner_nodes(new.seq, new.nodes, 2); end if;
  end if;
  return new;
end $$;

-- Entries that were there before get the nodes they would have had.
alter table keydesk.ledger_entry disable trigger append_only;
do $$
declare
  entry record;
begin
  for entry in
    select e.seq, sha256('\\x01'::bytea || l.leaf_hash || e.leaf_hash) as lowest
    from keydesk.ledger_entry e join keydesk.ledger_entry l on l.seq = e.seq - 1 where e.seq % 2 = 0 order by e.seq
  loop
    update keydesk.ledger_entry e set nodes = keydesk.inner_nodes(entry.seq, entry.lowest, 2) where e.seq = entry.seq;
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
