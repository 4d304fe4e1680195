import assert from 'node:assert/strict';
import { parseEntraDeviceId, parseEntraObjectId, parsePersonId } from '../../src/domain/ids.ts';
import { type Bench, faultOf, graphAt, never } from '../support/graph-at.ts';
import { known } from '../support/known.ts';
import { type Arrived, type Scripted, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const person = known(parsePersonId('a1e00000-0000-4000-8000-000000000003'));
const guid = (kind: string, number: number): string => `${kind}000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const device = (number: number, displayName: string | null, change: object = {}) => ({
  id: guid('0b', number),
  deviceId: guid('de', number),
  displayName,
  operatingSystem: 'Windows',
  operatingSystemVersion: '10.0.26100.2033',
  trustType: 'AzureAd',
  accountEnabled: true,
  approximateLastSignInDateTime: '2026-11-20T10:00:00Z',
  ...change,
});
const list = (...value: readonly unknown[]): Scripted => ({ body: { value } });
const query = ({ url }: Arrived): string => decodeURIComponent(url.replaceAll('+', ' '));

describe('graph/directory', () => {
  let upstream: ScriptedUpstream;
  let bench: Bench;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
    bench = graphAt(upstream.origin);
  });
  afterEach(() => bench.graph.stop());
  const named = (name: string) => bench.graph.directory.devicesNamed(name, never());

  it('finds devices by name, in full, disabled ones too, asking before jobs do', async () => {
    upstream.script(list(device(1, 'Laptop-42'), device(2, 'LAPTOP-42', { accountEnabled: false, trustType: 'ServerAd' })));
    assert.deepEqual(await named('laptop-42'), [
      { objectId: guid('0b', 1), deviceId: guid('de', 1), name: 'Laptop-42', operatingSystem: 'Windows', osVersion: '10.0.26100.2033', joinType: 'entra', enabled: true, lastSignIn: '2026-11-20T10:00:00.000Z' },
      { objectId: guid('0b', 2), deviceId: guid('de', 2), name: 'LAPTOP-42', operatingSystem: 'Windows', osVersion: '10.0.26100.2033', joinType: 'hybrid', enabled: false, lastSignIn: '2026-11-20T10:00:00.000Z' },
    ]);
    const [asked] = upstream.arrived;
    assert.equal(asked?.headers['x-ms-throttle-priority'], 'high');
    assert.equal(query(known(asked)), "/v1.0/devices?$filter=displayName eq 'laptop-42'&$select=id,deviceId,displayName,operatingSystem,operatingSystemVersion,trustType,accountEnabled,approximateLastSignInDateTime");
  });

  it('leaves out devices of another name, whatever the filter did', async () => {
    upstream.script(list(device(1, 'LAPTOP-42'), device(2, 'LAPTOP-421'), device(3, null), device(4, 'LAPTOP-4\u0032')));
    assert.deepEqual((await named('LAPTOP-42')).map(({ deviceId }) => deviceId), [guid('de', 1), guid('de', 4)]);
  });

  it('takes an unknown join type and missing fields, and never guesses them', async () => {
    upstream.script(list({ id: guid('0b', 1), deviceId: guid('de', 1), displayName: 'PC', trustType: 'NewJoin', accountEnabled: null, approximateLastSignInDateTime: '0001-01-01T00:00:00Z' }, { ...device(2, 'PC', { trustType: 'Workplace' }) }));
    assert.deepEqual((await named('PC')).map(({ joinType }) => joinType), ['unknown', 'registered']);
    upstream.script(list({ id: guid('0b', 1), deviceId: guid('de', 1), displayName: 'PC' }));
    assert.deepEqual(await named('PC'), [{ objectId: guid('0b', 1), deviceId: guid('de', 1), name: 'PC', joinType: 'unknown' }]);
  });

  it('asks nobody about a name that nothing can have', async () => {
    for (const name of ['', '  ', 'x'.repeat(10_000), '\udc00']) {
      assert.deepEqual(await named(name), []);
      assert.deepEqual(await bench.graph.directory.namesLike(name, never()), []);
      assert.deepEqual(await bench.graph.directory.people(name, never()), []);
      assert.deepEqual(await bench.graph.managedDevices.named(name, never()), []);
    }
    assert.equal(upstream.arrived.length, 0);
  });

  it('finds a device by its deviceId, and no other', async () => {
    const deviceId = known(parseEntraDeviceId(guid('de', 1)));
    upstream.script(list(device(2, 'OTHER'), device(1, 'LAPTOP-42')), list(device(2, 'OTHER')), list());
    assert.equal((await bench.graph.directory.device(deviceId, never()))?.name, 'LAPTOP-42');
    assert.equal(await bench.graph.directory.device(deviceId, never()), undefined);
    assert.equal(await bench.graph.directory.device(deviceId, never()), undefined);
    assert.match(query(known(upstream.arrived[0])), /\$filter=deviceId eq 'de000000-0000-4000-8000-000000000001'&/);
  });

  it('names owners, also those of whom Graph shows only the id', async () => {
    const objectId = known(parseEntraObjectId(guid('0b', 1)));
    upstream.script(list({ id: guid('a1', 1), displayName: 'Adele Vance', userPrincipalName: 'adele@contoso.com' }, { id: guid('a1', 2), displayName: null }));
    assert.deepEqual(await bench.graph.directory.owners(objectId, never()), [{ id: guid('a1', 1), name: 'Adele Vance', userPrincipalName: 'adele@contoso.com' }, { id: guid('a1', 2) }]);
    assert.match(upstream.arrived[0]?.url ?? '', /^\/v1\.0\/devices\/0b000000-0000-4000-8000-000000000001\/registeredOwners\?/);
  });

  it('offers the five closest names of Windows devices, once each', async () => {
    upstream.always(({ url }) =>
      url.includes("'LAPTOP-4'")
        ? list(device(1, 'LAPTOP-42'), device(2, 'laptop-42'), device(3, 'LAPTOP-4'), device(4, 'LAPTOP-44', { operatingSystem: 'MacMDM' }))
        : list(...['LAPTOP-PEND', 'LAPTOP-42', 'LAPTOP-13', 'LAPTOP-FAIL', 'LAPTOP-7'].map((name, index) => device(index + 10, name))),
    );
    assert.deepEqual(await bench.graph.directory.namesLike('LAPTOP-43', never()), ['LAPTOP-4', 'LAPTOP-42', 'LAPTOP-13', 'LAPTOP-7', 'LAPTOP-FAIL']);
    assert.deepEqual(upstream.arrived.map(query).map((url) => url.replace(/&\$select=[^&]*/, '')).toSorted(), ["/v1.0/devices?$filter=startswith(displayName,'LAPTO')&$top=20", "/v1.0/devices?$filter=startswith(displayName,'LAPTOP-4')&$top=20"]);
  });

  it('finds people by address or by name, compared again', async () => {
    const adele = { id: guid('a1', 1), displayName: 'Adele Vance', userPrincipalName: 'adele@contoso.com' };
    const other = { id: guid('a1', 2), displayName: 'Adele Vanceton', userPrincipalName: 'adele@contoso.com.evil' };
    upstream.script(list(adele, other), list(other, adele));
    assert.deepEqual(await bench.graph.directory.people('Adele@Contoso.com', never()), [{ id: adele.id, name: 'Adele Vance' }]);
    assert.deepEqual(await bench.graph.directory.people('adele vance', never()), [{ id: adele.id, name: 'Adele Vance' }]);
    assert.deepEqual(upstream.arrived.map((arrived) => /\$filter=(\w+)/.exec(arrived.url)?.[1]), ['userPrincipalName', 'displayName']);
  });

  it("gathers a person's Windows devices, owned and registered, asking for both at once", async () => {
    // Neither is answered before both have come.
    const waiting: (() => void)[] = [];
    upstream.always(({ url }) => (_request, response) => {
      const value = url.includes('ownedDevices') ? [device(1, 'LAPTOP-42'), device(2, 'PHONE', { operatingSystem: 'iOS' })] : [device(1, 'LAPTOP-42'), device(3, 'DESKTOP-7')];
      waiting.push(() => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ value })));
      if (waiting.length === 2) for (const answer of waiting) answer();
    });
    assert.deepEqual((await bench.graph.directory.devicesOf(person, never())).map(({ name }) => name), ['LAPTOP-42', 'DESKTOP-7']);
    assert.deepEqual(upstream.arrived.map(({ url }) => url.replace(/\?.*/, '')).toSorted(), [`/v1.0/users/${person}/ownedDevices/microsoft.graph.device`, `/v1.0/users/${person}/registeredDevices/microsoft.graph.device`]);
  });

  it('gives no half of them when the other half cannot be read', async () => {
    upstream.always(({ url }) => (url.includes('ownedDevices') ? list(device(1, 'LAPTOP-42')) : { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } }));
    assert.equal((await faultOf(bench.graph.directory.devicesOf(person, never()))).code, 'graph-forbidden');
  });
});
