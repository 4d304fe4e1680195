import assert from 'node:assert/strict';
import { alex, lee, sure } from '../../support/desk/world.ts';
import { askedCard, type Edge, onlyCard, startEdge, summaries, textOf, verbsOf } from '../../support/edge.ts';

const referenceIn = (text: string): string => /KD-\w{8}/.exec(text)?.[0] ?? 'no reference';

describe('an ask', () => {
  let edge: Edge;
  beforeEach(async () => (edge = await startEdge()));
  afterEach(() => edge.stop());

  const request = () => sure([...edge.test.memory.requests.values()][0]);

  it('in the private chat gets the confirm card there, as a reply, and the place of the card is kept', async () => {
    const { card, activityId, message } = await askedCard(edge);
    assert.deepEqual(verbsOf(card), ['reveal', 'cancel']);
    assert.equal(message.conversationId, `a:29:${alex.id}`);
    assert.deepEqual(edge.connector.calls.map((call) => call.kind), ['reply']);
    assert.deepEqual(request().card, { conversationId: `a:29:${alex.id}`, serviceUrl: edge.connector.serviceUrl, activityId });
  });

  for (const place of ['groupChat', 'channel'] as const) {
    it(`in a ${place} is carried on in the private chat, with a notice that names nothing`, async () => {
      const said = await edge.talk.say('key for LAPTOP-42 INC0012345', { as: alex, in: place });
      assert.deepEqual(summaries(said.messages), ['Confirm to see the recovery key of LAPTOP-42.', 'I have answered in our private chat.']);
      assert.deepEqual(edge.connector.calls.map((call) => call.kind), ['create-conversation', 'send', 'reply']);
      const [card, notice] = said.messages;
      assert.equal(card?.conversationId, `a:29:${alex.id}`);
      assert.ok(!/LAPTOP|Alex|INC0012345|1A2B/i.test(JSON.stringify([notice?.activity['summary'], notice?.activity['attachments']])));
      assert.deepEqual(request().card, { conversationId: `a:29:${alex.id}`, serviceUrl: edge.connector.serviceUrl, activityId: card?.activityId });
    });
  }

  it('opens the private chat with the right person in the right tenant, and once', async () => {
    await edge.talk.say('key for LAPTOP-42', { as: alex, in: 'channel' });
    await edge.talk.say('key for DESKTOP-7', { as: alex, in: 'channel' });
    const opened = edge.connector.calls.filter((call) => call.kind === 'create-conversation');
    assert.deepEqual(opened.map((call) => call.body), [
      { isGroup: false, bot: { id: '28:keydesk', name: 'Keydesk' }, members: [{ id: `29:${alex.id}`, name: 'Alex Wilber' }], tenantId: alex.tenantId, channelData: { tenant: { id: alex.tenantId } } },
    ]);
  });

  it('opens the private chat beside the look-ups', async () => {
    const held = edge.test.script.hold('directory.devicesNamed');
    const asked = edge.talk.say('key for LAPTOP-42', { as: alex, in: 'channel' });
    while (!edge.connector.calls.some((call) => call.kind === 'create-conversation')) await new Promise((resolve) => void setImmediate(resolve));
    held.release();
    assert.equal((await asked).messages.length, 2);
  });

  for (const status of [403, 404]) {
    it(`finds the private chat closed at ${status}, says in the channel how to open it, and in the ledger that it was refused`, async () => {
      edge.connector.disturb({ kind: 'create-conversation', status });
      const said = await edge.talk.say('key for LAPTOP-42', { as: alex, in: 'channel' });
      const { card, message } = onlyCard(said);
      assert.match(message.conversationId, /^19:channel/);
      assert.match(textOf(card), /press \*\*Add\*\*/);
      assert.ok(!JSON.stringify(card).includes('LAPTOP'));
      assert.deepEqual(edge.test.entries.map((entry) => [entry.act, entry.code]), [['refused', 'private-chat-closed']]);
      edge.connector.calm();
      assert.equal((await edge.talk.say('key for LAPTOP-42', { as: alex, in: 'channel' })).messages.length, 2);
    });
  }

  it('asks Teams anew after a private chat that was known has closed', async () => {
    await edge.talk.say('key for LAPTOP-42', { as: alex, in: 'channel' });
    edge.connector.disturb({ kind: 'send', status: 403, times: 1 });
    assert.match(textOf(onlyCard(await edge.talk.say('key for LAPTOP-42', { as: alex, in: 'channel' })).card), /press \*\*Add\*\*/);
    const before = edge.connector.calls.length;
    await edge.talk.say('key for LAPTOP-42', { as: alex, in: 'channel' });
    assert.deepEqual(edge.connector.calls.slice(before).map((call) => call.kind), ['create-conversation', 'send', 'reply']);
  });

  it('for several devices gets a choice', async () => {
    const { card } = await askedCard(edge, 'key for TWIN-01');
    assert.deepEqual(verbsOf(card), ['choose', 'cancel']);
  });

  it('without a role is refused in the private chat, and the channel learns nothing of it', async () => {
    const said = await edge.talk.say('key for LAPTOP-42', { as: lee, in: 'channel' });
    const [refusal, notice] = said.messages;
    assert.equal(refusal?.conversationId, `a:29:${lee.id}`);
    assert.match(String(refusal?.activity['summary']), /no role/);
    assert.deepEqual(summaries(notice === undefined ? [] : [notice]), ['I have answered in our private chat.']);
    assert.deepEqual(edge.test.journal, ['ledger role-denied refused']);
  });

  it('for a name nobody carries gets the closest names, escaped', async () => {
    const text = textOf((await askedCard(edge, 'key for LAPTOP-43')).card);
    assert.match(text, /LAPTOP-42/);
    const hostile = textOf((await askedCard(edge, 'key for [click](https://evil.example) <at>x</at>')).card);
    assert.ok(!hostile.includes('](https'));
  });

  it('that fails gets a fault card in the private chat, with the reference of the log', async () => {
    edge.test.script.fail('directory.devicesNamed', { code: 'graph-timeout' });
    const { card, message } = await askedCard(edge);
    assert.equal(message.conversationId, `a:29:${alex.id}`);
    assert.match(textOf(card), /did not answer in time/);
    const line = edge.logged.find((text) => text.includes('a turn failed')) ?? '';
    assert.equal(referenceIn(line), referenceIn(textOf(card)));
    assert.equal(JSON.parse(line).fault, 'graph-timeout');
    assert.ok(!line.includes('Alex') && !line.includes('LAPTOP'));
  });

  it('that fails in a channel says so in the private chat, and in the channel only that there is an answer', async () => {
    edge.test.script.fail('recoveryKeys.of', { code: 'graph-unavailable' });
    const said = await edge.talk.say('key for LAPTOP-42', { as: alex, in: 'channel' });
    assert.equal(said.messages[0]?.conversationId, `a:29:${alex.id}`);
    assert.deepEqual(summaries(said.messages).slice(1), ['I have answered in our private chat.']);
  });

  it('says where it was asked that the private chat could not be reached, and names nothing there', async () => {
    edge.connector.disturb({ kind: 'create-conversation', status: 500 });
    const { card, message } = onlyCard(await edge.talk.say('key for LAPTOP-42', { as: alex, in: 'channel' }));
    assert.match(message.conversationId, /^19:channel/);
    assert.match(textOf(card), /could not write to our private chat/);
    assert.match(textOf(card), /KD-\w{8}/);
    assert.ok(!JSON.stringify(card).includes('LAPTOP') && !JSON.stringify(card).includes('Alex'));
  });

  it('that meets a defect of ours gets a neutral card, and the log a class without its message', async () => {
    edge.test.script.fail('directory.devicesNamed', { error: new TypeError('SQL password=hunter2') });
    const { card } = await askedCard(edge);
    assert.match(textOf(card), /Something went wrong in Keydesk/);
    for (const text of [edge.connector.traffic(), edge.logged.join('')]) assert.ok(!text.includes('hunter2'));
    assert.match(edge.logged.join(''), /TypeError/);
  });

  it('whose card Teams does not take is logged, answered with 200, and leaves no half-known card', async () => {
    edge.connector.disturb({ kind: 'reply', status: 500 });
    const said = await edge.talk.say('key for LAPTOP-42', { as: alex });
    assert.deepEqual([said.status, said.raw, said.messages.length], [200, '', 0]);
    assert.deepEqual(edge.logged.map((line) => JSON.parse(line).msg), ['a turn failed', 'the fault could not be told']);
    assert.equal(request().card?.activityId, undefined);
  });

  it('whose card stands but whose place could not be noted is still good', async () => {
    edge.test.script.fail('requests.placed');
    const { card } = await askedCard(edge);
    assert.deepEqual(verbsOf(card), ['reveal', 'cancel']);
    assert.match(edge.logged.join(''), /place of a card was not noted/);
  });

  it('is answered for when the store is gone: no look-up, and a card that says so', async () => {
    edge.test.script.fail('asks.admit');
    assert.match(textOf((await askedCard(edge)).card), /database is not available/);
    assert.deepEqual(edge.test.script.calls, ['ledgerCheck.passed', 'asks.admit']);
  });

  it('is answered with a fault when the ledger is not what it was: nothing else is asked, of anybody', async () => {
    edge.test.script.fail('ledgerCheck.passed', { code: 'ledger-mismatch', retry: 'never', times: 2 });
    for (const text of ['key for LAPTOP-42', 'help']) {
      const { card } = await askedCard(edge, text);
      assert.match(textOf(card), /ledger is not what it was; nothing is shown/);
      assert.match(textOf(card), /Reference KD-/);
    }
    assert.deepEqual(edge.test.script.calls, ['ledgerCheck.passed', 'ledgerCheck.passed']);
    assert.deepEqual(verbsOf((await askedCard(edge)).card), ['reveal', 'cancel'], 'and works when it is again');
  });
});
