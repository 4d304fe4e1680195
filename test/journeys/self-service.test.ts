// Owners help themselves: to their own key and to nobody else's.

import assert from 'node:assert/strict';
import { cast } from '../../src/sim/tenant/people.ts';
import { idsOf } from '../../src/sim/tenant/named-machines.ts';
import { blocksIn, choicesOf, headingOf, standing, textOf, verbsOf } from '../support/keydesk/cards.ts';
import type { Standing } from '../support/keydesk/cards.ts';
import { adele, alex, isaiah, lee } from '../support/keydesk/people.ts';
import { newest, pass } from '../support/keydesk/rotating.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

const helpdeskContact = '+1 555 0100';
const on = { settings: { selfService: true, helpdeskContact } } as const;
const reason = { reason: 'wrong-pin' };
const secret = (keydesk: TestKeydesk): readonly string[] => keydesk.simulator.tenant.recoveryPassword(newest).split('-');
const sources = async (keydesk: TestKeydesk): Promise<readonly string[]> => [...new Set((await keydesk.ledger()).map(({ source }) => source))];

/** Adele owns two computers and chooses LAPTOP-42. */
async function ownCard(keydesk: TestKeydesk): Promise<Standing> {
  const choose = await keydesk.ask('my key', { as: adele });
  const laptop = choicesOf(choose.card, 'deviceId').find(({ title }) => title.startsWith('LAPTOP-42'));
  const confirm = await keydesk.press(choose, 'choose', { deviceId: laptop?.value }, { as: adele });
  return { card: known(confirm.card), activityId: choose.activityId };
}
const reveal = (keydesk: TestKeydesk, card: Standing, who = adele) => keydesk.press(card, 'reveal', reason, { as: who });

describe('an owner', () => {
  it('gets the own key by the same steps, in plain words, and all of it is written down as self-service', inKeydesk(on, async (keydesk) => {
    const choose = await keydesk.ask('my key', { as: adele });
    assert.match(headingOf(choose.card), /Which of your 2 computers\?/);
    const confirm = await ownCard(keydesk);
    assert.match(headingOf(confirm.card), /Recovery key for your LAPTOP-42\?/);
    assert.doesNotMatch(textOf(confirm.card), /caller|ticket|escrow|superseded|Intune/i);
    const revealed = await reveal(keydesk, confirm);
    assert.deepEqual(blocksIn(revealed.card), secret(keydesk));
    assert.deepEqual(verbsOf(revealed.card), ['hide']);

    keydesk.clock.forward(300);
    await keydesk.runChores();
    const hidden = standing(keydesk.now(confirm));
    assert.match(textOf(hidden.card), /hidden[^]*Adele Vance[^]*I typed a wrong PIN too often/);
    assert.deepEqual(blocksIn((await keydesk.press(hidden, 'again', {}, { as: adele })).card), secret(keydesk));
    await pass(keydesk, 3600);
    keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, 3600);
    const acts = (await keydesk.acts()).map((act) => act.split(' ')[0]);
    for (const act of ['asked', 'intended', 'revealed', 'hidden', 'rotation-scheduled', 'rotation-intended', 'rotation-queued', 'rotation-done']) assert.ok(acts.includes(act), act);
    assert.deepEqual(await sources(keydesk), ['self-service']);
  }));

  it('needs no caller check and no ticket, whatever the helpdesk needs', inKeydesk({ settings: { ...on.settings, callerProof: true, callerCheckRequired: true, ticketRequired: true } }, async (keydesk) => {
    assert.deepEqual(blocksIn((await reveal(keydesk, await ownCard(keydesk))).card), secret(keydesk));
  }));

  it('gets the key of the one computer without a choice', inKeydesk(on, async (keydesk) => {
    keydesk.simulator.faults.add({ path: new RegExp(`${idsOf(15).objectId}/registeredOwners`), body: { value: [] } });
    assert.match(headingOf((await keydesk.ask('show me my BitLocker recovery key please', { as: adele })).card), /Recovery key for your LAPTOP-42\?/);
  }));

  it('sees the own devices with what is stored for them', inKeydesk(on, async (keydesk) => {
    const { card } = await keydesk.ask('my devices', { as: adele });
    assert.match(textOf(card), /Your 2 computers[^]*LAPTOP-42[^]*A recovery key is stored/);
    assert.match(textOf(card), new RegExp(helpdeskContact.replace('+', '\\+')));
    assert.doesNotMatch(textOf(card), /phone/);
    assert.match(textOf((await keydesk.ask('status LAPTOP-42', { as: adele })).card), /Your computer LAPTOP-42[^]*Key ID 1A2B3C4D/);
    assert.deepEqual(await sources(keydesk), ['self-service']);
  }));

  it('is answered in the private chat when asking in a channel', inKeydesk(on, async (keydesk) => {
    await keydesk.ask('my devices', { as: adele, in: 'channel' });
    const others = keydesk.connector.messages.filter(({ conversationId }) => !conversationId.startsWith('a:'));
    assert.doesNotMatch(JSON.stringify(others.map(({ activity }) => activity)), /LAPTOP|O'BRIEN/);
  }));
});

describe('somebody who is not the owner', () => {
  it('gets nothing of the device: neither its key, nor its status, nor that there is one', inKeydesk(on, async (keydesk) => {
    for (const said of ['status LAPTOP-42', 'status NO-SUCH-PC', 'key for LAPTOP-42']) {
      const { card } = await keydesk.ask(said, { as: lee });
      assert.doesNotMatch(textOf(card), /Escrowed|1A2B3C4D|Adele|stored/, said);
    }
    assert.deepEqual(await keydesk.acts(), ['refused refused not-your-device', 'role-denied refused no-role'], 'the second refusal of one kind is summed later');
    assert.doesNotMatch(textOf((await keydesk.ask('my devices', { as: lee })).card), /LAPTOP-42|O'BRIEN/);
    assert.deepEqual(keydesk.reads(), []);
  }));

  it('gets nothing by pressing the owner’s card, agent or not', inKeydesk(on, async (keydesk) => {
    const confirm = await ownCard(keydesk);
    for (const person of [lee, alex, isaiah]) assert.match(headingOf((await reveal(keydesk, confirm, person)).card), /belongs to somebody else/);
    assert.deepEqual(keydesk.reads(), []);
    assert.deepEqual(blocksIn((await reveal(keydesk, confirm)).card), secret(keydesk), 'the owner does');
  }));

  it('gets nothing for having been the owner at the ask', inKeydesk(on, async (keydesk) => {
    const confirm = await ownCard(keydesk);
    keydesk.simulator.faults.add({ path: new RegExp(`${idsOf(42).objectId}/registeredOwners`), body: { value: [{ id: cast.lee.id, displayName: 'Lee Gu' }] } });
    assert.match(headingOf((await reveal(keydesk, confirm)).card), /Only for your own computers/);
    assert.deepEqual(keydesk.reads(), []);
    keydesk.simulator.faults.clear();
    assert.deepEqual(blocksIn((await reveal(keydesk, confirm)).card), secret(keydesk));
  }));

  it('is the registered owner whom Intune does not know as primary user', inKeydesk(on, async (keydesk) => {
    const confirm = await ownCard(keydesk);
    Reflect.set(known(keydesk.simulator.tenant.fleet.managed(idsOf(42).managedId)), 'userId', cast.lee.id);
    assert.match(headingOf((await reveal(keydesk, confirm)).card), /Only for your own computers/);
    assert.doesNotMatch(textOf((await keydesk.ask('my devices', { as: adele })).card), /LAPTOP-42/);
    assert.deepEqual(keydesk.reads(), []);
  }));

  it('is the second user of a shared computer', inKeydesk(on, async (keydesk) => {
    assert.match(headingOf((await keydesk.ask('my key', { as: isaiah })).card), /No recovery key is stored/, 'LAPTOP-PEND is his own, DESKTOP-7 is not');
    assert.doesNotMatch(textOf((await keydesk.ask('my devices', { as: isaiah })).card), /DESKTOP-7/);
  }));
});

describe('self-service that is off', () => {
  it('names whom to call and the page at Microsoft, by the installation', inKeydesk({ settings: { helpdeskContact } }, async (keydesk) => {
    for (const said of ['my key', 'my devices']) {
      const { card } = await keydesk.ask(said, { as: adele });
      assert.match(textOf(card), /Here the helpdesk shows recovery keys[^]*\+1 555 0100/);
      assert.match(JSON.stringify(card), /https:\/\/myaccount\.microsoft\.com\/device-list/);
    }
    assert.deepEqual(keydesk.simulator.requests.list().filter(({ url }) => url.startsWith('/v1.0')), [], 'nobody is asked for it');
  }));

  it('is off by the tenant’s switch, at the ask and at the press', inKeydesk(on, async (keydesk) => {
    const confirm = await ownCard(keydesk);
    for (const ownersMayReadKeys of [false, null]) {
      keydesk.simulator.tenant.policy.ownersMayReadKeys = ownersMayReadKeys;
      assert.match(headingOf((await reveal(keydesk, confirm)).card), /Here the helpdesk shows/);
      assert.match(headingOf((await keydesk.ask('my key', { as: adele })).card), /Here the helpdesk shows/);
    }
    assert.deepEqual(keydesk.reads(), []);
    keydesk.simulator.tenant.policy.ownersMayReadKeys = true;
    assert.deepEqual(blocksIn((await reveal(keydesk, confirm)).card), secret(keydesk));
  }));

  it('is a fault, and shows nothing, where the tenant does not answer', inKeydesk(on, async (keydesk) => {
    const confirm = await ownCard(keydesk);
    keydesk.simulator.faults.add({ path: /authorizationPolicy/, status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'no' } } });
    assert.match(textOf((await reveal(keydesk, confirm)).card), /not allowed to read[^]*No key was shown/);
    assert.match(textOf((await keydesk.ask('my key', { as: adele })).card), /not allowed to read/);
    assert.deepEqual(keydesk.reads(), []);
  }));
});
