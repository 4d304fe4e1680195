// The quick look at a row may be too strict and never too lenient: whatever it passes, the slow look passes too.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { faultCodes } from '../../src/domain/fault.ts';
import { parseEntraDeviceId, parseKeyId, parseRotationId } from '../../src/domain/ids.ts';
import { alertKinds, exportFormats, type LedgerEntry, ledgerActs, ledgerOutcomes } from '../../src/domain/ledger-entry.ts';
import { reasonCodes } from '../../src/domain/reason.ts';
import { refusalCodes } from '../../src/domain/refusal.ts';
import { parseBody } from '../../src/ledger/entry.ts';
import { plainlyRight } from '../../src/ledger/quick-check.ts';
import type { StoredEntry } from '../../src/ledger/stored.ts';
import { checkTexts } from '../../src/ledger/texts.ts';
import { known } from '../support/known.ts';
import { at, entryOf, fullEntry, person, requestId } from '../support/ledger-entries.ts';
import { hashed, storedRow } from '../support/stored-rows.ts';

const guid = fc.uuid();
const rotation = known(parseRotationId('4e900000-0000-4000-8000-000000000001'));
const key = known(parseKeyId('1a2b3c4d-0000-4000-8000-000000000002'));
const entries: fc.Arbitrary<LedgerEntry> = fc
  .record(
    {
      act: fc.constantFrom(...ledgerActs),
      outcome: fc.constantFrom(...ledgerOutcomes),
      time: fc.date({ min: new Date('0000-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }).map((date) => at(date.toISOString())),
      code: fc.constantFrom(...refusalCodes, ...faultCodes),
      reason: fc.constantFrom(...reasonCodes),
      keyId: guid.map((id) => known(parseKeyId(id))),
      rotationId: guid.map((id) => known(parseRotationId(id))),
      device: fc.record({ deviceId: guid.map((id) => known(parseEntraDeviceId(id))), name: fc.string({ unit: 'grapheme' }) }),
      attempt: fc.integer({ min: 1 }),
      count: fc.integer({ min: 1 }),
      graphRequestId: fc.string(),
      channel: fc.string(),
      note: fc.string({ unit: 'grapheme' }),
      schedule: fc.string(),
      ticket: fc.string({ unit: 'grapheme' }),
      asked: fc.string({ unit: 'grapheme' }),
      reasonText: fc.string({ unit: 'binary' }),
      alert: fc.constantFrom(...alertKinds),
      format: fc.constantFrom(...exportFormats),
      happenedAt: fc.constant(at('2026-11-22T09:14:07.112Z')),
      subjectId: fc.constant(person(2)),
      requestId: fc.constant(requestId(3)),
    },
    { requiredKeys: ['act', 'outcome', 'time'] },
  )
  .map((more) => entryOf(more));

/** What the slow look says: how many texts are erased; undefined when anything is wrong. */
function slowly(row: StoredEntry): number | undefined {
  const body = parseBody(row.body ?? new Uint8Array());
  if (body === undefined) return undefined;
  const columns = { ...row, ...hashed(row.body ?? new Uint8Array()), seq: row.seq };
  for (const name of ['act', 'outcome', 'source', 'code', 'reason', 'person_id', 'device_id', 'key_id', 'request_id'] as const) if (columns[name] !== row[name]) return undefined;
  if (columns.time?.getTime() !== row.time?.getTime()) return undefined;
  const { different, erased } = checkTexts(body.texts ?? {}, row.texts);
  return different.length > 0 ? undefined : erased.length;
}

const quickly = (row: StoredEntry): number | undefined => plainlyRight(row, row.body ?? new Uint8Array());
const text = (row: StoredEntry): string => Buffer.from(row.body ?? []).toString('utf8');

describe('ledger/quick-check', () => {
  it('passes the entries that Keydesk writes, but for those that need an escape', () => {
    for (const entry of [fullEntry, entryOf(), entryOf({ act: 'hidden', count: 5, keyId: known(parseKeyId('1a2b3c4d-0000-4000-8000-000000000001')) })]) assert.equal(quickly(storedRow(1, entry)), 0);
    assert.equal(quickly({ ...storedRow(1, fullEntry), texts: null }), 5);
    assert.equal(quickly(storedRow(1, entryOf({ channel: 'a"b' }))), undefined);
  });

  it('says of any entry what the slow look says, or nothing', () =>
    fc.assert(
      fc.property(entries, (entry) => {
        const row = storedRow(1, entry);
        assert.equal(slowly(row), 0);
        assert.ok([0, undefined].includes(quickly(row)));
        if (/^[\u0020-\u005b\u005d-\u007e]*$/.test(text(row))) assert.equal(quickly(row), 0, text(row));
      }),
      { numRuns: 300 },
    ));

  it('passes nothing that the slow look does not pass, whatever was done to bytes, columns and texts', () =>
    fc.assert(
      fc.property(entries, fc.nat(), fc.constantFrom('', ' ', '0', '9', 'a', 'Z', '"', ',', '}', '{', ':', '-', '.', '\u0001', 'é'), fc.constantFrom(0, 1, 2), (entry, where, put, cut) => {
        const row = storedRow(1, entry);
        const written = text(row);
        const from = where % written.length;
        const body = Buffer.from(`${written.slice(0, from)}${put}${written.slice(from + cut)}`);
        const passed = quickly({ ...row, body });
        if (passed !== undefined) assert.equal(slowly({ ...row, body }), passed, `${written}\n${body.toString()}`);
      }),
      { numRuns: 3000 },
    ));

  it('passes nothing more in a row whose shape it has seen before', () => {
    const known = storedRow(1, { ...fullEntry, rotationId: rotation, newKeyId: key });
    assert.equal(quickly(known), 0);
    assert.equal(quickly(storedRow(1, { ...fullEntry, rotationId: rotation, newKeyId: key, time: at('2027-01-02T03:04:05.678Z'), graphRequestId: 'z'.repeat(36) })), 0);
    const written = text(known);
    for (let place = 0; place < written.length; place += 1) {
      for (const put of ['0', '9', 'a', 'f', 'g', 'A', '"', '-', ' ', '\\', '\u007f', '\u0001']) {
        const body = Buffer.from(written.slice(0, place) + put + written.slice(place + 1), 'latin1');
        const passed = quickly({ ...known, body });
        if (passed !== undefined) assert.equal(slowly({ ...known, body }), passed, body.toString('latin1'));
      }
    }
  });

  const row = storedRow(1, fullEntry);
  const bytes = (change: (written: string) => string): StoredEntry => ({ ...row, body: Buffer.from(change(text(row))) });
  const texts: Readonly<Record<string, object>> = { ...Object(row.texts) };
  for (const [what, wrong] of Object.entries({
    'a column that says something else': { ...row, act: 'hidden' },
    'a column that is a part of the word': { ...row, act: 'reveal' },
    'a column that is missing': { ...row, code: null },
    'a column too many': { ...storedRow(1, entryOf()), reason: 'other' },
    'another time': { ...row, time: new Date(0) },
    'no time': { ...row, time: null },
    'an hour that is none': { ...bytes((written) => written.replace('T09:', 'T24:')), time: new Date('2026-11-23T00:14:07.112Z') },
    'a day that is none': { ...bytes((written) => written.replace('2026-11-22', '2026-02-30')), time: new Date('2026-03-02T09:14:07.112Z') },
    'another word for a known one': { ...bytes((written) => written.replace('"act":"revealed"', '"act":"burned"')), act: 'burned' },
    'the all-zero id': { ...bytes((written) => written.replace(/"keyId":"[^"]+"/, '"keyId":"00000000-0000-0000-0000-000000000000"')), key_id: '00000000-0000-0000-0000-000000000000' },
    'a key twice': bytes((written) => written.replace('"attempt":1', '"attempt":1,"attempt":1')),
    'a key out of its order': bytes((written) => written.replace(',"attempt":1', '').replace('"v":1', '"v":1,"attempt":1')),
    'a key that nobody knows': bytes((written) => written.replace('"attempt":1', '"attempt":1,"colour":"red"')),
    'a number below one': bytes((written) => written.replace('"attempt":1', '"attempt":0')),
    'something behind it': bytes((written) => `${written} `),
    'a text that is another one': { ...row, texts: { ...texts, ticket: { ...texts['ticket'], text: 'INC9' } } },
    'a text that nobody committed to': { ...storedRow(1, entryOf()), texts: { ...Object(storedRow(1, entryOf()).texts), ticket: texts['ticket'] } },
    'something beside a text': { ...row, texts: { ...texts, ticket: { ...texts['ticket'], note: 'x' } } },
    'a salt in capitals': { ...row, texts: { ...texts, ticket: { ...texts['ticket'], salt: 'AB'.repeat(16) } } },
    'texts that are a list': { ...row, texts: [] },
    'a commitment in capitals beside an erased text': { ...bytes((written) => written.replace(/"ticket":"[0-9a-f]+"/, `"ticket":"${'AB'.repeat(32)}"`)), texts: null },
  } satisfies Record<string, StoredEntry>)) {
    it(`leaves ${what} to the slow look`, () => assert.equal(quickly(wrong), undefined));
  }
});
