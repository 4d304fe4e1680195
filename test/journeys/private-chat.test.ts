import assert from 'node:assert/strict';
import { blocksIn, choicesOf, dataOf, headingOf, inputOf, standing, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { alex, privateChatOf } from '../support/keydesk/people.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

const newest = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';
const former = '9f8e7d6c-5b4a-4938-a271-605f4e3d2c1b';
const passwordOf = ({ simulator }: TestKeydesk, keyId: string): readonly string[] => simulator.tenant.recoveryPassword(keyId).split('-');

describe('a recovery key in the private chat', () => {
  it('is asked for, confirmed with a reason and shown, and the ledger says so', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    assert.match(headingOf(confirm.card), /Recovery key for LAPTOP-42\?/);
    assert.match(textOf(confirm.card), /Adele Vance \(adele@contoso\.com\)/);
    assert.deepEqual(choicesOf(confirm.card, 'keyId').map(({ value }) => value), [newest, former]);
    assert.equal(inputOf(confirm.card, 'keyId')['value'], newest);
    assert.deepEqual(keydesk.reads(), [], 'nothing secret is read for a confirm card');

    const revealed = await keydesk.reveal(confirm, { ticket: 'inc0012345', callerCheck: 'call-back' });
    assert.deepEqual(blocksIn(revealed.card), passwordOf(keydesk, newest));
    assert.equal(keydesk.reads().length, 1);
    assert.deepEqual(revealed.messages, [], 'no message is sent with it');

    const [asked, intended, shown, scheduled, ...more] = await keydesk.ledger();
    assert.deepEqual(more, []);
    assert.deepEqual([asked?.act, intended?.act, shown?.act, scheduled?.act], ['asked', 'intended', 'revealed', 'rotation-scheduled']);
    for (const entry of [intended, shown]) {
      assert.equal(entry?.outcome, 'done');
      assert.deepEqual(entry?.person, { id: alex.id, name: alex.name });
      assert.equal(entry?.device?.name, 'LAPTOP-42');
      assert.equal(entry?.keyId, newest);
      assert.equal(entry?.reason, 'firmware-update');
      assert.equal(entry?.callerCheck, 'call-back');
      assert.equal(entry?.ticket, 'INC0012345');
      assert.equal(entry?.conversation, 'personal');
      assert.equal(entry?.requestId, dataOf(confirm.card, 'reveal')['request']);
    }
    assert.match(shown?.graphRequestId ?? '', /^[0-9a-f-]{36}$/);
    assert.equal(shown?.clientRequestId, intended?.clientRequestId);
  }));

  it('is the one that was chosen from the list', inKeydesk(async (keydesk) => {
    const revealed = await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'), { keyId: former });
    assert.deepEqual(blocksIn(revealed.card), passwordOf(keydesk, former));
    assert.match(textOf(revealed.card), /There is a newer key/);
    assert.equal((await keydesk.ledger()).at(-1)?.keyId, former);
  }));

  for (const text of ['LAPTOP-42', 'laptop-42?', 'please give me the BitLocker key for "LAPTOP-42"', newest, `key id ${newest.toUpperCase()}`]) {
    it(`is found by “${text}”`, inKeydesk(async (keydesk) => {
      const revealed = await keydesk.reveal(await keydesk.ask(text));
      assert.deepEqual(blocksIn(revealed.card), passwordOf(keydesk, newest));
    }));
  }

  it('has the key ID and the ticket of the question filled in', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42 id 9F8E7D6C INC0012345');
    assert.equal(inputOf(confirm.card, 'keyId')['value'], former);
    assert.equal(inputOf(confirm.card, 'ticket')['value'], 'INC0012345');
  }));

  it('is asked for again when the key ID of the question fits none, with what was typed', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42 id 00000000');
    assert.match(textOf(confirm.card), /No key of this device begins with 00000000/);
    assert.equal(inputOf(confirm.card, 'keyId')['value'], undefined);
    const pressed = await keydesk.reveal(confirm);
    assert.deepEqual(verbsOf(pressed.card), ['reveal', 'cancel'], 'the card comes back');
    assert.deepEqual(blocksIn((await keydesk.reveal(confirm, { keyId: former })).card), passwordOf(keydesk, former));
  }));
});

describe('a recovery key that was shown', () => {
  it('is hidden after 300 s: the message becomes a card without it', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    keydesk.clock.forward(299);
    await keydesk.runChores();
    assert.equal(keydesk.now(confirm).edited, false, 'not a second early');

    keydesk.clock.forward(1);
    await keydesk.runChores();
    const { card } = standing(keydesk.now(confirm));
    assert.match(headingOf(card), /hidden/);
    assert.match(textOf(card), /revealed to Alex Wilber/);
    assert.match(textOf(card), /Firmware update/);
    assert.deepEqual(blocksIn(card), []);
    assert.deepEqual((await keydesk.acts()).slice(-3), ['revealed done', 'rotation-scheduled done', 'hidden done']);
    await keydesk.runChores();
    assert.equal((await keydesk.acts()).filter((act) => act === 'hidden done').length, 1);
  }));

  it('is hidden at once by Hide, on the screen and in the message', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const revealed = await keydesk.reveal(confirm);
    const hidden = await keydesk.press({ card: known(revealed.card), activityId: confirm.activityId }, 'hide');
    assert.deepEqual(verbsOf(hidden.card), ['again']);
    assert.deepEqual(hidden.card, standing(keydesk.now(confirm)).card);
    assert.deepEqual(blocksIn(hidden.card), []);
    keydesk.clock.forward(301);
    await keydesk.runChores();
    assert.deepEqual((await keydesk.acts()).filter((act) => act.startsWith('hidden')), ['hidden done']);
  }));

  it('is shown again by one press, with a fresh read and entries of its own, and hidden again', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    keydesk.clock.forward(300);
    await keydesk.runChores();

    const again = await keydesk.press(standing(keydesk.now(confirm)), 'again');
    assert.deepEqual(blocksIn(again.card), passwordOf(keydesk, newest));
    assert.equal(keydesk.reads().length, 2);
    const entries = await keydesk.ledger();
    assert.deepEqual(entries.map(({ act, attempt }) => `${act} ${attempt ?? ''}`.trim()), ['asked', 'intended 1', 'revealed 1', 'rotation-scheduled', 'hidden 1', 'intended 2', 'revealed 2']);
    assert.equal(entries.at(-1)?.reason, 'firmware-update', 'the reason of the first time');

    keydesk.clock.forward(300);
    await keydesk.runChores();
    assert.deepEqual((await keydesk.ledger()).at(-1)?.act, 'hidden');
  }));

  it('is shown again until 15 minutes after it was to be hidden, and not once after', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    keydesk.clock.forward(300);
    await keydesk.runChores();
    const hidden = standing(keydesk.now(confirm));
    keydesk.clock.forward(15 * 60 - 1);
    assert.equal(blocksIn((await keydesk.press(hidden, 'again')).card).length, 8);

    keydesk.clock.forward(1);
    const late = await keydesk.press(hidden, 'again');
    assert.deepEqual(blocksIn(late.card), []);
    assert.match(headingOf(late.card), /Show again is over/);
    assert.equal(keydesk.reads().length, 2);
    assert.equal((await keydesk.acts()).at(-1), 'refused refused show-again-over');
  }));

  it('is lost on the way to the client: one press on Show again, and it is there', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    // The client never saw that answer, so the person presses Reveal once more.
    const used = await keydesk.reveal(confirm);
    assert.deepEqual(blocksIn(used.card), []);
    assert.deepEqual(verbsOf(used.card), ['again']);
    const again = await keydesk.press({ card: known(used.card), activityId: confirm.activityId }, 'again');
    assert.deepEqual(blocksIn(again.card), passwordOf(keydesk, newest));
  }));
});

describe('a request for a recovery key', () => {
  it('is cancelled before anything was shown, for good', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const cancelled = await keydesk.press(confirm, 'cancel');
    assert.match(textOf(cancelled.card), /[Cc]ancelled/);
    assert.deepEqual(standing(keydesk.now(confirm)).card, cancelled.card);
    const pressed = await keydesk.reveal(confirm);
    assert.match(headingOf(pressed.card), /closed/);
    assert.deepEqual(keydesk.reads(), []);
    assert.deepEqual(await keydesk.acts(), ['asked done', 'cancelled done', 'refused refused request-closed']);
  }));

  it('stands in the private chat of the one who asked, and nowhere else', inKeydesk(async (keydesk) => {
    await keydesk.ask('key for LAPTOP-42');
    assert.equal(keydesk.connector.messages.length, 1);
    assert.equal(keydesk.connector.messages[0]?.conversationId, privateChatOf(alex));
  }));
});
