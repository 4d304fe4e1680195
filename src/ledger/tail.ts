// The newest entries held against their bytes: number, leaf hash and inner nodes are computed anew from a place in the
// tree that is known to be true, and compared with what is stored. Pure; the store reads the rows.
import { parseBody } from './entry.ts';
import { type CompactRange, leafHash, nodeHash } from './tree.ts';

/** What of an entry's row makes the tree. */
export interface TailEntry {
  readonly seq: number;
  readonly body: Uint8Array;
  readonly leafHash: Uint8Array;
  /** 32 bytes for each inner node that the entry completes, the lowest first; null where there is none. */
  readonly nodes: Uint8Array | null;
}

/**
 * An entry that says who signs from here on, or that an epoch begins. Keydesk writes none without a checkpoint over it
 * in the same transaction, so one that no checkpoint covers was written by somebody else.
 */
export interface Mark {
  readonly seq: number;
  readonly act: 'ledger-key' | 'resumed';
  readonly note?: string;
}

/** As far as it was followed: the tree over all entries so far, and the marks since the beginning of the walk. */
export interface Followed {
  readonly kind: 'followed';
  readonly range: CompactRange;
  readonly marks: readonly Mark[];
}

/** `missing`: another number than the next; `changed`: bytes against their hash; `nodes`: stored inner nodes. */
export interface TailFault {
  readonly kind: 'missing' | 'changed' | 'unreadable' | 'nodes';
  readonly seq: number;
}

export const followedFrom = (range: CompactRange): Followed => ({ kind: 'followed', range, marks: [] });

/** @param entries the ones right behind `so`, in the order of their numbers */
export function follow(so: Followed, entries: readonly TailEntry[]): Followed | TailFault {
  const marks: Mark[] = [...so.marks];
  let { range } = so;
  for (const entry of entries) {
    const expected = range.size + 1;
    if (entry.seq !== expected) return { kind: 'missing', seq: expected };
    const leaf = leafHash(entry.body);
    if (!same(leaf, entry.leafHash)) return { kind: 'changed', seq: expected };
    const body = parseBody(entry.body);
    if (body === undefined) return { kind: 'unreadable', seq: expected };
    const next = oneMore(range, leaf);
    if (!same(Buffer.concat(next.completed), entry.nodes ?? new Uint8Array())) return { kind: 'nodes', seq: expected };
    if (body.act === 'ledger-key' || body.act === 'resumed') marks.push({ seq: expected, act: body.act, ...(body.note !== undefined && { note: body.note }) });
    ({ range } = next);
  }
  return { kind: 'followed', range, marks };
}

/** The tree with one leaf more, and the inner nodes that it completes, the lowest first. */
function oneMore(range: CompactRange, leaf: Uint8Array): { readonly range: CompactRange; readonly completed: readonly Uint8Array[] } {
  const nodes = range.nodes.slice();
  const completed: Uint8Array[] = [];
  let node = leaf;
  for (let rest = range.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    const left = nodes.pop();
    if (left === undefined) throw new RangeError(`A compact range of size ${range.size} lacks nodes.`);
    node = nodeHash(left, node);
    completed.push(node);
  }
  nodes.push(node);
  return { range: { size: range.size + 1, nodes }, completed };
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
