import assert from 'node:assert/strict';
import { parseEntraDeviceId } from '../../src/domain/ids.ts';
import { type Bench, graphAt, never } from '../support/graph-at.ts';
import { known } from '../support/known.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const deviceId = known(parseEntraDeviceId('de000000-0000-4000-8000-000000000001'));
const nobody = '00000000-0000-0000-0000-000000000000';
const machine = (number: number, azureADDeviceId: string | null, deviceName = 'LAPTOP-42') => ({
  id: `1d000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  deviceName,
  azureADDeviceId,
  userId: 'a1000000-0000-4000-8000-000000000001',
  userPrincipalName: 'adele@contoso.com',
  isEncrypted: true,
  lastSyncDateTime: '2026-11-21T08:00:00.1234567Z',
  enrolledDateTime: '2026-01-05T08:00:00Z',
});

/** One of so many that they come in pages. */
const stranger = (number: number) => machine(100 + number, `de000000-0000-4000-8000-${String(100 + number).padStart(12, '0')}`);

describe('graph/managed-devices', () => {
  let upstream: ScriptedUpstream;
  let bench: Bench;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
    bench = graphAt(upstream.origin);
  });
  afterEach(() => bench.graph.stop());

  it('reads a managed device', async () => {
    upstream.script({ body: { value: [machine(1, deviceId)] } });
    assert.deepEqual(await bench.graph.managedDevices.of(deviceId, never()), [
      { intuneId: '1d000000-0000-4000-8000-000000000001', deviceId, name: 'LAPTOP-42', primaryUser: 'adele@contoso.com', primaryUserId: 'a1000000-0000-4000-8000-000000000001', encrypted: true, lastSync: '2026-11-21T08:00:00.123Z', enrolledAt: '2026-01-05T08:00:00.000Z' },
    ]);
    const url = decodeURIComponent(known(upstream.arrived[0]).url);
    assert.equal(url, `/v1.0/deviceManagement/managedDevices?$filter=azureADDeviceId eq '${deviceId}'&$select=id,azureADDeviceId,deviceName,userId,userPrincipalName,isEncrypted,lastSyncDateTime,enrolledDateTime`);
  });

  it('takes the all-zero GUID, empty texts and the year 1 for nothing', async () => {
    upstream.script({ body: { value: [{ ...machine(1, nobody), userId: '', userPrincipalName: '', isEncrypted: null, lastSyncDateTime: '0001-01-01T00:00:00Z', enrolledDateTime: null }] } });
    assert.deepEqual(await bench.graph.managedDevices.named('laptop-42', never()), [{ intuneId: '1d000000-0000-4000-8000-000000000001', name: 'LAPTOP-42' }]);
  });

  it('finds the one device when Intune ignores the filter and answers with all', async () => {
    const all = { body: { value: [machine(1, 'de000000-0000-4000-8000-000000000009', 'OTHER'), machine(2, deviceId), machine(3, nobody, 'LAPTOP-421'), machine(4, null, '')] } };
    upstream.script(all, all);
    assert.deepEqual((await bench.graph.managedDevices.of(deviceId, never())).map(({ name }) => name), ['LAPTOP-42']);
    assert.deepEqual((await bench.graph.managedDevices.named('LAPTOP-42', never())).map(({ name }) => name), ['LAPTOP-42']);
  });

  it('finds the one device over all pages of all devices, twice when there are two, and none when there is none', async () => {
    const pages = (...found: readonly object[]) => [
      { body: { value: [stranger(1), ...found.slice(0, 1)], '@odata.nextLink': 'https://graph.microsoft.com/v1.0/deviceManagement/managedDevices?$skiptoken=2' } },
      { body: { value: [...found.slice(1), stranger(2)] } },
    ];
    for (const found of [[machine(2, deviceId)], [machine(2, deviceId), machine(3, deviceId.toUpperCase())], []]) {
      upstream.script(...pages(...found));
      assert.equal((await bench.graph.managedDevices.of(deviceId, never())).length, found.length);
    }
  });
});
