// The tree as the stored rows claim it to be, once one of them does not fit: for each subtree the hashes that it may
// have had, and whether that is beyond doubt. So one changed entry is one misfit, and not one on each level above it.
// Pure: a state is never changed, and trying something costs a new one.
import { type CompactRange, nodeHash } from './tree.ts';

/** Hashes in hex. `sure`: it is one of these, as far as the rows before say. No hash at all: unknown. */
export interface Claim {
  readonly hashes: readonly string[];
  readonly sure: boolean;
}

/** The first `size` places of the tree; claims as in a compact range, the largest subtree first. */
export interface Claims {
  readonly size: number;
  readonly subtrees: readonly Claim[];
}

/** A row as the tree sees it. */
export interface TreeRow {
  readonly seq: number;
  /** Hash of its bytes, hex. */
  readonly real: string;
  /** That, and the one stored; in this order when both differ: stored, real. */
  readonly leaf: Claim;
  /** Hex. */
  readonly nodes: readonly string[];
}

export const unknown: Claim = { hashes: [], sure: false };
const mostHashes = 4;

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
const parent = (left: string, right: string): string => hexOf(nodeHash(Buffer.from(left, 'hex'), Buffer.from(right, 'hex')));
const parents = (left: Claim, right: Claim): readonly string[] => left.hashes.flatMap((one) => right.hashes.map((other) => parent(one, other)));

export const claimsOf = ({ size, nodes }: CompactRange): Claims => ({ size, subtrees: nodes.map((node) => ({ hashes: [hexOf(node)], sure: true })) });

/** How many inner nodes the entry in a place (from 1) completes: so many times does 2 divide it. */
export function completedBy(place: number): number {
  let count = 0;
  for (let rest = place; rest % 2 === 0 && rest > 0; rest /= 2) count += 1;
  return count;
}

export interface Placed {
  readonly claims: Claims;
  /** False when the row cannot stand in this place, whatever is unknown. */
  readonly fits: boolean;
  /** How many of its nodes are proven by what is known. */
  readonly proven: number;
}

/** The row in the next place. Where it does not fit, its nodes are taken for possible, and so is what they should be. */
export function place({ size, subtrees }: Claims, row: TreeRow): Placed {
  const levels = completedBy(size + 1);
  const rest = subtrees.slice();
  const shaped = row.nodes.length === levels;
  let fits = shaped;
  let proven = 0;
  let right = row.leaf;
  for (const stored of shaped ? row.nodes : Array.from({ length: levels }, () => undefined)) {
    const left = rest.pop() ?? unknown;
    const possible = parents(left, right);
    if (stored === undefined) {
      right = { hashes: possible.slice(0, mostHashes), sure: false };
    } else if (possible.includes(stored)) {
      proven += 1;
      right = { hashes: [stored], sure: true };
    } else {
      if (left.sure && right.sure) fits = false;
      right = { hashes: [stored, ...possible].slice(0, mostHashes), sure: false };
    }
  }
  return { claims: { size: size + 1, subtrees: [...rest, right] }, fits, proven };
}

/** A place whose entry is missing, and its nodes with it. */
export const skip = ({ size, subtrees }: Claims): Claims => ({ size: size + 1, subtrees: [...subtrees.slice(0, subtrees.length - completedBy(size + 1)), unknown] });

/** Whether the tree so far has this root; `unsure` where too much is unknown to say. */
export function rootFits({ subtrees }: Claims, root: Uint8Array): 'yes' | 'no' | 'unsure' {
  const [last, ...larger] = subtrees.toReversed();
  if (last === undefined) return 'unsure';
  let { hashes, sure } = last;
  for (const left of larger) {
    hashes = parents(left, { hashes, sure }).slice(0, mostHashes ** 2);
    sure = sure && left.sure;
  }
  return hashes.includes(hexOf(root)) ? 'yes' : sure ? 'no' : 'unsure';
}
