// The tree while a million entries are read: the same hashes as in tree.ts, without a copy of the range for each leaf.
// It holds what it is given, so hashes that lie in rows need not be made anew; a hash made here is written over by the
// next one until it is kept.
import { hash } from 'node:crypto';
import { type CompactRange, emptyRange, nodeHash, rootOf } from './tree.ts';

const bytes = 32;
const empty = Buffer.alloc(0);

// One of each for the whole program: nothing here waits between writing into it and reading it.
const leafInput = { buffer: Buffer.alloc(4096) };
const nodeInput = Buffer.alloc(1 + 2 * bytes, 0x01);
const made = Buffer.alloc(bytes);

// `buffer` as the encoding of the answer makes an allocation outside of the heap each time, which takes longer than hashing.
const digestInto = (input: Uint8Array): Buffer => {
  made.write(hash('sha256', input, 'binary'), 'latin1');
  return made;
};

/** SHA-256(0x00 ‖ body). @returns 32 bytes that the next call writes over */
export function passingLeafHash(body: Uint8Array): Buffer {
  if (body.length >= leafInput.buffer.length) leafInput.buffer = Buffer.alloc(2 * body.length);
  leafInput.buffer[0] = 0x00;
  leafInput.buffer.set(body, 1);
  return digestInto(leafInput.buffer.subarray(0, body.length + 1));
}

/** SHA-256(0x01 ‖ left ‖ right). @returns 32 bytes that the next call writes over */
export function passingNodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + bytes);
  return digestInto(nodeInput);
}

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
      const end = (level + 1) * bytes;
      if (left === undefined || nodes.length < end || passingNodeHash(left, node).compare(nodes, level * bytes, end) !== 0) return false;
      node = nodes.subarray(level * bytes, end);
      level += 1;
    }
    if (nodes.length !== level * bytes) return false;
    this.#nodes.length -= level;
    this.#nodes.push(node);
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
