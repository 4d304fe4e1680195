// T4: what is sent again and what is not, over HTTP against a connector that misbehaves. The clock moves by the waits.

import assert from 'node:assert/strict';
import { Fault } from '../../src/domain/fault.ts';
import { callConnector, type CallKind, type Patience } from '../../src/teams/connector-call.ts';
import { createConnectors } from '../../src/teams/connectors.ts';
import { createEgressGuard } from '../../src/teams/egress-guard.ts';
import { credentialsFor, noCredentials } from '../../src/teams/identity.ts';
import { type FakeConnector, type Rule, startFakeConnector } from '../support/fake-connector.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const connectors = createConnectors({ credentials: noCredentials(), clientId: '', serviceUrls: 'loopback', guard: createEgressGuard(silent) });

describe('a call to the connector', () => {
  let fake: FakeConnector;
  let waits: number[] = [];
  before(async () => (fake = await startFakeConnector()));
  beforeEach(() => {
    fake.calm();
    waits = [];
  });
  after(() => fake.stop());

  const patience = (): Patience => {
    let now = Date.parse('2026-11-22T09:00:00Z');
    return {
      now: () => now,
      wait: (milliseconds) => {
        waits.push(milliseconds);
        now += milliseconds;
        return Promise.resolve();
      },
    };
  };
  const call = async (kind: CallKind, rule?: Rule) => {
    if (rule !== undefined) fake.disturb(rule);
    const before = fake.calls.length;
    const message = { type: 'message', text: 'x' };
    const work = callConnector(
      connectors,
      fake.serviceUrl,
      kind,
      (connector, options) => (kind === 'create' ? connector.conversations.sendToConversation('a:1', message, options) : connector.conversations.updateActivity('a:1', 'm-1', message, options)),
      patience(),
    );
    const outcome = await work.then(
      (answer) => answer.kind,
      (error: unknown) => (error instanceof Fault ? `${error.code} ${error.retry}` : String(error)),
    );
    return { outcome, calls: fake.calls.length - before };
  };

  it('is made once when it goes well', async () => {
    assert.deepEqual(await call('create'), { outcome: 'done', calls: 1 });
    assert.deepEqual(await call('edit'), { outcome: 'done', calls: 1 });
    assert.deepEqual(waits, []);
  });

  for (const status of [500, 502, 503, 504]) {
    it(`that creates is not made again after ${status}: it may have created`, async () => {
      assert.deepEqual(await call('create', { status }), { outcome: 'teams-unreachable unknown-outcome', calls: 1 });
    });
    it(`that edits is made again after ${status}, and then given up`, async () => {
      assert.deepEqual(await call('edit', { status, times: 1 }), { outcome: 'done', calls: 2 });
      fake.calm();
      assert.deepEqual(await call('edit', { status }), { outcome: 'teams-unreachable later', calls: 4 });
    });
  }

  for (const kind of ['create', 'edit'] as const) {
    it(`of kind ${kind} waits as long as 429 says, whole, with a fraction or as a date`, async () => {
      await call(kind, { status: 429, headers: { 'retry-after': '1' }, times: 1 });
      await call(kind, { status: 429, headers: { 'retry-after': '0.128' }, times: 1 });
      await call(kind, { status: 429, headers: { 'retry-after': 'Sun, 22 Nov 2026 09:00:02 GMT' }, times: 1 });
      await call(kind, { status: 429, times: 1 });
      assert.deepEqual(waits, [1000, 128, 2000, 1000]);
    });

    it(`of kind ${kind} does not begin a wait that would end too late`, async () => {
      assert.deepEqual(await call(kind, { status: 429, headers: { 'retry-after': '30' } }), { outcome: 'teams-unreachable later', calls: 1 });
      assert.deepEqual(waits, []);
    });

    it(`of kind ${kind} is made again after 412, where nothing was done`, async () => {
      assert.deepEqual(await call(kind, { status: 412, times: 1 }), { outcome: 'done', calls: 2 });
    });

    for (const status of [403, 404]) {
      it(`of kind ${kind} finds the chat closed at ${status}`, async () => {
        assert.deepEqual(await call(kind, { status, body: { error: { code: 'BotNotInConversationRoster' } } }), { outcome: 'closed', calls: 1 });
      });
    }

    it(`of kind ${kind} gives up at once at 400 and 413`, async () => {
      for (const status of [400, 413]) assert.deepEqual(await call(kind, { status }), { outcome: 'teams-unreachable never', calls: 1 });
    });
  }

  it('that creates is not made again when the connection is cut after it', async () => {
    const before = fake.messages.length;
    assert.deepEqual(await call('create', { drop: 'after' }), { outcome: 'teams-unreachable unknown-outcome', calls: 1 });
    assert.equal(fake.messages.length, before + 1);
  });

  it('that edits is made again when the connection is cut', async () => {
    assert.deepEqual(await call('edit', { drop: 'before', times: 1 }), { outcome: 'done', calls: 2 });
  });

  it('is a fault when nobody listens, and nothing can have happened', async () => {
    const gone = await startFakeConnector();
    await gone.stop();
    await assert.rejects(
      callConnector(connectors, gone.serviceUrl, 'create', (connector, options) => connector.conversations.sendToConversation('a:1', { type: 'message' }, options), patience()),
      (error: unknown) => error instanceof Fault && error.code === 'teams-unreachable' && error.retry === 'later',
    );
  });

  it('for which the bot gets no token is not made, and nothing can have happened', async () => {
    const tokens = { getToken: () => Promise.reject(new Error('AADSTS7000222: the secret of Contoso has ended')) };
    const clientId = 'b07b07b0-0000-4000-8000-000000000005';
    const without = createConnectors({ credentials: credentialsFor({ clientId, tokens }), clientId, serviceUrls: 'loopback', guard: createEgressGuard(silent) });
    const before = fake.calls.length;
    await assert.rejects(
      callConnector(without, fake.serviceUrl, 'create', (connector, options) => connector.conversations.sendToConversation('a:1', { type: 'message' }, options), patience()),
      (error: unknown) => error instanceof Fault && assert.deepEqual([error.code, error.retry, error.message], ['teams-unreachable', 'later', 'no token for the connector']) === undefined,
    );
    assert.equal(fake.calls.length, before);
  });

  it('does not follow to another address, not even on the same host', async () => {
    assert.deepEqual(await call('edit', { status: 307, headers: { location: '/v3/conversations/a%3A2/activities/m-1' }, times: 1 }), { outcome: 'teams-unreachable never', calls: 1 });
  });

  it('is not made at all to an address that is not one of Teams', async () => {
    await assert.rejects(connectors.at('https://attacker.example/'), (error: unknown) => error instanceof Fault && error.code === 'teams-unreachable' && error.retry === 'never');
  });

  it('uses one client for one address', async () => {
    assert.equal(await connectors.at(fake.serviceUrl), await connectors.at(fake.serviceUrl));
  });
});
