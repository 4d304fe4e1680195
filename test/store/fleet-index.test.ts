import assert from 'node:assert/strict';
import { Client } from 'pg';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../src/store/database.ts';
import type { FleetItems } from '../../src/domain/fleet.ts';
import { parseEntraDeviceId } from '../../src/domain/ids.ts';
import { closestQuery, fleetIndexIn, keysQuery, namedStatement } from '../../src/store/fleet-index.ts';
import { itemsStatement } from '../../src/store/fleet-items.ts';
import { listQuery } from '../../src/store/fleet-lists.ts';
import { testDatabase } from '../support/database.ts';
import { known } from '../support/known.ts';

const size = 20_000;

/** PC-000001 …, each with a key whose ID begins with its number, and a status; put in by the server itself. */
const fleet = `
  insert into keydesk.device (device_id, object_id, name, name_folded, name_solid, join_type, first_seen, seen, status, reason, known_status, deleted_at)
  select ('de71ce00-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, ('0b0b0b0b-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    'PC-' || lpad(n::text, 6, '0'), 'pc-' || lpad(n::text, 6, '0'), 'pc' || lpad(n::text, 6, '0'), 'entra', now(), 1,
    case when n % 20 = 0 then 'failed' else 'escrowed' end, case when n % 20 = 0 then 'encrypted-without-key' else 'key-escrowed' end, 'escrowed', case when n = 777 then now() end
  from generate_series(1, ${size}) n;
  insert into keydesk.device_key (key_id, device_id, volume, created_at, seen)
  select (lpad(to_hex(n), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, ('de71ce00-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'operatingSystem', now(), 1
  from generate_series(1, ${size}) n;
  insert into keydesk.device_item (device_id, item) select device_id, json_build_object('deviceId', device_id)::text from keydesk.device where deleted_at is null order by device_id;
  analyze keydesk.device; analyze keydesk.device_key; analyze keydesk.device_item;`;

describe('store/fleet-index', () => {
  let database: Database;
  before(async function () {
    this.timeout(60_000);
    const { appUrl, ownerUrl } = await testDatabase();
    const owner = new Client({ connectionString: ownerUrl });
    await owner.connect();
    await owner.query(fleet);
    await owner.end();
    database = openDatabase(appUrl, { maxConnections: 2 });
  });
  after(() => database.close());
  const index = () => fleetIndexIn(database);
  const planOf = async (query: ReturnType<typeof keysQuery>): Promise<string> => {
    const { rows } = await sql<Record<string, string>>`explain ${query}`.execute(database.db);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  const planByHand = async (text: string, values: readonly unknown[]): Promise<string> => (await database.run<Record<string, string>>(`explain ${text}`, values)).map((row) => row['QUERY PLAN']).join('\n');

  it('finds a key by the beginning of its ID in the primary key', async () => {
    assert.match(await planOf(keysQuery('0000002a', 10)), /Index.* using device_key_pkey on device_key/);
    const found = await index().keysBeginning('0000002a', 10);
    assert.deepEqual(found, [{ keyId: '0000002a-0000-4000-8000-00000000002a', deviceId: 'de71ce00-0000-4000-8000-00000000002a', objectId: '0b0b0b0b-0000-4000-8000-00000000002a' }]);
    assert.equal((await index().keysBeginning('0000002a00004000800000000000002a', 10)).length, 1, 'the whole ID too');
    assert.deepEqual(await index().keysBeginning('0000002a0001', 10), []);
    assert.equal((await index().keysBeginning('00000010'.slice(0, 8), 10)).length, 1);
  });

  it('reads a page for scripts from one range, in the order of ids, whatever is asked for', async () => {
    const after = known(parseEntraDeviceId('de71ce00-0000-4000-8000-00000000002a'));
    for (const [wish, byIndex] of [
      [{ most: 100 }, /device_item_pkey/],
      [{ most: 100, after }, /device_item_pkey/],
      [{ most: 100, after, status: 'failed' }, /device_listed_status|device_status/],
      [{ most: 100, name: 'PC-000042' }, /device_name/],
      [{ most: 100, keyId: '0000002a' }, /device_key_pkey/],
    ] as const) {
      const { text, values } = itemsStatement(wish);
      const plan = await planByHand(text, values);
      assert.match(plan, byIndex);
      assert.doesNotMatch(plan, /Seq Scan/);
    }
    const ids = async (wish: FleetItems): Promise<readonly string[]> => (await index().items(wish)).lines.split('\n').map((line) => line && JSON.parse(line).deviceId);
    const [first, second] = [await ids({ most: 3 }), await ids({ most: 3, after })];
    assert.deepEqual([first.length, first.every((deviceId, place) => place === 0 || deviceId > known(first[place - 1])), second.every((deviceId) => deviceId > after)], [3, true, true]);
    assert.deepEqual(await ids({ most: 3, name: 'PC-000777' }), [''], 'gone');
    assert.deepEqual([(await index().items({ most: 3 })).next, (await index().items({ most: 3, name: 'PC-000042' })).next, (await index().items({ most: 1000, status: 'failed' })).next], [first[2], undefined, undefined], 'exactly a thousand are no more than a thousand');
  });

  it('finds names that come close by their trigrams', async () => {
    assert.match(await planOf(closestQuery('pc01234x', '0.6', 5)), /Index Scan on device_name_trigrams/);
    const closest = await index().closest('PC-01234x', 5);
    assert.equal(closest.length, 5);
    for (const name of closest) assert.match(name, /^PC-01234\d$/);
    assert.equal((await index().closest('PC012345', 5))[0], 'PC-012345', 'a forgotten dash');
    assert.ok((await index().closest('PC-102345', 5)).length > 0, 'two digits that changed places');
    assert.deepEqual(await index().closest('zzz', 5), []);
    assert.deepEqual(await index().closest('---', 5), []);
  });

  it('does not name what is gone', async () => {
    assert.ok(!(await index().closest('PC-000777', 5)).includes('PC-000777'));
    assert.deepEqual(await index().named('pc-000777', 5), []);
    assert.equal((await index().named('PC-000778', 5)).length, 1);
    assert.match(await planByHand(namedStatement, ['pc-000778', 5]), /Index Scan.* device_name/);
    assert.notEqual((await index().withNames(['pc-000777']))[0]?.deletedAt, undefined, 'but says so where it is asked for by name');
  });

  it('lists a status page by page in the order of names, through its index', async () => {
    assert.match(await planOf(listQuery('failed', 500, 10)), /Index Scan using device_status on device/);
    const first = await index().list('failed', { skip: 0, take: 10 });
    assert.deepEqual([first.total, first.devices.length, first.devices[0]?.name, first.devices[9]?.name], [1000, 10, 'PC-000020', 'PC-000200']);
    const last = await index().list('missing', { skip: 995, take: 10 });
    assert.deepEqual(last.devices.map(({ name }) => name), ['PC-019920', 'PC-019940', 'PC-019960', 'PC-019980', 'PC-020000']);
    assert.deepEqual((await index().list('failed', { skip: 5000, take: 10 })).devices, []);
    assert.deepEqual(await index().list('pending', { skip: 0, take: 10 }), { total: 0, devices: [] });
  });

  it('counts the fleet', async () => {
    const { counts } = await index().overview(30);
    assert.deepEqual(counts, { escrowed: size - 1001, pending: 0, failed: 1000, 'not-available': 0, unknown: 0 });
  });

  it('has no state before the first sweep', async () => {
    assert.deepEqual(await index().state(), { missing: [] });
  });

  it('bears 500 names at once, and hostile ones', async () => {
    const names = Array.from({ length: 499 }, (_, n) => `pc-${String(n + 1).padStart(6, '0')}`);
    const found = await index().withNames([...names, "o'brien'; drop table keydesk.device; --", '%_\\', '"}{']);
    assert.equal(found.length, 499);
    assert.equal(known(found[19]).status, 'failed');
    for (const name of ["o'brien'--", '%_\\', '"}{', '\ud800', 'x'.repeat(300)]) assert.deepEqual(await index().named(name, 5), []);
  });
});
