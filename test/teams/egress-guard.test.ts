import assert from 'node:assert/strict';
import { array, assert as holds, integer, property, string, uniqueArray } from 'fast-check';
import { Fault } from '../../src/domain/fault.ts';
import { isWellFormedBlock } from '../../src/domain/recovery-password.ts';
import { createConnectors } from '../../src/teams/connectors.ts';
import { message } from '../../src/teams/cards/card.ts';
import { plain, say } from '../../src/teams/cards/escape.ts';
import { createEgressGuard, holdsSecret } from '../../src/teams/egress-guard.ts';
import { noCredentials } from '../../src/teams/identity.ts';
import { createSender } from '../../src/teams/sender.ts';
import { passwordDigits } from '../support/desk/world.ts';
import { type FakeConnector, startFakeConnector } from '../support/fake-connector.ts';

const password = passwordDigits(7);
const blocks = password.split('-');
const withheld = (error: unknown): boolean => error instanceof Fault && error.code === 'internal' && !error.message.includes(password);

const logged: string[] = [];
const log = {
  info: () => undefined,
  warn: () => undefined,
  error: (fields: object, text: string) => void logged.push(JSON.stringify({ ...fields, text })),
};

describe('the egress guard', () => {
  for (const [what, value] of [
    ['with dashes', { text: `the key is ${password}.` }],
    ['with line breaks', { text: blocks.join('\n') }],
    ['run together', { text: blocks.join('') }],
    ['in a list', { inlines: blocks }],
    ['block by block, with numbers between', { body: blocks.map((block, index) => ({ id: `block ${index + 1}`, items: [{ text: `${index + 1}`, note: 'read aloud' }, { text: block }] })) }],
    ['that Windows would reject, block by block', { body: blocks.map((_, index) => ({ id: `${index + 1}`, text: `${231_453 + index}` })) }],
    ['among other numbers', { body: blocks.flatMap((block) => [{ text: '123457' }, { text: block }]) }],
  ] as const) {
    it(`finds a recovery password ${what}`, () => assert.ok(holdsSecret(JSON.stringify(value))));
  }

  it('finds one written in JSON escapes', () => {
    const escaped = password.replaceAll(/./g, (sign) => String.raw`\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
    assert.ok(holdsSecret(`{"text":"${escaped}"}`));
  });

  it('finds any, wherever the blocks stand', () => {
    const block = integer({ min: 1, max: 65_535 }).map((value) => String(value * 11).padStart(6, '0'));
    const words = array(string({ maxLength: 5 }).filter((text) => !/\d/.test(text)), { minLength: 8, maxLength: 8 });
    holds(
      property(uniqueArray(block, { minLength: 8, maxLength: 8 }), words, (all, between) => {
        assert.ok(all.every(isWellFormedBlock));
        assert.ok(holdsSecret(JSON.stringify(all.map((text, index) => ({ text, between: between[index] })))));
      }),
    );
  });

  for (const [what, value] of [
    ['GUIDs', Array.from({ length: 12 }, (_, index) => `de71ce00-0000-4000-8000-00000000000${index}`)],
    ['seven blocks', blocks.slice(0, 7)],
    ['eight numbers that are no blocks', Array.from({ length: 8 }, (_, index) => ({ ticket: `INC10000${index}` }))],
    ['rows of zeros', Array.from({ length: 20 }, () => ({ colour: '#000000' }))],
    ['times', Array.from({ length: 20 }, (_, index) => `2026-11-22T09:14:${String(index).padStart(2, '0')}.112Z`)],
  ] as const) {
    it(`lets ${what} pass`, () => assert.ok(!holdsSecret(JSON.stringify(value))));
  }

  it('lets the one exempted answer pass, and no equal one', () => {
    const guard = createEgressGuard(log);
    const body = { statusCode: 200, value: { text: password } };
    assert.throws(() => guard.invokeResponse(body), withheld);
    guard.exempt(body);
    guard.invokeResponse(body);
    assert.throws(() => guard.invokeResponse({ ...body }), withheld);
  });

  it('lets no answer with `refresh` pass, not even an exempted one', () => {
    const guard = createEgressGuard(log);
    const body = { statusCode: 200, value: { type: 'AdaptiveCard', refresh: { userIds: [] } } };
    guard.exempt(body);
    assert.throws(() => guard.invokeResponse(body), withheld);
    guard.invokeResponse({ statusCode: 200, value: { type: 'AdaptiveCard', text: 'a "refresh": of the list' } });
  });

  it('says in the log that it refused, and not what', () => {
    assert.ok(logged.length > 0);
    for (const line of logged) for (const block of blocks) assert.ok(!line.includes(block));
  });
});

describe('what is sent by the connector client', () => {
  let fake: FakeConnector;
  before(async () => (fake = await startFakeConnector()));
  after(() => fake.stop());

  const sender = createSender(createConnectors({ credentials: noCredentials(), clientId: '', serviceUrls: 'loopback', guard: createEgressGuard(log) }));
  const bot = { id: '28:keydesk', name: 'Keydesk' };
  const place = () => ({ conversationId: 'a:1', serviceUrl: fake.serviceUrl, activityId: 'm-1' });
  // A card as no code of ours makes it: the escaping tags would leave the digits out.
  const leak = { card: { ...message(plain`x`, []).card, body: [{ type: 'TextBlock' as const, wrap: true as const, text: say`${blocks[0] ?? ''} ${blocks[1] ?? ''} ${blocks[2] ?? ''} ${blocks[3] ?? ''} ${blocks[4] ?? ''} ${blocks[5] ?? ''} ${blocks[6] ?? ''} ${blocks[7] ?? ''}` }] }, summary: plain`x` };

  it('is withheld with a recovery password in it, sent or edited, and nothing arrives', async () => {
    await assert.rejects(sender.sendTo(place(), bot, leak), withheld);
    await assert.rejects(sender.edit(place(), leak), withheld);
    assert.deepEqual(fake.calls, []);
  });

  it('arrives without one', async () => {
    const sent = await sender.sendTo(place(), bot, message(plain`x`, []));
    assert.equal(sent.kind, 'sent');
    assert.deepEqual(fake.calls.map((call) => call.kind), ['send']);
  });
});
