// Counts over a period of the ledger. One statement, so that all of them are of one moment; it reads the rows of the
// period by the index on time and nothing else, and opens the bytes of those only whose columns do not say enough.
import { sql } from 'kysely';
import type { LedgerSummary } from '../domain/channel-ports.ts';
import type { LedgerCounts } from '../domain/channel.ts';
import { parsePersonId } from '../domain/ids.ts';
import { accessSources, alertKinds } from '../domain/ledger-entry.ts';
import { reasonCodes } from '../domain/reason.ts';
import { plainTexts } from '../ledger/texts.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';

interface CountRow {
  readonly what: string;
  readonly name: string | null;
  readonly count: number;
}

export function summaryIn({ db }: Database): LedgerSummary {
  return {
    counts: ({ from, to }) =>
      orFault('store-unavailable', async () => {
        const { rows } = await sql<CountRow>`
          with period as materialized (
            select act, outcome, source, reason, person_id, case when act in ('refused', 'role-denied', 'alert') then convert_from(body, 'UTF8')::jsonb end as said
            from keydesk.ledger_entry where time >= ${from}::timestamptz and time < ${to}::timestamptz),
          shown as (select source, reason, person_id from period where act = 'revealed' and outcome = 'done'),
          people as (select person_id::text as name, count(*)::int as count from shown where person_id is not null group by 1)
          select 'act' as what, act as name, sum(coalesce((said ->> 'count')::int, 1))::int as count from period group by 2
          union all select 'alert', said ->> 'alert', count(*)::int from period where act = 'alert' group by 2
          union all select 'reason', reason, count(*)::int from shown where reason is not null group by 2
          union all select 'source', source, count(*)::int from shown group by 2
          union all select 'people', null, count(*)::int from people
          union all (select 'person', name, count from people order by count desc, name limit 5)`.execute(db);
        return countsFrom(rows);
      }),
    names: (people) =>
      orFault('store-unavailable', async () => {
        if (people.length === 0) return new Map();
        // By the index on (person, act, time): the newest entry of each act that a person leaves behind, and of those the newest.
        const { rows } = await sql<{ id: string; texts: unknown }>`
          select p.id::text as id, t.texts from unnest(${[...people]}::uuid[]) as p(id)
          cross join lateral (
            select newest.seq from unnest(array['revealed', 'asked', 'refused', 'role-denied', 'rotation-scheduled']) as a(act)
            cross join lateral (select e.seq from keydesk.ledger_entry e where e.person_id = p.id and e.act = a.act order by e.time desc limit 1) newest
            order by newest.seq desc limit 1) latest
          join keydesk.ledger_text t on t.seq = latest.seq`.execute(db);
        return new Map(
          rows.flatMap(({ id, texts }) => {
            const [person, name] = [parsePersonId(id), plainTexts(texts).personName];
            return person === undefined || name === undefined || name === '' ? [] : [[person, name] as const];
          }),
        );
      }),
  };
}

function countsFrom(rows: readonly CountRow[]): LedgerCounts {
  const named = (what: string): readonly { readonly name: string; readonly count: number }[] => rows.flatMap((row) => (row.what === what && row.name !== null ? [{ name: row.name, count: row.count }] : []));
  /** However it ended. */
  const all = (...acts: readonly string[]): number => named('act').reduce((total, { name, count }) => (acts.includes(name) ? total + count : total), 0);
  const of = <T extends string>(known: readonly T[], what: string): readonly { readonly name: T; readonly count: number }[] =>
    known.flatMap((name) => named(what).filter((one) => one.name === name).map(({ count }) => ({ name, count }))).sort((a, b) => b.count - a.count);
  return {
    reveals: named('source').reduce((total, { count }) => total + count, 0),
    people: {
      most: named('person').flatMap(({ name, count }) => {
        const id = parsePersonId(name);
        return id === undefined ? [] : [{ id, count }];
      }),
      all: rows.find(({ what }) => what === 'people')?.count ?? 0,
    },
    reasons: of(reasonCodes, 'reason').map(({ name, count }) => ({ reason: name, count })),
    sources: of(accessSources, 'source').map(({ name, count }) => ({ source: name, count })),
    refused: all('refused', 'role-denied'),
    rotations: { done: all('rotation-done'), failed: all('rotation-failed'), overdue: all('rotation-overdue') },
    externalReads: all('external-access'),
    alerts: of(alertKinds, 'alert').map(({ name, count }) => ({ kind: name, count })),
    exports: all('exported'),
    erasures: all('erased'),
  };
}
