import type { TokenCredential } from '@azure/identity';
import assert from 'node:assert/strict';
import { parseEntraDeviceId } from '../../src/domain/ids.ts';
import { milliseconds } from '../../src/domain/instant.ts';
import { createTokens } from '../../src/graph/tokens.ts';
import { type Bench, everythingIn, faultOf, graphAt, handClock, never } from '../support/graph-at.ts';
import { known } from '../support/known.ts';
import { type Scripted, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const deviceId = known(parseEntraDeviceId('de000000-0000-4000-8000-000000000001'));
const none: Scripted = { body: { value: [] } };
const json = '{"access_token":{"acrs":{"essential":true,"value":"cp1"}}}';
const claims = Buffer.from(json).toString('base64');
const challenged: Scripted = {
  status: 401,
  headers: { 'www-authenticate': `Bearer realm="", error="insufficient_claims", claims="${claims}"`, 'request-id': '84d8914a-9981-44b1-92ba-00c059f330c9' },
  body: { error: { code: 'InvalidAuthenticationToken', message: 'Continuous access evaluation resulted in challenge' } },
};
const unauthorized: Scripted = { status: 401, body: { error: { code: 'InvalidAuthenticationToken' } } };

describe('graph/tokens', () => {
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
  const bearers = () => upstream.arrived.map(({ headers }) => headers.authorization);

  it('asks for one token however many calls begin at once, and keeps it', async () => {
    upstream.always(() => none);
    await Promise.all([list(), list(), list()]);
    await list();
    assert.equal(bench.tokensAsked.length, 1);
    assert.deepEqual(new Set(bearers()), new Set(['Bearer token-1']));
  });

  it('fetches the next one beside the work before the old one ends', async () => {
    upstream.always(() => none);
    await list();
    bench.clock.advance(56 * 60_000);
    await list();
    await list();
    assert.deepEqual(bearers(), ['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });

  it('waits for the next one when the old one has a minute left', async () => {
    upstream.always(() => none);
    await list();
    bench.clock.advance(59 * 60_000 + 1);
    await list();
    assert.deepEqual(bearers(), ['Bearer token-1', 'Bearer token-2']);
  });

  it('asks once more with a new token after a plain 401', async () => {
    upstream.script(unauthorized, none);
    assert.deepEqual(await list(), []);
    assert.deepEqual(bearers(), ['Bearer token-1', 'Bearer token-2']);
  });

  it('believes the second 401', async () => {
    upstream.script(unauthorized, unauthorized, none);
    const fault = await faultOf(list());
    assert.deepEqual([fault.code, fault.retry], ['graph-unauthorized', 'never']);
    assert.equal(upstream.arrived.length, 2);
  });

  it('ends a call at a claims challenge, drops the token and asks for the next with the claims', async () => {
    upstream.script(challenged, none, none);
    const fault = await faultOf(list());
    assert.deepEqual([fault.code, fault.claims, fault.graphRequestId], ['graph-claims', claims, '84d8914a-9981-44b1-92ba-00c059f330c9']);
    assert.equal(upstream.arrived.length, 1);
    assert.ok(!fault.message.includes(claims));

    await list();
    await list();
    assert.deepEqual(bearers(), ['Bearer token-1', 'Bearer token-2', 'Bearer token-2']);
    assert.deepEqual(bench.tokensAsked.map((asked) => asked.claims), [undefined, json]);
  });

  it('asks with claims once, so that claims which Entra does not take lock nobody out', async () => {
    const asked: (string | undefined)[] = [];
    const credential: TokenCredential = {
      getToken: (_scopes, options) => {
        asked.push(options?.claims);
        return options?.claims === undefined ? Promise.resolve({ token: 't', expiresOnTimestamp: Date.parse('2027-01-01') }) : Promise.reject(new Error('AADSTS50001: no'));
      },
    };
    bench = graphAt(upstream.origin, { credential });
    upstream.script(challenged, none);
    assert.equal((await faultOf(list())).code, 'graph-claims');
    assert.equal((await faultOf(list())).code, 'graph-token');
    assert.deepEqual(await list(), []);
    assert.deepEqual(asked, [undefined, json, undefined]);
  });

  it('says that there is no token, with the numbers of Entra and none of its words', async () => {
    const credential: TokenCredential = {
      getToken: () => Promise.reject(Object.assign(new Error('AADSTS7000222: The provided client secret keys for app 11111111-aaaa are expired. Trace ID: t-1'), { name: 'AuthenticationError', statusCode: 401 })),
    };
    bench = graphAt(upstream.origin, { credential });
    const fault = await faultOf(list());
    assert.equal(fault.code, 'graph-token');
    assert.equal(fault.message, 'no token for Graph (AADSTS7000222)');
    assert.ok(!/Trace|11111111|expired/.test(everythingIn(fault)));
    assert.equal(upstream.arrived.length, 0);
  });

  it('waits for a token no longer than the deadline, while others go on waiting', async () => {
    const clock = handClock();
    let give = (): void => assert.fail('nobody asked for a token');
    const credential: TokenCredential = {
      getToken: () => new Promise((resolve) => (give = () => resolve({ token: 'late', expiresOnTimestamp: milliseconds(clock.now()) + 3_600_000 }))),
    };
    bench = graphAt(upstream.origin, { credential, clock });
    upstream.script(none);
    const controller = new AbortController();
    const [impatient, patient] = [faultOf(list(controller.signal)), list()];
    controller.abort();
    assert.equal((await impatient).code, 'graph-timeout');
    give();
    assert.deepEqual(await patient, []);
  });

  it('waits behind no credential for ever: the one that never answers is given up, and the next is asked', async () => {
    const clock = handClock();
    const patiences: AbortController[] = [];
    const credential: TokenCredential = { getToken: () => (patiences.length === 1 ? new Promise(() => undefined) : Promise.resolve({ token: 'second', expiresOnTimestamp: milliseconds(clock.now()) + 3_600_000 })) };
    const tokens = createTokens({ credential, clock, patience: () => (patiences.push(new AbortController()), known(patiences.at(-1)).signal) });
    const first = faultOf(tokens.take(never()));
    known(patiences[0]).abort();
    const { code, retry, message } = await first;
    assert.deepEqual([code, retry, message], ['graph-token', 'later', 'no token for Graph']);
    assert.equal(await tokens.take(never()), 'second');
  });
});
