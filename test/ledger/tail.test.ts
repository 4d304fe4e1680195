import assert from 'node:assert/strict';
import { assert as check, integer, nat, property } from 'fast-check';
import { follow, followedFrom, type TailEntry } from '../../src/ledger/tail.ts';
import { emptyRange, extend, leafHash, nodeHash, rootOf } from '../../src/ledger/tree.ts';
import { known } from '../support/known.ts';

const bodyOf = (number: number, more = ''): Uint8Array => Buffer.from(`{"v":1,"time":"2026-11-22T09:14:07.112Z","act":"asked","outcome":"done","source":"teams","attempt":${number}${more}}`);

/** Rows by the definition: the root of each perfect subtree of which an entry is the last leaf. */
function rowsOf(bodies: readonly Uint8Array[]): readonly TailEntry[] {
  const leaves = bodies.map(leafHash);
  const root = (from: number, to: number): Uint8Array => (to - from === 1 ? known(leaves[from]) : nodeHash(root(from, (from + to) / 2), root((from + to) / 2, to)));
  return bodies.map((body, index) => {
    const nodes: Uint8Array[] = [];
    for (let width = 2; (index + 1) % width === 0; width *= 2) nodes.push(root(index + 1 - width, index + 1));
    return { seq: index + 1, body, leafHash: known(leaves[index]), nodes: nodes.length === 0 ? null : Buffer.concat(nodes) };
  });
}
const rangeOver = (rows: readonly TailEntry[]) => rows.reduce((so, { body }) => extend(so, leafHash(body)), emptyRange);
const rows = rowsOf(Array.from({ length: 20 }, (_, index) => bodyOf(index + 1)));
const changed = (seq: number, more: Partial<TailEntry>): readonly TailEntry[] => rows.map((row) => (row.seq === seq ? { ...row, ...more } : row));

describe('ledger/tail', () => {
  it('follows whole entries from any place to any other, in one go or in batches, to the head of the tree', () => {
    check(
      property(integer({ min: 1, max: 70 }), nat(70), integer({ min: 1, max: 9 }), (count, from, batch) => {
        const all = rowsOf(Array.from({ length: count }, (_, index) => bodyOf(index + 1)));
        const start = Math.min(from, count);
        let so = followedFrom(rangeOver(all.slice(0, start)));
        for (let at = start; at < count; at += batch) {
          const next = follow(so, all.slice(at, at + batch));
          assert.ok(next.kind === 'followed');
          so = next;
        }
        assert.deepEqual(Buffer.from(rootOf(so.range)), Buffer.from(rootOf(rangeOver(all))));
      }),
    );
  });

  const leaf8 = known(rows[7]);
  const tampered: Readonly<Record<string, readonly [readonly TailEntry[], unknown]>> = {
    'a changed entry': [changed(8, { body: bodyOf(88) }), { kind: 'changed', seq: 8 }],
    'a changed hash': [changed(8, { leafHash: leafHash(bodyOf(88)) }), { kind: 'changed', seq: 8 }],
    'an entry and its hash written anew, by the inner nodes over it': [changed(7, { body: bodyOf(77), leafHash: leafHash(bodyOf(77)) }), { kind: 'nodes', seq: 8 }],
    'an inner node that was changed': [changed(8, { nodes: Buffer.alloc(96, 1) }), { kind: 'nodes', seq: 8 }],
    'inner nodes that are lacking': [changed(8, { nodes: null }), { kind: 'nodes', seq: 8 }],
    'inner nodes where there are none': [changed(7, { nodes: leaf8.nodes }), { kind: 'nodes', seq: 7 }],
    'an entry that was removed': [rows.filter(({ seq }) => seq !== 8), { kind: 'missing', seq: 8 }],
    'an entry that comes twice': [rows.flatMap((row) => (row.seq === 8 ? [row, row] : [row])), { kind: 'missing', seq: 9 }],
    'two entries that were swapped': [rows.map((row) => (row.seq === 8 ? { ...known(rows[8]), seq: 8 } : row.seq === 9 ? { ...leaf8, seq: 9 } : row)), { kind: 'nodes', seq: 8 }],
    'bytes that are no entry': [changed(9, { body: Buffer.from('{}'), leafHash: leafHash(Buffer.from('{}')) }), { kind: 'unreadable', seq: 9 }],
  };
  for (const [what, [given, fault]] of Object.entries(tampered)) {
    it(`notices ${what}`, () => assert.deepEqual(follow(followedFrom(emptyRange), given), fault));
  }

  it('reports entries that say who signs or that an epoch begins, with their notes, and no others', () => {
    const text = (act: string, more = ''): Uint8Array => Buffer.from(`{"v":1,"time":"2026-11-22T09:14:07.112Z","act":"${act}","outcome":"done","source":"system"${more}}`);
    const followed = follow(followedFrom(emptyRange), rowsOf([text('started'), text('ledger-key', ',"note":"a note"'), text('posted', ',"note":"another"'), text('resumed')]));
    assert.deepEqual(followed.kind === 'followed' && followed.marks, [{ seq: 2, act: 'ledger-key', note: 'a note' }, { seq: 4, act: 'resumed' }]);
  });
});
