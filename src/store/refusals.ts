// Somebody who is refused again and again fills neither the ledger nor the disk: the first refusal with a code is an
// entry at once, those of the next 60 s are counted and become one entry more.
import { type Kysely, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { Fault } from '../domain/fault.ts';
import { type Instant, parseInstant, plusSeconds } from '../domain/instant.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { Ledger } from '../domain/ports.ts';
import { bodyOf, type EntryBody, inOrder, openEntry, parseEntryBody, textsOf } from '../ledger/entry.ts';
import { type PlainTexts, textNames } from '../ledger/texts.ts';
import { appendAll, type Random } from './append.ts';
import { orFault } from './faults.ts';
import type { Tables } from './tables.ts';
import { jsonb } from './values.ts';

const sumSeconds = 60;

export interface Refusals extends Pick<Ledger, 'refuse'> {
  /**
   * Writes the sums of repeated refusals whose 60 s are over, each once over all instances.
   * @returns how many entries were written
   */
  settleRefusals(now: Instant): Promise<number>;
}

export function refusalsIn(db: Kysely<Tables>, random: Random, append: (entry: LedgerEntry) => Promise<void>): Refusals {
  return {
    refuse: (entry) => {
      const { person, code } = entry;
      if (person === undefined || code === undefined) return append(entry);
      return orFault('ledger-unavailable', () => db.transaction().execute((tx) => tally(tx, entry, person.id, code, random)));
    },
    settleRefusals: (now) => orFault('ledger-unavailable', () => settle(db, now, random)),
  };
}

interface Tally {
  readonly ends_at: Date;
  readonly count: number;
  readonly common: unknown;
}

/** The row of (person, code) is the lock: made where it is missing, held until the end of the transaction. */
async function tally(tx: Transaction<Tables>, entry: LedgerEntry, person: string, code: string, random: Random): Promise<void> {
  const ends = plusSeconds(entry.time, sumSeconds);
  const made = await tx
    .insertInto('keydesk.refusal_tally')
    .values({ person_id: person, code, ends_at: ends, count: 0 })
    .onConflict((conflict) => conflict.columns(['person_id', 'code']).doNothing())
    .returning('count')
    .executeTakeFirst();
  if (made !== undefined) return appendAll(tx, [entry], random);

  const row = tx.selectFrom('keydesk.refusal_tally').select(['ends_at', 'count', 'common']).where('person_id', '=', person).where('code', '=', code);
  const running: Tally | undefined = await row.forUpdate().executeTakeFirst();
  // Settled between the two statements: its 60 s are over, and this is the first of the next.
  if (running === undefined) return tally(tx, entry, person, code, random);

  const set = tx.updateTable('keydesk.refusal_tally').where('person_id', '=', person).where('code', '=', code);
  if (entry.time < running.ends_at.toISOString()) {
    await set.set({ count: running.count + 1, common: jsonb(inCommon(running.common, entry)) }).execute();
    return undefined;
  }
  await set.set({ ends_at: ends, count: 0, common: null }).execute();
  return appendAll(tx, [...summed(running), entry], random);
}

/** One tally after the other, each taken out of the table in the transaction that writes its sum. */
async function settle(db: Kysely<Tables>, now: Instant, random: Random): Promise<number> {
  for (let written = 0; ; ) {
    const taken = await db.transaction().execute(async (tx) => {
      const { rows } = await sql<Tally>`
        with due as materialized (
          select person_id, code from keydesk.refusal_tally where ends_at <= ${now}::timestamptz order by ends_at limit 1 for update skip locked)
        delete from keydesk.refusal_tally t using due d where t.person_id = d.person_id and t.code = d.code
        returning t.ends_at, t.count, t.common`.execute(tx);
      const [row] = rows;
      if (row === undefined) return undefined;
      const sums = summed(row);
      await appendAll(tx, sums, random);
      return sums.length;
    });
    if (taken === undefined) return written;
    written += taken;
  }
}

/** Flat, so that two of them can be compared key by key. */
interface Common {
  readonly body: EntryBody;
  readonly texts: PlainTexts;
}
const commonForm = z.object({ body: z.unknown(), texts: z.partialRecord(z.enum(textNames), z.string()) });

/** jsonb keeps no order of keys; that of a body means something. Throws a Fault when it is no body any more. */
function parseCommon(stored: unknown): Common {
  const { body: given, texts } = commonForm.parse(stored);
  const body = parseEntryBody(inOrder(given));
  if (body === undefined) throw new Fault('internal', 'never', { message: 'a tally of refusals cannot be read' });
  return { body, texts: Object.fromEntries(Object.entries(texts)) };
}

/** Of the refusals so far and one more, what all of them say: five misses about one device name it, about two do not. */
function inCommon(stored: unknown, entry: LedgerEntry): Common {
  const latest = { body: bodyOf(entry), texts: textsOf(entry) };
  if (stored === null) return latest;
  const so = parseCommon(stored);
  return parseCommon({ body: { ...shared(so.body, latest.body), ...needed(so.body) }, texts: shared(so.texts, latest.texts) });
}

const needed = ({ v, time, act, outcome, source }: EntryBody): object => ({ v, time, act, outcome, source });

const shared = (so: object, latest: object): object => {
  const other = new Map<string, unknown>(Object.entries(latest));
  return Object.fromEntries(Object.entries(so).filter(([key, value]) => other.get(key) === value));
};

/** The entry for repeats; none when nothing was repeated. Its time is the end of the 60 s. */
function summed(row: Tally): readonly LedgerEntry[] {
  if (row.common === null || row.count === 0) return [];
  const { body, texts } = parseCommon(row.common);
  return [{ ...openEntry(body, texts), time: parseInstant(row.ends_at) ?? body.time, count: row.count }];
}
