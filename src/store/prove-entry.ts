// The proof of one entry: O(log n) rows, and the newest checkpoint. Nothing is signed for it.
import { sql } from 'kysely';
import type { EntryProof } from '../ledger/entry-proof.ts';
import { parseCheckpoint } from '../ledger/checkpoint.ts';
import { inclusionNodes, inclusionProof, isIncluded } from '../ledger/proofs.ts';
import { leafHash } from '../ledger/tree.ts';
import type { Database } from './database.ts';
import { newestOf } from './examine-ledger.ts';
import { orFault } from './faults.ts';
import { storedHashes } from './tree.ts';

export type NoProof =
  | { readonly kind: 'missing'; readonly newest: number }
  /** The newest checkpoint is over fewer entries; 0 when there is none. */
  | { readonly kind: 'uncovered'; readonly size: number }
  /** What is stored does not make the root that was signed. */
  | { readonly kind: 'unfitting'; readonly size: number };

/** @param seq from 1. Throws a Fault `ledger-unavailable`. */
export const proofOf = ({ db }: Pick<Database, 'db'>, seq: number): Promise<EntryProof | NoProof> =>
  orFault('ledger-unavailable', () =>
    db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (tx): Promise<EntryProof | NoProof> => {
        const { rows } = await sql<{ body: Buffer }>`select body from keydesk.ledger_entry where seq = ${seq}::bigint`.execute(tx);
        const body = rows[0]?.body;
        const { head, checkpoint } = await newestOf(tx);
        if (body === undefined) return { kind: 'missing', newest: head };
        const said = parseCheckpoint(checkpoint?.note ?? '');
        if (checkpoint === undefined || said === undefined || said.size < seq) return { kind: 'uncovered', size: said?.size ?? 0 };
        const index = seq - 1;
        const hashes = await storedHashes(tx, inclusionNodes(index, said.size));
        const path = inclusionProof(index, said.size, (node) => hashes(node) ?? new Uint8Array());
        return isIncluded(leafHash(body), index, said.size, path, said.root) ? { body, index, path, note: checkpoint.note } : { kind: 'unfitting', size: said.size };
      }),
  );
