import assert from 'node:assert/strict';
import { parseIntuneDeviceId } from '../../src/domain/ids.ts';
import { instantAt, milliseconds } from '../../src/domain/instant.ts';
import { type Bench, deadlineAt, faultOf, graphAt, never } from '../support/graph-at.ts';
import { known } from '../support/known.ts';
import { type Scripted, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const device = known(parseIntuneDeviceId('1d000000-0000-4000-8000-000000000001'));
const clientRequestId = 'c1000000-0000-4000-8000-00000000000a';
const taken: Scripted = { status: 204 };
const cut: Scripted = (request) => void request.socket.destroy();
const failing = (status: number, retryAfter?: string): Scripted => ({ status, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter }, body: { error: { code: 'Busy' } } });
const result = (more: object = {}) => ({
  '@odata.type': '#microsoft.graph.rotateBitLockerKeysDeviceActionResult',
  actionName: 'rotateBitLockerKeys',
  actionState: 'pending',
  startDateTime: '2026-03-02T09:15:00Z',
  lastUpdatedDateTime: '2026-03-02T09:15:00Z',
  errorCode: 0,
  ...more,
});

describe('graph/rotation', () => {
  let upstream: ScriptedUpstream;
  let bench: Bench;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
    bench = graphAt(upstream.origin);
  });
  afterEach(() => bench.graph.stop());
  const rotate = (deadline = never()) => bench.graph.rotator.rotate(device, { clientRequestId, deadline, authority: 'application' });
  const lastAction = () => bench.graph.rotator.lastAction(device, never());
  const told = (...deviceActionResults: readonly unknown[]) => upstream.script({ body: { id: device, deviceActionResults } });
  const within = (seconds: number) => deadlineAt(instantAt(milliseconds(bench.clock.now()) + seconds * 1000));

  describe('asked for', () => {
    it('is one POST in beta without a body, and is told Graph’s request-id', async () => {
      upstream.script({ status: 204, headers: { 'request-id': '84d8914a-9981-44b1-92ba-00c059f330c9' } });
      assert.deepEqual(await rotate(), { graphRequestId: '84d8914a-9981-44b1-92ba-00c059f330c9' });
      const { method, url, body, headers } = known(upstream.arrived[0]);
      assert.deepEqual([method, url, body], ['POST', `/beta/deviceManagement/managedDevices/${device}/rotateBitLockerKeys`, '']);
      assert.deepEqual([headers['content-length'], headers['transfer-encoding'], headers['content-type'], headers['client-request-id']], ['0', undefined, undefined, clientRequestId]);
      assert.deepEqual(bench.calls.map(({ asked, status, attempts }) => [asked, status, attempts]), [['POST beta/deviceManagement/managedDevices/{}/rotateBitLockerKeys', 204, 1]]);
    });

    it('is taken by any answer of success, whatever it says', async () => {
      for (const answer of [taken, { status: 200, body: '<html>' }, { status: 202 }]) {
        upstream.script(answer);
        assert.deepEqual(await rotate(), {});
      }
    });

    // What Intune answers, what it means, and what it must never lead to: a second POST.
    const answers: readonly (readonly [title: string, answer: Scripted, code: string, retry: string, retryAfterSeconds?: number])[] = [
      ['429', failing(429, '17'), 'graph-throttled', 'later', 17],
      ['429 without a word about when', failing(429), 'graph-throttled', 'later'],
      ['500', failing(500), 'graph-unavailable', 'unknown-outcome'],
      ['502', failing(502), 'graph-unavailable', 'unknown-outcome'],
      ['503', failing(503, '5'), 'graph-unavailable', 'unknown-outcome', 5],
      ['504', failing(504), 'graph-unavailable', 'unknown-outcome'],
      ['a cut connection', cut, 'graph-cut', 'unknown-outcome'],
      ['a redirect', { status: 307, headers: { location: 'https://evil.example/' } }, 'graph-nonsense', 'unknown-outcome'],
      ['400', failing(400), 'graph-nonsense', 'never'],
      ['403', failing(403), 'graph-forbidden', 'never'],
      ['404', failing(404), 'graph-not-found', 'never'],
      ['409', failing(409), 'graph-nonsense', 'never'],
    ];
    for (const [title, answer, code, retry, retryAfterSeconds] of answers) {
      it(`goes out once when the answer is ${title}: ${retry}`, async () => {
        upstream.script(answer, taken);
        const fault = await faultOf(rotate(within(20)));
        assert.deepEqual([fault.code, fault.retry, fault.retryAfterSeconds], [code, retry, retryAfterSeconds]);
        assert.equal(upstream.arrived.length, 1);
        assert.deepEqual(bench.clock.waits, []);
      });
    }

    it('is known not to have happened when the connection never opened', async () => {
      bench = graphAt('http://127.0.0.1:1');
      const fault = await faultOf(rotate());
      assert.deepEqual([fault.code, fault.retry, bench.calls[0]?.attempts], ['graph-cut', 'later', 1]);
    });

    it('is unknown when the deadline ends while Intune thinks, and known when it ended before', async () => {
      const thinking = new AbortController();
      upstream.script(() => thinking.abort());
      const during = await faultOf(rotate(thinking.signal));
      assert.deepEqual([during.code, during.retry], ['graph-timeout', 'unknown-outcome']);
      const before = await faultOf(rotate(AbortSignal.abort()));
      assert.deepEqual([before.code, before.retry, upstream.arrived.length], ['graph-timeout', 'later', 1]);
    });

    it('is let in with a new token where the old one was refused: who is not let in does nothing', async () => {
      upstream.script(failing(401), taken);
      assert.deepEqual(await rotate(), {});
      assert.deepEqual(upstream.arrived.map(({ headers }) => headers.authorization), ['Bearer token-1', 'Bearer token-2']);
    });

    it('says where it went, and not for which device', async () => {
      upstream.script(failing(403));
      assert.equal((await faultOf(rotate())).message, 'POST beta/deviceManagement/managedDevices/{}/rotateBitLockerKeys → 403 Busy');
    });
  });

  describe('what became of it', () => {
    it('is asked of one device, in v1.0, with the results selected', async () => {
      told(result());
      assert.deepEqual(await lastAction(), { state: 'pending', startedAt: '2026-03-02T09:15:00.000Z', errorCode: 0 });
      assert.deepEqual([upstream.arrived[0]?.method, upstream.arrived[0]?.url], ['GET', `/v1.0/deviceManagement/managedDevices/${device}?$select=id,deviceActionResults`]);
    });

    const states: readonly (readonly [unknown, string])[] = [
      ['none', 'none'], ['pending', 'pending'], ['active', 'active'], ['done', 'done'], ['failed', 'failed'], ['canceled', 'canceled'], ['notSupported', 'notSupported'],
      ['Cancelled', 'canceled'], ['NOTSUPPORTED', 'notSupported'], [4, 'done'], ['5', 'failed'], ['unknownFutureValue', 'unknown'], [null, 'unknown'], [undefined, 'unknown'], [{}, 'unknown'],
    ];
    for (const [written, state] of states) {
      it(`reads the state ${JSON.stringify(written) ?? 'nothing'} as ${state}`, async () => {
        told(result({ actionState: written }));
        assert.equal((await lastAction())?.state, state);
      });
    }

    for (const [written, errorCode] of [[-2_144_272_166, -2_144_272_166], [2_150_695_130, -2_144_272_166], ['-2144272166', -2_144_272_166], ['0x803100DA', -2_144_272_166], [null, 0], [undefined, 0], ['none', 0], [[], 0]] as const) {
      it(`reads the error code ${JSON.stringify(written) ?? 'nothing'} as ${errorCode}`, async () => {
        told(result({ actionState: 'failed', errorCode: written }));
        assert.equal((await lastAction())?.errorCode, errorCode);
      });
    }

    it('is found by type or by name, in whatever letters, among other actions', async () => {
      for (const named of [{ actionName: 'RotateBitlockerKeys', '@odata.type': undefined }, { actionName: undefined, '@odata.type': '#microsoft.graph.ROTATEBITLOCKERKEYSDeviceActionResult' }]) {
        told({ actionName: 'syncDevice', actionState: 'done', startDateTime: '2026-03-09T00:00:00Z' }, 'nonsense', null, 7, result(named));
        assert.equal((await lastAction())?.startedAt, '2026-03-02T09:15:00.000Z');
      }
    });

    it('is the newest by its start, in whatever order they come', async () => {
      const former = result({ actionState: 'failed', startDateTime: '2026-03-01T00:00:00Z', lastUpdatedDateTime: '2026-03-05T00:00:00Z' });
      for (const order of [[former, result()], [result(), former]]) {
        told(...order);
        assert.equal((await lastAction())?.state, 'pending');
      }
    });

    it('is as old as its last change where no start stands, and as old as can be without any time', async () => {
      for (const [times, startedAt] of [[{ startDateTime: '0001-01-01T00:00:00Z' }, '2026-03-02T09:15:00.000Z'], [{ startDateTime: null, lastUpdatedDateTime: null }, '1970-01-01T00:00:00.000Z']] as const) {
        told(result(times));
        assert.equal((await lastAction())?.startedAt, startedAt);
      }
    });

    it('is nothing where nothing was done', async () => {
      for (const deviceActionResults of [[], {}, null, undefined, [{ actionName: 'syncDevice', actionState: 'done' }]]) {
        upstream.script({ body: { id: device, deviceActionResults } });
        assert.equal(await lastAction(), undefined);
      }
    });

    it('is not believed of another device, nor without its id', async () => {
      for (const id of ['1d000000-0000-4000-8000-000000000002', undefined]) {
        upstream.script({ body: { id, deviceActionResults: [result()] } });
        assert.equal((await faultOf(lastAction())).code, 'graph-nonsense');
      }
    });

    it('is asked again when Intune is busy, which changes nothing', async () => {
      upstream.script(failing(503), cut, { body: { id: device, deviceActionResults: [result()] } });
      assert.equal((await lastAction())?.state, 'pending');
    });

    it('says graph-not-found of a device that Intune does not know', async () => {
      upstream.script(failing(404));
      assert.equal((await faultOf(lastAction())).code, 'graph-not-found');
    });
  });
});
