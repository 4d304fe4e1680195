import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { emptyRange, extend, leafHash, rootOf } from '../../src/ledger/tree.ts';
import { ledgerIn } from '../../src/store/ledger.ts';
import { listEntries, storedEntries } from '../../src/store/stored-entries.ts';
import { testDatabase } from '../support/database.ts';
import { at, entryOf, fullEntry, person } from '../support/ledger-entries.ts';
import { entriesIn, openStores, requestOf, type Stores, verified } from '../support/stores.ts';

describe('store/ledger', () => {
  let one: Stores;
  let other: Stores;

  before(async () => {
    const { appUrl } = await testDatabase();
    one = openStores(appUrl, 8);
    other = openStores(appUrl, 8);
  });
  after(() => Promise.all([one.close(), other.close()]));

  it('keeps an entry whole', async () => {
    await one.ledger.append(fullEntry);
    assert.deepEqual(await entriesIn(one), [fullEntry]);
  });

  it('gives each entry the next number and no number twice, over instances and kinds of writing', async () => {
    const before = (await verified(one.database)).verdict.size;
    const write = async (stores: Stores, writer: number): Promise<void> => {
      for (let time = 0; time < 25; time += 1) {
        const number = writer * 100 + time;
        if (writer % 4 === 0) await stores.requests.open(requestOf(number), entryOf({ asked: `${number}` }));
        else if (writer % 4 === 1) await stores.ledger.refuse(entryOf({ act: 'refused', outcome: 'refused', code: 'no-role', person: { id: person(number) } }));
        else await stores.ledger.append(entryOf({ asked: `${number}` }));
      }
    };
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].flatMap((writer) => [write(one, writer), write(other, writer + 8)]));

    const { findings, verdict } = await verified(one.database);
    assert.deepEqual(findings, []);
    assert.equal(verdict.size, before + 16 * 25);
    const { rows } = await sql<{ first: string; last: string; count: string }>`select min(seq) as first, max(seq) as last, count(*) from keydesk.ledger_entry`.execute(one.database.db);
    assert.deepEqual(rows, [{ first: '1', last: String(verdict.size), count: String(verdict.size) }]);
  });

  it('has the tree head of the bytes that are stored', async () => {
    const rows = await one.database.db.selectFrom('keydesk.ledger_entry').select(['body', 'leaf_hash']).orderBy('seq').execute();
    assert.ok(rows.length > 0);
    const range = rows.reduce((so, { body }) => extend(so, leafHash(body)), emptyRange);
    assert.deepEqual(Buffer.from((await verified(one.database)).verdict.root), Buffer.from(rootOf(range)));
    for (const { body, leaf_hash } of rows) assert.deepEqual(Buffer.from(leafHash(body)), leaf_hash);
  });

  it('leaves no hole when a transaction that took a number is rolled back', async () => {
    const { verdict: before } = await verified(one.database);
    const tx = await one.database.db.startTransaction().execute();
    await sql`insert into keydesk.ledger_entry (body) select body from keydesk.ledger_entry where seq = 1`.execute(tx);
    await tx.rollback().execute();
    await one.ledger.append(entryOf());
    const { findings, verdict } = await verified(one.database);
    assert.deepEqual([findings, verdict.size], [[], before.size + 1]);
  });

  it('reads the whole from one moment, while others write', async () => {
    const batches = storedEntries(one.database);
    const first = await batches.next();
    assert.ok(first.done !== true);
    await other.ledger.append(entryOf());
    let last = first.value.at(-1)?.seq;
    for await (const batch of batches) last = batch.at(-1)?.seq;
    assert.equal(last, (await verified(one.database)).verdict.size - 1);
  });

  it('gives a reader who stops early the connection back', async () => {
    const single = openStores((await testDatabase()).appUrl, 1);
    try {
      await single.ledger.append(entryOf());
      for await (const batch of storedEntries(single.database)) {
        assert.equal(batch.length, 1);
        break;
      }
      await single.ledger.append(entryOf());
      assert.equal((await verified(single.database)).verdict.size, 2);
    } finally {
      await single.close();
    }
  });

  it('lists the newest, of a person and of a device, by id and by name', async () => {
    const stores = openStores((await testDatabase()).appUrl);
    try {
      const device = { ...fullEntry.device, deviceId: fullEntry.device?.deviceId } as const;
      assert.ok(device.deviceId);
      for (const number of [1, 2, 3, 4]) {
        await stores.ledger.append(entryOf({ time: at(`2026-11-22T12:00:0${number}Z`), person: { id: person(number % 2) }, ...(number < 3 && { device: { deviceId: device.deviceId, name: 'Ärger-7' } }) }));
      }
      const seqs = async (filter: Parameters<typeof listEntries>[1]): Promise<number[]> => (await listEntries(stores.database, filter)).map(({ seq }) => seq);
      assert.deepEqual(await seqs({ last: 3 }), [2, 3, 4]);
      assert.deepEqual(await seqs({ last: 9, person: person(1) }), [1, 3]);
      assert.deepEqual(await seqs({ last: 9, device: { id: device.deviceId } }), [1, 2]);
      assert.deepEqual(await seqs({ last: 9, device: { name: 'ÄRGER-7' } }), [1, 2]);
      assert.deepEqual(await seqs({ last: 9, device: { name: '%' } }), []);
      assert.deepEqual(await seqs({ last: 9, person: person(9) }), []);
    } finally {
      await stores.close();
    }
  });

  it('says ledger-unavailable, and no value, when the entry cannot be written', async () => {
    const broken = ledgerIn(one.database, (bytes) => randomBytes(bytes));
    const entry = { ...entryOf({ asked: 'Confidential' }), time: 'never' };
    // @ts-expect-error -- a time that is none gets past the types only here
    await assert.rejects(broken.append(entry), (error: Error) => 'code' in error && error.code === 'ledger-unavailable' && !`${error.message} ${String(error.cause)}`.includes('Confidential'));
  });
});
