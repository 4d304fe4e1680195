// What scripts are told of each device, in the index: written by a sweep, and by the migration that brought it.

import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { parseEntraDeviceId } from '../../src/domain/ids.ts';
import { sql as migration } from '../../src/store/migrations/0014-device-item.ts';
import { keyIdOf, keyOf, time } from '../support/desk/world.ts';
import { asOwner } from '../support/keydesk/surroundings.ts';
import { known } from '../support/known.ts';
import { addMachine, openSweeps, type TestSweeps } from '../support/sweeping.ts';

type Item = Readonly<Record<string, unknown>>;

describe('store/device-items', () => {
  let sweeps: TestSweeps;
  before(async () => void (sweeps = await openSweeps()));
  afterEach(() => sweeps.wipe());
  after(() => sweeps.close());
  const items = async (): Promise<readonly Item[]> => {
    const { lines } = await sweeps.index.items({ most: 1000 });
    return lines === '' ? [] : lines.split('\n').map((line) => JSON.parse(line));
  };
  /** Which version of its row each device has. */
  const versions = async (): Promise<Readonly<Record<string, string>>> => {
    const { rows } = await sql<{ id: string; version: string }>`select device_id as id, xmin::text as version from keydesk.device_item`.execute(sweeps.database.db);
    return Object.fromEntries(rows.map(({ id, version }) => [id, version]));
  };

  it('are as the sweep concluded them, until the next one does', async () => {
    const { device } = addMachine(sweeps.tenant, 1, 'LAPTOP-1', { key: 'aaaa0001' });
    assert.deepEqual(await items(), []);
    await sweeps.turn();
    assert.deepEqual((await items()).map(({ deviceName, status, asOf, keys }) => [deviceName, status, asOf, keys]), [
      ['LAPTOP-1', 'escrowed', '2026-11-25T06:00:00.000Z', [{ keyId: keyOf(device, 'aaaa0001', '2026-05-01T09:00:00Z').keyId, volumeType: 'operatingSystem', createdAt: '2026-05-01T09:00:00.000Z', state: 'active' }]],
    ]);
  });

  it('are written again where something changed, and nowhere else', async () => {
    const [{ device: first }, { device: second }] = [addMachine(sweeps.tenant, 1, 'LAPTOP-1'), addMachine(sweeps.tenant, 2, 'LAPTOP-2')];
    await sweeps.turn();
    const before = await versions();
    sweeps.tenant.lists.keys.push(keyOf(second, 'bbbb0002', '2026-11-25T07:00:00Z'));
    await sweeps.again();
    const now = await versions();
    assert.deepEqual([now[first.deviceId] === before[first.deviceId], now[second.deviceId] === before[second.deviceId]], [true, false]);
  });

  it('are gone with their device, and back with it', async () => {
    const { lists } = sweeps.tenant;
    addMachine(sweeps.tenant, 1, 'LAPTOP-1');
    addMachine(sweeps.tenant, 2, 'LAPTOP-2');
    await sweeps.turn();
    const gone = known(lists.devices.shift());
    await sweeps.again();
    assert.deepEqual((await items()).map(({ deviceName }) => deviceName), ['LAPTOP-2']);
    lists.devices.push(gone);
    await sweeps.again();
    assert.equal((await items()).length, 2);
  });

  it('are the same by the migration, for what a sweep had seen before it', async () => {
    const { lists } = sweeps.tenant;
    const { device } = addMachine(sweeps.tenant, 1, 'Überraschung "1"\\', { key: 'aaaa0001' });
    lists.keys.push(keyOf(device, 'aaaa0002', '2026-06-01T09:00:00.5Z'), keyOf(device, 'aaaa0003', '2026-06-01T09:00:00.5Z'), { ...keyOf(device, 'aaaa0004', '2026-01-01T09:00:00Z'), volumeType: 'fixedData' });
    lists.keys.push({ keyId: keyIdOf('aaaa0005-0000-4000-8000-000000000001'), deviceId: device.deviceId, volumeType: 'operatingSystem' });
    addMachine(sweeps.tenant, 2, 'ALONE-1', { key: false, managed: false });
    addMachine(sweeps.tenant, 3, 'n'.repeat(47), { managed: { lastSync: time('2026-11-25T06:00:00.123Z') } });
    await sweeps.turn();
    const swept = await items();
    const [, fill = ''] = /(insert into keydesk\.device_item[^;]+);/.exec(migration) ?? [];
    await asOwner(sweeps.stored, ['delete from keydesk.device_item', fill]);
    assert.deepEqual(await items(), swept);
    await asOwner(sweeps.stored, [`update keydesk.device set name = repeat('1', 48)`, 'delete from keydesk.device_item', fill]);
    assert.ok((await items()).every(({ deviceName }) => deviceName === '(withheld: looks like a recovery key)'));
  });

  it('are not of a device that nobody has', async () => {
    assert.deepEqual(await sweeps.index.items({ most: 10, deviceId: known(parseEntraDeviceId('de71ce00-0000-4000-8000-000000000042')) }), { lines: '' });
  });
});
