import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import { seal, type SealedEntry } from '../ledger/entry.ts';
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

/** One entry by itself; durable when the statement is over. */
export const appendAlone = ({ body, texts }: SealedEntry): RawBuilder<unknown> =>
  sql`call keydesk.append_entry(${body}::bytea, ${texts === undefined ? null : jsonb(texts)}::jsonb)`;

/** Entries at the end of a transaction, in their order; nothing may come behind them but the commit. */
export async function appendAll(tx: Kysely<Tables>, entries: readonly LedgerEntry[], random: Random): Promise<void> {
  for (const entry of entries) await sql`with one as (select 1), ${appendedWhen('one', entry, random)} select`.execute(tx);
}
