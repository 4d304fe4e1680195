import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { accessSources, type ExportFormat, exportFormats, ledgerActs, type LedgerEntry, ledgerOutcomes } from '../../../src/domain/ledger-entry.ts';
import type { ReadEntry } from '../../../src/domain/reading.ts';
import { csvHead, csvLine, formulaSafe } from '../../../src/ledger/export/csv.ts';
import { holdsRecoveryPassword } from '../../../src/domain/recovery-password.ts';
import { fileOf } from '../../../src/ledger/export/file.ts';
import { jsonLine } from '../../../src/ledger/export/json-lines.ts';
import { ocsfLine } from '../../../src/ledger/export/ocsf.ts';
import { textNames } from '../../../src/ledger/texts.ts';
import { passwordDigits } from '../../support/desk/world.ts';
import { entryOf, fullEntry } from '../../support/ledger-entries.ts';
import { known } from '../../support/known.ts';

const read = (entry: LedgerEntry | undefined, seq = 7, erased: ReadEntry['erased'] = []): ReadEntry => ({ seq, entry, erased });

/** A reader of RFC 4180, written from the text of the standard and not from our writer. */
function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  const end = (): void => {
    rows.at(-1)?.push(cell);
    cell = '';
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    const pair = text.slice(at, at + 2);
    if (quoted && pair === '""') {
      cell += '"';
      at += 1;
    } else if (sign === '"') quoted = !quoted;
    else if (!quoted && sign === ',') end();
    else if (!quoted && pair === '\r\n') {
      end();
      rows.push([]);
      at += 1;
    } else cell += sign;
  }
  assert.equal(cell, '', 'the last line ends in a line break');
  return rows.slice(0, -1);
}

const headings = known(parseCsv(csvHead.slice(1))[0]);
const rowOf = (entry: ReadEntry): Readonly<Record<string, string>> => {
  const [row, ...more] = parseCsv(csvLine(entry));
  assert.deepEqual([row?.length, more], [headings.length, []], 'one row, as wide as the headings');
  return Object.fromEntries(headings.map((name, index) => [name, row?.[index] ?? '']));
};

const startsFormula = (cell: string): boolean => /^[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u.test(cell) || /^[\t\r\n]/.test(cell);
const hostile = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1+1', '＋1', '－1', '＠A1', ' =1', '\u200b=1', '"=1"', '=HYPERLINK("https://evil.example","x")', '=cmd|\' /C calc\'!A0', 'a;=1+1', 'a\t=1', 'a\n=1', 'a,b"c', '', "'=1", ';-1'];

describe('export as CSV', () => {
  it('begins with the byte order mark and a line of headings, and ends every line in CR LF', () => {
    assert.ok(csvHead.startsWith('\ufeffentry,time,act,outcome,'));
    for (const line of [csvHead, csvLine(read(fullEntry))]) assert.ok(line.endsWith('\r\n'));
  });

  it('has every field of an entry', () => {
    const row = rowOf(read(fullEntry));
    const { time, person, device, reasonText, ticket, keyId, requestId, count } = fullEntry;
    assert.deepEqual(
      [row['entry'], row['time'], row['act'], row['person_id'], row['person_name'], row['device_name'], row['key_id'], row['reason_text'], row['ticket'], row['request_id'], row['count'], row['erased']],
      ['7', time, 'revealed', person?.id, person?.name, device?.name, keyId, reasonText, ticket, requestId, String(count), ''],
    );
  });

  it('makes no cell a formula, whatever somebody typed, and changes no other', () => {
    for (const text of hostile) {
      const row = rowOf(read({ ...fullEntry, person: { id: known(fullEntry.person).id, name: text }, device: { ...known(fullEntry.device), name: text }, reasonText: text, ticket: text, asked: text, client: text, channel: text, schedule: text, auditId: text, note: text }));
      for (const [name, cell] of Object.entries(row)) {
        assert.ok(!startsFormula(cell), `${name}: ${JSON.stringify(cell)}`);
        // Opened with a semicolon between cells, as a German Excel does.
        for (const part of cell.split(/[;\t\r\n]/)) assert.ok(!startsFormula(part), `${name}: ${JSON.stringify(part)}`);
      }
    }
    for (const text of ['LAPTOP-42', 'a = b', 'x@y.z', "O'BRIEN", '12-34', 'Ärger mit dem TPM 🔑']) assert.equal(formulaSafe(text), text);
    assert.equal(rowOf(read({ ...fullEntry, reasonText: '=1+1' }))['reason_text'], "'=1+1");
  });

  it('reads back as it was written, whatever stands in a text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(rowOf(read({ ...fullEntry, reasonText: text }))['reason_text'], formulaSafe(text))));
  });

  it('names what was erased, and an entry that cannot be read any more', () => {
    const { reasonText: _reasonText, ticket: _ticket, ...left } = fullEntry;
    const row = rowOf(read(left, 7, ['reasonText', 'ticket']));
    assert.deepEqual([row['reason_text'], row['ticket'], row['erased']], ['(erased)', '(erased)', 'reasonText ticket']);
    const changed = rowOf(read(undefined, 9));
    assert.deepEqual([changed['entry'], changed['act']], ['9', 'unreadable']);
  });
});

describe('export as JSON Lines', () => {
  it('is one object a line with all that the entry has', () => {
    const line = jsonLine(read({ ...fullEntry, reasonText: 'a\nb "c" \u2028' }));
    assert.equal(line.indexOf('\n'), line.length - 1);
    assert.deepEqual(JSON.parse(line), { entry: 7, ...fullEntry, reasonText: 'a\nb "c" \u2028' });
  });

  it('names what was erased, and an entry that cannot be read any more', () => {
    assert.deepEqual(JSON.parse(jsonLine(read(entryOf(), 7, ['reasonText']))), { entry: 7, ...entryOf(), erased: ['reasonText'] });
    assert.deepEqual(JSON.parse(jsonLine(read(undefined, 9))), { entry: 9, unreadable: true });
  });
});

type Json = Readonly<Record<string, unknown>>;
const eventOf = (entry: ReadEntry): Json => JSON.parse(ocsfLine(entry)) as Json;
const at = (event: Json, path: string): unknown => path.split('.').reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined), event);

/** What schema 1.6.0 requires of API Activity, and of the objects in it. */
function assertOcsf(event: Json): void {
  for (const path of ['activity_id', 'category_uid', 'class_uid', 'severity_id', 'time', 'type_uid', 'status_id']) assert.ok(Number.isSafeInteger(at(event, path)), path);
  for (const path of ['metadata.version', 'metadata.product.name', 'metadata.product.vendor_name', 'api.operation', 'message']) assert.equal(typeof at(event, path), 'string', path);
  assert.equal(at(event, 'class_uid'), 6003);
  assert.equal(at(event, 'category_uid'), 6);
  assert.ok([1, 2, 3, 4, 99].includes(Number(at(event, 'activity_id'))));
  assert.equal(at(event, 'type_uid'), 600_300 + Number(at(event, 'activity_id')));
  assert.ok([1, 2, 3, 4].includes(Number(at(event, 'severity_id'))));
  assert.ok([0, 1, 2].includes(Number(at(event, 'status_id'))));
  assert.ok(['user', 'app_name', 'app_uid'].some((name) => at(event, `actor.${name}`) !== undefined), 'an actor names something');
  assert.equal(typeof at(event, 'src_endpoint.svc_name'), 'string');
  for (const resource of (event['resources'] ?? []) as readonly Json[]) assert.ok(typeof resource['uid'] === 'string' && typeof resource['type'] === 'string');
  const known = ['activity_id', 'activity_name', 'actor', 'api', 'category_name', 'category_uid', 'class_name', 'class_uid', 'count', 'message', 'metadata', 'resources', 'severity', 'severity_id', 'src_endpoint', 'status', 'status_code', 'status_detail', 'status_id', 'time', 'type_uid', 'unmapped'];
  assert.deepEqual(Object.keys(event).filter((name) => !known.includes(name)), []);
}

describe('export as OCSF API Activity', () => {
  it('has what the class requires, for every act, outcome and source', () => {
    for (const act of ledgerActs) for (const outcome of ledgerOutcomes) for (const source of accessSources) assertOcsf(eventOf(read({ ...fullEntry, act, outcome, source })));
    assertOcsf(eventOf(read(entryOf({ act: 'started', source: 'system' }))));
    assertOcsf(eventOf(read(undefined, 9)));
  });

  it('says who, what, on what and when in the places of the class', () => {
    const event = eventOf(read(fullEntry));
    assert.equal(event['time'], Date.parse(fullEntry.time));
    assert.equal(at(event, 'activity_name'), 'Read');
    assert.deepEqual(event['actor'], { user: { uid: fullEntry.person?.id, name: 'Alex Wilber', type_id: 1, type: 'User' } });
    assert.deepEqual(event['resources'], [{ type: 'Device', uid: fullEntry.device?.deviceId, name: 'LAPTOP-42' }, { type: 'BitLocker recovery key', uid: fullEntry.keyId }]);
    assert.deepEqual([at(event, 'metadata.uid'), at(event, 'metadata.sequence'), at(event, 'metadata.event_code'), at(event, 'src_endpoint.svc_name')], ['7', 7, 'revealed', 'Microsoft Teams']);
  });

  it('takes the time of the event, where the entry came later', () => {
    const happenedAt = known(entryOf().time);
    const event = eventOf(read({ ...fullEntry, time: known(fullEntry.time), happenedAt, act: 'external-access', source: 'entra', clientAppId: 'c1d6c6a5-7e5f-4a1e-9a5b-1f2e3d4c5b6a' }));
    assert.deepEqual([event['time'], at(event, 'metadata.logged_time'), at(event, 'actor.app_uid'), event['severity']], [Date.parse(happenedAt), Date.parse(fullEntry.time), 'c1d6c6a5-7e5f-4a1e-9a5b-1f2e3d4c5b6a', 'Medium']);
  });

  it('loses no field: what has no place stands under unmapped', () => {
    const entry: LedgerEntry = { ...fullEntry, rotationId: known(fullEntry.requestId) as never, cause: 'person', newKeyId: known(fullEntry.keyId), result: '0x803100DA', alert: 'many-devices', subjectId: known(fullEntry.person?.id), auditId: 'row-1', happenedAt: fullEntry.time, clientAppId: 'app', channel: '19:x', schedule: 'daily', from: fullEntry.time, to: fullEntry.time, format: 'csv', note: 'a note', client: 'Edge' };
    const line = ocsfLine(read(entry, 7, ['reasonText']));
    const values = Object.values({ ...entry, person: entry.person?.id, device: entry.device?.objectId }).filter((value) => typeof value === 'string');
    for (const value of values) assert.ok(line.includes(JSON.stringify(value)) || line.includes(String(Date.parse(value))), value);
    assert.deepEqual(at(eventOf(read(entry, 7, ['reasonText'])), 'unmapped.erased'), ['reasonText']);
  });
});

describe('a file of entries', () => {
  async function* given(...entries: readonly ReadEntry[]): AsyncGenerator<ReadEntry, void> {
    yield* entries;
  }
  const textOf = async (format: ExportFormat, entries: readonly ReadEntry[], seen = (one: ReadEntry): ReadEntry => one): Promise<string> => {
    let text = '';
    for await (const piece of fileOf(format, given(...entries), seen)) text += piece;
    return text;
  };

  it('has a line for each entry, and a head where the form wants one', async () => {
    for (const format of exportFormats) assert.equal((await textOf(format, [read(fullEntry, 1), read(fullEntry, 2)])).trimEnd().split('\n').length, format === 'csv' ? 3 : 2, format);
  });

  it('holds of each entry what the reader may see', async () => {
    const seen = ({ entry, ...one }: ReadEntry): ReadEntry => ({ ...one, entry: entry && entryOf({ time: entry.time }) });
    for (const format of exportFormats) assert.doesNotMatch(await textOf(format, [read(fullEntry)], seen), /LAPTOP-42|INC0012345/);
  });

  it('with a recovery password in any text is refused, and says nothing of it (law 1)', async () => {
    const password = passwordDigits(3);
    for (const format of exportFormats) {
      for (const text of [password, password.replaceAll('-', ''), password.replaceAll('-', ' ')]) {
        await assert.rejects(textOf(format, [read({ ...fullEntry, reasonText: text })]), (error: Error) => error.message.includes('entry 7') && !error.message.includes(password.slice(0, 6)), `${format} ${text}`);
      }
      await textOf(format, [read({ ...fullEntry, reasonText: 'ticket 123456' })]);
    }
  });

  it('is not kept from everybody by one whose reason and ticket make a recovery password side by side', async () => {
    const [reasonText, ticket] = ['111111 222222 333333 444444', '555555-666666-777777-888888'];
    const { callerCheck: _, ...unchecked } = fullEntry;
    const csv = await textOf('csv', [read(fullEntry, 1), read({ ...unchecked, reasonText, ticket }, 2), read(fullEntry, 3)]);
    assert.equal(holdsRecoveryPassword(csv), false);
    assert.doesNotMatch(csv, /333333|777777/);
    assert.match(csv, /\r\n2,[^\r]*,\(withheld: looks like a recovery key\),,\(withheld: looks like a recovery key\),[^\r]*\r\n3,/);
    const blocks = passwordDigits(3).split('-');
    for (const format of exportFormats) {
      const text = await textOf(format, [read({ ...unchecked, reasonText: blocks.slice(0, 4).join(' '), ticket: blocks.slice(4).join(' ') }, 2), read(fullEntry, 3)]);
      assert.doesNotMatch(text, new RegExp(`${blocks[0] ?? ''}|${blocks[7] ?? ''}`), format);
      assert.match(text, /withheld[^]*LAPTOP-42/, format);
    }
  });

  it('knows the erased texts by the names of the ledger', () => {
    for (const name of textNames) assert.match(csvLine(read(entryOf(), 1, [name])), new RegExp(`,${name},,(?:\\(erased\\))?\r\n$`));
  });
});
