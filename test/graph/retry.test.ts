import assert from 'node:assert/strict';
import { instantAt, milliseconds } from '../../src/domain/instant.ts';
import { parseEntraDeviceId, parseKeyId, parsePersonId } from '../../src/domain/ids.ts';
import { type Bench, deadlineAt, faultOf, graphAt, never } from '../support/graph-at.ts';
import { type Scripted, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { known } from '../support/known.ts';

const deviceId = known(parseEntraDeviceId('de000000-0000-4000-8000-000000000001'));
const keyId = known(parseKeyId('ce000000-0000-4000-8000-000000000001'));
const person = known(parsePersonId('a1e00000-0000-4000-8000-000000000001'));
const none: Scripted = { body: { value: [] } };
const cut: Scripted = (request) => void request.socket.destroy();
const failing = (status: number, retryAfter?: string): Scripted => ({ status, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter }, body: { error: { code: 'Busy' } } });

describe('graph/retry', () => {
  let upstream: ScriptedUpstream;
  let bench: Bench;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
    bench = graphAt(upstream.origin);
  });
  afterEach(() => bench.graph.stop());

  const list = (deadline = never()) => bench.graph.recoveryKeys.of(deviceId, deadline);
  const read = (deadline = never()) => bench.graph.recoveryKeys.read(keyId, { clientRequestId: 'c1000000-0000-4000-8000-00000000000a', deadline, authority: 'application' });
  const within = (seconds: number) => deadlineAt(instantAt(milliseconds(bench.clock.now()) + seconds * 1000));

  it('waits as long as Graph asks for: whole, decimal, date', async () => {
    const date = new Date(milliseconds(bench.clock.now()) + 4_000).toUTCString();
    upstream.script(failing(429, '1'), failing(429, '2.128'), failing(503, date), none);
    assert.deepEqual(await list(within(60)), []);
    // The date is four seconds from the start, of which 3.128 have gone.
    assert.deepEqual(bench.clock.waits, [1000, 2128, 872]);
    assert.deepEqual(bench.calls.map(({ attempts, status }) => [attempts, status]), [[4, 200]]);
  });

  it('waits longer each time, less a random part, when Graph says nothing', async () => {
    upstream.script(failing(500), failing(502), failing(504), none);
    await list(within(60));
    assert.deepEqual(bench.clock.waits, [200, 400, 800]);

    bench = graphAt(upstream.origin, { random: () => 0.999 });
    upstream.script(failing(429), failing(429), failing(429), none);
    await list(within(60));
    assert.deepEqual(bench.clock.waits, [100, 200, 400]);
  });

  it('gives up after four times', async () => {
    upstream.script(failing(503), failing(503), failing(503), failing(503), none);
    const fault = await faultOf(list(within(60)));
    assert.deepEqual([fault.code, fault.retry], ['graph-unavailable', 'later']);
    assert.equal(upstream.arrived.length, 4);
  });

  it('begins no wait that would outlast the deadline, and says when to come back', async () => {
    upstream.script(failing(429, '5'), none);
    const fault = await faultOf(list(within(4)));
    assert.deepEqual([fault.code, fault.retry, fault.retryAfterSeconds], ['graph-throttled', 'later', 5]);
    assert.deepEqual(bench.clock.waits, []);
  });

  it('begins the same wait within a longer deadline', async () => {
    upstream.script(failing(429, '5'), none);
    assert.deepEqual(await list(within(6)), []);
  });

  it('waits two seconds at most when nobody said when the deadline ends', async () => {
    upstream.script(failing(429, '2'), none, failing(429, '2.5'), none);
    assert.deepEqual(await list(), []);
    assert.equal((await faultOf(list())).code, 'graph-throttled');
  });

  it('stops waiting when the deadline is over', async () => {
    const controller = new AbortController();
    bench = graphAt(upstream.origin, {
      timer: () => {
        controller.abort();
        return Promise.resolve();
      },
    });
    upstream.script(failing(503), none);
    const fault = await faultOf(list(controller.signal));
    assert.deepEqual([fault.code, fault.retry], ['graph-timeout', 'later']);
    assert.equal(upstream.arrived.length, 1);
  });

  it('asks again after a cut connection', async () => {
    upstream.script(cut, cut, none);
    assert.deepEqual(await list(), []);
  });

  it('asks checkMemberGroups again, which changes nothing though it is a POST', async () => {
    upstream.script(failing(504), cut, none);
    assert.equal((await bench.graph.roles.fresh(person, never())).size, 0);
    assert.deepEqual(upstream.arrived.map(({ method }) => method), ['POST', 'POST', 'POST']);
    assert.ok(upstream.arrived.every(({ body }) => body === upstream.arrived[0]?.body));
  });

  it('does not ask again after an answer that says no', async () => {
    for (const status of [400, 403, 404, 409]) {
      upstream.reset();
      upstream.script(failing(status), none);
      await faultOf(list());
      assert.equal(upstream.arrived.length, 1);
    }
  });

  describe('the read of a secret', () => {
    const key = { id: keyId, key: '011000-022000-033000-044000-055000-066000-077000-088000' };

    it('is repeated after 429 and 503, where nothing was read', async () => {
      upstream.script(failing(429, '1'), failing(503), { body: key });
      assert.equal((await read(within(4))).password.digits, key.key);
    });

    it('is not repeated after any other failure: what happened is unknown', async () => {
      for (const broken of [cut, failing(500), failing(502), failing(504)]) {
        upstream.reset();
        upstream.script(broken, { body: key });
        assert.equal((await faultOf(read(within(4)))).retry, 'unknown-outcome');
        assert.equal(upstream.arrived.length, 1);
      }
    });

    it('is repeated, and its outcome known, when it cannot have been sent', async () => {
      bench = graphAt('http://127.0.0.1:1');
      const fault = await faultOf(read(within(4)));
      assert.deepEqual([fault.code, fault.retry], ['graph-cut', 'later']);
      assert.equal(bench.calls[0]?.attempts, 4);
    });

    it('has an unknown outcome when the answer is no use', async () => {
      upstream.script({ body: '{"key": "011000-02' });
      const fault = await faultOf(read(within(4)));
      assert.deepEqual([fault.code, fault.retry], ['graph-nonsense', 'unknown-outcome']);
    });
  });
});
