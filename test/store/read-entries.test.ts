import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { Client } from 'pg';
import { parseEntraDeviceId, parseKeyId } from '../../src/domain/ids.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import type { ReadEntry, ReadingFilter } from '../../src/domain/reading.ts';
import type { LedgerReader } from '../../src/domain/reading-ports.ts';
import { seal } from '../../src/ledger/entry.ts';
import { ledgerReaderIn, pageQuery } from '../../src/store/read-entries.ts';
import { testDatabase } from '../support/database.ts';
import { asOwner } from '../support/keydesk/surroundings.ts';
import { at, entryOf, fullEntry, person } from '../support/ledger-entries.ts';
import { known } from '../support/known.ts';
import { openStores, type Stores } from '../support/stores.ts';

const deviceId = (number: number) => known(parseEntraDeviceId(`de71ce00-0000-4000-8000-${String(number).padStart(12, '0')}`));
const keyId = (first: string) => known(parseKeyId(`${first}-0000-4000-8000-000000000001`));
const day = (number: number) => at(`2026-11-${String(number).padStart(2, '0')}T09:00:00.000Z`);

const entries: readonly LedgerEntry[] = [
  { ...fullEntry, time: day(1), device: { deviceId: deviceId(42), name: 'LAPTOP-42' }, keyId: keyId('1a2b3c4d') },
  entryOf({ time: day(2), person: { id: person(2), name: 'Megan Bowen' }, act: 'asked', device: { deviceId: deviceId(7), name: 'DESKTOP-7' } }),
  entryOf({ time: day(3), act: 'refused', outcome: 'refused', code: 'no-keys' }),
  entryOf({ time: day(4), act: 'rotation-done', source: 'system', person: { id: person(2), name: 'Megan Bowen' }, device: { deviceId: deviceId(42), name: 'laptop-42' }, newKeyId: keyId('9f3c61d8') }),
  entryOf({ time: day(5), act: 'revealed', device: { deviceId: deviceId(7), name: 'DESKTOP-7' }, keyId: keyId('1a2b3c4e') }),
];

describe('store: the ledger as people read it', () => {
  let stores: Stores;
  let reader: LedgerReader;
  let ownerUrl: string;
  before(async () => {
    const urls = await testDatabase();
    ownerUrl = urls.ownerUrl;
    stores = openStores(urls.appUrl);
    reader = ledgerReaderIn(stores.database);
  });
  after(() => stores.close());

  const numbers = async (filter: ReadingFilter, head = 5): Promise<readonly number[]> => (await reader.page({ filter, head }, { skip: 0, most: 10 })).map(({ seq }) => seq);

  it('is empty where nothing was written', async () => {
    assert.equal(await reader.head(), 0);
    assert.deepEqual(await numbers({}, 0), []);
    for (const entry of entries) await stores.ledger.append(entry);
    assert.equal(await reader.head(), 5);
  });

  const questions: readonly (readonly [string, ReadingFilter, readonly number[]])[] = [
    ['everything', {}, [5, 4, 3, 2, 1]],
    ['a person', { persons: [person(1)] }, [5, 3, 1]],
    ['two persons', { persons: [person(1), person(2)] }, [5, 4, 3, 2, 1]],
    ['nobody', { persons: [] }, []],
    ['a device', { devices: [deviceId(42)] }, [4, 1]],
    ['a GUID that is a device', { either: deviceId(7) }, [5, 2]],
    ['a GUID that is a person', { either: person(2) }, [4, 2]],
    ['a key by its first eight', { keyId: '1a2b3c4d' }, [1]],
    ['a key by more of it', { keyId: '1a2b3c4d00004000' }, [1]],
    ['a whole key ID', { keyId: keyId('1a2b3c4d').replaceAll('-', '') }, [1]],
    ['a key that a rotation made', { keyId: '9f3c61d8' }, [4]],
    ['a key that there is not', { keyId: 'deadbeef' }, []],
    ['acts', { acts: ['refused', 'revealed'] }, [5, 3, 1]],
    ['a source', { source: 'system' }, [4]],
    ['a period, its end excluded', { from: day(2), to: day(4) }, [3, 2]],
    ['all of it together', { persons: [person(1)], devices: [deviceId(7)], acts: ['revealed'], from: day(1) }, [5]],
  ];
  for (const [what, filter, found] of questions) {
    it(`finds ${what}`, async () => {
      assert.deepEqual(await numbers(filter), found);
      assert.equal(await reader.count({ filter, head: 5 }, 100), found.length);
    });
  }

  it('counts no further than it was asked to, and knows no later entry than the head', async () => {
    assert.equal(await reader.count({ filter: {}, head: 5 }, 3), 3);
    assert.deepEqual(await numbers({}, 2), [2, 1]);
    assert.deepEqual((await reader.page({ filter: {}, head: 5 }, { skip: 3, most: 1 })).map(({ seq }) => seq), [2]);
  });

  it('hands out the entry as it was written', async () => {
    const [first] = await reader.page({ filter: {}, head: 1 }, { skip: 0, most: 1 });
    assert.deepEqual(first, { seq: 1, entry: entries[0], erased: [] });
  });

  it('finds the devices that bore a name, case folded, also more than one', async () => {
    assert.deepEqual(await reader.devicesCalled('LAPTOP-42'), [deviceId(42)]);
    assert.deepEqual(await reader.devicesCalled('desktop-7'), [deviceId(7)]);
    assert.deepEqual(await reader.devicesCalled("'; drop table keydesk.reading; --"), []);
  });

  it('writes a file in the order of the numbers, in as many batches as it takes', async () => {
    let text = '';
    for await (const piece of reader.file('jsonl', { filter: {}, head: 4 }, (read) => read)) text += piece;
    assert.deepEqual(text.trimEnd().split('\n').map((line) => (JSON.parse(line) as { entry: number }).entry), [1, 2, 3, 4]);
  });

  it('lets go of its connection when the reader of a file has seen enough', async () => {
    const few = openStores((await testDatabase()).appUrl, 1);
    for (const entry of entries) await few.ledger.append(entry);
    for await (const piece of ledgerReaderIn(few.database).file('csv', { filter: {}, head: 5 }, (read) => read)) {
      assert.notEqual(piece, '');
      break;
    }
    assert.equal(await ledgerReaderIn(few.database).head(), 5);
    await few.close();
  });

  it('says what was erased, and names an entry whose bytes were changed', async () => {
    await asOwner({ ownerUrl }, [
      "set session_replication_role = 'replica'",
      "update keydesk.ledger_text set texts = texts - 'ticket' - 'personName' where seq = 1",
      'delete from keydesk.ledger_text where seq = 2',
      "update keydesk.ledger_entry set body = '\\x7b7d' where seq = 3",
    ]);
    const erased = (await reader.page({ filter: {}, head: 3 }, { skip: 0, most: 3 })).map((read: ReadEntry) => [read.seq, read.entry?.act, read.erased]);
    assert.deepEqual(erased, [
      [3, undefined, []],
      [2, 'asked', ['personName', 'deviceName']],
      [1, 'revealed', ['personName', 'ticket']],
    ]);
  });
});

describe('store: what a page of a large ledger costs', () => {
  it('goes by an index, whatever is asked', async () => {
    const { appUrl, ownerUrl } = await testDatabase();
    const stores = openStores(appUrl, 1);
    const client = new Client({ connectionString: ownerUrl });
    await client.connect();
    try {
      // 20,000 entries by one statement: 50 people, 500 devices, one a minute.
      const { body } = seal(entryOf({ act: 'revealed', device: { deviceId: deviceId(0) } }), randomBytes);
      const text = Buffer.from(body).toString('utf8');
      await client.query("set session_replication_role = 'replica'");
      await client.query(
        `insert into keydesk.ledger_entry (seq, body, leaf_hash, time, act, outcome, source, person_id, device_id)
         select n, $1::bytea, '\\x00', timestamptz '2026-01-01' + n * interval '1 minute', 'revealed', 'done', 'teams',
           ('a1e00000-0000-4000-8000-' || lpad((n % 50)::text, 12, '0'))::uuid, ('de71ce00-0000-4000-8000-' || lpad((n % 500)::text, 12, '0'))::uuid
         from generate_series(1, 20000) n`,
        [Buffer.from(text)],
      );
      await client.query('analyze keydesk.ledger_entry');
      const plans: readonly (readonly [string, ReadingFilter, RegExp])[] = [
        ['everything', {}, /Index (?:Only )?Scan Backward using ledger_entry_pkey/],
        ['a person', { persons: [person(7)] }, /ledger_entry_person|Index Scan Backward using ledger_entry_pkey/],
        ['a device', { devices: [deviceId(7)] }, /ledger_entry_device/],
        ['either', { either: person(7) }, /ledger_entry_(?:person|device|pkey)/],
        ['an hour of last spring', { from: at('2026-01-03T09:00:00.000Z'), to: at('2026-01-03T10:00:00.000Z') }, /ledger_entry_time/],
      ];
      for (const [what, filter, index] of plans) {
        const query = pageQuery({ filter, head: 20_000 }, { skip: 0, most: 8 });
        const { rows } = await sql<Record<'QUERY PLAN', string>>`explain ${query}`.execute(stores.database.db);
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        assert.match(plan, index, what);
        assert.doesNotMatch(plan, /Seq Scan on ledger_entry/, `${what}\n${plan}`);
      }
    } finally {
      await client.end();
      await stores.close();
    }
  });
});
