import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { consistencyNodes, consistencyProof, type Hashes, inclusionNodes, inclusionProof, isConsistent, isIncluded, type Node, rootNodes } from '../../src/ledger/proofs.ts';
import { emptyRange, extend, leafHash, nodeHash, rootOf } from '../../src/ledger/tree.ts';
import { known } from '../support/known.ts';

const most = 70;
const leaves = Array.from({ length: most }, (_, index) => leafHash(Buffer.of(index)));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const all = (proof: readonly Uint8Array[]): readonly string[] => proof.map(hex);
const largestPower = (count: number): number => 2 ** Math.floor(Math.log2(count - 1));

/** RFC 9162 §2.1.1. */
function head(part: readonly Uint8Array[]): Uint8Array {
  if (part.length <= 1) return part[0] ?? rootOf(emptyRange);
  const k = largestPower(part.length);
  return nodeHash(head(part.slice(0, k)), head(part.slice(k)));
}

/** PATH of RFC 9162 §2.1.3.1, word for word. */
function path(index: number, part: readonly Uint8Array[]): readonly Uint8Array[] {
  if (part.length === 1) return [];
  const k = largestPower(part.length);
  const [left, right] = [part.slice(0, k), part.slice(k)];
  return index < k ? [...path(index, left), head(right)] : [...path(index - k, right), head(left)];
}

/** SUBPROOF of RFC 9162 §2.1.4.1, word for word. */
function subproof(older: number, part: readonly Uint8Array[], whole: boolean): readonly Uint8Array[] {
  if (older === part.length) return whole ? [] : [head(part)];
  const k = largestPower(part.length);
  const [left, right] = [part.slice(0, k), part.slice(k)];
  return older <= k ? [...subproof(older, left, whole), head(right)] : [...subproof(older - k, right, false), head(left)];
}

const nameOf = ({ level, index }: Node): string => `${level}/${index}`;
const heads = Array.from({ length: most + 1 }, (_, size) => head(leaves.slice(0, size)));
const headOf = (size: number): Uint8Array => known(heads[size]);
const leafAt = (index: number): Uint8Array => known(leaves[index]);
const nodes = new Map(
  Array.from({ length: 7 }, (_, level) => level).flatMap((level) =>
    Array.from({ length: Math.floor(most / 2 ** level) }, (_, index) => [nameOf({ level, index }), head(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))] as const),
  ),
);

/** A store that gives out what was asked for beforehand, and nothing else. */
function storeWith(asked: readonly Node[]): Hashes {
  const names = new Set(asked.map(nameOf));
  return (node) => {
    assert.ok(names.has(nameOf(node)), `${nameOf(node)} was not asked for`);
    return known(nodes.get(nameOf(node)));
  };
}

const prove = (index: number, size: number): readonly Uint8Array[] => inclusionProof(index, size, storeWith(inclusionNodes(index, size)));
const proveBoth = (older: number, size: number): readonly Uint8Array[] => consistencyProof(older, size, storeWith(consistencyNodes(older, size)));
const another = Buffer.alloc(32, 9);
const sizes = fc.integer({ min: 1, max: most }).chain((size) => fc.record({ size: fc.constant(size), index: fc.integer({ min: 0, max: size - 1 }) }));

/** Everything that is not the proof, and close to it. */
function touched(proof: readonly Uint8Array[]): Readonly<Record<string, readonly Uint8Array[]>> {
  return {
    'a node more at its end': [...proof, another],
    'a node more at its beginning': [another, ...proof],
    'its last node twice': [...proof, ...proof.slice(-1)],
    'a node less at its end': proof.slice(0, -1),
    'a node less at its beginning': proof.slice(1),
    'other nodes': proof.map(() => another),
    'its nodes the other way round': proof.toReversed(),
    'a node cut short': proof.map((node, at) => (at === 0 ? node.slice(1) : node)),
  };
}

describe('ledger/proofs: inclusion', () => {
  it('is the path of the definition, for every leaf of every tree up to 70', () => {
    for (let size = 1; size <= most; size += 1) for (let index = 0; index < size; index += 1) assert.deepEqual(all(prove(index, size)), all(path(index, leaves.slice(0, size))), `${index} of ${size}`);
  });

  it('shows every leaf of every tree up to 70, and shows it nowhere else', () => {
    for (let size = 1; size <= most; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const proof = prove(index, size);
        assert.equal(isIncluded(leafAt(index), index, size, proof, headOf(size)), true, `${index} of ${size}`);
        for (const other of [index - 1, index + 1]) assert.equal(isIncluded(leafAt(index), other, size, proof, headOf(size)), false, `${index} of ${size} at ${other}`);
      }
    }
  });

  it('shows no other leaf, under no other root, and in no tree of another height', () =>
    fc.assert(
      fc.property(sizes, ({ index, size }) => {
        const proof = prove(index, size);
        assert.equal(isIncluded(another, index, size, proof, headOf(size)), false);
        assert.equal(isIncluded(leafAt(index), index, size, proof, another), false);
        assert.equal(isIncluded(leafAt(index), index, size * 2 + 1, proof, headOf(size)), false);
      }),
    ));

  it('is none with a node more, a node less, other nodes or another order', () => {
    for (let size = 2; size <= most; size += 1) {
      const index = (size * 7) % size === 0 ? size - 1 : (size * 7) % size;
      const proof = prove(index, size);
      for (const [what, tampered] of Object.entries(touched(proof))) {
        if (all(tampered).join() !== all(proof).join()) assert.equal(isIncluded(leafAt(index), index, size, tampered, headOf(size)), false, `${index} of ${size} with ${what}`);
      }
    }
  });

  it('does not take left for right: swapped sides make another root', () => {
    const [left, right] = [leafAt(0), leafAt(1)];
    assert.equal(isIncluded(left, 0, 2, [right], headOf(2)), true);
    assert.equal(isIncluded(left, 1, 2, [right], headOf(2)), false);
    assert.equal(isIncluded(right, 0, 2, [left], headOf(2)), false);
  });

  it('does not take an inner node for a leaf of a smaller tree', () => {
    const inner = nodeHash(leafAt(0), leafAt(1));
    assert.equal(isIncluded(inner, 0, 2, [nodeHash(leafAt(2), leafAt(3))], headOf(4)), true, 'by its hash alone nobody could tell');
    assert.equal(isIncluded(leafHash(Buffer.concat([Buffer.of(1), leafAt(0), leafAt(1)])), 0, 2, [nodeHash(leafAt(2), leafAt(3))], headOf(4)), false);
  });

  it('is none outside of the tree, and for numbers that are none', () => {
    for (const [index, size] of [[1, 1], [0, 0], [-1, 1], [0.5, 2], [0, Number.NaN], [0, Infinity], [5, 4]] as const) assert.equal(isIncluded(leafAt(0), index, size, [], leafAt(0)), false, `${index} of ${size}`);
    assert.equal(isIncluded(leafAt(0), 0, 1, [], leafAt(0)), true);
    assert.throws(() => inclusionNodes(4, 4), RangeError);
    assert.throws(() => inclusionNodes(-1, 4), RangeError);
    assert.throws(() => inclusionNodes(0, 0), RangeError);
  });
});

describe('ledger/proofs: consistency', () => {
  it('is the subproof of the definition, for every two sizes up to 70', () => {
    for (let size = 1; size <= most; size += 1) for (let older = 1; older <= size; older += 1) assert.deepEqual(all(proveBoth(older, size)), all(subproof(older, leaves.slice(0, size), true)), `${older} in ${size}`);
  });

  it('shows every older tree in every newer one up to 70, and no tree of a neighbouring size', () => {
    for (let size = 1; size <= most; size += 1) {
      for (let older = 0; older <= size; older += 1) {
        const proof = proveBoth(older, size);
        assert.equal(isConsistent(older, size, headOf(older), headOf(size), proof), true, `${older} in ${size}`);
        for (const other of [older - 1, older + 1]) if (other > 0 && other <= size) assert.equal(isConsistent(other, size, headOf(older), headOf(size), proof), false, `${other} for ${older} in ${size}`);
      }
    }
  });

  it('does not show a tree in which an older leaf is another one', () =>
    fc.assert(
      fc.property(sizes, ({ index, size }) => {
        const rewritten = leaves.slice(0, size).with(index, another);
        for (let older = index + 1; older < size; older += 1) {
          for (const proof of [proveBoth(older, size), subproof(older, rewritten, true)]) assert.equal(isConsistent(older, size, headOf(older), head(rewritten), proof), false, `${older} in ${size}`);
        }
      }),
      { numRuns: 40 },
    ));

  it('is none with a node more, a node less, other nodes or another order', () => {
    for (let size = 2; size <= most; size += 1) {
      for (let older = 1; older < size; older += 3) {
        const proof = proveBoth(older, size);
        for (const [what, tampered] of Object.entries(touched(proof))) {
          if (all(tampered).join() !== all(proof).join()) assert.equal(isConsistent(older, size, headOf(older), headOf(size), tampered), false, `${older} in ${size} with ${what}`);
        }
      }
    }
  });

  it('of the same tree and of an empty one is empty, and nothing else', () => {
    assert.equal(isConsistent(5, 5, headOf(5), headOf(5), []), true);
    assert.equal(isConsistent(5, 5, headOf(5), another, []), false);
    assert.equal(isConsistent(5, 5, headOf(5), headOf(5), [another]), false);
    assert.equal(isConsistent(0, 5, headOf(0), headOf(5), []), true);
    assert.equal(isConsistent(0, 5, headOf(0), headOf(5), [another]), false);
  });

  it('is none with the trees the wrong way round, the roots exchanged, and for numbers that are none', () => {
    const proof = proveBoth(3, 7);
    assert.equal(isConsistent(7, 3, headOf(7), headOf(3), proof), false);
    assert.equal(isConsistent(3, 7, headOf(7), headOf(3), proof), false);
    for (const [older, size] of [[-1, 3], [1.5, 3], [3, Infinity], [Number.NaN, 3]] as const) assert.equal(isConsistent(older, size, headOf(3), headOf(7), proof), false);
    assert.throws(() => consistencyNodes(5, 4), RangeError);
  });
});

describe('ledger/proofs: the root', () => {
  it('is made of one node for each bit of the size', () => {
    for (let size = 0; size <= most; size += 1) {
      const range = leaves.slice(0, size).reduce(extend, emptyRange);
      assert.deepEqual(all(rootNodes(size).map(storeWith(rootNodes(size)))), all(range.nodes));
      assert.equal(hex(rootOf(range)), hex(headOf(size)));
    }
    assert.throws(() => rootNodes(-1), RangeError);
  });

  it('asks for no more than twice the height of the tree, whatever the sizes', () => {
    const size = 987_654_321;
    for (const index of [0, 1, 12_345_678, size - 1]) {
      assert.ok(inclusionNodes(index, size).length <= 60, `${index}`);
      assert.ok(consistencyNodes(index + 1, size).length <= 60, `${index}`);
    }
  });
});
