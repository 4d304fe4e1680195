import assert from 'node:assert/strict';
import { Client } from 'pg';
import { plusSeconds } from '../../src/domain/instant.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { askedWhenFilled } from '../../src/store/fleet-filled.ts';
import { fleetIndexIn } from '../../src/store/fleet-index.ts';
import { testDatabase } from '../support/database.ts';
import { time } from '../support/desk/world.ts';

describe('store/fleet-filled', () => {
  let database: Database;
  let owner: Client;
  before(async () => {
    const { appUrl, ownerUrl } = await testDatabase();
    owner = new Client({ connectionString: ownerUrl });
    await owner.connect();
    database = openDatabase(appUrl, { maxConnections: 2 });
  });
  after(async () => {
    await owner.end();
    await database.close();
  });

  it('looks for no device in an empty index, and for every one from 5 s on after it was filled', async () => {
    let now = time('2026-11-25T08:00:00Z');
    const asked: string[] = [];
    const index = fleetIndexIn(database);
    const filled = askedWhenFilled({ ...index, named: (name, most) => (asked.push(name), index.named(name, most)) }, database, { now: () => now });
    assert.deepEqual(await filled.named('LAPTOP-42', 10), []);
    await owner.query(`
      insert into keydesk.device (device_id, object_id, name, name_folded, name_solid, join_type, first_seen, seen, known_status)
      values ('de71ce00-0000-4000-8000-00000000002a', '0b0b0b0b-0000-4000-8000-00000000002a', 'LAPTOP-42', 'laptop-42', 'laptop42', 'entra', now(), 1, 'escrowed')`);
    assert.deepEqual(await filled.named('LAPTOP-42', 10), []);
    assert.deepEqual(asked, [], 'nothing was looked for yet');
    now = plusSeconds(now, 5);
    const found = [{ deviceId: 'de71ce00-0000-4000-8000-00000000002a', objectId: '0b0b0b0b-0000-4000-8000-00000000002a' }];
    assert.deepEqual(await filled.named('LAPTOP-42', 10), found);
    assert.deepEqual(await filled.named('LAPTOP-42', 10), found, 'and without another look');
    assert.deepEqual(asked, ['LAPTOP-42', 'LAPTOP-42']);
  });
});
