import assert from 'node:assert/strict';
import type { CallKind } from '../../src/terminal/connector.ts';
import { blocksIn, headingOf, referenceIn, standing, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

// 400 is not repeated by the sender, so that nothing has to be waited for.
const refuse = (keydesk: TestKeydesk, ...kinds: readonly CallKind[]): void => keydesk.disturb((call) => (kinds.includes(call.kind) ? { status: 400, body: {} } : undefined));

describe('Teams does not take', () => {
  it('the card: the message is answered with 200, so that Teams does not deliver it for ever, and the next question works', inKeydesk(async (keydesk) => {
    refuse(keydesk, 'reply', 'send');
    const said = await keydesk.say('key for LAPTOP-42');
    assert.equal(said.status, 200);
    assert.deepEqual(said.messages, []);
    assert.ok(keydesk.logLines.some((line) => line.includes('"fault":"teams-unreachable"')));
    keydesk.disturb(() => undefined);
    assert.equal(blocksIn((await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'))).card).length, 8);
  }));

  it('a new private chat: the channel is told, with a reference, and no device is named there', inKeydesk(async (keydesk) => {
    refuse(keydesk, 'create-conversation');
    const said = await keydesk.say('key for LAPTOP-42', { in: 'channel' });
    const { card } = standing(said.messages[0]);
    assert.match(textOf(card), /Teams did not take my message/);
    assert.ok(referenceIn(card));
    assert.doesNotMatch(JSON.stringify(said.messages), /LAPTOP-42|Adele/);
    assert.deepEqual(keydesk.reads(), []);
  }));

  it('the notice in the channel: the card in the private chat works all the same, and is hidden', inKeydesk(async (keydesk) => {
    refuse(keydesk, 'reply');
    const confirm = await keydesk.ask('key for LAPTOP-42', { in: 'channel' });
    keydesk.disturb(() => undefined);
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
    keydesk.clock.forward(300);
    await keydesk.runChores();
    assert.match(headingOf(standing(keydesk.now(confirm)).card), /hidden/);
  }));

  it('the edit that hides: tried again a minute later, and the entry comes with the edit', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    keydesk.clock.forward(300);
    refuse(keydesk, 'edit');
    await keydesk.runChores();
    await keydesk.runChores();
    assert.ok(!(await keydesk.acts()).some((act) => act.startsWith('hidden')));
    assert.equal(keydesk.connector.calls.filter(({ kind }) => kind === 'edit').length, 1, 'not every second');

    keydesk.disturb(() => undefined);
    keydesk.clock.forward(60);
    await keydesk.runChores();
    assert.match(headingOf(standing(keydesk.now(confirm)).card), /hidden/);
    assert.equal((await keydesk.acts()).at(-1), 'hidden done');
  }));

  it('the edit that hides, for more than an hour: given up, and the ledger says so', inKeydesk(async (keydesk) => {
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    refuse(keydesk, 'edit');
    keydesk.clock.forward(300);
    await keydesk.runChores();
    keydesk.clock.forward(3601);
    await keydesk.runChores();
    assert.equal((await keydesk.acts()).at(-1), 'hidden failed');
    await keydesk.runChores();
    assert.equal((await keydesk.acts()).filter((act) => act.startsWith('hidden')).length, 1);
  }));

  it('the edit of Hide: the key leaves the screen at once, and the message follows when it can', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const revealed = await keydesk.reveal(confirm);
    refuse(keydesk, 'edit');
    const hidden = await keydesk.press({ card: known(revealed.card), activityId: confirm.activityId }, 'hide');
    assert.deepEqual([blocksIn(hidden.card), verbsOf(hidden.card)], [[], ['again']]);
    assert.ok(!(await keydesk.acts()).some((act) => act.startsWith('hidden')), 'it is not called hidden before it is');

    keydesk.disturb(() => undefined);
    keydesk.clock.forward(300);
    await keydesk.runChores();
    assert.match(headingOf(standing(keydesk.now(confirm)).card), /hidden/);
    assert.deepEqual((await keydesk.acts()).filter((act) => act.startsWith('hidden')), ['hidden done']);
  }));

  it('anything at a press: the key is in the answer, which needs no connector', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    refuse(keydesk, 'create-conversation', 'send', 'reply', 'edit');
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
  }));
});

describe('a message that somebody deleted', () => {
  it('cannot be hidden any more: the ledger says failed, once', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    keydesk.disturb((call) => (call.kind === 'edit' ? { status: 404, body: {} } : undefined));
    keydesk.clock.forward(300);
    await keydesk.runChores();
    assert.equal((await keydesk.acts()).at(-1), 'hidden failed');
  }));
});

describe('a connector that is busy or cut', () => {
  it('gets the edit again when the connection was cut after it: the same message, one entry', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    let cuts = 1;
    keydesk.disturb((call) => (call.kind === 'edit' && cuts-- > 0 ? { drop: 'after' } : undefined));
    keydesk.clock.forward(300);
    await keydesk.runChores();
    assert.match(headingOf(standing(keydesk.now(confirm)).card), /hidden/);
    assert.equal(keydesk.connector.calls.filter(({ kind }) => kind === 'edit').length, 2);
    assert.deepEqual((await keydesk.acts()).filter((act) => act.startsWith('hidden')), ['hidden done']);
  }));

  it('gets no card twice when the connection was cut after it', inKeydesk(async (keydesk) => {
    keydesk.disturb((call) => (call.kind === 'reply' ? { drop: 'after' } : undefined));
    await keydesk.say('key for LAPTOP-42');
    const cards = keydesk.privateChat().filter((message) => /LAPTOP-42\?/.test(headingOf(standing(message).card)));
    assert.equal(cards.length, 1);
  }));
});
