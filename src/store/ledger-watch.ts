// Reading what is new in the ledger: how far it was read stands in a row, which moves by compare-and-set together with
// what is to be posted. Numbers are given in the order of commit and without a gap, so nothing turns up behind.
import { sql } from 'kysely';
import type { LedgerWatch, WatchedEntry } from '../domain/channel-ports.ts';
import { openEntry, parseBody } from '../ledger/entry.ts';
import { plainTexts } from '../ledger/texts.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';

const watchName = 'alerts';

/**
 * Behind what was read. A ledger that is shorter than that was cut off or restored: then behind its newest checkpoint,
 * because what came after it is new, the alert about the cut among it. Read twice, nothing is raised or posted twice.
 */
const placeToReadFrom = sql`
  select case when w.seq <= coalesce((select max(seq) from keydesk.ledger_entry), 0) then w.seq
    else coalesce((select max(c.size) from keydesk.ledger_checkpoint c where c.size <= coalesce((select max(seq) from keydesk.ledger_entry), 0)), 0) end as seq`;

export function ledgerWatchIn({ db }: Database): LedgerWatch {
  const store = <T>(act: () => Promise<T>): Promise<T> => orFault('store-unavailable', act);
  return {
    read: (most) =>
      store(async () => {
        const { rows } = await sql<StoredRow & { after: string; from: string }>`
          select w.seq as after, f.seq as "from", e.seq, e.body, t.texts from keydesk.watch w
          cross join lateral (${placeToReadFrom}) f
          left join lateral (select seq, body from keydesk.ledger_entry where seq > f.seq order by seq limit ${most}::int) e on true
          left join keydesk.ledger_text t on t.seq = e.seq
          where w.name = ${watchName} order by e.seq`.execute(db);
        const after = Number(rows[0]?.after ?? 0);
        return { after, to: Number(rows.at(-1)?.seq ?? rows[0]?.from ?? after), entries: rows.flatMap(opened) };
      }),
    entry: (seq) =>
      store(async () => {
        const { rows } = await sql<StoredRow>`
          select e.seq, e.body, t.texts from keydesk.ledger_entry e left join keydesk.ledger_text t on t.seq = e.seq where e.seq = ${seq}::bigint`.execute(db);
        return rows.flatMap(opened)[0];
      }),
    advance: (after, to, postings) =>
      store(async () => {
        const { rows } = await sql`
          with moved as (update keydesk.watch set seq = ${to}::bigint where name = ${watchName} and seq = ${after}::bigint returning 1),
          planned as (
            insert into keydesk.posting (channel_id, kind, entry_seq, entry_hash, wanted_at, due_at)
            select p.channel, 'alert', p.entry, e.leaf_hash, p.due, p.due
            from moved, unnest(${postings.map(({ channel }) => channel)}::text[], ${postings.map(({ seq }) => seq)}::bigint[], ${postings.map(({ dueAt }) => dueAt)}::timestamptz[]) as p(channel, entry, due) join keydesk.ledger_entry e on e.seq = p.entry
            order by p.entry
            on conflict do nothing)
          select from moved`.execute(db);
        return rows.length === 1;
      }),
    devicesShown: (person, since, until) =>
      store(async () => {
        const { rows } = await sql<{ count: number }>`
          select count(distinct device_id)::int as count from keydesk.ledger_entry
          where person_id = ${person}::uuid and act = 'revealed' and outcome = 'done' and time > ${since}::timestamptz and time <= ${until}::timestamptz`.execute(db);
        return rows[0]?.count ?? 0;
      }),
    refusedInARow: (person, since, seq, except) =>
      store(async () => {
        // Repeats were summed: such an entry stands for all that came within its minute.
        // A count beyond all measure is counted up to a million: an entry over which this stumbled would hold up all alerts.
        const { rows } = await sql<{ count: number }>`
          select least(coalesce(sum(coalesce((convert_from(e.body, 'UTF8')::jsonb ->> 'count')::numeric, 1)), 0), 1000000)::int as count from keydesk.ledger_entry e
          where e.person_id = ${person}::uuid and e.act in ('refused', 'role-denied') and e.time > ${since}::timestamptz and e.seq <= ${seq}::bigint
            and (e.code is null or e.code <> all (${[...except]}::text[]))
            and e.seq > coalesce((
              select max(s.seq) from keydesk.ledger_entry s
              where s.person_id = ${person}::uuid and s.act in ('revealed', 'asked') and s.outcome = 'done' and s.time > ${since}::timestamptz and s.seq <= ${seq}::bigint), 0)`.execute(db);
        return rows[0]?.count ?? 0;
      }),
  };
}

interface StoredRow {
  readonly seq: string | null;
  readonly body: Buffer | null;
  readonly texts?: unknown;
}

/** One that is not what Keydesk writes is for verify to tell of. */
function opened({ seq, body, texts }: StoredRow): readonly WatchedEntry[] {
  const parsed = body === null ? undefined : parseBody(body);
  return parsed === undefined || seq === null ? [] : [{ seq: Number(seq), entry: openEntry(parsed, plainTexts(texts ?? {})) }];
}
