import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import { seal, type SealedEntry } from '../ledger/entry.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';
import { jsonb } from './values.ts';

/** As many random bytes as asked for; salts are made of them. */
export type Random = (bytes: number) => Uint8Array;

/**
 * The tail of a `with` list that appends `entry` when `source` (a table of the same list) has a row, in the same
 * statement and transaction as the change that made it. It takes the ledger's lock, therefore it stands in the last
 * statement before a commit.
 */
export function appendedWhen(source: string, entry: LedgerEntry, random: Random): RawBuilder<unknown> {
  const { body, texts } = seal(entry, random);
  const appended = sql`appended as (insert into keydesk.ledger_entry (body) select ${body}::bytea from ${sql.table(source)} returning seq)`;
  return texts === undefined
    ? appended
    : sql`${appended}, kept as (insert into keydesk.ledger_text (seq, texts) select seq, ${jsonb(texts)}::jsonb from appended)`;
}

/** The same for a statement that is written by hand: how its `with` list ends, and the values from number `first` on. */
export function appendedBy(source: string, entry: LedgerEntry, random: Random, first: number): { readonly text: string; readonly values: readonly unknown[] } {
  const { body, texts } = seal(entry, random);
  const text = `appended as (insert into keydesk.ledger_entry (body) select $${first}::bytea from ${source} returning seq)`;
  if (texts === undefined) return { text, values: [body] };
  return { text: `${text}, kept as (insert into keydesk.ledger_text (seq, texts) select seq, $${first + 1}::jsonb from appended)`, values: [body, jsonb(texts)] };
}

/** Entries at the end of a transaction, in their order; nothing may come behind them but the commit. */
export async function appendAll(tx: Kysely<Tables>, entries: readonly LedgerEntry[], random: Random): Promise<void> {
  for (const entry of entries) await sql`with one as (select 1), ${appendedWhen('one', entry, random)} select`.execute(tx);
}

/**
 * One entry by itself; durable when it returns. Alone in this process it is appended by one plain statement, which holds
 * the ledger's lock while it waits for the disk; among others by a procedure that gives the lock back before it waits
 * (docs/decisions/0006-an-append-commits-twice.md) and costs a little more. Both are right in any company.
 * Written by hand and sent without the query builder: this is the statement whose speed is measured.
 */
export function createAppend({ run }: Pick<Database, 'run'>): (entry: SealedEntry) => Promise<void> {
  let under = 0;
  return async ({ body, texts }) => {
    under += 1;
    const values = texts === undefined ? [body] : [body, jsonb(texts)];
    try {
      await run((under === 1 ? alone : amongOthers)[values.length === 1 ? 'bytes' : 'both'], values);
    } finally {
      under -= 1;
    }
  };
}

const alone = {
  bytes: 'insert into keydesk.ledger_entry (body) values ($1)',
  both: 'with appended as (insert into keydesk.ledger_entry (body) values ($1) returning seq) insert into keydesk.ledger_text (seq, texts) select seq, $2 from appended',
};
const amongOthers = { bytes: 'call keydesk.append_entry($1, null)', both: 'call keydesk.append_entry($1, $2)' };
