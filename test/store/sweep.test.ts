import assert from 'node:assert/strict';
import { parseEntraDeviceId, parseIntuneDeviceId } from '../../src/domain/ids.ts';
import { plusSeconds } from '../../src/domain/instant.ts';
import { keyIdOf, keyOf, time } from '../support/desk/world.ts';
import { known } from '../support/known.ts';
import { addMachine, morning, openSweeps, statusesIn, type TestSweeps } from '../support/sweeping.ts';

describe('store/sweep: what a sweep sees', () => {
  let sweeps: TestSweeps;
  before(async () => void (sweeps = await openSweeps()));
  afterEach(() => sweeps.wipe());
  after(() => sweeps.close());

  it('joins four lists by the deviceId and works out each status', async () => {
    const { tenant } = sweeps;
    addMachine(tenant, 1, 'ESCROWED-1');
    addMachine(tenant, 2, 'FAILED-1', { key: false });
    addMachine(tenant, 3, 'PENDING-1', { key: false, managed: { enrolledAt: time('2026-11-25T05:00:00Z') } });
    addMachine(tenant, 4, 'NONE-1', { key: false, managed: { encrypted: false } });
    addMachine(tenant, 5, 'HYBRID-1', { key: false, device: { joinType: 'hybrid' } });
    addMachine(tenant, 6, 'ALONE-1', { key: false, managed: false });
    addMachine(tenant, 7, 'BACKUP-1', { key: false, report: { flags: ['recoveryKeyBackupFailed', 'networkError'] } });
    assert.equal(await sweeps.turn(), 'done');
    assert.deepEqual(await statusesIn(sweeps, 'escrowed-1', 'failed-1', 'pending-1', 'none-1', 'hybrid-1', 'alone-1', 'backup-1'), {
      'ALONE-1': 'unknown not-managed',
      'BACKUP-1': 'failed backup-failed',
      'ESCROWED-1': 'escrowed key-escrowed',
      'FAILED-1': 'failed encrypted-without-key',
      'HYBRID-1': 'unknown perhaps-in-active-directory',
      'NONE-1': 'not-available not-encrypted',
      'PENDING-1': 'pending key-on-its-way',
    });
    const { counts, days, oldest } = await sweeps.index.overview(30);
    assert.deepEqual(counts, { escrowed: 1, pending: 1, failed: 2, 'not-available': 1, unknown: 2 });
    assert.deepEqual(days, [{ day: '2026-11-25', counts }]);
    assert.equal(oldest, '2026-11-25T06:00:00.000Z');
    assert.deepEqual(sweeps.told.at(-1), { kind: 'done', sweep: '1', counts, newlyFailed: 0, missing: [], pages: 7, unreadable: 0 });
  });

  it('asks for each page once, whatever the number of devices', async () => {
    for (let n = 1; n <= 10; n += 1) addMachine(sweeps.tenant, n, `PC-${n}`, { report: {} });
    await sweeps.turn();
    assert.equal(sweeps.tenant.asked.length, 16, 'ten entries on four pages, of four lists');
    assert.equal(new Set(sweeps.tenant.asked.map(({ stream, link }) => `${stream} ${link}`)).size, 16);
  });

  it('is not due again before its time, and then sees what changed', async () => {
    const { device } = addMachine(sweeps.tenant, 1, 'LAPTOP-1', { key: false });
    await sweeps.turn();
    assert.equal(await sweeps.turn(), 'idle');
    sweeps.tenant.lists.keys.push(keyOf(device, 'aaaa0001', '2026-11-25T09:00:00Z'));
    assert.equal(await sweeps.again(), 'done');
    assert.deepEqual(await statusesIn(sweeps, 'laptop-1'), { 'LAPTOP-1': 'escrowed key-escrowed' });
  });

  it('keeps a device that vanished, with the date, and forgets its keys; one that comes back is back', async () => {
    const { lists } = sweeps.tenant;
    const { device } = addMachine(sweeps.tenant, 1, 'LAPTOP-1', { key: 'aaaa0001' });
    addMachine(sweeps.tenant, 2, 'LAPTOP-2');
    await sweeps.turn();
    const gone = [lists.devices.shift(), lists.keys.shift()] as const;
    await sweeps.again();
    assert.deepEqual(await statusesIn(sweeps, 'laptop-1', 'laptop-2'), { 'LAPTOP-1': `gone ${plusSeconds(morning, 86_400)}`, 'LAPTOP-2': 'escrowed key-escrowed' });
    assert.deepEqual(await sweeps.index.named('laptop-1', 5), []);
    assert.deepEqual(await sweeps.index.keysBeginning('aaaa0001', 5), []);
    lists.devices.push(known(gone[0]));
    await sweeps.again();
    assert.deepEqual((await sweeps.index.named('LAPTOP-1', 5)).map(({ deviceId }) => deviceId), [device.deviceId]);
  });

  it('says Unknown where Intune has several devices of one id, and where a key has no time', async () => {
    const { lists } = sweeps.tenant;
    const { managed } = addMachine(sweeps.tenant, 1, 'TWICE-1', { key: false });
    lists.managed.push({ ...managed, intuneId: known(parseIntuneDeviceId('17171717-0000-4000-8000-0000000000ff')) });
    const { device } = addMachine(sweeps.tenant, 2, 'TIMELESS-1', { key: false });
    lists.keys.push({ keyId: keyIdOf('bbbb0001-0000-4000-8000-000000000001'), deviceId: device.deviceId, volumeType: 'operatingSystem' });
    await sweeps.turn();
    assert.deepEqual(await statusesIn(sweeps, 'twice-1', 'timeless-1'), { 'TWICE-1': 'unknown several-managed', 'TIMELESS-1': 'unknown keys-unavailable' });
    assert.equal((await sweeps.index.keysBeginning('bbbb0001', 5)).length, 1, 'it can be found all the same');
  });

  it('takes a report by its name only where one device and one report have that name', async () => {
    const { lists } = sweeps.tenant;
    const foreign = (number: number) => known(parseIntuneDeviceId(`99999999-0000-4000-8000-00000000000${number}`));
    addMachine(sweeps.tenant, 1, 'NAMED-1', { key: false });
    addMachine(sweeps.tenant, 2, 'TWIN-1', { key: false, managed: { encrypted: false } });
    addMachine(sweeps.tenant, 3, 'TWIN-1', { key: false, managed: { encrypted: false } });
    const report = { policy: 'error', policies: [], flags: ['recoveryKeyBackupFailed'] } as const;
    lists.encryption.push({ ...report, intuneId: foreign(1), name: 'named-1' }, { ...report, intuneId: foreign(2), name: 'TWIN-1' });
    await sweeps.turn();
    assert.deepEqual(await statusesIn(sweeps, 'named-1', 'twin-1'), { 'NAMED-1': 'failed backup-failed', 'TWIN-1': 'not-available not-encrypted' });
  });

  it('bears 200 keys on one device and names it, and one key under two devices', async () => {
    const { lists } = sweeps.tenant;
    const { device } = addMachine(sweeps.tenant, 1, 'FULL-1', { key: false });
    const { device: other } = addMachine(sweeps.tenant, 2, 'OTHER-1', { key: false });
    for (let n = 0; n < 200; n += 1) lists.keys.push(keyOf(device, (0xcc00_0000 + n).toString(16), '2026-05-01T09:00:00Z'));
    lists.keys.push(keyOf(other, 'cc000007', '2026-06-01T09:00:00Z'));
    await sweeps.turn();
    assert.deepEqual(await statusesIn(sweeps, 'full-1', 'other-1'), { 'FULL-1': 'escrowed key-escrowed', 'OTHER-1': 'escrowed key-escrowed' });
    const { manyKeys, manyKeysCount } = await sweeps.index.overview(0);
    assert.deepEqual([manyKeys, manyKeysCount], [[{ name: 'FULL-1', keyCount: 200 }], 1]);
    assert.deepEqual((await sweeps.index.keysBeginning('cc000007', 5)).map(({ deviceId }) => deviceId), [other.deviceId], 'one key, at the device that it was backed up from last');
  });

  it('bears a clock in the future and names in other scripts', async () => {
    addMachine(sweeps.tenant, 1, 'ZUKUNFT-1', { key: false, managed: { enrolledAt: time('2031-01-01T00:00:00Z'), lastSync: time('2031-01-01T00:00:00Z') } });
    addMachine(sweeps.tenant, 2, 'НОУТБУК-7');
    addMachine(sweeps.tenant, 3, '受付-03');
    await sweeps.turn();
    assert.deepEqual(await statusesIn(sweeps, 'zukunft-1', 'ноутбук-7', '受付-03'), { 'ZUKUNFT-1': 'unknown encrypted-since-unknown', 'НОУТБУК-7': 'escrowed key-escrowed', '受付-03': 'escrowed key-escrowed' });
    assert.deepEqual(await sweeps.index.closest('ноутбук-8', 5), ['НОУТБУК-7']);
    assert.equal((await sweeps.index.overview(0)).oldest, '2026-11-25T06:00:00.000Z', 'no age that lies ahead');
  });

  it('notes since when a device is Failed, but not at the first sweep, and not after one that knew less', async () => {
    const { lists } = sweeps.tenant;
    addMachine(sweeps.tenant, 1, 'OLD-FAILED', { key: false });
    addMachine(sweeps.tenant, 2, 'LAPTOP-2');
    await sweeps.turn();
    const always = () => sweeps.index.newlyFailed(morning, time('2027-01-01T00:00:00Z'), 5);
    assert.equal((await always()).count, 0, 'who was failed before anybody looked is not new');
    lists.keys.pop();
    await sweeps.again();
    const failedAt = sweeps.now;
    assert.deepEqual((await always()).devices.map(({ name }) => name), ['LAPTOP-2']);
    sweeps.tenant.disturb((stream) => (stream === 'keys' ? new Error('not Graph') : undefined));
    await assert.rejects(() => sweeps.again());
    sweeps.tenant.disturb(() => undefined);
    await sweeps.turn();
    assert.equal((await sweeps.index.newlyFailed(failedAt, plusSeconds(failedAt, 1), 5)).count, 1, 'it stays since then');
    const { device } = addMachine(sweeps.tenant, 3, 'LAPTOP-3', { key: false });
    await sweeps.again();
    assert.deepEqual((await sweeps.index.newlyFailed(sweeps.now, plusSeconds(sweeps.now, 1), 5)).devices.map(({ deviceId }) => deviceId), [device.deviceId], 'who comes as failed is new');
  });

  it('alerts at once where that is wanted: each device once, and many as one', async () => {
    sweeps.sweep = { alertNewFailed: true };
    addMachine(sweeps.tenant, 0x500, 'LAPTOP-0');
    await sweeps.turn();
    addMachine(sweeps.tenant, 0x501, 'LAPTOP-1', { key: false });
    await sweeps.again();
    for (let n = 2; n < 30; n += 1) addMachine(sweeps.tenant, 0x500 + n, `LAPTOP-${n}`, { key: false });
    await sweeps.again();
    const rows = await sweeps.database.db.selectFrom('keydesk.ledger_entry').select('body').where('act', '=', 'alert').orderBy('seq').execute();
    const alerts = rows.map(({ body }): Record<string, unknown> => JSON.parse(body.toString('utf8')));
    assert.deepEqual(alerts.map(({ alert, count, deviceId }) => [alert, count, deviceId]), [
      ['escrow-failed', undefined, known(parseEntraDeviceId('de71ce00-0000-4000-8000-000000000501'))],
      ['escrow-failed', 28, undefined],
    ]);
  });
});
