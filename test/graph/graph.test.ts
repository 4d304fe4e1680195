import assert from 'node:assert/strict';
import { type Bench, faultOf, graphAt, never } from '../support/graph-at.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const forbidden = { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } };

describe('graph', () => {
  let upstream: ScriptedUpstream;
  let bench: Bench;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
    bench = graphAt(upstream.origin);
  });
  afterEach(() => bench.graph.stop());
  const ping = () => bench.graph.ping(never());

  it('answers a ping from the calls of the last 15 s, and asks only when there were none', async () => {
    upstream.always(() => ({ body: { value: [] } }));
    await ping();
    bench.clock.advance(14_999);
    await ping();
    assert.equal(upstream.arrived.length, 1);
    bench.clock.advance(1);
    await bench.graph.directory.devicesNamed('LAPTOP-42', never());
    await ping();
    assert.equal(upstream.arrived.length, 2);
  });

  it('asks again after a call that failed, and says what failed', async () => {
    upstream.script({ body: { value: [] } }, forbidden, forbidden, { body: { value: [] } });
    await ping();
    await faultOf(bench.graph.directory.devicesNamed('LAPTOP-42', never()));
    assert.equal((await faultOf(ping())).code, 'graph-forbidden');
    await ping();
  });

  it('tells an observer of each call: route, status, attempts, time, and nobody by name', async () => {
    upstream.script({ status: 503, headers: { 'retry-after': '1' } }, { headers: { 'request-id': '84d8914a-9981-44b1-92ba-00c059f330c9' }, body: { value: [] } });
    await bench.graph.directory.devicesNamed('LAPTOP-42', never());
    assert.deepEqual(bench.calls, [
      { asked: 'GET devices?$filter=displayName eq {}', clientRequestId: 'c1000000-0000-4000-8000-000000000001', graphRequestId: '84d8914a-9981-44b1-92ba-00c059f330c9', status: 200, attempts: 2, milliseconds: 1000 },
    ]);
  });
});
