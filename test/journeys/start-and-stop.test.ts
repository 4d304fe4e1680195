import assert from 'node:assert/strict';
import { openDatabase } from '../../src/store/database.ts';
import { listEntries } from '../../src/store/stored-entries.ts';
import { blocksIn, headingOf, standing } from '../support/keydesk/cards.ts';
import { cuttableLine } from '../support/keydesk/cuttable.ts';
import { steps } from '../support/keydesk/steps.ts';
import { until } from '../support/keydesk/time.ts';
import { pressAt, startVictim, type Victim } from '../support/keydesk/victim.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';

/** What a load balancer, a supervisor and Teams are told. */
async function statusesOf(url: string): Promise<Readonly<Record<string, number>>> {
  const message = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  const asked = [['/api/messages', message], ['/readyz', {}], ['/healthz', {}]] as const;
  return Object.fromEntries(await Promise.all(asked.map(async ([path, options]) => [path, (await fetch(url + path, options)).status] as const)));
}

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
    assert.deepEqual(await statusesOf(stopping.url), { '/api/messages': 503, '/readyz': 503, '/healthz': 200 }, 'it takes nothing new');
    release();
    assert.equal(blocksIn((await pressing).card).length, 8);
    await stopped;
    assert.deepEqual(await keydesk.acts(), ['asked done', 'intended done', 'revealed done', 'rotation-scheduled done']);
  }));
});

describe('Keydesk, a process that is told to end', () => {
  const held = async (keydesk: TestKeydesk, delayMs: number) => {
    const victim = await startVictim(keydesk);
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.simulator.faults.add({ path: /select=key/, delayMs });
    const pressing = pressAt(victim, keydesk, confirm, 'reveal');
    while (!(await keydesk.acts()).includes('intended done')) await new Promise((resolve) => void setImmediate(resolve));
    return { victim, pressing };
  };
  const untilStopping = async ({ url }: Victim): Promise<void> => {
    while ((await fetch(`${url}/readyz`)).status !== 503) await new Promise((resolve) => void setImmediate(resolve));
  };

  it('answers the reveal that Graph still holds, refuses what comes meanwhile, and ends with 0', inKeydesk(async (keydesk) => {
    const { victim, pressing } = await held(keydesk, 2500);
    victim.tell('SIGTERM');
    // Told twice for one wish, as by a supervisor and the launcher. Another signal: the kernel makes one of two alike.
    victim.tell('SIGINT');
    await untilStopping(victim);
    assert.deepEqual(await statusesOf(victim.url), { '/api/messages': 503, '/readyz': 503, '/healthz': 200 });
    assert.equal((await pressing).length, 8, 'the key reaches the one who pressed');
    assert.equal(await victim.code, 0, victim.output());
    assert.deepEqual((await keydesk.acts()).filter((act) => /^(?:intended|revealed|rotation)/.test(act)), ['intended done', 'revealed done', 'rotation-scheduled done']);
  }));

  it('ends at once when it is told again, and the claim that is left behind is settled as unknown', inKeydesk(async (keydesk) => {
    const { victim, pressing } = await held(keydesk, 60_000);
    victim.tell('SIGTERM');
    await untilStopping(victim);
    const gone = victim.gone.then(() => true);
    const aTurnLater = () => new Promise<boolean>((resolve) => void setImmediate(() => resolve(false)));
    while (!(await Promise.race([gone, aTurnLater()]))) victim.tell('SIGTERM');
    assert.equal(await victim.code, 143);
    assert.deepEqual(await pressing, []);
    keydesk.simulator.faults.clear();
    keydesk.clock.forward(60);
    await keydesk.runChores();
    assert.ok((await keydesk.acts()).includes('revealed unknown'));
  }));
});
