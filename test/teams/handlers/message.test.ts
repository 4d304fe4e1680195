import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { adele, alex, grady, passwordDigits } from '../../support/desk/world.ts';
import { askedCard, type Edge, onlyCard, startEdge, summaries, textOf } from '../../support/edge.ts';

describe('a message to the bot', () => {
  let edge: Edge;
  beforeEach(async () => (edge = await startEdge()));
  afterEach(() => edge.stop());

  it('is answered once, however often Teams delivers it', async () => {
    const first = await edge.talk.say('help', { as: alex, activityId: 'same' });
    const again = await edge.talk.say('help', { as: alex, activityId: 'same' });
    assert.deepEqual([first.status, again.status], [200, 200]);
    assert.deepEqual([first.messages.length, again.messages.length], [1, 0]);
    assert.equal((await edge.talk.say('help', { as: alex, activityId: 'another' })).messages.length, 1);
  });

  it('gets help by role', async () => {
    assert.match(textOf((await askedCard(edge, 'help')).card), /key for LAPTOP-42/);
    assert.match(textOf(onlyCard(await edge.talk.say('?', { as: adele })).card), /You have no role for that/);
  });

  it('says who the bot thinks one is', async () => {
    const text = textOf(onlyCard(await edge.talk.say('Who am I?', { as: grady })).card);
    assert.match(text, /Grady Archie/);
    assert.ok(text.includes(grady.id) && text.includes(grady.tenantId));
    assert.match(text, /auditor/);
  });

  it('says who one is only in the private chat', async () => {
    const said = await edge.talk.say('whoami', { as: grady, in: 'channel' });
    const [card, notice] = said.messages;
    assert.equal(card?.conversationId, `a:29:${grady.id}`);
    assert.match(notice?.conversationId ?? '', /^19:channel/);
    const shown = JSON.stringify([notice?.activity['summary'], notice?.activity['attachments']]);
    assert.ok(!shown.includes(grady.id) && !shown.includes('Grady') && !shown.includes('auditor'));
  });

  it('explains the two kinds of key', async () => assert.match(textOf((await askedCard(edge, 'key types')).card), /\.BEK/));

  it('gets a suggestion, and never an action, when it fits nothing', async () => {
    const said = await edge.talk.say('what about LAPTOP-42 then', { as: alex, in: 'groupChat' });
    assert.match(textOf(onlyCard(said).card), /I did not understand that/);
    assert.deepEqual(edge.test.journal, []);
  });

  it('is understood with mention, blanks and entities as Teams sends them', async () => {
    const said = await edge.talk.say('Please&nbsp;key&#32;for \u201claptop-42\u201d?', { as: alex, in: 'channel' });
    assert.deepEqual(summaries(said.messages), ['Confirm to see the recovery key of LAPTOP-42.', 'I have answered in our private chat.']);
  });

  it('with a recovery password in it is warned about, noted without it, and not repeated', async () => {
    const password = passwordDigits(77);
    const said = await edge.talk.say(`key for LAPTOP-42, the old one was ${password}`, { as: alex });
    assert.match(textOf(onlyCard(said).card), /now in the chat history/);
    assert.deepEqual(edge.test.journal, ['ledger warned done']);
    const leaked = [edge.connector.traffic(), edge.logged.join(''), JSON.stringify(edge.test.entries)].filter((text) => text.includes(password.slice(0, 6)));
    assert.deepEqual(leaked, []);
  });

  it('with a recovery password in it is warned about even when the ledger is gone, and then the fault is told', async () => {
    edge.test.script.fail('ledger.append');
    const said = await edge.talk.say(passwordDigits(77), { as: alex });
    assert.equal(said.messages.length, 2);
    assert.match(String(said.messages[0]?.activity['summary']), /held a recovery key/);
    assert.match(String(said.messages[1]?.activity['summary']), /ledger/);
  });

  it('beyond the limit is answered with the limit, and nobody is asked', async () => {
    for (let n = 0; n < 30; n += 1) await edge.talk.say('key types', { as: alex });
    const before = edge.test.script.calls.length;
    assert.match(textOf((await askedCard(edge)).card), /Too many messages/);
    assert.ok(edge.test.script.calls.slice(before).every((call) => !call.startsWith('directory.') && !call.startsWith('roles.')));
    edge.test.clock.forward(61);
    assert.match(textOf((await askedCard(edge)).card), /Recovery key for LAPTOP-42/);
  });

  it('that takes its time sends nothing but its answer: no sign of typing', async () => {
    const held = edge.test.script.hold('roles.recent');
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const saying = edge.talk.say('whoami', { as: alex, in: 'channel' });
      while (!edge.test.script.calls.includes('roles.recent')) await new Promise((resolve) => setImmediate(resolve));
      mock.timers.tick(5000);
      held.release();
      await saying;
    } finally {
      mock.timers.reset();
    }
    assert.deepEqual(edge.connector.calls.map(({ kind, body }) => [kind, Reflect.get(Object(body), 'type')]), [
      ['create-conversation', undefined],
      ['send', 'message'],
      ['reply', 'message'],
    ]);
  });

  it('that asks nothing, of whatever type, gets an empty answer', async () => {
    for (const type of ['conversationUpdate', 'installationUpdate', 'messageReaction', 'typing', 'event', 'messageDelete']) {
      const said = await edge.talk.say('key for LAPTOP-42', { as: alex, change: { type } });
      assert.deepEqual([said.status, said.raw, said.messages.length], [200, '', 0], type);
    }
  });

  it('without any text is taken for a greeting', async () => {
    for (const text of [null, undefined, '', ' \u200b ']) {
      assert.match(textOf(onlyCard(await edge.talk.say('', { as: alex, change: { text } })).card), /Keydesk/);
    }
  });
});
