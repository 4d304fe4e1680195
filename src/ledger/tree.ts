// Merkle tree hashing of RFC 6962 §2.1, the same in RFC 9162 §2.1.1: leaves and nodes are hashed with different first
// bytes, so that no inner node can be passed off as an entry.
import { hash } from 'node:crypto';

const leafPrefix = Buffer.of(0x00);
const nodePrefix = Buffer.of(0x01);

// By way of a string: a digest asked for as a buffer takes an allocation outside of the heap, three times the time.
const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.from(hash('sha256', Buffer.concat(parts), 'binary'), 'latin1');

/** SHA-256(0x00 ‖ body): 32 bytes. */
export const leafHash = (body: Uint8Array): Uint8Array => sha256(leafPrefix, body);

/** SHA-256(0x01 ‖ left ‖ right): 32 bytes. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(nodePrefix, left, right);

/**
 * The first `size` leaves, as the roots of the perfect subtrees that they fill: one for each bit that is set in
 * `size`, the largest first. All that is needed to go on appending, in O(log size) memory; and the very nodes that
 * proofs are made of.
 */
export interface CompactRange {
  readonly size: number;
  readonly nodes: readonly Uint8Array[];
}

export const emptyRange: CompactRange = { size: 0, nodes: [] };

/** One leaf more: every subtree of the same size that it completes is merged, as in a binary counter. */
export function extend(range: CompactRange, leaf: Uint8Array): CompactRange {
  const nodes = range.nodes.slice();
  let node = leaf;
  for (let rest = range.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    const left = nodes.pop();
    if (left === undefined) throw new RangeError(`A compact range of size ${range.size} lacks nodes.`);
    node = nodeHash(left, node);
  }
  nodes.push(node);
  return { size: range.size + 1, nodes };
}

/** The tree head over all leaves of the range; of none, SHA-256 of nothing. */
export function rootOf(range: CompactRange): Uint8Array {
  const [last, ...larger] = range.nodes.toReversed();
  return last === undefined ? sha256() : larger.reduce((right, left) => nodeHash(left, right), last);
}
