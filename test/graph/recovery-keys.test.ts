import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { parseEntraDeviceId, parseKeyId } from '../../src/domain/ids.ts';
import { type Bench, everythingIn, faultOf, graphAt, never } from '../support/graph-at.ts';
import { known } from '../support/known.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const deviceId = known(parseEntraDeviceId('de000000-0000-4000-8000-000000000001'));
const keyId = known(parseKeyId('ce000000-0000-4000-8000-000000000001'));
const otherId = 'ce000000-0000-4000-8000-000000000002';
const digits = '011000-022000-033000-044000-055000-066000-077000-088000';
const clientRequestId = 'c1000000-0000-4000-8000-00000000000a';
const metadata = { id: keyId, deviceId, createdDateTime: '2026-06-15T13:45:30.1234567Z', volumeType: '1' };
const expected = { keyId, deviceId, createdAt: '2026-06-15T13:45:30.123Z', volumeType: 'operatingSystem' };

describe('graph/recovery-keys', () => {
  let upstream: ScriptedUpstream;
  let bench: Bench;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
    bench = graphAt(upstream.origin);
  });
  afterEach(() => bench.graph.stop());
  const { of, find, read } = {
    of: () => bench.graph.recoveryKeys.of(deviceId, never()),
    find: () => bench.graph.recoveryKeys.find(keyId, never()),
    read: () => bench.graph.recoveryKeys.read(keyId, { clientRequestId, deadline: never(), authority: 'application' }),
  };

  it('lists metadata without any $select or $top, and names itself as BitLocker wants', async () => {
    upstream.script({ body: { value: [metadata] } });
    assert.deepEqual(await of(), [expected]);
    const { url, headers } = known(upstream.arrived[0]);
    assert.equal(decodeURIComponent(url), `/v1.0/informationProtection/bitlocker/recoveryKeys?$filter=deviceId eq '${deviceId}'`);
    assert.deepEqual([headers['user-agent'], headers['ocp-client-name'], headers['ocp-client-version']], ['Keydesk/9.9', 'Keydesk', '9.9']);
    assert.match(String(headers['client-request-id']), /^c1000000-/);
  });

  const volumes: readonly (readonly [unknown, string])[] = [
    [1, 'operatingSystem'],
    ['2', 'fixedData'],
    ['removableDataVolume', 'removableData'],
    ['OperatingSystemVolume', 'operatingSystem'],
    ['unknownFutureValue', 'unknown'],
    [4, 'unknown'],
    [null, 'unknown'],
    [undefined, 'unknown'],
  ];
  for (const [written, volumeType] of volumes) {
    it(`reads volume type ${JSON.stringify(written) ?? 'nothing'} as ${volumeType}`, async () => {
      upstream.script({ body: { value: [{ ...metadata, volumeType: written }] } });
      assert.deepEqual(await of(), [{ ...expected, volumeType }]);
    });
  }

  it('leaves out keys of another device, whatever the filter did', async () => {
    upstream.script({ body: { value: [{ ...metadata, id: otherId, deviceId: otherId }, { ...metadata, id: keyId.toUpperCase(), deviceId: deviceId.toUpperCase() }] } });
    assert.deepEqual(await of(), [expected]);
  });

  it('finds one key, flat or wrapped, and none that is not there', async () => {
    upstream.script({ body: metadata }, { body: { value: metadata } }, { status: 404, body: { error: { code: 'itemNotFound' } } });
    assert.deepEqual(await find(), expected);
    assert.deepEqual(await find(), expected);
    assert.equal(await find(), undefined);
    assert.equal(upstream.arrived[0]?.url, `/v1.0/informationProtection/bitlocker/recoveryKeys/${keyId}`);
  });

  it('believes no other key than the one it asked for', async () => {
    upstream.script({ body: { ...metadata, id: otherId } }, { body: { id: otherId, key: digits } });
    assert.equal((await faultOf(find())).code, 'graph-nonsense');
    assert.equal((await faultOf(read())).code, 'graph-nonsense');
  });

  for (const [form, body] of [['flat', { id: keyId, key: digits }], ['wrapped', { value: { id: keyId, key: digits } }], ['without its id', { key: digits }]] as const) {
    it(`reads the password ${form}`, async () => {
      upstream.script({ headers: { 'request-id': '84d8914a-9981-44b1-92ba-00c059f330c9' }, body });
      const { password, graphRequestId } = await read();
      assert.equal(password.digits, digits);
      assert.equal(graphRequestId, '84d8914a-9981-44b1-92ba-00c059f330c9');
      const { method, url, headers } = known(upstream.arrived[0]);
      assert.deepEqual([method, url, headers['client-request-id']], ['GET', `/v1.0/informationProtection/bitlocker/recoveryKeys/${keyId}?$select=key`, clientRequestId]);
      assert.deepEqual([headers['user-agent'], headers['ocp-client-name'], headers['ocp-client-version']], ['Keydesk/9.9', 'Keydesk', '9.9']);
    });
  }

  it('says graph-not-found for a key that has gone', async () => {
    upstream.script({ status: 404, body: { error: { code: 'itemNotFound' } } });
    assert.equal((await faultOf(read())).code, 'graph-not-found');
  });

  it('says graph-forbidden where the permission is missing', async () => {
    upstream.script({ status: 403, body: { error: { code: 'authorization_error', message: "Failed to authorize, token doesn't have the required permissions." } } });
    assert.equal((await faultOf(read())).message, 'GET informationProtection/bitlocker/recoveryKeys/{}?$select=key → 403 authorization_error');
  });

  for (const key of [undefined, null, '', '123456', `${digits}-099000`, 'x'.repeat(55)]) {
    it(`takes ${JSON.stringify(key) ?? 'nothing'} for no password`, async () => {
      upstream.script({ body: { id: keyId, key } });
      const fault = await faultOf(read());
      assert.deepEqual([fault.code, fault.retry], ['graph-nonsense', 'unknown-outcome']);
    });
  }

  it('lets no password into a fault, however broken the answer that held it', async () => {
    const answers = [`{"key":"${digits}"`, `{"id":"${keyId}","key":["${digits}"]}`, `{"id":"${otherId}","key":"${digits}"}`, digits, `{"value":{"${digits}":"${digits}"}}`, JSON.stringify({ error: { code: digits } })];
    for (const body of answers) {
      for (const status of [200, 400, 500]) {
        upstream.reset();
        upstream.script({ status, headers: { 'request-id': digits }, body });
        const fault = await faultOf(read());
        assert.ok(!/\d{6}-\d{6}/.test(everythingIn(fault) + inspect(fault, { depth: 9 }) + JSON.stringify(bench.calls)), `${status} ${body}`);
      }
    }
  });
});
