// One pass over the rows of a ledger. While all fits, a row costs little more than its hash: its own, those of the nodes
// that it completes, those of its texts. From the first one that does not fit, a diagnosis sees every row as well, from
// some rows before it on.
import { checkEntry } from './check-entry.ts';
import { hexOf, rootFits, type TreeRow } from './claims.ts';
import { Diagnosis } from './diagnosis.ts';
import type { Finding } from './findings.ts';
import { GrowingTree } from './growing-tree.ts';
import { isDigest, leafDigest } from './passing-hash.ts';
import type { StoredEntry } from './stored.ts';
import { type CompactRange, leafHash } from './tree.ts';
import type { Fits } from './witnesses.ts';

/** The tree after so many places. */
export interface TreeAt {
  readonly size: number;
  readonly fits: Fits;
}

const snapshotEvery = 32;
const nodeBytes = 32;

export class Reading {
  /** Over the entries that are there. */
  readonly tree = new GrowingTree();
  /** Number of the last entry that is there. */
  last = 0;
  erased = 0;
  #next = 1;
  #diagnosis: Diagnosis | undefined;
  /** The tree some rows ago, twice, and the rows since the older one. */
  #snapshots: readonly [older: CompactRange, newer: CompactRange] = [this.tree.range(), this.tree.range()];
  #since: StoredEntry[] = [];

  /** @param found gets what is wrong with it */
  look(row: StoredEntry, found: Finding[]): void {
    const { seq, body } = row;
    if (body === null) {
      this.#textsAlone(seq, found);
      return;
    }
    if (this.#diagnosis === undefined && seq === this.#next && this.#passes(row, body)) {
      this.#remember(row);
    } else {
      const leaf = leafHash(body);
      if (seq > this.#next) found.push({ kind: 'removed', seq: this.#next, to: seq - 1 });
      if (seq < this.#next) found.push({ kind: 'out-of-order', seq });
      else this.#diagnose().push(treeRow(row, leaf));
      this.tree.add(leaf);
    }
    this.#next = Math.max(this.#next, seq + 1);
    this.last = Math.max(this.last, seq);
    const { erased, found: inItself } = checkEntry(row, body);
    this.erased += erased;
    if (inItself.length > 0) found.push(...inItself);
  }

  /** Whether there may be something to take after each row, not only where a checkpoint is. */
  get isReporting(): boolean {
    return this.#diagnosis !== undefined;
  }

  /** Its hash is that of its bytes, and its nodes are those of the tree, which it then belongs to. */
  #passes({ leaf_hash, nodes }: StoredEntry, body: Uint8Array): boolean {
    return leaf_hash !== null && leaf_hash.length === nodeBytes && isDigest(leafDigest(body), leaf_hash, 0) && this.tree.addStored(leaf_hash, nodes);
  }

  /** Everything was seen. */
  finish(): void {
    this.#diagnosis?.finish();
  }

  /** What the diagnosis has found out since the last call. */
  takeFindings(): readonly Finding[] {
    return this.#diagnosis?.takeFindings() ?? nothing;
  }

  /** The tree as far as it is certain, for comparison with a checkpoint of that size or a larger one. */
  takeTrees(size: number): readonly TreeAt[] {
    if (this.#diagnosis !== undefined) return this.#diagnosis.takeSettled().map((claims) => ({ size: claims.size, fits: (root) => rootFits(claims, root) }));
    if (this.tree.size < size) return nothing;
    return [{ size: this.tree.size, fits: (root) => (Buffer.compare(this.tree.root(), root) === 0 ? 'yes' : 'no') }];
  }

  /**
   * Texts in the place of the next entry outlived it. Further on they prove nothing about what is between: the service's
   * role may write texts under any number; a hole is found by the entry that follows it.
   */
  #textsAlone(seq: number, found: Finding[]): void {
    found.push(seq <= this.#next ? { kind: 'removed', seq, to: seq } : { kind: 'texts-alone', seq });
    if (seq === this.#next) this.#next += 1;
    if (seq < this.#next) this.#diagnose();
  }

  #diagnose(): Diagnosis {
    if (this.#diagnosis === undefined) {
      this.#diagnosis = new Diagnosis(this.#snapshots[0]);
      for (const row of this.#since) if (row.body !== null) this.#diagnosis.push(treeRow(row, leafHash(row.body)));
      this.#since = [];
    }
    return this.#diagnosis;
  }

  #remember(row: StoredEntry): void {
    this.#since.push(row);
    if (this.tree.size % snapshotEvery > 0) return;
    if (this.tree.size > snapshotEvery) this.#since = this.#since.slice(-snapshotEvery);
    this.#snapshots = [this.#snapshots[1], this.tree.range()];
  }
}

const nothing: readonly never[] = [];

function treeRow({ seq, leaf_hash, nodes }: StoredEntry, leaf: Uint8Array): TreeRow {
  const real = hexOf(leaf);
  const stored = leaf_hash === null ? real : hexOf(leaf_hash);
  const hex = nodes === null ? '' : hexOf(nodes);
  return {
    seq,
    real,
    leaf: { hashes: [...new Set([stored, real])], sure: real === stored && leaf_hash !== null },
    nodes: Array.from({ length: Math.ceil(hex.length / (2 * nodeBytes)) }, (_, level) => hex.slice(level * 2 * nodeBytes, (level + 1) * 2 * nodeBytes)),
  };
}
