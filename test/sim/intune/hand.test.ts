import assert from 'node:assert/strict';
import type { Hand } from '../../../src/sim/intune/hand.ts';
import { startSimulator, type Simulator } from '../../../src/sim/simulator.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import type { Checkin } from '../../../src/sim/tenant/machine.ts';
import { volume } from '../../../src/sim/tenant/machine.ts';
import { idsOf } from '../../../src/sim/tenant/named-machines.ts';
import type { GraphCaller } from '../support/caller.ts';
import { entries, field, graphCaller } from '../support/caller.ts';

const devices = '/v1.0/deviceManagement/managedDevices';
const keys = '/v1.0/informationProtection/bitlocker/recoveryKeys';

describe('sim/intune/hand', () => {
  let sim: Simulator;
  let reader: GraphCaller;
  let rotator: GraphCaller;
  beforeEach(async () => {
    sim = await startSimulator({ devices: 0 });
    reader = await graphCaller(sim.url);
    rotator = await graphCaller(sim.url, apps.keydeskRotation);
  });
  afterEach(() => sim.stop());

  const rotate = async (number: number): Promise<void> => assert.equal((await rotator.post(`/beta/deviceManagement/managedDevices/${idsOf(number).managedId}/rotateBitLockerKeys`)).status, 204);
  const said = async (number: number): Promise<readonly unknown[]> => {
    const last = field((await reader.get(`${devices}/${idsOf(number).managedId}?$select=deviceActionResults`)).body, 'deviceActionResults', 0);
    return [field(last, 'actionState'), field(last, 'errorCode')];
  };
  const keyIds = async (number: number): Promise<readonly unknown[]> => entries((await reader.get(`${keys}?$filter=deviceId eq '${idsOf(number).deviceId}'`)).body).map((entry) => field(entry, 'id'));
  const managedIds = async (filter: string): Promise<readonly unknown[]> => entries((await reader.get(`${devices}?$filter=${filter}&$select=id`)).body).map((entry) => field(entry, 'id'));
  const ofLaptop = `azureADDeviceId eq '${idsOf(42).deviceId}'`;

  const outcomes: readonly (readonly [title: string, checkin: Checkin, said: readonly unknown[], newKeys: number])[] = [
    ['done', { state: 'done' }, ['done', 0], 1],
    ['done without a new key', { state: 'done', volumes: [] }, ['done', 0], 0],
    ['active', { state: 'active' }, ['active', 0], 0],
    ['failed, with a negative code', { state: 'failed', errorCode: -2_144_272_295 }, ['failed', -2_144_272_295], 0],
    ['notSupported', { state: 'notSupported' }, ['notSupported', 0], 0],
  ];
  for (const [title, checkin, expected, newKeys] of outcomes) {
    it(`lets a rotation end as ${title}`, async () => {
      sim.hand.atCheckin('LAPTOP-42', checkin);
      await rotate(42);
      assert.deepEqual(await said(42), ['pending', 0]);
      assert.equal(sim.hand.checkIn('LAPTOP-42').length, newKeys);
      assert.deepEqual(await said(42), expected);
      assert.equal((await keyIds(42)).length, 2 + newKeys);
    });
  }

  it('goes on after active, and after what was laid down with what the state leads to', async () => {
    sim.hand.atCheckin('LAPTOP-42', { state: 'active' }, { state: 'failed', errorCode: -1 });
    await rotate(42);
    assert.deepEqual([sim.hand.checkIn('laptop-42'), await said(42)], [[], ['active', 0]]);
    assert.deepEqual([sim.hand.checkIn('laptop-42'), await said(42)], [[], ['failed', -1]]);
    assert.deepEqual(sim.hand.checkIn('laptop-42'), [], 'what has failed is not tried again');
    await rotate(42);
    assert.equal(sim.hand.checkIn('laptop-42').length, 1);
  });

  it('makes keys for some volumes only', async () => {
    sim.hand.atCheckin('DESKTOP-7', { state: 'done', volumes: [volume.operatingSystem] });
    await rotate(7);
    assert.deepEqual(sim.hand.checkIn('DESKTOP-7').map((key) => key.volume), [volume.operatingSystem]);
  });

  it('leaves removable drives alone, as Windows does', async () => {
    sim.hand.rotateByItself('DESKTOP-7', [volume.removableData]);
    await rotate(7);
    assert.deepEqual(sim.hand.checkIn('DESKTOP-7').map((key) => key.volume), [volume.operatingSystem, volume.fixedData]);
  });

  it('lets Windows make a key that nobody asked for', async () => {
    const [made, ...more] = sim.hand.rotateByItself('LAPTOP-42');
    assert.deepEqual([more, (await keyIds(42)).at(-1), await said(42)], [[], made?.id, [undefined, undefined]]);
  });

  it('takes a queued rotation back, and none that is over', async () => {
    assert.throws(() => sim.hand.cancelRotation('LAPTOP-42'), TypeError);
    await rotate(42);
    sim.hand.cancelRotation('LAPTOP-42');
    assert.deepEqual(await said(42), ['canceled', 0]);
    assert.deepEqual(sim.hand.checkIn('LAPTOP-42'), []);
    assert.throws(() => sim.hand.cancelRotation('LAPTOP-42'), TypeError);
  });

  it('removes a device from Intune, and leaves it and its keys in Entra', async () => {
    assert.equal((await managedIds(ofLaptop)).length, 1);
    sim.hand.removeFromIntune('LAPTOP-42');
    assert.deepEqual(await managedIds(ofLaptop), []);
    assert.equal((await reader.get(`${devices}/${idsOf(42).managedId}`)).status, 404);
    assert.equal((await rotator.post(`/beta/deviceManagement/managedDevices/${idsOf(42).managedId}/rotateBitLockerKeys`)).status, 404);
    assert.equal((await reader.get(`/v1.0/devices/${idsOf(42).objectId}`)).status, 200);
    assert.deepEqual([(await keyIds(42)).length, sim.hand.checkIn('LAPTOP-42')], [2, []]);
  });

  it('removes a device from Entra with its keys, and leaves it in Intune', async () => {
    const [key] = await keyIds(42);
    assert.equal((await reader.get(`${keys}/${String(key)}`)).status, 200);
    sim.hand.removeFromEntra('LAPTOP-42');
    assert.equal((await reader.get(`${keys}/${String(key)}`)).status, 404);
    assert.deepEqual(await keyIds(42), []);
    for (const path of [`/v1.0/devices/${idsOf(42).objectId}`, `/v1.0/devices(deviceId='${idsOf(42).deviceId}')`]) assert.equal((await reader.get(path)).status, 404);
    assert.deepEqual(entries((await reader.get("/v1.0/devices?$filter=displayName eq 'LAPTOP-42'")).body), []);
    assert.deepEqual(await managedIds(ofLaptop), [idsOf(42).managedId]);
    await rotate(42);
    assert.deepEqual([sim.hand.checkIn('LAPTOP-42'), (await said(42))[0]], [[], 'failed']);
  });

  it('enrols a device a second time, under another Intune id and the same deviceId', async () => {
    sim.hand.enrolAgain('LAPTOP-42');
    const [first, second, ...more] = await managedIds(ofLaptop);
    assert.deepEqual([first, more], [idsOf(42).managedId, []]);
    assert.equal(field((await reader.get(`${devices}/${String(second)}`)).body, 'azureADDeviceId'), idsOf(42).deviceId);
    assert.equal((await keyIds(42)).length, 2);
  });

  it('lets Intune ignore every filter, also those that it takes, and take them again', async () => {
    const all = sim.tenant.fleet.managedDevices.length;
    sim.tenant.intune.ignoresFilters = true;
    for (const filter of [ofLaptop, "deviceName eq 'LAPTOP-42'"]) assert.equal((await managedIds(filter)).length, all);
    sim.tenant.intune.ignoresFilters = false;
    assert.equal((await managedIds(ofLaptop)).length, 1);
  });

  const moves: readonly (readonly [string, (hand: Hand, name: string) => unknown])[] = [
    ['lays down nothing for', (hand, name) => hand.atCheckin(name)],
    ['lets nobody check in as', (hand, name) => hand.checkIn(name)],
    ['makes no key on', (hand, name) => hand.rotateByItself(name)],
    ['takes nothing back from', (hand, name) => hand.cancelRotation(name)],
    ['removes nothing from Entra as', (hand, name) => hand.removeFromEntra(name)],
    ['removes nothing from Intune as', (hand, name) => hand.removeFromIntune(name)],
    ['enrols nothing again as', (hand, name) => hand.enrolAgain(name)],
  ];
  for (const [title, move] of moves) it(`${title} a device that is not there, and says so`, () => assert.throws(() => move(sim.hand, 'LAPTOP-43'), TypeError));
});

describe('sim, the clock', () => {
  const start = Date.parse('2026-03-02T09:00:00Z');

  for (const clockSkewSeconds of [-90, 0, 3600]) {
    it(`writes Microsoft's times ${clockSkewSeconds} s away from ours, and lets us in all the same`, async () => {
      const sim = await startSimulator({ devices: 0, now: () => start, clockSkewSeconds });
      try {
        const rotator = await graphCaller(sim.url, apps.keydeskRotation);
        await rotator.post(`/beta/deviceManagement/managedDevices/${idsOf(42).managedId}/rotateBitLockerKeys`);
        const { body } = await rotator.get(`${devices}/${idsOf(42).managedId}?$select=deviceActionResults`);
        assert.equal(Date.parse(String(field(body, 'deviceActionResults', 0, 'startDateTime'))), start + clockSkewSeconds * 1000);
        assert.equal(sim.hand.checkIn('LAPTOP-42')[0]?.createdAt, start + clockSkewSeconds * 1000);
      } finally {
        await sim.stop();
      }
    });
  }
});
