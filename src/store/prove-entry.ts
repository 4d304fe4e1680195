// Proofs of entries: O(log n) rows for each, and the newest checkpoint. Nothing is signed for them.
import { type Kysely, sql } from 'kysely';
import { Fault } from '../domain/fault.ts';
import { type EntryProof, writeProof } from '../ledger/entry-proof.ts';
import { type Checkpoint, parseCheckpoint } from '../ledger/checkpoint.ts';
import { inclusionNodes, inclusionProof, isIncluded } from '../ledger/proofs.ts';
import { leafHash } from '../ledger/tree.ts';
import type { Database } from './database.ts';
import { newestOf } from './examine-ledger.ts';
import { orFault } from './faults.ts';
import type { Tables } from './tables.ts';
import { storedHashes } from './tree.ts';

export type NoProof =
  | { readonly kind: 'missing'; readonly newest: number }
  /** The newest checkpoint is over fewer entries; 0 when there is none. */
  | { readonly kind: 'uncovered'; readonly size: number }
  /** What is stored does not make the root that was signed. */
  | { readonly kind: 'unfitting'; readonly size: number };

/** @param seq from 1. Throws a Fault `ledger-unavailable`. */
export const proofOf = (database: Pick<Database, 'db'>, seq: number): Promise<EntryProof | NoProof> =>
  inOneSnapshot(database, async (tx) => {
    const { rows } = await sql<{ body: Buffer }>`select body from keydesk.ledger_entry where seq = ${seq}::bigint`.execute(tx);
    const body = rows[0]?.body;
    const { head, checkpoint } = await newestOf(tx);
    if (body === undefined) return { kind: 'missing', newest: head };
    const said = parseCheckpoint(checkpoint?.note ?? '');
    if (checkpoint === undefined || said === undefined || said.size < seq) return { kind: 'uncovered', size: said?.size ?? 0 };
    return prove(tx, { seq, body }, said, checkpoint.note);
  });

/**
 * Of those entries that the newest checkpoint covers, as text, by their numbers; all against that one.
 * Throws a Fault `ledger-unavailable`, or `ledger-mismatch`.
 */
export const proofsOf = (database: Pick<Database, 'db'>, seqs: readonly number[]): Promise<ReadonlyMap<number, string>> =>
  inOneSnapshot(database, async (tx) => {
    const { checkpoint } = await newestOf(tx);
    const said = parseCheckpoint(checkpoint?.note ?? '');
    if (checkpoint === undefined || said === undefined) return new Map();
    const { rows } = await sql<{ seq: string; body: Buffer }>`select seq, body from keydesk.ledger_entry where seq = any(${seqs}::bigint[]) and seq <= ${said.size}::bigint`.execute(tx);
    const proofs = new Map<number, string>();
    for (const { seq, body } of rows) {
      const proof = await prove(tx, { seq: Number(seq), body }, said, checkpoint.note);
      if ('kind' in proof) throw new Fault('ledger-mismatch', 'never', { message: `entry ${seq} is not in the tree that was signed over ${proof.size} entries` });
      proofs.set(Number(seq), writeProof(proof));
    }
    return proofs;
  });

async function prove(tx: Kysely<Tables>, { seq, body }: { readonly seq: number; readonly body: Uint8Array }, { size, root }: Checkpoint, note: string): Promise<EntryProof | Extract<NoProof, { kind: 'unfitting' }>> {
  const index = seq - 1;
  const hashes = await storedHashes(tx, inclusionNodes(index, size));
  const path = inclusionProof(index, size, (node) => hashes(node) ?? new Uint8Array());
  return isIncluded(leafHash(body), index, size, path, root) ? { body, index, path, note } : { kind: 'unfitting', size };
}

const inOneSnapshot = <T>({ db }: Pick<Database, 'db'>, work: (tx: Kysely<Tables>) => Promise<T>): Promise<T> =>
  orFault('ledger-unavailable', () => db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work));
