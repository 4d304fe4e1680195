// What somebody can do to the rows of a ledger who knows how hashes are made, and whether verify names it. Each way is
// tried at every place, or at many, of a ledger of a hundred entries; its tree has nodes on seven levels.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Finding } from '../../src/ledger/findings.ts';
import type { StoredEntry } from '../../src/ledger/stored.ts';
import { known } from '../support/known.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { hashed, storedRow, storedRows, verifiedRows, withNodes } from '../support/stored-rows.ts';

const size = 100;
const rows = storedRows(Array.from({ length: size }, (_, index) => entryOf({ attempt: index + 1 })));
const at = (seq: number): StoredEntry => known(rows[seq - 1]);
const numbered = (some: readonly StoredEntry[]): StoredEntry[] => some.map((row, index) => ({ ...row, seq: index + 1 }));
const findingsIn = async (some: readonly StoredEntry[]): Promise<readonly Finding[]> => (await verifiedRows(some, {}, 7)).findings;
const place = fc.integer({ min: 1, max: size });
const runs = { numRuns: 60 };

/** Everything that the bytes say, and the hash over them. */
function contents(row: StoredEntry): Omit<StoredEntry, 'seq' | 'nodes'> {
  const { seq: _, nodes: __, ...rest } = row;
  return rest;
}
/** Bytes, hash, columns and texts of another entry, nodes as they were. */
const forged = (seq: number): StoredEntry => ({ ...at(seq), ...contents(storedRow(seq, entryOf({ attempt: 1000 + seq }))) });
const coupleOf = (seq: number): Finding => ({ kind: 'unfitting', seq: seq - ((seq + 1) % 2), to: seq + (seq % 2) });
const swapped = (one: number, other: number): Finding => ({ kind: 'swapped', seq: Math.min(one, other), with: Math.max(one, other) });
const exchange = (one: number, other: number, take: (here: StoredEntry, from: StoredEntry) => StoredEntry): StoredEntry[] =>
  rows.map((row) => (row.seq === one ? take(row, at(other)) : row.seq === other ? take(row, at(one)) : row));

describe('ledger/diagnosis', () => {
  it('finds nothing in the ledger that nobody touched', async () => assert.deepEqual(await findingsIn(rows), []));

  it('names an entry that was changed, at every place', async () => {
    for (const { seq } of rows) {
      const body = Buffer.from(Buffer.from(at(seq).body ?? []).toString().replace('"teams"', '"api"'));
      assert.deepEqual(await findingsIn(rows.map((row) => (row.seq === seq ? { ...row, body, source: 'api' } : row))), [{ kind: 'changed', seq }]);
    }
  });

  it('names an entry and its neighbour when its hash, columns and texts were changed with it, at every place', async () => {
    for (const { seq } of rows) assert.deepEqual(await findingsIn(rows.map((row) => (row.seq === seq ? forged(seq) : row))), [coupleOf(seq)]);
  });

  it('names an entry whose nodes were changed, cut, taken away or added, at every place', async () => {
    for (const { seq, nodes } of rows) {
      const other = Buffer.from(nodes ?? Buffer.alloc(32));
      other[0] = (other[0] ?? 0) ^ 1;
      const ways = nodes === null ? [other] : [other, null, nodes.subarray(0, nodes.length - 32), nodes.subarray(0, nodes.length - 1), Buffer.concat([nodes, other.subarray(0, 32)])];
      for (const way of ways) assert.deepEqual(await findingsIn(rows.map((row) => (row.seq === seq ? { ...row, nodes: way } : row))), [coupleOf(seq)], `${seq}`);
    }
  });

  it('names both of two entries that changed places, all but their nodes', () =>
    fc.assert(
      fc.asyncProperty(place, place, async (one, other) => {
        fc.pre(one !== other);
        assert.deepEqual(await findingsIn(exchange(one, other, (here, from) => ({ ...here, ...contents(from) }))), [swapped(one, other)]);
      }),
      runs,
    ));

  it('names both of two entries whose numbers changed places', () =>
    fc.assert(
      fc.asyncProperty(place, place, async (one, other) => {
        fc.pre(one !== other);
        assert.deepEqual(await findingsIn(exchange(one, other, (here, from) => ({ ...from, seq: here.seq }))), [swapped(one, other)]);
      }),
      runs,
    ));

  it('names both of two entries whose bytes changed places', async () => {
    const findings = await findingsIn(exchange(17, 40, (here, from) => ({ ...here, body: from.body, texts: from.texts })));
    assert.deepEqual(findings, [swapped(17, 40)]);
  });

  it('names two pairs that changed places, each by itself', async () => {
    const first = exchange(3, 4, (here, from) => ({ ...here, ...contents(from) }));
    const both = first.map((row) => (row.seq === 60 ? { ...row, ...contents(at(90)) } : row.seq === 90 ? { ...row, ...contents(at(60)) } : row));
    assert.deepEqual(await findingsIn(both), [swapped(3, 4), swapped(60, 90)]);
  });

  it('names the place where entries were removed and those behind them numbered anew, and how many', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 16 }), async (seq, count) => {
        const left = numbered([...rows.slice(0, seq - 1), ...rows.slice(seq - 1 + count)]);
        fc.pre(left.length - seq >= 3 * count + 8);
        assert.deepEqual(await findingsIn(left), [{ kind: 'removed-before', seq, count }]);
      }),
      runs,
    ));

  it('names entries that were inserted, those behind them numbered anew, with whatever nodes they were given', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 16 }), fc.boolean(), async (seq, count, shaped) => {
        const strange = Array.from({ length: count }, (_, one) => ({ ...storedRow(seq + one, entryOf({ attempt: 2000 + one })), nodes: shaped ? known(withNodes(rows)[seq + one - 1]).nodes : null }));
        assert.deepEqual(await findingsIn(numbered([...rows.slice(0, seq - 1), ...strange, ...rows.slice(seq - 1)])), [{ kind: 'inserted', seq, to: seq + count - 1 }]);
      }),
      runs,
    ));

  it('names what was done in two places, with new numbers after each', async () => {
    const twice = numbered([...rows.slice(0, 9), ...rows.slice(10, 59), storedRow(1, entryOf({ attempt: 3000 })), ...rows.slice(59)]);
    assert.deepEqual(await findingsIn(twice), [
      { kind: 'removed-before', seq: 10, count: 1 },
      { kind: 'inserted', seq: 59, to: 59 },
    ]);
  });

  it('names an entry that was changed behind a removed one', async () => {
    const left = numbered([...rows.slice(0, 9), ...rows.slice(10).map((row) => (row.seq === 71 ? { ...row, ...hashed(known(forged(71).body ?? undefined)), texts: forged(71).texts } : row))]);
    assert.deepEqual(await findingsIn(left), [
      { kind: 'removed-before', seq: 10, count: 1 },
      { kind: 'unfitting', seq: 70, to: 71 },
    ]);
  });

  it('takes entries that are missing with their numbers for removed, and nothing else', async () => {
    for (const seq of [1, 2, 3, 4, 32, 63, 64, 65, 98]) {
      assert.deepEqual(await findingsIn(rows.filter((row) => row.seq !== seq && row.seq !== seq + 1)), [{ kind: 'removed', seq, to: seq + 1 }]);
    }
  });

  it('does not despair of a ledger of which nothing fits: each couple is named', async () => {
    const findings = await findingsIn(rows.map((row) => (row.nodes === null ? row : { ...row, nodes: Buffer.alloc(row.nodes.length, 7) })));
    assert.equal(findings.length, size / 2);
    assert.deepEqual(new Set(findings.map(({ kind }) => kind)), new Set(['unfitting']));
  }).timeout(60_000);

  it('cannot tell a ledger that was written anew from its rows alone: checkpoints can', async () => {
    assert.deepEqual(await findingsIn(withNodes(rows.map((row) => (row.seq === 40 ? forged(40) : row)))), []);
  });
});
