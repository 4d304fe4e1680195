import assert from 'node:assert/strict';
import { parseEntraDeviceId } from '../../src/domain/ids.ts';
import { type Bench, faultOf, graphAt, never } from '../support/graph-at.ts';
import { known } from '../support/known.ts';
import { type Scripted, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const deviceId = known(parseEntraDeviceId('de000000-0000-4000-8000-000000000001'));
const id = (number: number): string => `ce000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const key = (number: number) => ({ id: id(number), deviceId, createdDateTime: '2026-06-15T13:45:30.0000000Z', volumeType: '1' });
const next = (token: string): string => `https://graph.microsoft.com/v1.0/informationProtection/bitlocker/recoveryKeys?$skiptoken=${token}&$filter=deviceId%20eq%20%27x%27&lonely&a=1&a=2`;
const page = (keys: readonly unknown[], nextLink?: string): Scripted => ({ body: { value: keys, ...(nextLink !== undefined && { '@odata.nextLink': nextLink }) } });

describe('graph/pages', () => {
  let upstream: ScriptedUpstream;
  let bench: Bench;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
    bench = graphAt(upstream.origin);
  });
  afterEach(() => bench.graph.stop());
  const list = () => bench.graph.recoveryKeys.of(deviceId, never());
  const ids = async () => (await list()).map((found) => found.keyId);

  it('follows all pages, also past an empty one, and takes each entry once', async () => {
    upstream.script(page([key(1), key(2)], next('A')), page([], next('B')), page([key(2), key(3)]));
    assert.deepEqual(await ids(), [id(1), id(2), id(3)]);
  });

  it('asks for a next page exactly as Graph named it', async () => {
    upstream.script(page([key(1)], next('A%2B+=')), page([key(2)]));
    await list();
    assert.equal(`https://graph.microsoft.com${upstream.arrived[1]?.url}`, next('A%2B+='));
    assert.equal(upstream.arrived[1]?.headers.authorization, 'Bearer token-1');
  });

  const elsewhere = [
    'https://evil.example/v1.0/devices',
    'http://graph.microsoft.com/v1.0/devices',
    'https://graph.microsoft.com.evil.example/v1.0/devices',
    'https://graph.microsoft.com@evil.example/v1.0/devices',
    'https://graph.microsoft.com:444/v1.0/devices',
    'https://graph.microsoft.com/beta/devices',
    'https://graph.microsoft.com/v1.0/devices\t@evil.example',
    '/v1.0/devices',
    '',
  ];
  for (const link of elsewhere) {
    it(`does not follow ${JSON.stringify(link)}`, async () => {
      upstream.script(page([key(1)], link));
      assert.equal((await faultOf(list())).code, 'graph-nonsense');
      assert.equal(upstream.arrived.length, 1);
    });
  }

  it('sees that pages run in a circle', async () => {
    upstream.script(page([key(1)], next('A')), page([key(2)], next('B')), page([key(3)], next('A')));
    assert.match((await faultOf(list())).message, /in a circle$/);
  });

  it('sees that a page came twice', async () => {
    upstream.script(page([key(1), key(2)], next('A')), page([key(1), key(2)], next('B')));
    assert.match((await faultOf(list())).message, /came twice$/);
  });

  it('follows a hundred pages and no more', async () => {
    let pages = 0;
    const endless = (most: number) => (): Scripted => {
      pages += 1;
      return page([key(pages)], pages < most ? next(String(pages)) : undefined);
    };
    upstream.always(endless(100));
    assert.equal((await list()).length, 100);
    pages = 0;
    upstream.reset();
    upstream.always(endless(101));
    assert.match((await faultOf(list())).message, /do not end$/);
    assert.equal(upstream.arrived.length, 100);
  });

  it('gives no part of a list when a later page fails', async () => {
    upstream.script(page([key(1)], next('A')), { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } });
    assert.equal((await faultOf(list())).code, 'graph-forbidden');
  });

  const broken: readonly unknown[] = [{ ...key(2), id: 'no guid' }, { ...key(2), deviceId: null }, { ...key(2), createdDateTime: 'yesterday' }, { id: id(2) }, null, 'text', { ...key(2), volumeType: {} }];
  for (const entry of broken) {
    it(`calls a list with the entry ${JSON.stringify(entry)} nonsense`, async () => {
      upstream.script(page([key(1), entry]));
      assert.equal((await faultOf(list())).code, 'graph-nonsense');
    });
  }

  it('takes entries with fields that nobody knows', async () => {
    upstream.script(page([{ ...key(1), '@odata.type': '#microsoft.graph.bitlockerRecoveryKey', novelty: { deep: [1] } }]));
    assert.deepEqual(await ids(), [id(1)]);
  });
});
