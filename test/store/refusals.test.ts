import assert from 'node:assert/strict';
import { plusSeconds } from '../../src/domain/instant.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { testDatabase } from '../support/database.ts';
import { entryOf, fullEntry, person } from '../support/ledger-entries.ts';
import { entriesIn, noon, openStores, type Stores, verified } from '../support/stores.ts';

const refusal = (second: number, more: Partial<LedgerEntry> = {}): LedgerEntry =>
  entryOf({ time: plusSeconds(noon, second), act: 'refused', outcome: 'refused', code: 'device-not-found', conversation: 'personal', asked: 'LAPTOP-99', ...more });

describe('store/refusals', () => {
  let one: Stores;
  let other: Stores;

  beforeEach(async () => {
    const { appUrl } = await testDatabase();
    one = openStores(appUrl);
    other = openStores(appUrl);
  });
  afterEach(() => Promise.all([one.close(), other.close()]));

  const refuse = async (...entries: readonly LedgerEntry[]): Promise<void> => {
    for (const entry of entries) await one.ledger.refuse(entry);
  };

  it('writes the first at once, and sums the others when 60 s are over', async () => {
    await refuse(refusal(0), refusal(1), refusal(2), refusal(59.999));
    assert.deepEqual(await entriesIn(one), [refusal(0)]);
    assert.equal(await one.ledger.settleRefusals(plusSeconds(noon, 59.999)), 0);
    assert.equal(await one.ledger.settleRefusals(plusSeconds(noon, 60)), 1);
    assert.deepEqual(await entriesIn(one), [refusal(0), refusal(60, { count: 3 })]);
    assert.equal(await one.ledger.settleRefusals(plusSeconds(noon, 600)), 0);
  });

  it('writes no sum where nothing was repeated', async () => {
    await refuse(refusal(0));
    assert.equal(await one.ledger.settleRefusals(plusSeconds(noon, 600)), 0);
    assert.deepEqual(await entriesIn(one), [refusal(0)]);
  });

  it('begins anew after 60 s, and writes a sum that nobody settled before', async () => {
    await refuse(refusal(0), refusal(1), refusal(61), refusal(62));
    assert.deepEqual(await entriesIn(one), [refusal(0), refusal(60, { count: 1 }), refusal(61)]);
    assert.equal(await one.ledger.settleRefusals(plusSeconds(noon, 121)), 1);
    assert.deepEqual((await entriesIn(one)).at(-1), refusal(121, { count: 1 }));
  });

  it('keeps people and codes apart', async () => {
    const others = [refusal(0, { person: { id: person(2) } }), refusal(0, { code: 'no-keys' })];
    await refuse(refusal(0), ...others);
    assert.deepEqual(await entriesIn(one), [refusal(0), ...others]);
  });

  it('says of the repeats what all of them say', async () => {
    const { device, reference } = fullEntry;
    assert.ok(device);
    await refuse(refusal(0), refusal(1, { device, asked: 'A', ticket: 'INC1' }), refusal(2, { device, asked: 'B', ticket: 'INC1', ...(reference && { reference }) }));
    await one.ledger.settleRefusals(plusSeconds(noon, 60));
    const { asked: _, ...common } = refusal(60, { device, ticket: 'INC1', count: 2 });
    assert.deepEqual((await entriesIn(one)).at(-1), common);
  });

  it('writes a sum once, however many instances settle', async () => {
    for (const number of [1, 2, 3, 4, 5, 6]) await refuse(refusal(0, { person: { id: person(number) } }), refusal(1, { person: { id: person(number) } }));
    const written = await Promise.all([one, other, one, other].map((stores) => stores.ledger.settleRefusals(plusSeconds(noon, 60))));
    assert.equal(written.reduce((sum, count) => sum + count), 6);
    assert.equal((await entriesIn(one)).length, 12);
  });

  it('neither waits for a sum that another instance is just writing, nor stops at it', async () => {
    for (const number of [1, 2]) await refuse(refusal(0, { person: { id: person(number) } }), refusal(1, { person: { id: person(number) } }));
    const writing = await other.database.db.startTransaction().execute();
    await writing.selectFrom('keydesk.refusal_tally').select('count').where('person_id', '=', person(1)).forUpdate().execute();
    assert.equal(await one.ledger.settleRefusals(plusSeconds(noon, 60)), 1);
    await writing.rollback().execute();
    assert.equal(await one.ledger.settleRefusals(plusSeconds(noon, 60)), 1);
  });

  it('loses no refusal of many at once, on two instances', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, number) => (number % 2 === 0 ? one : other).ledger.refuse(refusal(number % 50))));
    await one.ledger.settleRefusals(plusSeconds(noon, 600));
    const counted = (await entriesIn(one)).map(({ count }) => count ?? 1);
    assert.equal(counted.reduce((sum, count) => sum + count), 40);
    assert.equal(counted.length, 2);
    assert.deepEqual((await verified(one.database)).findings, []);
  });

  it('writes a refusal of nobody in particular at once, every time', async () => {
    const { person: _, ...nobody } = refusal(0);
    await refuse(nobody, nobody);
    assert.deepEqual(await entriesIn(one), [nobody, nobody]);
  });
});
