// Proofs of RFC 9162 §2.1.3 and §2.1.4, as pure functions. Making one is two steps: which nodes of the tree it needs,
// for a store to fetch at once, and then the proof from them. Checking one needs nothing but the proof.
import { nodeHash } from './tree.ts';

/** The root of the perfect subtree over the leaves `index · 2^level` up to, without, `(index + 1) · 2^level`; leaves count from 0. */
export interface Node {
  readonly level: number;
  readonly index: number;
}

/** Gives the hash of each node that was asked for. */
export type Hashes = (node: Node) => Uint8Array;

/** Leaves from `from` up to, without, `to`. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The largest power of two smaller than `count`, which is at least 2. */
function split(count: number): number {
  let k = 1;
  while (k * 2 < count) k *= 2;
  return k;
}

/** The perfect subtrees that a span is made of, the largest first. A span of a tree begins where its largest one may. */
function nodesOf({ from, to }: Span): readonly Node[] {
  const nodes: Node[] = [];
  for (let start = from; start < to; ) {
    let level = 0;
    let width = 1;
    while (start % (width * 2) === 0 && start + width * 2 <= to) {
      width *= 2;
      level += 1;
    }
    nodes.push({ level, index: start / width });
    start += width;
  }
  return nodes;
}

/** MTH over a span. */
function hashOf(span: Span, hashes: Hashes): Uint8Array {
  const [last, ...larger] = nodesOf(span).toReversed();
  if (last === undefined) throw new RangeError('a span of a tree holds a leaf at least');
  return larger.reduce((right, left) => nodeHash(hashes(left), right), hashes(last));
}

/** Siblings of a leaf on the way to the root, the lowest first (PATH of RFC 9162 §2.1.3.1). */
function path(index: number, size: number): readonly Span[] {
  const spans: Span[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + split(to - from);
    if (index < middle) {
      spans.unshift({ from: middle, to });
      to = middle;
    } else {
      spans.unshift({ from, to: middle });
      from = middle;
    }
  }
  return spans;
}

/** What shows that the first `older` leaves are still the first (PROOF and SUBPROOF of RFC 9162 §2.1.4.1). */
function steps(older: number, size: number): readonly Span[] {
  const spans: Span[] = [];
  let [from, to] = [0, size];
  // While the older tree is whole on the left edge, its root is known to who checks and is left out.
  let known = true;
  while (older !== to) {
    const middle = from + split(to - from);
    if (older <= middle) {
      spans.unshift({ from: middle, to });
      to = middle;
    } else {
      spans.unshift({ from, to: middle });
      from = middle;
      known = false;
    }
  }
  return known ? spans : [{ from, to }, ...spans];
}

const whole = (value: number, least: number, most: number, what: string): void => {
  if (!Number.isSafeInteger(value) || value < least || value > most) throw new RangeError(`${what}: expected a whole number from ${least} to ${most}`);
};

/** The nodes whose hashes make the head over the first `size` leaves. Throws a RangeError for a size that is none. */
export function rootNodes(size: number): readonly Node[] {
  whole(size, 0, Number.MAX_SAFE_INTEGER, 'size of a tree');
  return nodesOf({ from: 0, to: size });
}

/** @param index of the leaf, from 0 */
export function inclusionNodes(index: number, size: number): readonly Node[] {
  whole(index, 0, size - 1, 'index of a leaf');
  return path(index, size).flatMap(nodesOf);
}

/** @param hashes of all `inclusionNodes` */
export const inclusionProof = (index: number, size: number, hashes: Hashes): readonly Uint8Array[] => path(index, size).map((span) => hashOf(span, hashes));

export function consistencyNodes(older: number, size: number): readonly Node[] {
  whole(older, 0, size, 'size of the older tree');
  return older === 0 ? [] : steps(older, size).flatMap(nodesOf);
}

/** Empty where there is nothing to prove: of an empty tree, and of the same one. */
export const consistencyProof = (older: number, size: number, hashes: Hashes): readonly Uint8Array[] => (older === 0 ? [] : steps(older, size).map((span) => hashOf(span, hashes)));

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const half = (value: number): number => Math.floor(value / 2);
const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** Whether `leaf` (its hash) is number `index` (from 0) of the `size` leaves with this root: RFC 9162 §2.1.3.2. */
export function isIncluded(leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[], root: Uint8Array): boolean {
  if (!isSize(index) || !isSize(size) || index >= size) return false;
  let [fn, sn] = [index, size - 1];
  let hash = leaf;
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && same(hash, root);
}

/** Whether the tree of `size` leaves begins with the `older` ones, by their two roots: RFC 9162 §2.1.4.2. */
export function isConsistent(older: number, size: number, olderRoot: Uint8Array, root: Uint8Array, proof: readonly Uint8Array[]): boolean {
  if (!isSize(older) || !isSize(size) || older > size) return false;
  if (older === 0) return proof.length === 0;
  if (older === size) return proof.length === 0 && same(olderRoot, root);
  const nodes = isPowerOfTwo(older) ? [olderRoot, ...proof] : proof;
  const [first, ...others] = nodes;
  if (first === undefined || proof.length === 0) return false;
  let [fn, sn] = [older - 1, size - 1];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let [before, now] = [first, first];
  for (const node of others) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [before, now] = [nodeHash(node, before), nodeHash(node, now)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      now = nodeHash(now, node);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && same(before, olderRoot) && same(now, root);
}

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest % 2 === 0) rest /= 2;
  return rest === 1;
}
