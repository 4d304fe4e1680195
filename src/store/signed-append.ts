// Checkpoints into the database, alone or together with the entries that they are the first to cover.
import { type Kysely, sql } from 'kysely';
import { Fault } from '../domain/fault.ts';
import type { Instant } from '../domain/instant.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { SignedHead } from '../domain/kept-ledger.ts';
import { originOf, signCheckpoint } from '../ledger/checkpoint.ts';
import { inWords } from '../ledger/misfit.ts';
import { renamed, type Signer } from '../ledger/signed-note.ts';
import { type CompactRange, rootOf } from '../ledger/tree.ts';
import { appendAll, type Random } from './append.ts';
import type { Tables } from './tables.ts';
import { walk } from './tree.ts';

export interface Seal {
  readonly tenantId: string;
  readonly epoch: number;
  readonly signer: Signer;
  readonly at: Instant;
}

/**
 * A checkpoint over `range`, durable when the statement has committed. Commits of entries may not be on disk when they
 * are seen (decision 6); this one waits for the disk and stands behind them in the log, so whatever it covers is there
 * before anybody gets to see it.
 * @returns undefined when there is one over so many entries already
 */
export async function insertCheckpoint(db: Kysely<Tables>, range: CompactRange, { tenantId, epoch, signer, at }: Seal): Promise<SignedHead | undefined> {
  const origin = originOf(tenantId, epoch);
  const { size } = range;
  const root = rootOf(range);
  const note = signCheckpoint({ origin, size, root }, renamed(signer, origin));
  const { rows } = await sql`
    insert into keydesk.ledger_checkpoint (size, root, note, at) values (${size}::bigint, ${root}::bytea, ${note}, ${at}::timestamptz)
    on conflict do nothing returning 1`.execute(db);
  return rows.length === 1 ? { size, note } : undefined;
}

/**
 * Entries and a checkpoint over them in the transaction that is open: no entry that changes who signs, or begins an
 * epoch, is there without one. Takes the ledger's lock, and keeps everybody waiting until the commit.
 * Throws a Fault `ledger-mismatch` when what came behind `range` is not whole.
 */
export async function appendSigned(tx: Kysely<Tables>, range: CompactRange, entries: readonly LedgerEntry[], seal: Seal, random: Random): Promise<SignedHead> {
  await lockLedger(tx);
  await appendAll(tx, entries, random);
  const followed = await walk(tx, range);
  if (followed.kind !== 'followed') throw new Fault('ledger-mismatch', 'never', { message: inWords(followed) });
  const head = await insertCheckpoint(tx, followed.range, seal);
  if (head === undefined) throw new Fault('ledger-mismatch', 'never', { message: `there is a checkpoint over ${followed.range.size} entries, which were not there before` });
  return head;
}

/** The one that every append takes (migrations/0001-ledger-and-requests.ts); given back at the end of the transaction. */
export const lockLedger = (tx: Kysely<Tables>): Promise<unknown> => sql`select pg_advisory_xact_lock(75836100001)`.execute(tx);
