import assert from 'node:assert/strict';
import type { TurnContext } from 'botbuilder';
import { parseReferenceId } from '../../src/domain/ids.ts';
import { createAdapter } from '../../src/teams/adapter.ts';
import { createConnectors } from '../../src/teams/connectors.ts';
import { createEgressGuard, type EgressGuard } from '../../src/teams/egress-guard.ts';
import { createEndpoint } from '../../src/teams/endpoint.ts';
import { noCredentials } from '../../src/teams/identity.ts';
import { alex, passwordDigits, tenantId } from '../support/desk/world.ts';
import { known } from '../support/known.ts';

const password = passwordDigits(9);
const reference = known(parseReferenceId('KD-00000001'));
const activity = {
  type: 'invoke',
  name: 'adaptiveCard/action',
  id: 'activity-1',
  channelId: 'msteams',
  serviceUrl: 'http://127.0.0.1:9/',
  from: { id: '29:alex', aadObjectId: alex.id },
  recipient: { id: '28:keydesk' },
  conversation: { id: 'a:1', conversationType: 'personal', tenantId },
  channelData: { tenant: { id: tenantId } },
};

describe('the endpoint', () => {
  const logged: string[] = [];
  const log = { info: () => undefined, warn: (fields: object) => void logged.push(JSON.stringify(fields)), error: (fields: object) => void logged.push(JSON.stringify(fields)) };

  /** What leaves when the turn does this. */
  const answerWhen = async (turn: (context: TurnContext, guard: EgressGuard) => Promise<unknown>, { body }: { readonly body?: unknown } = { body: activity }) => {
    const guard = createEgressGuard(log);
    const credentials = noCredentials();
    const adapter = createAdapter(credentials, createConnectors({ credentials, clientId: '', serviceUrls: 'loopback', guard }));
    const door = { mode: 'unauthenticated-loopback', serviceUrls: 'loopback', tenantId } as const;
    const endpoint = createEndpoint({ adapter, door, guard, log, ids: { reference: () => reference }, known: new WeakMap(), run: (context) => turn(context, guard) });
    return endpoint.handle({ authorization: undefined, body });
  };
  const respond = (context: TurnContext, body: object) => context.sendActivity({ type: 'invokeResponse', value: { status: 200, body } });
  const silenced = async <T>(work: () => Promise<T>): Promise<T> => {
    const { error } = console;
    console.error = () => undefined;
    try {
      return await work();
    } finally {
      console.error = error;
    }
  };

  it('answers an invoke with the body that the turn gave', async () => {
    assert.deepEqual(await answerWhen((context) => respond(context, { statusCode: 200, value: 'x' })), { status: 200, body: { statusCode: 200, value: 'x' } });
  });

  it('withholds a recovery password that no reveal has answered with', async () => {
    const answer = await answerWhen((context) => respond(context, { statusCode: 200, value: password }));
    assert.equal(answer.status, 200);
    assert.ok(!JSON.stringify(answer).includes(password.slice(0, 6)));
    assert.match(JSON.stringify(answer), /application\/vnd\.microsoft\.error.*KD-00000001/);
  });

  it('lets pass what a reveal has exempted', async () => {
    const body = { statusCode: 200, value: password };
    const answer = await answerWhen((context, guard) => {
      guard.exempt(body);
      return respond(context, body);
    });
    assert.equal(answer.body, body);
  });

  it('withholds a card with `refresh`', async () => {
    const answer = await answerWhen((context) => respond(context, { statusCode: 200, value: { type: 'AdaptiveCard', refresh: {} } }));
    assert.ok(!JSON.stringify(answer).includes('refresh'));
  });

  it('says nothing of what went wrong in a turn, or of what the SDK thinks of it', async () => {
    const answer = await silenced(() => answerWhen(() => Promise.reject(new Error('SQL password=hunter2'))));
    assert.deepEqual(answer, { status: 500, body: { code: 'internal', reference } });
    assert.deepEqual(await answerWhen(() => Promise.resolve()), { status: 500, body: { code: 'internal', reference } }, 'an invoke without an answer');
  });

  it('never rejects, whatever the body is', async () => {
    for (const body of [undefined, null, 5, 'x', [], [[]], {}, { type: 5 }, { type: 'message' }, Object.create(null)]) {
      assert.deepEqual(await answerWhen(() => Promise.resolve(), { body }), { status: 400, body: { code: 'not-an-activity', reference } });
    }
  });

  it('leaves the activity as it came', async () => {
    const given = { ...activity, timestamp: '2026-11-22T09:00:00Z' };
    await answerWhen((context) => respond(context, {}), { body: given });
    assert.equal(given.timestamp, '2026-11-22T09:00:00Z');
  });
});
