import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { openStores } from '../support/stores.ts';

const readyz = async ({ url }: TestKeydesk): Promise<{ readonly status: number; readonly body: unknown }> => {
  const answer = await fetch(`${url}/readyz`);
  return { status: answer.status, body: await answer.json() };
};
const parts = { database: 'ok', ledger: 'ok', graph: 'ok' };

describe('jobs on /readyz', () => {
  it('are ok, and those given up are counted until their rotation moves: degraded, and an answer all the same', inKeydesk(async (keydesk) => {
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    assert.deepEqual(await readyz(keydesk), { status: 200, body: { status: 'ok', parts: { ...parts, jobs: 'ok' } } });

    const stores = openStores(keydesk.database.appUrl, 2);
    try {
      keydesk.clock.forward(3600);
      const { rows } = await sql<{ id: string }>`select id from keydesk.rotation`.execute(stores.database.db);
      const [due, ...more] = await stores.times.due(keydesk.clock.now(), 10);
      assert.deepEqual([rows.map(({ id }) => id), more], [[due], []]);
      assert.ok(due);
      await stores.times.gaveUp(due, keydesk.clock.now(), 'graph-unavailable');
    } finally {
      await stores.close();
    }
    assert.deepEqual(await readyz(keydesk), { status: 200, body: { status: 'degraded', parts: { ...parts, jobs: 'dead: 1' } } });
    assert.deepEqual((await keydesk.acts()).at(-1), 'alert failed graph-unavailable');

    keydesk.clock.forward(3600);
    assert.deepEqual(await keydesk.wakeDue(), { worked: 1, failed: 0 });
    assert.deepEqual(await readyz(keydesk), { status: 200, body: { status: 'ok', parts: { ...parts, jobs: 'ok' } } });
  }));
});
