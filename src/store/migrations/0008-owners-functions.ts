// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.
//
// What runs with the owner's rights runs nothing of its caller's. Whoever may connect may make types of their own in
// pg_temp, which PostgreSQL looks into before everything else unless it stands at the end of the path; a domain called
// jsonb, with a check that calls a function of theirs, then ran as the owner wherever a value was made. Two things hold
// now, and either alone would not: the functions with the owner's rights look into pg_catalog first; and the trigger
// that they set off names its types in full, because PL/pgSQL settles the types of variables once for a session, under
// the path of whoever comes first. The bodies are otherwise those of 0003.

export const name = '0008-owners-functions';

export const sql = `
alter function keydesk.erase_texts(timestamptz, integer) set search_path = pg_catalog, pg_temp;
alter function keydesk.forget_closed(timestamptz, integer) set search_path = pg_catalog, pg_temp;

create or replace function keydesk.inner_nodes(seq bigint, nodes pg_catalog.bytea, width bigint) returns pg_catalog.bytea language plpgsql as $$
declare
  node pg_catalog.bytea := substr(nodes, length(nodes) - 31);
  sibling pg_catalog.bytea;
begin
  while seq % (2 * width) = 0 loop
    -- The left neighbour is the last leaf of a subtree of that width, and of no larger one: its last node is the one.
    select substr(e.nodes, length(e.nodes) - 31) into sibling from keydesk.ledger_entry e where e.seq = inner_nodes.seq - width;
    node := sha256('\\x01'::pg_catalog.bytea || sibling || node);
    nodes := nodes || node;
    width := 2 * width;
  end loop;
  return nodes;
end $$;

create or replace function keydesk.seal_entry() returns trigger language plpgsql as $$
declare
  entry pg_catalog.jsonb := convert_from(new.body, 'UTF8')::pg_catalog.jsonb;
  locked pg_catalog.text;
  last_leaf pg_catalog.bytea;
begin
  new.leaf_hash := sha256('\\x00'::pg_catalog.bytea || new.body);
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
  locked := pg_advisory_xact_lock(75836100001)::pg_catalog.text;
  -- Behind the lock: each statement of a trigger sees what was committed before it.
  select l.seq, l.leaf_hash into new.seq, last_leaf from keydesk.ledger_entry l order by l.seq desc limit 1;
  new.seq := coalesce(new.seq, 0) + 1;
  new.nodes := null;
  if new.seq % 2 = 0 then
    new.nodes := sha256('\\x01'::pg_catalog.bytea || last_leaf || new.leaf_hash);
    if new.seq % 4 = 0 then new.nodes := keydesk.inner_nodes(new.seq, new.nodes, 2); end if;
  end if;
  return new;
end $$;
`;
