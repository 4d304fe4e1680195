import assert from 'node:assert/strict';
import { openDatabase } from '../../src/store/database.ts';
import { listEntries } from '../../src/store/stored-entries.ts';
import { blocksIn, headingOf, standing } from '../support/keydesk/cards.ts';
import { cuttableLine } from '../support/keydesk/cuttable.ts';
import { steps } from '../support/keydesk/steps.ts';
import { until } from '../support/keydesk/time.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';

const starts = async ({ database }: TestKeydesk): Promise<number> => {
  const store = openDatabase(database.appUrl, { maxConnections: 1 });
  try {
    return (await listEntries(store, { last: 1000 })).filter(({ entry }) => entry?.act === 'started' && /^[0-9a-f]{64}$/.test(entry.configuration ?? '')).length;
  } finally {
    await store.close();
  }
};

describe('Keydesk starts', () => {
  it('and says so in the ledger, with the fingerprint of its configuration, once for each start', inKeydesk(async (keydesk) => {
    await keydesk.runChores();
    assert.equal(await starts(keydesk), 1);
    const second = await keydesk.another();
    await second.runChores();
    await second.runChores();
    assert.equal(await starts(keydesk), 2);
  }));

  it('without its database: it answers, is not ready, and works when the database comes', inKeydesk(async (keydesk) => {
    await keydesk.runChores();
    const line = await cuttableLine(keydesk.database.appUrl);
    line.cut();
    const early = await keydesk.another({ databaseUrl: line.url });
    try {
      assert.equal((await fetch(`${early.url}/readyz`)).status, 503);
      assert.match(headingOf((await early.ask('key for LAPTOP-42')).card), /database is not available/);
      line.mend();
      await early.runChores();
      assert.equal((await fetch(`${early.url}/readyz`)).status, 200);
      assert.equal(await starts(keydesk), 2, 'its start is on record after all');
      assert.equal(blocksIn((await early.reveal(await early.ask('key for LAPTOP-42'))).card).length, 8);
    } finally {
      await early.stop();
      await line.stop();
    }
  }));

  it('without Graph: it answers, says that it is degraded, and works when Graph comes', inKeydesk(async (keydesk) => {
    keydesk.simulator.faults.add({ path: /^\/(?:v1\.0|beta)\//, status: 503 });
    const early = await keydesk.another();
    const health = await fetch(`${early.url}/readyz`);
    assert.equal(health.status, 200);
    assert.match(await health.text(), /"status":"degraded".*"graph":"graph-unavailable"/);
    keydesk.simulator.faults.clear();
    assert.equal(blocksIn((await early.reveal(await early.ask('key for LAPTOP-42'))).card).length, 8);
    assert.match(await (await fetch(`${early.url}/readyz`)).text(), /"status":"ok"/);
  }));

  it('after it was away: what was to be hidden meanwhile is hidden at once', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    await keydesk.stop();
    keydesk.clock.forward(7200);
    // Its first chores run by themselves; nothing is pressed and nobody waits for a second.
    await keydesk.another();
    await until(() => keydesk.now(confirm).edited);
    assert.match(headingOf(standing(keydesk.now(confirm)).card), /hidden/);
  }));
});

describe('Keydesk stops', () => {
  it('after the answers that are under way: the key still reaches the one who pressed', inKeydesk(async (keydesk) => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let reading = false;
    const stopping = await keydesk.another({
      around: steps(async (step) => {
        if (step !== 'after recoveryKeys.read') return;
        reading = true;
        await released;
      }),
    });
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const pressing = stopping.reveal(confirm);
    await until(() => reading);
    const stopped = stopping.stop();
    await assert.rejects(fetch(`${stopping.url}/healthz`), 'it takes nothing new');
    release();
    assert.equal(blocksIn((await pressing).card).length, 8);
    await stopped;
    assert.deepEqual(await keydesk.acts(), ['asked done', 'intended done', 'revealed done', 'rotation-scheduled done']);
  }));
});
