import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Pressed } from '../../src/terminal/conversation.ts';
import { blocksIn, dataOf, headingOf, referenceIn, standing, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { alex, megan, privateChatOf } from '../support/keydesk/people.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

/** Nothing was read, and the refusal is in the ledger under the reference that the card gives out. */
async function assertRefused(keydesk: TestKeydesk, pressed: Pressed, code: string, heading: RegExp): Promise<void> {
  assert.match(headingOf(pressed.card), heading);
  assert.deepEqual(blocksIn(pressed.card), []);
  assert.deepEqual(keydesk.reads(), []);
  const entry = (await keydesk.ledger()).at(-1);
  assert.deepEqual([entry?.act, entry?.code], ['refused', code]);
  assert.equal(entry?.reference, referenceIn(pressed.card));
}

describe('a card that is pressed by somebody else', () => {
  it('is refused, and stays good for the one who asked', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const pressed = await keydesk.reveal(confirm, {}, { as: megan });
    await assertRefused(keydesk, pressed, 'not-your-card', /belongs to somebody else/);
    assert.equal((await keydesk.ledger()).at(-1)?.person?.id, megan.id);
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
  }));

  it('is refused also in the chat of the one who asked, by the name of the one who asked', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const conversation = { id: privateChatOf(alex), conversationType: 'personal', tenantId: keydesk.simulator.tenant.id };
    const pressed = await keydesk.reveal(confirm, {}, { as: { id: megan.id, name: alex.name }, change: { conversation } });
    await assertRefused(keydesk, pressed, 'not-your-card', /belongs to somebody else/);
  }));

  it('tells nobody else when a key was shown, and gives no Show again', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    for (const verb of ['reveal', 'again', 'hide', 'cancel']) {
      const pressed = await keydesk.press(confirm, verb, {}, { as: megan, data: dataOf(confirm.card, 'reveal') });
      assert.match(headingOf(pressed.card), /belongs to somebody else/);
      assert.doesNotMatch(textOf(pressed.card), /\d\d:\d\d/);
      assert.deepEqual(verbsOf(pressed.card), []);
    }
    assert.equal(keydesk.reads().length, 1);
  }));
});

describe('a card that is pressed twice', () => {
  it('has shown its key, says when, and offers Show again', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    const second = await keydesk.reveal(confirm);
    assert.match(headingOf(second.card), /Used at \d{1,2}:\d\d/);
    assert.deepEqual(blocksIn(second.card), []);
    assert.deepEqual(verbsOf(second.card), ['again']);
    assert.equal(keydesk.reads().length, 1);
    assert.deepEqual(await keydesk.acts(), ['asked done', 'intended done', 'revealed done', 'rotation-scheduled done', 'refused refused request-used']);
  }));

  it('at the same moment, reveals once', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const answers = await Promise.all(Array.from({ length: 5 }, () => keydesk.reveal(confirm)));
    assert.deepEqual(answers.map(({ card }) => blocksIn(card).length).sort((a, b) => b - a), [8, 0, 0, 0, 0]);
    assert.equal(keydesk.reads().length, 1);
  }));
});

describe('a card that is old', () => {
  it('is good for ten minutes less a moment', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.clock.forward(599.999);
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
  }));

  it('is refused after ten minutes, and its message says so for good', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.clock.forward(600);
    await assertRefused(keydesk, await keydesk.reveal(confirm), 'request-expired', /expired/);
    assert.match(headingOf(standing(keydesk.now(confirm)).card), /^Expired at/);
    assert.match(headingOf((await keydesk.reveal(confirm)).card), /expired/);
  }));

  it('is refused also where a device was still to be chosen', inKeydesk(async (keydesk) => {
    const choose = await keydesk.ask('key for TWIN-01');
    keydesk.clock.forward(600);
    const pressed = await keydesk.press(choose, 'choose', { deviceId: 'de71ce00-0000-4000-8000-000000000102' });
    await assertRefused(keydesk, pressed, 'request-expired', /expired/);
  }));
});

describe('card data that was changed', () => {
  it('names a request that nobody opened', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await assertRefused(keydesk, await keydesk.reveal(confirm, {}, { data: { request: randomUUID() } }), 'request-unknown', /do not know this card/);
  }));

  for (const [what, request] of [['no request at all', undefined], ['a text for a request', "' or 1=1 --"], ['an object for a request', { $ne: null }], ['a list of requests', [randomUUID()]]] as const) {
    it(`names ${what}`, inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      await assertRefused(keydesk, await keydesk.reveal(confirm, {}, { data: { request } }), 'request-unknown', /do not know this card/);
    }));
  }

  it('names the request of somebody else', inKeydesk(async (keydesk) => {
    const [own, other] = [await keydesk.ask('key for LAPTOP-42'), await keydesk.ask('key for DESKTOP-7', { as: megan })];
    await assertRefused(keydesk, await keydesk.reveal(own, {}, { data: dataOf(other.card, 'reveal') }), 'not-your-card', /belongs to somebody else/);
  }));

  it('names a key that the card never offered', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const ofDesktop = '7d3e5a10-42c1-4f7b-9a35-1c0de57d0001';
    await assertRefused(keydesk, await keydesk.reveal(confirm, { keyId: ofDesktop }), 'card-changed', /This card was changed/);
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
  }));

  it('brings fields that decide nothing: device, person, role, approval and limits stay what they are', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42', { as: alex });
    const extra = {
      deviceId: 'de71ce00-0000-4000-8000-000000000007', objectId: randomUUID(), person: { id: megan.id }, aadObjectId: megan.id, tenantId: randomUUID(),
      role: 'admin', roles: ['admin'], approved: true, state: 'revealed', attempt: 9, limits: [], settings: { callerProof: false }, password: '1', __proto__: { role: 'admin' }, constructor: 'x',
    };
    const revealed = await keydesk.reveal(confirm, {}, { data: extra });
    assert.deepEqual(blocksIn(revealed.card), keydesk.simulator.tenant.recoveryPassword('1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d').split('-'));
    const entry = (await keydesk.ledger()).find(({ act }) => act === 'revealed');
    assert.deepEqual([entry?.person?.id, entry?.device?.name, entry?.attempt], [alex.id, 'LAPTOP-42', 1]);
  }));

  it('turns Reveal into Show again, which there is not yet', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await assertRefused(keydesk, await keydesk.press(confirm, 'again', {}, { data: dataOf(confirm.card, 'reveal') }), 'request-closed', /closed/);
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
  }));

  it('hides what was never shown', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await assertRefused(keydesk, await keydesk.press(confirm, 'hide', {}, { data: dataOf(confirm.card, 'reveal') }), 'request-closed', /closed/);
  }));

  it('cancels what was shown: refused, and the key is hidden all the same when its time has come', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    const pressed = await keydesk.press(confirm, 'cancel');
    assert.doesNotMatch(headingOf(pressed.card), /[Cc]ancelled/);
    keydesk.clock.forward(300);
    await keydesk.runChores();
    assert.equal((await keydesk.acts()).at(-1), 'hidden done');
  }));

  for (const verb of ['revoke', 'Reveal', 'reveal ', '__proto__', 'toString', '']) {
    it(`has a verb that Keydesk does not know: “${verb}”`, inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      const pressed = await keydesk.press(confirm, verb, {}, { data: dataOf(confirm.card, 'reveal') });
      assert.equal(pressed.status, 200);
      assert.equal(pressed.card, undefined);
      assert.match(pressed.raw, /"statusCode":400/);
      assert.deepEqual(keydesk.reads(), []);
    }));
  }
});

describe('a press that nobody made', () => {
  for (const trigger of ['automatic', 'Automatic', 'manual ', 'x']) {
    it(`is refused: trigger “${trigger}”`, inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      await assertRefused(keydesk, await keydesk.reveal(confirm, {}, { trigger }), 'automatic-refresh', /Nothing was shown/);
      assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
    }));
  }
});

describe('a press in another place than the card', () => {
  const places = (keydesk: TestKeydesk) => ({
    'a group chat': { in: 'groupChat' },
    'a channel': { in: 'channel' },
    'another private chat': { change: { conversation: { id: 'a:another', conversationType: 'personal', tenantId: keydesk.simulator.tenant.id } } },
    'a group chat under the id of the private chat': { change: { conversation: { id: privateChatOf(alex), conversationType: 'groupChat', tenantId: keydesk.simulator.tenant.id } } },
  }) as const;

  for (const place of ['a group chat', 'a channel', 'another private chat', 'a group chat under the id of the private chat'] as const) {
    it(`is refused in ${place}`, inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      await assertRefused(keydesk, await keydesk.reveal(confirm, {}, places(keydesk)[place]), 'wrong-conversation', /Not in this chat/);
    }));
  }

  it('is refused for Show again too', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    const used = await keydesk.reveal(confirm);
    const pressed = await keydesk.press({ card: known(used.card) }, 'again', {}, { in: 'groupChat' });
    assert.match(headingOf(pressed.card), /Not in this chat/);
    assert.equal(keydesk.reads().length, 1);
  }));

  it('is refused from another tenant, at the door', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const other = randomUUID();
    const change = { conversation: { id: privateChatOf(alex), conversationType: 'personal', tenantId: other }, channelData: { tenant: { id: other } } };
    const pressed = await keydesk.reveal(confirm, {}, { change });
    assert.notEqual(pressed.status, 200);
    assert.deepEqual(keydesk.reads(), []);
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
  }));
});
