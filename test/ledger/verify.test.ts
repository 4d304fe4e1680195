import assert from 'node:assert/strict';
import { describe as inWords, type Finding } from '../../src/ledger/findings.ts';
import type { StoredEntry } from '../../src/ledger/stored.ts';
import { emptyRange, leafHash, rootOf } from '../../src/ledger/tree.ts';
import { entryOf, fullEntry } from '../support/ledger-entries.ts';
import { rootOfRows, storedRows, verifiedRows as verified } from '../support/stored-rows.ts';

const five = (): StoredEntry[] => storedRows([1, 2, 3, 4, 5].map((attempt) => ({ ...fullEntry, attempt })));
/** What the verdict on an untouched ledger says of checkpoints, where there is none. */
const noWitness = { findings: 0, held: 0, newestHeld: 0, heldGiven: [], lost: [], trust: 'none' };
const changedAt = (rows: StoredEntry[], seq: number, change: (row: StoredEntry) => StoredEntry): StoredEntry[] => rows.map((row) => (row.seq === seq ? change(row) : row));

const without = (texts: unknown, name: string): object => Object.fromEntries(Object.entries(Object(texts)).filter(([key]) => key !== name));

describe('ledger/verify', () => {
  it('finds an untouched ledger intact, with its size and tree head', async () => {
    const rows = five();
    const { findings, verdict } = await verified(rows);
    assert.deepEqual(findings, []);
    assert.deepEqual(verdict, { size: 5, root: rootOfRows(rows), erased: 0, ...noWitness });
  });

  it('finds an empty ledger intact', async () => {
    assert.deepEqual((await verified([])).verdict, { size: 0, root: rootOf(emptyRange), erased: 0, ...noWitness });
  });

  it('comes to the same end whatever the batches', async () => {
    const [one, three] = [await verified(five(), {}, 1), await verified(five(), {}, 3)];
    assert.deepEqual(one, three);
  });

  it('names an entry whose bytes were changed', async () => {
    const forged = (row: StoredEntry): StoredEntry => ({ ...row, body: Buffer.from(Buffer.from(row.body ?? []).toString().replace('"attempt":3', '"attempt":9')) });
    const { findings } = await verified(changedAt(five(), 3, forged));
    assert.deepEqual(findings, [{ kind: 'changed', seq: 3 }]);
  });

  it('names bytes that are no entry, although their hash fits', async () => {
    const body = Buffer.from('{"v":1}');
    const { findings } = await verified(changedAt(five(), 3, (row) => ({ ...row, body, leaf_hash: leafHash(body) })));
    assert.deepEqual(findings, [{ kind: 'unreadable', seq: 3 }, { kind: 'unfitting', seq: 3, to: 4 }]);
  });

  it('names a missing hash', async () => {
    const { findings } = await verified(changedAt(five(), 3, (row) => ({ ...row, leaf_hash: null })));
    assert.deepEqual(findings, [{ kind: 'changed', seq: 3 }]);
  });

  for (const [column, value] of Object.entries({
    time: new Date(0),
    act: 'hidden',
    outcome: 'failed',
    source: 'api',
    code: null,
    reason: 'wrong-pin',
    person_id: null,
    device_id: 'de71ce00-0000-4000-8000-000000000001',
    key_id: null,
    request_id: null,
  })) {
    it(`names the column ${column} when it says something else than the bytes`, async () => {
      const { findings } = await verified(changedAt(five(), 2, (row) => ({ ...row, [column]: value })));
      assert.deepEqual(findings, [{ kind: 'columns-differ', seq: 2, columns: [column] }]);
    });
  }

  it('names a text that is another one', async () => {
    const { findings } = await verified(changedAt(five(), 4, (row) => ({ ...row, texts: { ...Object(row.texts), personName: { salt: '00'.repeat(16), text: 'Somebody Else' } } })));
    assert.deepEqual(findings, [{ kind: 'text-differs', seq: 4, texts: ['personName'] }]);
  });

  it('names a text that nobody committed to', async () => {
    const rows = storedRows([entryOf()]);
    const { findings } = await verified(changedAt(rows, 1, (row) => ({ ...row, texts: { ...Object(row.texts), ticket: { salt: '00'.repeat(16), text: 'INC1' } } })));
    assert.deepEqual(findings, [{ kind: 'text-differs', seq: 1, texts: ['ticket'] }]);
  });

  it('names a text whose beginning was moved into its salt: the commitment is the same', async () => {
    const moved = (row: StoredEntry): StoredEntry => {
      const { salt, text }: { salt: string; text: string } = Object(Object(row.texts).reasonText);
      return { ...row, texts: { ...Object(row.texts), reasonText: { salt: salt + Buffer.from(text.slice(0, 4)).toString('hex'), text: text.slice(4) } } };
    };
    assert.deepEqual((await verified(changedAt(five(), 2, moved))).findings, [{ kind: 'text-differs', seq: 2, texts: ['texts'] }]);
  });

  it('names what was written beside a text', async () => {
    const beside = (row: StoredEntry): StoredEntry => ({ ...row, texts: { ...Object(row.texts), personName: { ...Object(Object(row.texts).personName), note: 'it was Lee' } } });
    assert.deepEqual((await verified(changedAt(five(), 3, beside))).findings, [{ kind: 'text-differs', seq: 3, texts: ['texts'] }]);
  });

  it('names texts that are no texts', async () => {
    const { findings } = await verified(changedAt(five(), 4, (row) => ({ ...row, texts: ['Alex'] })));
    assert.deepEqual(findings, [{ kind: 'text-differs', seq: 4, texts: ['texts'] }]);
  });

  it('counts erased texts, all of an entry or one, and calls it no tampering', async () => {
    const all = changedAt(five(), 4, (row) => ({ ...row, texts: null }));
    assert.deepEqual(await verified(all).then(({ findings, verdict }) => [findings, verdict.erased]), [[], 5]);
    const one = changedAt(five(), 4, (row) => ({ ...row, texts: without(row.texts, 'personName') }));
    assert.deepEqual(await verified(one).then(({ findings, verdict }) => [findings, verdict.erased]), [[], 1]);
  });

  it('names entries that were removed in the middle and at the beginning', async () => {
    const rows = five();
    assert.deepEqual((await verified(rows.filter(({ seq }) => seq !== 3))).findings, [{ kind: 'removed', seq: 3, to: 3 }]);
    assert.deepEqual((await verified(rows.filter(({ seq }) => seq > 2))).findings, [{ kind: 'removed', seq: 1, to: 2 }]);
  });

  it('names an entry at the end by the texts that it left behind', async () => {
    const { findings, verdict } = await verified(changedAt(five(), 5, (row) => ({ ...row, body: null, leaf_hash: null })));
    assert.deepEqual(findings, [{ kind: 'removed', seq: 5, to: 5 }]);
    assert.equal(verdict.size, 4);
  });

  it('names texts that stand alone, and what is missing by the entry that follows', async () => {
    const rows = changedAt(five(), 4, (row) => ({ ...row, body: null, leaf_hash: null })).filter(({ seq }) => seq !== 3);
    assert.deepEqual((await verified(rows)).findings, [{ kind: 'texts-alone', seq: 4 }, { kind: 'removed', seq: 3, to: 4 }]);
  });

  it('takes texts under a number far ahead for no sign that entries were removed: the service may write such', async () => {
    const [row] = five();
    assert.ok(row);
    const { findings, verdict } = await verified([...five(), { ...row, seq: 1_000_000, body: null, leaf_hash: null }]);
    assert.deepEqual(findings, [{ kind: 'texts-alone', seq: 1_000_000 }]);
    assert.equal(verdict.size, 5);
  });

  it('names a number that comes twice', async () => {
    const rows = five();
    assert.deepEqual((await verified([...rows.slice(0, 3), ...rows.slice(2)])).findings, [{ kind: 'out-of-order', seq: 3 }]);
  });

  it('says each finding in a line that names the entry', () => {
    const findings: Finding[] = [
      { kind: 'changed', seq: 7 },
      { kind: 'unreadable', seq: 7 },
      { kind: 'columns-differ', seq: 7, columns: ['act'] },
      { kind: 'text-differs', seq: 7, texts: ['ticket'] },
      { kind: 'texts-alone', seq: 7 },
      { kind: 'removed', seq: 7, to: 7 },
      { kind: 'removed', seq: 7, to: 9 },
      { kind: 'removed-before', seq: 7, count: 1 },
      { kind: 'removed-before', seq: 7, count: 2 },
      { kind: 'inserted', seq: 7, to: 7 },
      { kind: 'swapped', seq: 7, with: 9 },
      { kind: 'unfitting', seq: 7, to: 8 },
      { kind: 'out-of-order', seq: 7 },
      { kind: 'cut-off', seq: 7, to: 9, given: true },
      { kind: 'cut-off', seq: 7, to: 9, given: false },
      { kind: 'rewritten', seq: 7, to: 9, given: true, others: 0 },
      { kind: 'rewritten', seq: 7, to: 9, given: false, others: 3 },
      { kind: 'key-change', seq: 7 },
      { kind: 'other-key', seq: 7 },
      { kind: 'resumed-wrongly', seq: 7 },
      { kind: 'resumed-unsigned', seq: 7 },
    ];
    const lines = findings.map(inWords);
    assert.equal(new Set(lines).size, findings.length);
    for (const line of lines) assert.match(line, /^entr(?:y|ies) 7[ :]/);
  });
});
