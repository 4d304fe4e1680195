// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.
//
// What the service may take away, and how little of it: its role may delete neither texts nor requests. Two functions do
// it with the owner's rights (docs/decisions/0014-what-is-kept-and-how-it-is-erased.md). Each refuses what is younger than
// its floor, by the clock of the database, and writes the entry about what it took, whoever calls it and whatever for: a
// service in wrong hands cannot erase without leaving that on record. The owner's own command has no floor and writes
// entries that say more; it calls what is below them.

export const name = '0007-keeping';

export const sql = `
-- Entries are numbered about in the order of their times; the few that came late (sums of refusals after a stop) go when
-- the entries around them go. So texts that are too young are not looked at, and those that are gone cost nothing.
create function keydesk.delete_texts(before timestamptz, most integer) returns integer language plpgsql as $$
declare
  newest bigint;
  gone integer;
begin
  select max(o.seq) into newest from (select e.seq from keydesk.ledger_entry e where e.time < before order by e.time desc limit 1000) o;
  with old as (
    select t.seq from keydesk.ledger_text t join keydesk.ledger_entry e on e.seq = t.seq
    where t.seq <= newest and e.time < before order by t.seq limit most for update of t skip locked)
  delete from keydesk.ledger_text t using old o where t.seq = o.seq;
  get diagnostics gone = row_count;
  return gone;
end $$;

-- Over since before that time: nobody can press anything on the card any more, and the rotation that it tells of is over.
-- An open one that nobody touched is over as well. One that is being read, or whose key is not hidden yet, is not.
create function keydesk.closed_requests(before timestamptz, whose uuid) returns setof uuid language sql stable as $$
  select q.id from keydesk.request q left join keydesk.rotation r on r.id = q.rotation_id
  where q.state <> 'claimed' and (q.state <> 'revealed' or q.hidden_at is not null)
    and greatest(q.expires_at, q.hidden_at, q.show_again_until) < before
    and (r.id is null or r.ended_at < before)
    and (whose is null or q.person_id = whose)
$$;

-- Rotations go after the last request that speaks of them.
create function keydesk.delete_closed(before timestamptz, most integer, out requests integer, out rotations integer) language plpgsql as $$
begin
  with closed as (
    select q.id from keydesk.request q where q.id in (select keydesk.closed_requests(before, null)) limit most for update skip locked)
  delete from keydesk.request q using closed c where q.id = c.id;
  get diagnostics requests = row_count;
  with ended as (
    select r.id from keydesk.rotation r
    where r.ended_at < before and r.look_at is null and not exists (select from keydesk.request q where q.rotation_id = r.id)
    limit most for update skip locked)
  delete from keydesk.rotation r using ended e where r.id = e.id;
  get diagnostics rotations = row_count;
end $$;

-- The bytes of the entry about it, in the order of version 1 (ledger/entry.ts).
create function keydesk.erased_body(erased text, gone integer, before timestamptz) returns bytea language sql stable as $$
  select convert_to(format('{"v":1,"time":"%s","act":"erased","outcome":"done","source":"system","count":%s,"to":"%s","erased":"%s"}',
    to_char(clock_timestamp() at time zone 'UTC', w.form), gone, to_char(before at time zone 'UTC', w.form), erased), 'UTF8')
  from (values ('YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) w (form)
$$;

create function keydesk.erase_texts(before timestamptz, most integer) returns integer language plpgsql security definer set search_path = '' as $$
declare
  gone integer;
begin
  if before is null or before > now() - interval '30 days' then
    raise exception 'texts of the last 30 days stay' using errcode = 'insufficient_privilege';
  end if;
  gone := keydesk.delete_texts(before, most);
  if gone > 0 then insert into keydesk.ledger_entry (body) values (keydesk.erased_body('texts', gone, before)); end if;
  return gone;
end $$;

create function keydesk.forget_closed(before timestamptz, most integer, out requests integer, out rotations integer) language plpgsql security definer set search_path = '' as $$
begin
  if before is null or before > now() - interval '1 day' then
    raise exception 'requests of the last day stay' using errcode = 'insufficient_privilege';
  end if;
  select d.requests, d.rotations into forget_closed.requests, forget_closed.rotations from keydesk.delete_closed(before, most) d;
  if requests + rotations > 0 then insert into keydesk.ledger_entry (body) values (keydesk.erased_body('requests', requests + rotations, before)); end if;
end $$;
`;
