import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { z } from 'zod';
import type { FaultCode } from '../../src/domain/fault.ts';
import { milliseconds } from '../../src/domain/instant.ts';
import { type Bench, everythingIn, faultOf, graphAt, never } from '../support/graph-at.ts';
import { material } from '../support/material.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const faults = z.object({
  faults: z.array(z.object({ name: z.string(), status: z.number(), headers: z.record(z.string(), z.string()), body: z.unknown() })),
});

const codes: readonly (readonly [status: number, code: FaultCode, retry: 'never' | 'later'])[] = [
  [400, 'graph-nonsense', 'never'],
  [401, 'graph-unauthorized', 'never'],
  [403, 'graph-forbidden', 'never'],
  [404, 'graph-not-found', 'never'],
  [409, 'graph-nonsense', 'never'],
  [416, 'graph-nonsense', 'never'],
  [429, 'graph-throttled', 'later'],
  [500, 'graph-unavailable', 'later'],
  [502, 'graph-unavailable', 'later'],
  [503, 'graph-unavailable', 'later'],
  [504, 'graph-unavailable', 'later'],
  [507, 'graph-unavailable', 'later'],
];

describe('graph/failures', () => {
  let upstream: ScriptedUpstream;
  let bench: Bench;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
    bench = graphAt(upstream.origin);
  });
  afterEach(() => bench.graph.stop());
  const ask = () => bench.graph.managedDevices.named('COLAS17328', never());

  for (const [status, code, retry] of codes) {
    it(`makes ${status} ${code}`, async () => {
      upstream.always(() => ({ status, body: { error: { code: 'SomeCode', message: 'COLAS17328', innererror: { requestId: '84d8914a-9981-44b1-92ba-00c059f330c9' } } } }));
      const fault = await faultOf(ask());
      assert.deepEqual([fault.code, fault.retry, fault.graphRequestId], [code, retry, '84d8914a-9981-44b1-92ba-00c059f330c9']);
      assert.equal(fault.message, `GET deviceManagement/managedDevices?$filter=deviceName eq {} → ${status} SomeCode`);
      assert.deepEqual(bench.calls.map((call) => [call.status, call.code]), [[status, code]]);
    });
  }

  it('takes no code from Graph that could name somebody', async () => {
    for (const code of ['COLAS17328', 'adele@contoso.com', { deep: 'COLAS' }, 'x'.repeat(61), 7]) {
      upstream.script({ status: 400, body: { error: { code, innerError: 'text' } } });
      assert.equal((await faultOf(ask())).message, 'GET deviceManagement/managedDevices?$filter=deviceName eq {} → 400');
    }
    for (const body of ['', '<html>', '[]', 'null', '{"error":"text"}']) {
      upstream.script({ status: 403, body });
      assert.equal((await faultOf(ask())).code, 'graph-forbidden');
    }
  });

  it('answers recorded faults with a code, and repeats nothing of their words', async function () {
    const recorded = material('faults/graph-faults.json');
    if (recorded === undefined) return this.skip();
    for (const { name, status, headers, body } of faults.parse(recorded).faults) {
      bench.graph.stop();
      bench = graphAt(upstream.origin);
      const date = new Date(milliseconds(bench.clock.now()) + 10_000).toUTCString();
      const sent = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, value === '@httpdate+10s' ? date : value]));
      upstream.always(() => ({ status, headers: sent, body }));
      if (name.startsWith('near the limit')) {
        assert.deepEqual(await ask(), [], name);
        continue;
      }
      const fault = await faultOf(ask());
      const expected = sent['WWW-Authenticate'] === undefined ? (codes.find(([known]) => known === status)?.[1] ?? 'graph-nonsense') : 'graph-claims';
      assert.equal(fault.code, expected, name);
      const said = everythingIn(fault) + inspect(fault) + JSON.stringify(bench.calls);
      for (const words of messagesIn(body)) assert.ok(!said.includes(words), `${name}: ${words}`);
      assert.ok(!said.includes('COLAS17328'), name);
    }
  });

  it('says when to come back, as Graph said it', async () => {
    for (const [header, seconds] of [['2.128', 2.128], ['5', 5], [new Date(milliseconds(bench.clock.now()) + 10_000).toUTCString(), 10]] as const) {
      upstream.script({ status: 429, headers: { 'retry-after': header } });
      assert.equal((await faultOf(ask())).retryAfterSeconds, seconds);
    }
  });
});

/** The `message` of an error, and pieces of it, at any depth. */
function messagesIn(body: unknown): readonly string[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([key, value]): readonly string[] =>
    key === 'message' && typeof value === 'string' ? [value, ...value.split(/[."\\]/).filter((piece) => piece.trim().length > 12)] : messagesIn(value),
  );
}
