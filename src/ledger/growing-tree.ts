// The tree while a million entries are read: the same hashes as in tree.ts, without a copy of the range for each leaf.
// It holds what it is given, so hashes that lie in rows need not be made anew.
import { isDigest, nodeDigest } from './passing-hash.ts';
import { type CompactRange, emptyRange, nodeHash, rootOf } from './tree.ts';

const bytes = 32;
/** Nodes above so many levels stay in the range for more than a few rows. */
const staysFrom = 5;
const empty = new Uint8Array();

export class GrowingTree {
  #size: number;
  readonly #nodes: Uint8Array[];

  constructor(range: CompactRange = emptyRange) {
    this.#size = range.size;
    this.#nodes = range.nodes.slice();
  }

  get size(): number {
    return this.#size;
  }

  /** One leaf more. @param leaf kept */
  add(leaf: Uint8Array): void {
    let node = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = this.#nodes.pop();
      if (left !== undefined) node = nodeHash(left, node);
    }
    this.#nodes.push(node);
    this.#size += 1;
  }

  /**
   * One leaf more, together with the inner nodes that were stored as those that it completes.
   * @param leaf kept, and so are parts of `stored`
   * @returns false, and nothing has changed, when they are other ones, or more, or fewer
   */
  addStored(leaf: Uint8Array, stored: Uint8Array | null): boolean {
    const nodes = stored ?? empty;
    let node = leaf;
    let level = 0;
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = this.#nodes[this.#nodes.length - 1 - level];
      if (left === undefined || !isDigest(nodeDigest(left, node), nodes, level * bytes)) return false;
      node = nodes.subarray(level * bytes, (level + 1) * bytes);
      level += 1;
    }
    if (nodes.length !== level * bytes) return false;
    this.#nodes.length -= level;
    // What stays for long is taken out of the memory that it came in, a whole batch of rows perhaps.
    this.#nodes.push(level < staysFrom ? node : Buffer.from(node));
    this.#size += 1;
    return true;
  }

  root(): Uint8Array {
    return rootOf(this.range());
  }

  /** As it is now; it does not change with the tree. */
  range(): CompactRange {
    return { size: this.#size, nodes: this.#nodes.slice() };
  }
}
