import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { Simulator } from '../../../src/sim/simulator.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { queueRotation, stopCheckins } from '../../../src/sim/intune/rotation.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { idsOf } from '../../../src/sim/tenant/named-machines.ts';
import { createTenant } from '../../../src/sim/tenant/tenant.ts';
import type { GraphCaller } from '../support/caller.ts';
import { call, entries, field, graphCaller } from '../support/caller.ts';

const devices = '/beta/deviceManagement/managedDevices';

describe('sim/intune/rotation', () => {
  let clock = Date.parse('2026-03-02T09:00:00Z');
  let sim: Simulator;
  let reader: GraphCaller;
  let rotator: GraphCaller;
  before(async () => {
    sim = await startSimulator({ devices: 0, now: () => clock });
    reader = await graphCaller(sim.url);
    rotator = await graphCaller(sim.url, apps.keydeskRotation);
  });
  after(() => sim.stop());

  const rotate = (number: number, graph = rotator, path = devices) => graph.post(`${path}/${idsOf(number).managedId}/rotateBitLockerKeys`);
  const checkIn = (name: string) => call(`${sim.url}/_sim/devices/${encodeURIComponent(name)}/checkin`, { method: 'POST' });
  const result = async (number: number) => field((await reader.get(`${devices}/${idsOf(number).managedId}?$select=id,deviceActionResults`)).body, 'deviceActionResults', 0);
  const keyIds = async (number: number): Promise<readonly unknown[]> =>
    entries((await reader.get(`/v1.0/informationProtection/bitlocker/recoveryKeys?$filter=deviceId eq '${idsOf(number).deviceId}'`)).body).map((entry) => field(entry, 'id'));

  it('refuses whoever may only read, queues for whoever may write', async () => {
    assert.equal((await rotate(17, reader)).status, 403);
    assert.equal(await result(17), undefined);
    assert.equal((await rotate(17)).status, 204);
    assert.equal(field(await result(17), 'actionState'), 'pending');
  });

  it('is there in beta only', async () => {
    assert.equal((await rotate(42, rotator, devices.replace('beta', 'v1.0'))).status, 404);
  });

  it('knows Intune ids only', async () => {
    for (const id of [idsOf(42).deviceId, idsOf(42).objectId]) assert.equal((await rotator.post(`${devices}/${id}/rotateBitLockerKeys`)).status, 404);
  });

  it('changes nothing before the device checks in, and then makes one key for each kind of volume', async () => {
    const former = await keyIds(7);
    await rotate(7);
    assert.deepEqual(await keyIds(7), former);
    clock += 60_000;
    const { status, body } = await checkIn('desktop-7');
    assert.deepEqual([status, field(body, 'checkedIn')], [200, 1]);
    const now = await keyIds(7);
    assert.deepEqual(now.slice(0, former.length), former);
    assert.equal(now.length, former.length + 2);
    assert.deepEqual(field(body, 'newKeys'), now.slice(former.length).map((keyId) => ({ keyId, deviceId: idsOf(7).deviceId })));
  });

  it('tells how it went only of one device, and only when it is selected', async () => {
    await rotate(42);
    await checkIn('LAPTOP-42');
    assert.deepEqual(await result(42), {
      '@odata.type': '#microsoft.graph.rotateBitLockerKeysDeviceActionResult',
      actionName: 'rotateBitLockerKeys',
      actionState: 'done',
      startDateTime: new Date(clock).toISOString().replace('.000', ''),
      lastUpdatedDateTime: new Date(clock).toISOString().replace('.000', ''),
      errorCode: 0,
    });
    const list = await reader.get(`${devices}?$filter=deviceName eq 'LAPTOP-42'&$select=deviceActionResults`);
    assert.deepEqual(entries(list.body), [{ deviceActionResults: [] }]);
    assert.deepEqual(field((await reader.get(`${devices}/${idsOf(42).managedId}`)).body, 'deviceActionResults'), []);
  });

  it('can read the new key, and a device that checks in again makes no other', async () => {
    const keys = await keyIds(42);
    const newest = String(keys.at(-1));
    const { body } = await reader.get(`/v1.0/informationProtection/bitlocker/recoveryKeys/${newest}?$select=key`);
    assert.equal(field(body, 'key') ?? field(body, 'value', 'key'), sim.tenant.recoveryPassword(newest));
    await checkIn('LAPTOP-42');
    assert.deepEqual(await keyIds(42), keys);
  });

  for (const [number, name, errorCode] of [[11, 'LAPTOP-FAIL', -2_144_272_166], [13, 'LAPTOP-NONE', -2_144_272_376], [14, 'LAPTOP-GONE', -2_144_272_159]] as const) {
    it(`fails on ${name} with ${errorCode}`, async () => {
      assert.equal((await rotate(number)).status, 204);
      await checkIn(name);
      const failed = await result(number);
      assert.deepEqual([field(failed, 'actionState'), field(failed, 'errorCode')], ['failed', errorCode]);
      assert.deepEqual(await keyIds(number), []);
    });
  }

  it('lets no two rotations of a device begin in the same second, of which the results tell whole ones', async () => {
    const start = async () => field(await result(15), 'startDateTime');
    await rotate(15);
    const first = await start();
    await rotate(15);
    assert.equal(Date.parse(String(await start())) - Date.parse(String(first)), 1000);
  });

  it('lets every device of a name check in', async () => {
    await rotate(101);
    await rotate(102);
    assert.equal(field((await checkIn('TWIN-01')).body, 'checkedIn'), 2);
    assert.deepEqual([(await keyIds(101)).length, (await keyIds(102)).length], [2, 2]);
  });

  it('knows no device that is not there', async () => {
    assert.equal((await checkIn('LAPTOP-43')).status, 404);
  });

  describe('by itself', () => {
    before(() => mock.timers.enable({ apis: ['setTimeout'] }));
    after(() => mock.timers.reset());

    const queued = (seconds: number) => {
      const tenant = createTenant({ devices: 0, seed: 42, now: () => clock });
      const device = tenant.fleet.managed(idsOf(42).managedId);
      assert.ok(device);
      queueRotation(tenant, device, seconds);
      return { tenant, device };
    };

    it('happens so many seconds after it was queued, where it was told to', () => {
      const { tenant, device } = queued(20);
      mock.timers.tick(19_999);
      assert.equal(device.rotation?.state, 'pending');
      mock.timers.tick(1);
      assert.equal(device.rotation.state, 'done');
      assert.equal(tenant.fleet.keysOf(idsOf(42).deviceId).length, 3);
    });

    it('happens never, where it was not, or when the tenant has stopped', () => {
      const never = queued(0);
      const stopped = queued(20);
      stopCheckins(stopped.tenant);
      mock.timers.tick(3_600_000);
      assert.deepEqual([never.device.rotation?.state, stopped.device.rotation?.state], ['pending', 'pending']);
    });
  });
});
