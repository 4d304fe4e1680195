import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { type CompactRange, emptyRange, extend, leafHash, nodeHash, rootOf } from '../../src/ledger/tree.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const rangeOf = (leaves: readonly Uint8Array[]): CompactRange => leaves.reduce(extend, emptyRange);

// The inputs and tree heads that implementations of Certificate Transparency test each other with.
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const heads = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** RFC 9162 §2.1.1, word for word: split at the largest power of two smaller than n. */
function headByDefinition(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return createHash('sha256').digest();
  if (leaves.length === 1) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(headByDefinition(leaves.slice(0, k)), headByDefinition(leaves.slice(k)));
}

describe('ledger/tree', () => {
  it('has the tree heads of Certificate Transparency', () => {
    const leaves = inputs.map((input) => leafHash(Buffer.from(input, 'hex')));
    assert.deepEqual(
      heads.map((_, index) => hex(rootOf(rangeOf(leaves.slice(0, index + 1))))),
      heads,
    );
  });

  it('has the hash of nothing as the head of an empty tree', () => {
    assert.equal(hex(rootOf(emptyRange)), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('has the head of the definition for any leaves', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 70 }), (bodies) => {
        const leaves = bodies.map(leafHash);
        assert.equal(hex(rootOf(rangeOf(leaves))), hex(headByDefinition(leaves)));
      }),
    );
  });

  it('keeps one node for each bit of its size, so that memory grows with its logarithm', () => {
    const leaf = leafHash(Buffer.of(1));
    let range = emptyRange;
    for (let size = 1; size <= 1025; size += 1) {
      range = extend(range, leaf);
      assert.equal(range.size, size);
      assert.equal(range.nodes.length, size.toString(2).replaceAll('0', '').length);
    }
  });

  it('changes no range that somebody else still holds', () => {
    const two = rangeOf([leafHash(Buffer.of(1)), leafHash(Buffer.of(2))]);
    const before = hex(rootOf(two));
    extend(two, leafHash(Buffer.of(3)));
    assert.equal(hex(rootOf(two)), before);
  });

  it('never takes an inner node for an entry', () => {
    const [left, right] = [leafHash(Buffer.of(1)), leafHash(Buffer.of(2))];
    assert.notEqual(hex(leafHash(Buffer.concat([left, right]))), hex(nodeHash(left, right)));
  });

  it('refuses a range that lost a node', () => {
    assert.throws(() => extend({ size: 3, nodes: [leafHash(Buffer.of(1))] }, leafHash(Buffer.of(2))), RangeError);
  });
});
