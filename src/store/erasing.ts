// What the owner may erase: what is known about one person in words. And what there is to erase, for the question before.
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { PersonId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { ErasedKind, LedgerEntry } from '../domain/ledger-entry.ts';
import { appendAll, type Random } from './append.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import type { Tables } from './tables.ts';

export interface Traces {
  /** Entries about the person that still have texts. */
  readonly texts: number;
  /** Requests of the person that are over. */
  readonly requests: number;
  /** Rotations that are over and name the person as a cause. */
  readonly rotations: number;
  /** Refusals that are being summed, with words. */
  readonly refusals: number;
  /** Requests of the person, and rotations that name them, that are not over: they are left. */
  readonly open: number;
}

/** The entry about what was erased. */
export type EntryOf = (erased: ErasedKind, count: number) => LedgerEntry;

/** Everything recorded, closed or ended before `before` about `person`. */
export interface Whose {
  readonly person: PersonId;
  readonly before: Instant;
}

/** What would go. Looks at every entry's bytes: as long as reading the ledger. */
export const tracesOf = ({ db }: Database, whose: Whose): Promise<Traces> =>
  orFault('store-unavailable', () => {
    const count = (from: RawBuilder<unknown>): RawBuilder<unknown> => sql`(select count(*)::int from ${from} counted)`;
    return look(db, sql<Traces>`
      select ${count(sql`(select from keydesk.ledger_text t where t.seq in ${entriesAbout(whose)})`)} as texts,
        ${count(sql`(select keydesk.closed_requests(${whose.before}::timestamptz, ${whose.person}::uuid))`)} as requests,
        ${count(sql`(select from keydesk.rotation r where ${endedWith(whose)} and ${namedIn(whose)})`)} as rotations,
        ${count(sql`(select from keydesk.refusal_tally where ${wordsOf(whose)})`)} as refusals,
        ${openOf(whose)} as open`);
  });

/** The same about everybody, for erasing by age. */
export const oldTraces = ({ db }: Database, before: Instant): Promise<Traces> =>
  orFault('store-unavailable', () =>
    look(db, sql<Traces>`
      select (select count(*)::int from keydesk.ledger_text t join keydesk.ledger_entry e on e.seq = t.seq where e.time < ${before}::timestamptz) as texts,
        (select count(*)::int from keydesk.closed_requests(${before}::timestamptz, null)) as requests,
        (select count(*)::int from keydesk.rotation where ended_at < ${before}::timestamptz and look_at is null) as rotations, 0 as refusals, 0 as open`));

export const nothing: Traces = { texts: 0, requests: 0, rotations: 0, refusals: 0, open: 0 };

const look = (db: Kysely<Tables>, question: RawBuilder<Traces>): Promise<Traces> =>
  db.transaction().execute(async (tx) => {
    await withoutHurry(tx);
    return (await question.execute(tx)).rows[0] ?? nothing;
  });

/**
 * Erases it, with an entry for each kind of which there was something, in one transaction; entries themselves stay. Of
 * causes and tallies the words go and the facts stay, because others speak of them.
 * @returns what went, and what was left open
 */
export const erasePerson = ({ db }: Database, random: Random, whose: Whose, entry: EntryOf): Promise<Traces> =>
  orFault('store-unavailable', () =>
    db.transaction().execute(async (tx) => {
      await withoutHurry(tx);
      const texts = await changed(tx, sql`delete from keydesk.ledger_text where seq in ${entriesAbout(whose)}`);
      const requests = await changed(tx, sql`delete from keydesk.request where id in (select keydesk.closed_requests(${whose.before}::timestamptz, ${whose.person}::uuid))`);
      const rotations = await changed(tx, sql`update keydesk.rotation r set causes = ${namelessCauses(whose)} where ${endedWith(whose)} and ${namedIn(whose)}`);
      const refusals = await changed(tx, sql`update keydesk.refusal_tally set common = jsonb_set(common, '{texts}', '{}') where ${wordsOf(whose)}`);
      const { rows } = await sql<{ open: number }>`select ${openOf(whose)} as open`.execute(tx);
      const gone = { texts, requests, rotations, refusals, open: rows[0]?.open ?? 0 };
      await appendAll(tx, entriesOf(gone, entry), random);
      return gone;
    }),
  );

/** The same by age, about everybody: one batch and its entries, in one transaction. Nothing of all when it was the last. */
export const eraseOlder = ({ db }: Database, random: Random, before: Instant, most: number, entry: EntryOf): Promise<Traces> =>
  orFault('store-unavailable', () =>
    db.transaction().execute(async (tx) => {
      const { rows } = await sql<Pick<Traces, 'texts' | 'requests' | 'rotations'>>`
        select keydesk.delete_texts(${before}::timestamptz, ${most}::int) as texts, c.requests, c.rotations from keydesk.delete_closed(${before}::timestamptz, ${most}::int) c`.execute(tx);
      const gone = { ...nothing, ...rows[0] };
      await appendAll(tx, entriesOf(gone, entry), random);
      return gone;
    }),
  );

const entriesOf = ({ texts, requests, rotations, refusals }: Traces, entry: EntryOf): readonly LedgerEntry[] => {
  const beside = requests + rotations + refusals;
  return [...(texts > 0 ? [entry('texts', texts)] : []), ...(beside > 0 ? [entry('requests', beside)] : [])];
};

/** All of the ledger is read: longer than a statement of the service may take. */
const withoutHurry = (tx: Transaction<Tables>): Promise<unknown> => sql`set local statement_timeout = 0`.execute(tx);

const changed = async (tx: Kysely<Tables>, statement: RawBuilder<unknown>): Promise<number> => Number((await statement.execute(tx)).numAffectedRows ?? 0n);

/**
 * By column where there is one. Whom else an entry is about stands in its bytes alone, which have one spelling. Not those
 * about an earlier erasing: their words say who erased, not whose.
 */
const entriesAbout = ({ person, before }: Whose): RawBuilder<unknown> => sql`(
  select e.seq from keydesk.ledger_entry e where e.person_id = ${person}::uuid and e.time < ${before}::timestamptz
  union
  select e.seq from keydesk.ledger_entry e
  where position(convert_to(${`"subjectId":"${person}"`}, 'UTF8') in e.body) > 0 and e.act <> 'erased' and e.time < ${before}::timestamptz)`;

const erasedName = '(erased)';

const endedWith = ({ person, before }: Whose): RawBuilder<unknown> => sql`r.ended_at < ${before}::timestamptz and r.look_at is null and r.causes @> ${causedBy(person)}::jsonb`;
const causedBy = (person: PersonId): string => JSON.stringify([{ person: { id: person } }]);

const namedIn = ({ person }: Whose): RawBuilder<unknown> => sql`exists (
  select from jsonb_array_elements(r.causes) c where c -> 'person' ->> 'id' = ${person} and (c -> 'person' ->> 'name' <> ${erasedName} or c ?| array['reasonText', 'ticket']))`;

const namelessCauses = ({ person }: Whose): RawBuilder<unknown> => sql`(
  select jsonb_agg(case when c -> 'person' ->> 'id' = ${person} then jsonb_set(c - 'reasonText' - 'ticket', '{person,name}', to_jsonb(${erasedName}::text)) else c end order by place)
  from jsonb_array_elements(r.causes) with ordinality as causes(c, place))`;

const wordsOf = ({ person, before }: Whose): RawBuilder<unknown> => sql`person_id = ${person}::uuid and ends_at < ${before}::timestamptz and common -> 'texts' <> '{}'`;

const openOf = ({ person, before }: Whose): RawBuilder<unknown> => sql`(
  (select count(*)::int from keydesk.request q
    where q.person_id = ${person}::uuid and q.opened_at < ${before}::timestamptz and q.id not in (select keydesk.closed_requests(${before}::timestamptz, ${person}::uuid)))
  + (select count(*)::int from keydesk.rotation r
    where r.look_at is not null and r.created_at < ${before}::timestamptz and r.causes @> ${causedBy(person)}::jsonb))`;
