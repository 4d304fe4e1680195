import assert from 'node:assert/strict';
import { plusSeconds } from '../../src/domain/instant.ts';
import { testDatabase } from '../support/database.ts';
import { person } from '../support/ledger-entries.ts';
import { noon, openStores, type Stores } from '../support/stores.ts';

describe('store/asks', () => {
  let one: Stores;
  let other: Stores;
  const limit = { max: 3, seconds: 60 };
  const ask = (activityId: string, more: Partial<Parameters<Stores['asks']['admit']>[0]> = {}) => ({ person: person(), conversationId: 'a:1', activityId, at: noon, limit, ...more });

  before(async () => {
    const { appUrl } = await testDatabase();
    one = openStores(appUrl);
    other = openStores(appUrl);
  });
  after(() => Promise.all([one.close(), other.close()]));

  it('admits a message once, on whatever instance it arrives', async () => {
    assert.equal(await one.asks.admit(ask('once')), 'admitted');
    assert.equal(await one.asks.admit(ask('once')), 'repeat');
    assert.equal(await other.asks.admit(ask('once')), 'repeat');
  });

  it('tells conversations and activities apart, however their ids are cut', async () => {
    const mine = { person: person(11) };
    assert.equal(await one.asks.admit(ask('bc', { ...mine, conversationId: 'a' })), 'admitted');
    assert.equal(await one.asks.admit(ask('c', { ...mine, conversationId: 'ab' })), 'admitted');
  });

  it('admits one of many deliveries that arrive at once', async () => {
    const mine = ask('storm', { person: person(2), limit: { max: 100, seconds: 60 } });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, number) => (number % 2 === 0 ? one : other).asks.admit(mine)));
    assert.deepEqual(answers.toSorted(), ['admitted', ...Array.from({ length: 19 }, () => 'repeat')]);
  });

  it('says limit after so many within the window, and admits again when the first is as old as the window', async () => {
    const mine = { person: person(3) };
    for (const number of [1, 2, 3]) assert.equal(await one.asks.admit(ask(`m${number}`, { ...mine, at: plusSeconds(noon, number) })), 'admitted');
    assert.equal(await other.asks.admit(ask('m4', { ...mine, at: plusSeconds(noon, 4) })), 'limit');
    // The one refused counts as well.
    assert.equal(await one.asks.admit(ask('m5', { ...mine, at: plusSeconds(noon, 61.5) })), 'limit');
    assert.equal(await one.asks.admit(ask('m6', { ...mine, at: plusSeconds(noon, 64) })), 'admitted');
  });

  it('counts each person alone', async () => {
    for (const number of [1, 2, 3]) await one.asks.admit(ask(`p${number}`, { person: person(4) }));
    assert.equal(await one.asks.admit(ask('p4', { person: person(4) })), 'limit');
    assert.equal(await one.asks.admit(ask('p5', { person: person(5) })), 'admitted');
  });

  it('takes ids of any length and any characters', async () => {
    assert.equal(await one.asks.admit(ask(`\0${'x'.repeat(100_000)}`, { person: person(6) })), 'admitted');
  });

  it('forgets what is older than it is told, and nothing else', async () => {
    const stores = openStores((await testDatabase()).appUrl);
    try {
      await stores.asks.admit(ask('old'));
      await stores.asks.admit(ask('new', { at: plusSeconds(noon, 10) }));
      assert.equal(await stores.asks.prune(plusSeconds(noon, 10)), 1);
      assert.equal(await stores.asks.admit(ask('new')), 'repeat');
      assert.equal(await stores.asks.admit(ask('old')), 'admitted');
    } finally {
      await stores.close();
    }
  });
});
