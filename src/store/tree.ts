// The tree as it lies beside the entries (migrations/0003-tree.ts): every node is found by the primary key.
import { type Kysely, sql } from 'kysely';
import { type Node, rootNodes } from '../ledger/proofs.ts';
import { type Followed, follow, followedFrom, type TailEntry, type TailFault } from '../ledger/tail.ts';
import { type CompactRange, rootOf } from '../ledger/tree.ts';
import type { Tables } from './tables.ts';

const bytes = 32;
/** The entry in whose row a node lies: the last leaf below it. */
const seqOf = ({ level, index }: Node): number => (index + 1) * 2 ** level;

interface TreeRow {
  readonly seq: string;
  readonly leaf_hash: Buffer;
  readonly nodes: Buffer | null;
}

export type StoredHashes = (node: Node) => Uint8Array | undefined;

/** All at once, in one query. A node whose row is missing, or too short, is undefined. */
export async function storedHashes(db: Kysely<Tables>, nodes: readonly Node[]): Promise<StoredHashes> {
  if (nodes.length === 0) return () => undefined;
  const { rows } = await sql<TreeRow>`select seq, leaf_hash, nodes from keydesk.ledger_entry where seq = any(${[...new Set(nodes.map(seqOf))]}::bigint[])`.execute(db);
  const bySeq = new Map(rows.map((row) => [Number(row.seq), row]));
  return (node) => {
    const row = bySeq.get(seqOf(node));
    if (row === undefined || node.level === 0) return row?.leaf_hash;
    const hash = row.nodes?.subarray((node.level - 1) * bytes, node.level * bytes);
    return hash?.length === bytes ? hash : undefined;
  };
}

/** The first `size` entries as their stored nodes say; undefined where some are missing. */
export function rangeAt(size: number, hashes: StoredHashes): CompactRange | undefined {
  const nodes = rootNodes(size).map(hashes);
  return nodes.every((node) => node !== undefined) ? { size, nodes } : undefined;
}

/** The roots over so many first entries each, in one query. */
export async function rootsAt(db: Kysely<Tables>, sizes: readonly number[]): Promise<(size: number) => Uint8Array | undefined> {
  const hashes = await storedHashes(db, sizes.flatMap(rootNodes));
  return (size) => {
    const range = rangeAt(size, hashes);
    return range && rootOf(range);
  };
}

const batch = 2000;

/** Every entry behind `range`, recomputed from its bytes. Memory is that of one batch. */
export async function walk(db: Kysely<Tables>, range: CompactRange): Promise<Followed | TailFault> {
  let so = followedFrom(range);
  for (;;) {
    const { rows } = await sql<TreeRow & { readonly body: Buffer }>`
      select seq, body, leaf_hash, nodes from keydesk.ledger_entry where seq > ${so.range.size}::bigint order by seq limit ${batch}::int`.execute(db);
    const next = follow(so, rows.map((row): TailEntry => ({ seq: Number(row.seq), body: row.body, leafHash: row.leaf_hash, nodes: row.nodes })));
    if (next.kind !== 'followed' || rows.length < batch) return next;
    so = next;
  }
}
