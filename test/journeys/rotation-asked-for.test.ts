// A person rotates: by the command, or by the button on a card of a shown key. One card goes all the way.

import assert from 'node:assert/strict';
import { cast } from '../../src/sim/tenant/people.ts';
import { idsOf } from '../../src/sim/tenant/named-machines.ts';
import { blocksIn, dataOf, headingOf, inputOf, standing, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { alex, isaiah, megan, privateChatOf } from '../support/keydesk/people.ts';
import { askToRotate, hideByClock, newest, pass, postsIn, pressRotate, rotationEntriesIn, short, storyIn } from '../support/keydesk/rotating.ts';
import { inKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

describe('a rotation that an administrator asks for', () => {
  it('is confirmed with a reason and a ticket, and one card is edited until it names the new key', inKeydesk(async (keydesk) => {
    const confirm = await askToRotate(keydesk);
    assert.match(headingOf(confirm.card), /Rotate the key of LAPTOP-42\?/);
    assert.match(textOf(confirm.card), new RegExp(short(newest)));
    assert.deepEqual([postsIn(keydesk), await storyIn(keydesk)], [[], []], 'asking plans nothing');

    const headings = async (seconds: number): Promise<string> => {
      await pass(keydesk, seconds);
      return headingOf(standing(keydesk.now(confirm)).card);
    };
    const pressed = await pressRotate(keydesk, confirm);
    assert.match(headingOf(pressed.card), /The rotation of LAPTOP-42 begins/);
    assert.match(await headings(0), /Intune has queued the rotation of LAPTOP-42/);
    assert.match(await headings(60), /Waiting for LAPTOP-42/);
    const [made] = keydesk.simulator.hand.checkIn('LAPTOP-42');
    assert.match(await headings(300), /✓ LAPTOP-42 has a new key/);

    const text = textOf(standing(keydesk.now(confirm)).card);
    assert.match(text, new RegExp(`${short(made?.id)}[^]*${short(newest)}[^]*Megan Bowen[^]*The key was shown or shared[^]*INC0012345`));
    assert.deepEqual(keydesk.privateChat(megan).map(({ activityId }) => activityId), [confirm.activityId], 'one card, edited');
    assert.equal(postsIn(keydesk).length, 1);
    assert.deepEqual(await storyIn(keydesk), ['scheduled done', 'intended done', 'queued done', 'done done']);
    for (const { cause, person, requestId } of await rotationEntriesIn(keydesk)) assert.deepEqual([cause, person?.id, requestId], ['person', megan.id, dataOf(confirm.card, 'rotate')['request']]);
    const [scheduled] = await rotationEntriesIn(keydesk);
    assert.deepEqual([scheduled?.reason, scheduled?.ticket, scheduled?.source], ['key-exposed', 'INC0012345', 'teams']);
    assert.deepEqual(keydesk.reads(), []);
  }));

  it('takes a mistake in the form for nothing but a mistake', inKeydesk(async (keydesk) => {
    const confirm = await askToRotate(keydesk);
    const back = await pressRotate(keydesk, confirm, { reason: '', ticket: 'what?' });
    assert.match(textOf(back.card), /Not rotated yet/);
    assert.equal(inputOf(back.card, 'ticket')['value'], 'what?');
    assert.match(textOf((await pressRotate(keydesk, confirm, { reason: 'other', reasonText: '' })).card), /Not rotated yet/);
    assert.deepEqual(await storyIn(keydesk), []);
    assert.match(headingOf((await pressRotate(keydesk, confirm, { reason: 'other', reasonText: 'sold' })).card), /begins/);
    assert.deepEqual(await storyIn(keydesk), ['scheduled done']);
  }));

  it('begins from the button on a hidden card, in a card of its own, and the hidden card tells of it too', inKeydesk(async (keydesk) => {
    const shown = await keydesk.ask('key for LAPTOP-42', { as: megan });
    await keydesk.reveal(shown, {}, { as: megan });
    await hideByClock(keydesk);
    const asked = await keydesk.press(standing(keydesk.now(shown)), 'rotate-ask', {}, { as: megan });
    const confirm = standing(asked.messages.at(-1));
    assert.notEqual(confirm.activityId, shown.activityId);
    await pressRotate(keydesk, confirm);
    await pass(keydesk, 60);
    const [made] = keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, 300);
    for (const message of [shown, confirm]) assert.match(textOf(standing(keydesk.now(message)).card), new RegExp(short(made?.id)));
    await pass(keydesk, 7200);
    assert.equal(postsIn(keydesk).length, 1, 'the one that was planned after the reveal came now');
  }));

  it('begins from the button on a card that shows a key, which stays on the screen', inKeydesk(async (keydesk) => {
    const shown = await keydesk.ask('key for LAPTOP-42', { as: megan });
    const revealed = await keydesk.reveal(shown, {}, { as: megan });
    const asked = await keydesk.press({ card: known(revealed.card), activityId: shown.activityId }, 'rotate-ask', {}, { as: megan });
    assert.equal(asked.card, undefined, 'no card takes the place of the key');
    assert.deepEqual(verbsOf(standing(asked.messages.at(-1)).card), ['rotate', 'cancel']);
  }));

  it('is the one of the two twins that was chosen', inKeydesk(async (keydesk) => {
    const choice = await askToRotate(keydesk, 'rotate TWIN-01');
    const chosen = await keydesk.press(choice, 'choose', { deviceId: idsOf(102).deviceId }, { as: megan });
    await pressRotate(keydesk, { card: known(chosen.card), activityId: choice.activityId });
    await pass(keydesk, 0);
    assert.deepEqual(postsIn(keydesk).map(({ url }) => url.includes(idsOf(102).managedId)), [true]);
  }));

  it('of a name that nobody carries is answered with the names that come close', inKeydesk(async (keydesk) => {
    const refused = await askToRotate(keydesk, 'rotate LAPTOP-43');
    assert.match(textOf(refused.card), /No device of this name[^]*LAPTOP-42/);
    assert.deepEqual(await keydesk.acts(), ['refused refused device-not-found']);
  }));

  it('joins one that is under way for the device: one POST, and each card tells how it ends', inKeydesk(async (keydesk) => {
    const first = await askToRotate(keydesk);
    await pressRotate(keydesk, first);
    await pass(keydesk, 30);
    const second = await askToRotate(keydesk);
    assert.match(textOf(second.card), /under way already/);
    await pressRotate(keydesk, second, { reason: 'handover' });
    await pass(keydesk, 600);
    assert.equal(postsIn(keydesk).length, 1);
    keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, 1800);
    for (const message of [first, second]) assert.match(headingOf(standing(keydesk.now(message)).card), /has a new key/);
    await pressRotate(keydesk, await askToRotate(keydesk));
    await pass(keydesk, 0);
    assert.equal(postsIn(keydesk).length, 2, 'after the end of one there may be another');
  }));

  it('brings forward the one that is planned after a reveal', inKeydesk(async (keydesk) => {
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    const confirm = await askToRotate(keydesk);
    assert.match(textOf(confirm.card), /is planned for/);
    await pressRotate(keydesk, confirm);
    await pass(keydesk, 0);
    assert.equal(postsIn(keydesk).length, 1);
    keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, 7200);
    assert.equal(postsIn(keydesk).length, 1);
  }));
});

describe('a rotation card', () => {
  it('is for administrators, and for agents where they may: before any name is told', async () => {
    await inKeydesk(async (keydesk) => {
      for (const as of [alex, isaiah]) {
        const refused = await keydesk.ask('rotate LAPTOP-42', { as });
        assert.match(headingOf(refused.card), /You may not rotate keys/);
        assert.doesNotMatch(textOf(refused.card), /LAPTOP|Adele/);
      }
      assert.deepEqual(await keydesk.acts(), ['role-denied refused no-role', 'role-denied refused no-role']);
    })();
    await inKeydesk({ settings: { agentsMayRotate: true } }, async (keydesk) => {
      const confirm = await keydesk.ask('rotate LAPTOP-42');
      await pressRotate(keydesk, confirm, {}, { as: alex });
      await pass(keydesk, 0);
      assert.equal(postsIn(keydesk).length, 1);
    })();
  });

  it('asks for the role afresh when it is pressed, and is not made for somebody who has lost it', inKeydesk(async (keydesk) => {
    const shown = await keydesk.ask('key for LAPTOP-42', { as: megan });
    const confirm = await askToRotate(keydesk);
    await keydesk.reveal(shown, {}, { as: megan });
    await hideByClock(keydesk);
    const hidden = standing(keydesk.now(shown));
    keydesk.simulator.tenant.directory.setRoles(cast.megan.id, ['agent']);
    assert.match(headingOf((await pressRotate(keydesk, confirm)).card), /You may not rotate keys/);
    // For a card that asks, an answer may be as old as a look-up's.
    keydesk.clock.forward(60);
    const asked = await keydesk.press(hidden, 'rotate-ask', {}, { as: megan });
    assert.deepEqual(asked.messages, []);
    assert.deepEqual((await keydesk.acts()).slice(-2), ['role-denied refused no-role', 'role-denied refused no-role']);
    keydesk.simulator.tenant.directory.setRoles(cast.megan.id, ['admin']);
    assert.match(headingOf((await pressRotate(keydesk, confirm)).card), /begins/);
  }));

  it('does nothing when it is old: after ten minutes, for good', inKeydesk(async (keydesk) => {
    const confirm = await askToRotate(keydesk);
    keydesk.clock.forward(600);
    assert.match(headingOf((await pressRotate(keydesk, confirm)).card), /expired/);
    assert.deepEqual(verbsOf(standing(keydesk.now(confirm)).card), []);
    assert.deepEqual([await storyIn(keydesk), (await keydesk.acts()).at(-1)], [[], 'refused refused request-expired']);
    const young = await askToRotate(keydesk);
    keydesk.clock.forward(599);
    assert.match(headingOf((await pressRotate(keydesk, young)).card), /begins/);
  }));

  it('rotates once, however often it is pressed, and shows how it stands', inKeydesk(async (keydesk) => {
    const confirm = await askToRotate(keydesk);
    const both = await Promise.all([pressRotate(keydesk, confirm), pressRotate(keydesk, confirm, { reason: 'policy' })]);
    for (const { card } of both) assert.match(headingOf(card), /begins/);
    await pass(keydesk, 60);
    assert.match(headingOf((await pressRotate(keydesk, confirm)).card), /Waiting for LAPTOP-42/);
    assert.deepEqual([postsIn(keydesk).length, await storyIn(keydesk)], [1, ['scheduled done', 'intended done', 'queued done']]);
    keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, 3600);
    assert.match(headingOf((await pressRotate(keydesk, confirm)).card), /has a new key/);
    assert.equal(postsIn(keydesk).length, 1);
  }));

  it('of somebody else does nothing, also in another chat or when a client refreshes it by itself', inKeydesk(async (keydesk) => {
    const confirm = await askToRotate(keydesk);
    assert.match(headingOf((await pressRotate(keydesk, confirm, {}, { as: isaiah })).card), /belongs to somebody else/);
    assert.match(headingOf((await pressRotate(keydesk, confirm, {}, { in: 'channel' })).card), /Not in this chat/);
    assert.match(headingOf((await pressRotate(keydesk, confirm, {}, { trigger: 'automatic' })).card), /Nothing was rotated/);
    assert.match(headingOf((await pressRotate(keydesk, confirm, {}, { data: { request: 'cafe0000-0000-4000-8000-000000000001' } })).card), /I do not know this card/);
    assert.deepEqual(await storyIn(keydesk), []);
    assert.match(headingOf((await pressRotate(keydesk, confirm)).card), /begins/);
  }));

  it('never reveals, and a card for a key never rotates', inKeydesk(async (keydesk) => {
    const toRotate = await askToRotate(keydesk);
    const toReveal = await keydesk.ask('key for LAPTOP-42', { as: megan });
    for (const verb of ['reveal', 'again', 'hide', 'rotate-ask']) {
      const pressed = await keydesk.press(toRotate, verb, { reason: 'firmware-update', keyId: newest }, { as: megan, data: dataOf(toRotate.card, 'rotate') });
      assert.deepEqual([blocksIn(pressed.card), keydesk.reads()], [[], []], verb);
    }
    assert.match(headingOf((await pressRotate(keydesk, toReveal, {}, { data: dataOf(toReveal.card, 'reveal') })).card), /changed/);
    assert.deepEqual([await storyIn(keydesk), postsIn(keydesk)], [[], []]);
    assert.equal(blocksIn((await keydesk.reveal(toReveal, {}, { as: megan })).card).length, 8, 'each still does its own');
    assert.match(headingOf((await pressRotate(keydesk, toRotate)).card), /begins/);
  }));

  it('is carried on in the private chat when it is asked for in a channel, and can be cancelled', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('rotate LAPTOP-42', { as: megan, in: 'channel' });
    for (const message of keydesk.connector.messages.filter(({ conversationId }) => conversationId !== privateChatOf(megan))) assert.doesNotMatch(JSON.stringify(message.activity), /LAPTOP-42|Adele/);
    assert.match(textOf((await keydesk.press(confirm, 'cancel', {}, { as: megan })).card), /[Cc]ancelled/);
    assert.match(headingOf((await pressRotate(keydesk, confirm)).card), /closed/);
    assert.deepEqual(await storyIn(keydesk), []);
  }));
});
