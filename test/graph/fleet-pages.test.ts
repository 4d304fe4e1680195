import assert from 'node:assert/strict';
import { sweepStreams, type SweepStream } from '../../src/domain/fleet.ts';
import { type Bench, faultOf, graphAt, never } from '../support/graph-at.ts';
import { type Scripted, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const guid = (kind: string, number: number): string => `${kind}000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const device = (number: number, more: object = {}) => ({ id: guid('0b', number), deviceId: guid('de', number), displayName: `PC-${number}`, operatingSystem: 'Windows', trustType: 'AzureAd', ...more });
const key = (number: number, more: object = {}) => ({ id: guid('ce', number), deviceId: guid('de', number), createdDateTime: '2026-06-15T13:45:30.0000000Z', volumeType: '1', ...more });
const page = (value: readonly unknown[], next?: string): Scripted => ({ body: { value, ...(next !== undefined && { '@odata.nextLink': next }) } });

const asked = {
  devices: "/v1.0/devices?$filter=startswith(operatingSystem,'Windows')&$top=999&$select=id,deviceId,displayName,operatingSystem,operatingSystemVersion,trustType,accountEnabled,approximateLastSignInDateTime",
  managed: "/v1.0/deviceManagement/managedDevices?$filter=operatingSystem%20eq%20'Windows'&$select=",
  encryption: '/beta/deviceManagement/managedDeviceEncryptionStates',
  keys: '/v1.0/informationProtection/bitlocker/recoveryKeys',
} as const satisfies Record<SweepStream, string>;
const versionOf = (stream: SweepStream): string => (stream === 'encryption' ? 'beta' : 'v1.0');

describe('graph/fleet-pages', () => {
  let upstream: ScriptedUpstream;
  let bench: Bench;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
    bench = graphAt(upstream.origin);
  });
  afterEach(() => bench.graph.stop());
  const read = <S extends SweepStream>(stream: S, link?: string) => bench.graph.fleetPages.page(stream, link, never());

  for (const stream of sweepStreams) {
    it(`asks for pages of all there is: ${stream}`, async () => {
      upstream.script(page([]));
      assert.deepEqual(await read(stream), { entries: [], unreadable: 0 });
      assert.ok(upstream.arrived[0]?.url.startsWith(asked[stream]), upstream.arrived[0]?.url);
      if (stream === 'keys') assert.equal(upstream.arrived[0]?.url, asked.keys, 'no $select, no $top');
    });

    it(`hands out the next page and asks for it as it is: ${stream}`, async () => {
      const next = `https://graph.microsoft.com/${versionOf(stream)}/x?$skiptoken=A%2B+=`;
      upstream.script(page([], next), page([]));
      assert.deepEqual(await read(stream), { entries: [], unreadable: 0, next });
      await read(stream, next);
      assert.equal(`https://graph.microsoft.com${upstream.arrived[1]?.url}`, next);
    });

    for (const link of ['https://evil.example/v1.0/devices', `https://graph.microsoft.com@evil.example/${versionOf(stream)}/x`, `http://graph.microsoft.com/${versionOf(stream)}/x`, `https://graph.microsoft.com/${stream === 'encryption' ? 'v1.0' : 'beta'}/x`]) {
      it(`does not take ${link} from Graph, nor from a row: ${stream}`, async () => {
        upstream.script(page([], link));
        assert.equal((await faultOf(read(stream))).code, 'graph-nonsense');
        assert.equal((await faultOf(read(stream, link))).code, 'graph-nonsense');
        assert.equal(upstream.arrived.length, 1, 'nothing was asked, and no bearer sent');
      });
    }
  }

  it('lets others pass in the directory', async () => {
    upstream.script(page([]));
    await read('devices');
    assert.equal(upstream.arrived[0]?.headers['x-ms-throttle-priority'], 'low');
  });

  it('leaves out what is no device of ours: another system, no id, an all-zero one', async () => {
    const zero = '00000000-0000-0000-0000-000000000000';
    upstream.script(page([device(1), device(2, { operatingSystem: 'Android' }), device(3, { deviceId: zero }), device(4, { deviceId: null }), { ...device(5), id: undefined }, 'nonsense', device(6, { displayName: null })]));
    const { entries, unreadable } = await read('devices');
    assert.deepEqual(entries.map(({ name }) => name), ['PC-1', '']);
    assert.equal(unreadable, 4);
  });

  it('takes a key without a time that can be read, and none without an owner', async () => {
    upstream.script(page([key(1), key(2, { createdDateTime: 'yesterday' }), key(3, { deviceId: null }), key(4, { volumeType: 9 })]));
    const { entries, unreadable } = await read('keys');
    assert.deepEqual(entries.map(({ createdAt, volumeType }) => [createdAt, volumeType]), [['2026-06-15T13:45:30.000Z', 'operatingSystem'], [undefined, 'operatingSystem'], ['2026-06-15T13:45:30.000Z', 'unknown']]);
    assert.equal(unreadable, 1);
  });

  it('takes no page for an empty one that is none', async () => {
    for (const body of [{}, { value: {} }, [], 'x']) {
      upstream.script({ body: typeof body === 'string' ? JSON.stringify(body) : body });
      assert.equal((await faultOf(read('keys'))).code, 'graph-nonsense');
    }
  });

  it('tells how long a throttled list asks to wait', async () => {
    upstream.always(() => ({ status: 429, headers: { 'retry-after': '70' } }));
    const fault = await faultOf(read('managed'));
    assert.deepEqual([fault.code, fault.retryAfterSeconds], ['graph-throttled', 70]);
  });

  it('asks each service for twenty pages a second and no more', async () => {
    upstream.always(() => page([]));
    const waits = (): readonly number[] => bench.clock.waits;
    for (let count = 0; count < 20; count += 1) await read('devices');
    for (let count = 0; count < 20; count += 1) await read(count < 10 ? 'managed' : 'encryption');
    await read('keys');
    assert.deepEqual(waits(), []);
    await read('managed');
    assert.deepEqual(waits(), [1000]);
  });
});
