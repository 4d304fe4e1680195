import assert from 'node:assert/strict';
import { GrowingTree } from '../../src/ledger/growing-tree.ts';
import { emptyRange, extend, rootOf } from '../../src/ledger/tree.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { known } from '../support/known.ts';
import { storedRows } from '../support/stored-rows.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const rows = storedRows(Array.from({ length: 40 }, (_, index) => entryOf({ attempt: index + 1 })));
const leafOf = (seq: number): Uint8Array => known(rows[seq - 1]?.leaf_hash ?? undefined);

describe('ledger/growing-tree', () => {
  it('has the root and the range of the tree that is extended, leaf by leaf', () => {
    const [alone, stored] = [new GrowingTree(), new GrowingTree()];
    let range = emptyRange;
    for (const { leaf_hash, nodes } of rows) {
      const leaf = known(leaf_hash ?? undefined);
      alone.add(leaf);
      assert.equal(stored.addStored(leaf, nodes), true);
      range = extend(range, leaf);
      assert.deepEqual([hex(alone.root()), hex(stored.root())], [hex(rootOf(range)), hex(rootOf(range))]);
      assert.deepEqual(stored.range().nodes.map(hex), range.nodes.map(hex));
    }
  });

  it('goes on from any range', () => {
    for (let size = 0; size < 20; size += 1) {
      const tree = new GrowingTree(rows.slice(0, size).reduce((so, { leaf_hash }) => extend(so, known(leaf_hash ?? undefined)), emptyRange));
      for (const { leaf_hash, nodes } of rows.slice(size)) assert.equal(tree.addStored(known(leaf_hash ?? undefined), nodes), true);
      assert.equal(tree.size, rows.length);
    }
  });

  it('takes no other nodes than those that the leaf completes, and is as it was then', () => {
    for (let seq = 1; seq <= rows.length; seq += 1) {
      const tree = new GrowingTree(rows.slice(0, seq - 1).reduce((so, { leaf_hash }) => extend(so, known(leaf_hash ?? undefined)), emptyRange));
      const before = hex(tree.root());
      const { nodes = null } = rows[seq - 1] ?? {};
      const other = nodes === null ? Buffer.alloc(32) : Buffer.from(nodes).fill(0, nodes.length - 1);
      for (const wrong of [other, Buffer.concat([nodes ?? Buffer.alloc(0), Buffer.alloc(32)]), ...(nodes === null ? [] : [null, nodes.subarray(32), nodes.subarray(1)])]) {
        assert.equal(tree.addStored(leafOf(seq), wrong), false, `${seq}`);
        assert.deepEqual([tree.size, hex(tree.root())], [seq - 1, before]);
      }
      assert.equal(tree.addStored(leafOf(seq), nodes), true);
    }
  });
});
