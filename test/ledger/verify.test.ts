import assert from 'node:assert/strict';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { parseBody, seal } from '../../src/ledger/entry.ts';
import { emptyRange, extend, leafHash, rootOf } from '../../src/ledger/tree.ts';
import { describe as inWords, type Finding, type StoredEntry, type Verdict, verifyLedger } from '../../src/ledger/verify.ts';
import { countingBytes, entryOf, fullEntry } from '../support/ledger-entries.ts';

/** As the database would hold it. */
function stored(seq: number, entry: LedgerEntry, random = countingBytes()): StoredEntry {
  const { body, texts } = seal(entry, random);
  const parsed = parseBody(body);
  assert.ok(parsed);
  return {
    seq,
    body,
    leaf_hash: leafHash(body),
    time: new Date(parsed.time),
    act: parsed.act,
    outcome: parsed.outcome,
    source: parsed.source,
    code: parsed.code ?? null,
    reason: parsed.reason ?? null,
    person_id: parsed.personId ?? null,
    device_id: parsed.deviceId ?? null,
    key_id: parsed.keyId ?? null,
    request_id: parsed.requestId ?? null,
    texts: texts ?? null,
  };
}

async function verified(rows: readonly StoredEntry[], batch = 2): Promise<{ findings: Finding[]; verdict: Verdict }> {
  async function* batches(): AsyncGenerator<readonly StoredEntry[]> {
    for (let first = 0; first < rows.length; first += batch) yield rows.slice(first, first + batch);
  }
  const findings: Finding[] = [];
  const steps = verifyLedger(batches());
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return { findings, verdict: step.value };
    findings.push(step.value);
  }
}

const five = (): StoredEntry[] => [1, 2, 3, 4, 5].map((seq) => stored(seq, { ...fullEntry, attempt: seq }));
const changedAt = (rows: StoredEntry[], seq: number, change: (row: StoredEntry) => StoredEntry): StoredEntry[] => rows.map((row) => (row.seq === seq ? change(row) : row));

const without = (texts: unknown, name: string): object => Object.fromEntries(Object.entries(Object(texts)).filter(([key]) => key !== name));

describe('ledger/verify', () => {
  it('finds an untouched ledger intact, with its size and tree head', async () => {
    const rows = five();
    const { findings, verdict } = await verified(rows);
    const range = rows.reduce((so, row) => extend(so, leafHash(row.body ?? Buffer.of())), emptyRange);
    assert.deepEqual(findings, []);
    assert.deepEqual(verdict, { size: 5, root: rootOf(range), erased: 0, findings: 0 });
  });

  it('finds an empty ledger intact', async () => {
    assert.deepEqual((await verified([])).verdict, { size: 0, root: rootOf(emptyRange), erased: 0, findings: 0 });
  });

  it('comes to the same end whatever the batches', async () => {
    const [one, three] = [await verified(five(), 1), await verified(five(), 3)];
    assert.deepEqual(one, three);
  });

  it('names an entry whose bytes were changed', async () => {
    const forged = seal({ ...fullEntry, attempt: 9 }, countingBytes()).body;
    const { findings } = await verified(changedAt(five(), 3, (row) => ({ ...row, body: forged })));
    assert.deepEqual(findings, [{ kind: 'changed', seq: 3 }]);
  });

  it('names bytes that are no entry, although their hash fits', async () => {
    const body = Buffer.from('{"v":1}');
    const { findings } = await verified(changedAt(five(), 3, (row) => ({ ...row, body, leaf_hash: leafHash(body) })));
    assert.deepEqual(findings, [{ kind: 'unreadable', seq: 3 }]);
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
    const rows = [stored(1, entryOf())];
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

  it('has another tree head when two whole entries changed places, which nothing in them shows', async () => {
    const rows = five();
    const [first, second] = [rows[0], rows[1]];
    assert.ok(first && second);
    const swapped = [{ ...second, seq: 1 }, { ...first, seq: 2 }, ...rows.slice(2)];
    const { findings, verdict } = await verified(swapped);
    assert.deepEqual(findings, []);
    assert.notDeepEqual(verdict.root, (await verified(rows)).verdict.root);
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
      { kind: 'out-of-order', seq: 7 },
    ];
    const lines = findings.map(inWords);
    assert.equal(new Set(lines).size, findings.length);
    for (const line of lines) assert.match(line, /^entr(?:y|ies) 7[ :]/);
  });
});
