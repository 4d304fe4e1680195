import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { blocksIn, verbsOf } from '../support/keydesk/cards.ts';
import { alex, megan } from '../support/keydesk/people.ts';
import { inKeydesk } from '../support/keydesk.ts';

describe('a message that Teams delivers twice', () => {
  it('is answered once', inKeydesk(async (keydesk) => {
    const activityId = randomUUID();
    await keydesk.say('key for LAPTOP-42', { activityId });
    const again = await keydesk.say('key for LAPTOP-42', { activityId });
    assert.equal(again.status, 200);
    assert.deepEqual(again.messages, []);
    assert.deepEqual(await keydesk.acts(), ['asked done']);
  }));

  it('is answered once when both come at the same moment, to two instances', inKeydesk(async (keydesk) => {
    const second = await keydesk.another();
    const activityId = randomUUID();
    await Promise.all([keydesk, second, keydesk, second].map((instance) => instance.say('key for LAPTOP-42', { activityId })));
    assert.equal(keydesk.privateChat().length, 1);
    assert.deepEqual(await keydesk.acts(), ['asked done']);
  }));

  it('is answered once although the first answer was slow to leave', inKeydesk(async (keydesk) => {
    const activityId = randomUUID();
    keydesk.disturb(() => ({ delayMilliseconds: 150 }));
    await Promise.all([keydesk.say('key for LAPTOP-42', { activityId, in: 'channel' }), keydesk.say('key for LAPTOP-42', { activityId, in: 'channel' })]);
    assert.equal(keydesk.privateChat().length, 1);
    assert.equal(keydesk.connector.messages.length, 2, 'a card and a notice');
  }));

  it('is another message in another conversation, whatever its id', inKeydesk(async (keydesk) => {
    const activityId = randomUUID();
    await keydesk.say('key for LAPTOP-42', { activityId });
    await keydesk.say('key for LAPTOP-42', { activityId, as: megan });
    assert.deepEqual([keydesk.privateChat(alex).length, keydesk.privateChat(megan).length], [1, 1]);
  }));
});

describe('a press that Teams delivers twice', () => {
  it('reveals once, and the second delivery is told so', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const activityId = randomUUID();
    const first = await keydesk.reveal(confirm, {}, { activityId });
    const second = await keydesk.reveal(confirm, {}, { activityId });
    assert.equal(blocksIn(first.card).length, 8);
    assert.deepEqual([blocksIn(second.card), verbsOf(second.card)], [[], ['again']]);
    assert.equal(keydesk.reads().length, 1);
  }));

  it('cancels once', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await Promise.all([keydesk.press(confirm, 'cancel'), keydesk.press(confirm, 'cancel')]);
    assert.equal((await keydesk.acts()).filter((act) => act === 'cancelled done').length, 1);
  }));

  it('chooses once: one confirm card, one entry', inKeydesk(async (keydesk) => {
    const choose = await keydesk.ask('key for TWIN-01');
    const deviceId = 'de71ce00-0000-4000-8000-000000000102';
    const answers = await Promise.all([keydesk.press(choose, 'choose', { deviceId }), keydesk.press(choose, 'choose', { deviceId })]);
    for (const { card } of answers) assert.deepEqual(verbsOf(card), ['reveal', 'cancel']);
    assert.deepEqual(await keydesk.acts(), ['asked done', 'asked done']);
  }));

  it('chooses the first of two devices chosen at once', inKeydesk(async (keydesk) => {
    const choose = await keydesk.ask('key for TWIN-01');
    const devices = ['de71ce00-0000-4000-8000-000000000101', 'de71ce00-0000-4000-8000-000000000102'];
    const answers = await Promise.all(devices.map((deviceId) => keydesk.press(choose, 'choose', { deviceId })));
    assert.equal(new Set(answers.map(({ card }) => JSON.stringify(card))).size, 1, 'both see the same card');
    assert.deepEqual(await keydesk.acts(), ['asked done', 'asked done']);
  }));

  it('either cancels or reveals when both are pressed at once', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const [revealed] = await Promise.all([keydesk.reveal(confirm), keydesk.press(confirm, 'cancel')]);
    const acts = await keydesk.acts();
    assert.notEqual(acts.includes('cancelled done'), acts.includes('revealed done'));
    assert.equal(blocksIn(revealed.card).length, acts.includes('revealed done') ? 8 : 0);
  }));
});
