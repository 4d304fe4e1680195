import assert from 'node:assert/strict';
import type { Simulator } from '../../../src/sim/simulator.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { idsOf } from '../../../src/sim/tenant/named-machines.ts';
import type { GraphCaller } from '../support/caller.ts';
import { call, errorCode, field, graphCaller, tokenForm, tokenPath } from '../support/caller.ts';

const key = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';
const readKey = `/v1.0/informationProtection/bitlocker/recoveryKeys/${key}?$select=key`;
const device = "/v1.0/devices?$filter=displayName eq 'LAPTOP-42'";

describe('sim/http/faults', () => {
  let sim: Simulator;
  let graph: GraphCaller;
  before(async () => {
    sim = await startSimulator({ devices: 0 });
    graph = await graphCaller(sim.url);
  });
  after(() => sim.stop());
  afterEach(() => call(`${sim.url}/_sim/faults`, { method: 'DELETE' }));

  const fault = async (value: unknown): Promise<number> =>
    (await call(`${sim.url}/_sim/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) })).status;
  const reads = () => sim.tenant.audit.rows().length;

  it('answers with a status in the place of the answer, and does no work', async () => {
    await fault({ path: 'recoveryKeys', status: 503 });
    const before = reads();
    const answered = await graph.get(readKey);
    assert.deepEqual([answered.status, errorCode(answered)], [503, 'ServiceUnavailable']);
    assert.ok(answered.headers.get('request-id'));
    assert.equal(reads(), before);
  });

  it('sends headers and a body as they were given', async () => {
    await fault({ path: '/devices', status: 429, headers: { 'Retry-After': '2.128' }, body: { error: { code: 'TooManyRequests', message: 'Please retry again later.' } } });
    const answered = await graph.get(device);
    assert.deepEqual([answered.status, answered.headers.get('retry-after'), errorCode(answered)], [429, '2.128', 'TooManyRequests']);
  });

  it('sends a string raw', async () => {
    await fault({ path: '/devices', body: '{"value":[{"id":' });
    await assert.rejects(graph.get(device), SyntaxError);
  });

  it('adds headers to the real answer when nothing else is asked for', async () => {
    await fault({ path: '/devices', headers: { 'x-ms-throttle-limit-percentage': '0.9' } });
    const answered = await graph.get(device);
    assert.deepEqual([answered.status, answered.headers.get('x-ms-throttle-limit-percentage'), field(answered.body, 'value', 0, 'displayName')], [200, '0.9', 'LAPTOP-42']);
  });

  it('is used as often as it says', async () => {
    await fault({ path: '/devices', status: 500, times: 2 });
    const statuses = [(await graph.get(device)).status, (await graph.get(device)).status, (await graph.get(device)).status];
    assert.deepEqual(statuses, [500, 500, 200]);
  });

  it('meets only its method and its path, query included', async () => {
    await fault({ method: 'post', path: '/devices', status: 500 });
    await fault({ path: '\\?.*filter=.*VIP-01', status: 500 });
    assert.equal((await graph.get(device)).status, 200);
    assert.equal((await graph.get("/v1.0/devices?$filter=displayName eq 'VIP-01'")).status, 500);
  });

  it('meets with the first that fits', async () => {
    await fault({ path: '/devices', status: 502, times: 1 });
    await fault({ path: '/devices', status: 504 });
    assert.deepEqual([(await graph.get(device)).status, (await graph.get(device)).status], [502, 504]);
  });

  it('meets tokens too', async () => {
    await fault({ path: '/oauth2/', status: 500, times: 1 });
    const ask = () => call(`${sim.url}${tokenPath}`, { method: 'POST', body: tokenForm(apps.keydesk) });
    assert.deepEqual([(await ask()).status, (await ask()).status], [500, 200]);
  });

  it('cuts the connection before anything is done', async () => {
    await fault({ path: 'recoveryKeys', drop: 'before', times: 1 });
    const before = reads();
    await assert.rejects(graph.get(readKey), /fetch failed/);
    assert.equal(reads(), before);
    assert.equal((await graph.get(readKey)).status, 200);
  });

  it('cuts the connection after all is done', async () => {
    await fault({ path: 'recoveryKeys', drop: 'after', status: 503, times: 1 });
    const before = reads();
    await assert.rejects(graph.get(readKey), /fetch failed/);
    assert.equal(reads(), before + 1);
    const rotator = await graphCaller(sim.url, apps.keydeskRotation);
    await fault({ method: 'POST', path: 'rotateBitLockerKeys', drop: 'after' });
    await assert.rejects(rotator.post(`/beta/deviceManagement/managedDevices/${idsOf(42).managedId}/rotateBitLockerKeys`), /fetch failed/);
    assert.equal(sim.tenant.fleet.managed(idsOf(42).managedId)?.rotation?.state, 'pending');
  });

  it('cuts the connection in the middle of the body', async () => {
    await fault({ path: 'recoveryKeys', drop: 'middle', times: 1 });
    const before = reads();
    await assert.rejects(graph.get(readKey), /terminated/);
    assert.equal(reads(), before + 1);
  });

  it('waits as long as it is told to before it answers', async () => {
    await fault({ path: '/devices', delayMs: 60, times: 1 });
    const started = performance.now();
    assert.equal((await graph.get(device)).status, 200);
    assert.ok(performance.now() - started >= 59);
  });

  it('takes no fault that it does not understand', async () => {
    for (const wrong of [{}, { path: '(' }, { path: 'x', drop: 'later' }, { path: 'x', status: 99 }, { path: 'x', times: 0 }, { path: 'x', delayMs: -1 }, { path: 'x', headers: 'a' }, { path: 'x', method: 1 }]) {
      assert.equal(await fault(wrong), 400, JSON.stringify(wrong));
    }
    assert.equal(await fault({ path: 'x' }), 204);
  });
});
