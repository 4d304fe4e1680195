import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { parseEntraDeviceId } from '../../src/domain/ids.ts';
import { type Bench, everythingIn, faultOf, graphAt, never } from '../support/graph-at.ts';
import { known } from '../support/known.ts';
import { type Scripted, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const deviceId = known(parseEntraDeviceId('de000000-0000-4000-8000-000000000001'));
const whole = JSON.stringify({ value: [] });

describe('graph/last-hop', () => {
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

  const useless: readonly (readonly [string, Scripted])[] = [
    ['half JSON', { body: '{"value": [' }],
    ['an empty body', { body: '' }],
    ['HTML', { headers: { 'content-type': 'text/html' }, body: '<h1>Our services are not available right now</h1>' }],
    ['JSON that calls itself something else', { headers: { 'content-type': 'text/plain' }, body: whole }],
    ['no content', { status: 204 }],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example/' } }],
    ['a packed body that nobody asked for', { headers: { 'content-encoding': 'gzip' }, body: gzipSync(whole) }],
    ['bytes that are no UTF-8', { body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) }],
    ['a JSON text without a list', { body: '"LAPTOP-42"' }],
  ];
  for (const [what, answer] of useless) {
    it(`calls ${what} nonsense`, async () => {
      upstream.script(answer);
      const fault = await faultOf(list());
      assert.equal(fault.code, 'graph-nonsense');
      assert.equal(upstream.arrived.length, 1);
    });
  }

  it('takes JSON with a charset, without a content type, and in pieces', async () => {
    upstream.script(
      { headers: { 'content-type': 'Application/JSON;charset=utf-8' }, body: whole },
      (_request, response) => {
        response.writeHead(200).write(whole.slice(0, 4));
        setImmediate(() => response.end(whole.slice(4)));
      },
    );
    assert.deepEqual(await list(), []);
    assert.deepEqual(await list(), []);
  });

  it('never follows a redirect', async () => {
    upstream.script({ status: 307, headers: { location: `${upstream.origin}/v1.0/elsewhere` } });
    await faultOf(list());
    assert.equal(upstream.arrived.length, 1);
  });

  it('takes no more than 8 MB', async () => {
    const page = (bytes: number): Scripted => ({ body: `{"value":[]${' '.repeat(bytes - 12)}}` });
    upstream.script(page(8 * 1024 * 1024), page(8 * 1024 * 1024 + 1));
    assert.deepEqual(await list(), []);
    assert.equal((await faultOf(list())).code, 'graph-nonsense');
  });

  it('calls a connection cut in the middle of a body cut, not complete', async () => {
    const inTheMiddle: Scripted = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write(whole, () => response.destroy());
    };
    upstream.always(() => inTheMiddle);
    const fault = await faultOf(list());
    assert.deepEqual([fault.code, fault.retry, upstream.arrived.length], ['graph-cut', 'later', 4]);
  });

  it('calls an answer that does not end within the deadline late, and hangs up', async () => {
    const controller = new AbortController();
    const hungUp = new Promise((resolve) => {
      upstream.always(() => (_request, response) => {
        response.on('close', () => resolve('hung up'));
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"value"');
        setImmediate(() => controller.abort());
      });
    });
    const fault = await faultOf(list(controller.signal));
    assert.deepEqual([fault.code, fault.retry], ['graph-timeout', 'later']);
    assert.equal(await hungUp, 'hung up');
  });

  it('sends nothing after the deadline', async () => {
    assert.equal((await faultOf(list(AbortSignal.abort()))).code, 'graph-timeout');
    assert.equal(upstream.arrived.length, 0);
  });

  it('keeps its connections', async () => {
    const ports = new Set<number | undefined>();
    upstream.always(() => (request, response) => {
      ports.add(request.socket.remotePort);
      response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
    });
    for (let turn = 0; turn < 5; turn += 1) await list();
    assert.equal(ports.size, 1);
  });

  it('tells of the line in its own words', async () => {
    bench = graphAt('http://127.0.0.1:1');
    const fault = await faultOf(list());
    assert.match(fault.message, /^GET informationProtection\/bitlocker\/recoveryKeys\?\$filter=deviceId eq \{\}: connection cut \(ECONNREFUSED\)$/);
    assert.ok(!everythingIn(fault).includes(deviceId));
  });
});
