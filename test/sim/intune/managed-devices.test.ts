import assert from 'node:assert/strict';
import type { Simulator } from '../../../src/sim/simulator.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { idsOf } from '../../../src/sim/tenant/named-machines.ts';
import type { GraphCaller } from '../support/caller.ts';
import { entries, errorCode, field, graphCaller, pages } from '../support/caller.ts';

const devices = '/v1.0/deviceManagement/managedDevices';

describe('sim/intune/managed-devices', () => {
  let sim: Simulator;
  let graph: GraphCaller;
  let all: number;
  before(async () => {
    sim = await startSimulator({ devices: 1300 });
    graph = await graphCaller(sim.url);
    all = sim.tenant.fleet.managedDevices.length;
  });
  after(() => sim.stop());

  const ids = async (filter: string): Promise<readonly unknown[]> =>
    (await pages(sim.url, graph, `${devices}?$filter=${filter}&$select=id`)).flat().map((entry) => field(entry, 'id'));
  const managed = (number: number): string => idsOf(number).managedId;

  it('finds a device by deviceId, name, serial number and person, in both versions', async () => {
    assert.deepEqual(await ids(`azureADDeviceId eq '${idsOf(42).deviceId}'`), [managed(42)]);
    assert.deepEqual(await ids("deviceName eq 'laptop-42' and operatingSystem eq 'Windows'"), [managed(42)]);
    assert.deepEqual(await ids("serialNumber eq 'CTS000042'"), [managed(42)]);
    assert.deepEqual(await ids("userPrincipalName eq 'adele@contoso.com'"), [managed(42), managed(14), managed(15)]);
    assert.deepEqual(await ids("contains(deviceName,'TWIN')"), [managed(101), managed(102)]);
    assert.deepEqual(await ids("deviceName eq 'O''BRIEN-PC'"), [managed(15)]);
    const beta = await graph.get(`${devices.replace('v1.0', 'beta')}?$filter=azureADDeviceId eq '${idsOf(42).deviceId}'`);
    assert.equal(entries(beta.body).length, 1);
  });

  it('finds nothing where there is nothing', async () => {
    assert.deepEqual(await ids(`azureADDeviceId eq '${idsOf(999).deviceId}'`), []);
    assert.deepEqual(await ids("deviceName eq 'LAPTOP-43'"), []);
  });

  it('joins with or where the property allows it', async () => {
    assert.deepEqual(await ids("serialNumber eq 'CTS000042' or serialNumber eq 'CTS000007'"), [managed(42), managed(7)]);
  });

  it('drops all but the first where it does not', async () => {
    assert.deepEqual(await ids(`azureADDeviceId eq '${idsOf(42).deviceId}' or azureADDeviceId eq '${idsOf(7).deviceId}'`), [managed(42)]);
  });

  it('compares times', async () => {
    const recent = await ids(`enrolledDateTime gt ${new Date(Date.now() - 3 * 3_600_000).toISOString()}`);
    assert.ok(recent.includes(managed(12)) && recent.length < all);
  });

  for (const filter of [
    "userId eq 'a1e00000-0000-4000-8000-000000000003'",
    'isEncrypted eq true',
    "deviceName ne 'LAPTOP-42'",
    "endswith(deviceName,'42')",
    "deviceName eq 'LAPTOP-42",
    "deviceName eq 'O'BRIEN-PC'",
    "not(deviceName eq 'LAPTOP-42')",
    "userPrincipalName eq ''",
    "deviceName eq 'LAPTOP-42' and isEncrypted eq true",
    'deviceName eq 42',
    "enrolledDateTime gt '2026-01-01'",
    '',
  ]) {
    it(`ignores the filter ${filter === '' ? '(empty)' : filter} and gives every device`, async () => {
      assert.equal((await ids(filter)).length, all);
    });
  }

  it('gives pages of 1000', async () => {
    assert.deepEqual((await pages(sim.url, graph, `${devices}?$select=id`)).map((page) => page.length), [1000, all - 1000]);
    assert.equal((await graph.get(`${devices}?$top=1001`)).status, 400);
  });

  it('gives one device, and knows neither another id of it nor another text', async () => {
    assert.equal(field((await graph.get(`${devices}/${managed(42)}`)).body, 'deviceName'), 'LAPTOP-42');
    for (const id of [idsOf(42).deviceId, idsOf(42).objectId, 'LAPTOP-42']) {
      const answered = await graph.get(`${devices}/${id}`);
      assert.deepEqual([answered.status, errorCode(answered)], [404, 'ResourceNotFound'], id);
    }
  });

  it('names the deviceId of a device that Entra has deleted', async () => {
    const { body } = await graph.get(`${devices}?$filter=deviceName eq 'LAPTOP-GONE'&$select=azureADDeviceId`);
    assert.deepEqual(entries(body), [{ azureADDeviceId: idsOf(14).deviceId }]);
    assert.equal((await graph.get(`/v1.0/devices(deviceId='${idsOf(14).deviceId}')`)).status, 404);
  });

  it('refuses an app without a permission for devices, in the words of Intune', async () => {
    const other = await graphCaller(sim.url, apps.helpdeskScript);
    const answered = await other.get(devices);
    assert.deepEqual([answered.status, errorCode(answered)], [403, 'Forbidden']);
    assert.match(String(field(answered.body, 'error', 'message')), /Application must have one of the following scopes: DeviceManagementManagedDevices\.Read\.All/);
  });
});
