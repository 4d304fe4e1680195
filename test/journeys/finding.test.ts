import assert from 'node:assert/strict';
import MarkdownIt from 'markdown-it';
import { blocksIn, choicesOf, dataOf, headingOf, markdownIn, standing, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { inKeydesk } from '../support/keydesk.ts';
import { names } from '../../src/sim/tenant/named-machines.ts';
import { known } from '../support/known.ts';

const secretOf = (keyId: string, { simulator }: { readonly simulator: { readonly tenant: { recoveryPassword(keyId: string): string } } }) => simulator.tenant.recoveryPassword(keyId).split('-');

const markdown = new MarkdownIt();

describe('two devices of one name', () => {
  it('are a choice, and the key is that of the chosen one', inKeydesk(async (keydesk) => {
    const choose = await keydesk.ask('key for TWIN-01');
    assert.match(headingOf(choose.card), /2 devices are named TWIN-01/);
    const choices = choicesOf(choose.card, 'deviceId');
    assert.equal(choices.length, 2);
    assert.match(choices[0]?.title ?? '', /Lee Gu.*Entra joined.*1 key/);
    assert.match(choices[1]?.title ?? '', /No owner known.*Hybrid joined.*1 key/);

    const confirm = await keydesk.press(choose, 'choose', { deviceId: choices[1]?.value });
    assert.match(headingOf(confirm.card), /Recovery key for TWIN-01\?/);
    assert.deepEqual(standing(keydesk.now(choose)).card, confirm.card);
    const revealed = await keydesk.reveal({ card: known(confirm.card), activityId: choose.activityId });
    assert.deepEqual(blocksIn(revealed.card), secretOf('c0ffee01-77aa-4b1c-9d02-aaaa00000101', keydesk));
    assert.deepEqual(await keydesk.acts(), ['asked done', 'asked done', 'intended done', 'revealed done', 'rotation-scheduled done']);
  }));

  it('are never picked from: a press without a choice gives the choice back', inKeydesk(async (keydesk) => {
    const choose = await keydesk.ask('key for TWIN-01');
    const back = await keydesk.press(choose, 'choose', {});
    assert.deepEqual(verbsOf(back.card), ['choose', 'cancel']);
    assert.match(textOf(back.card), /Choose a device first/);
  }));

  it('do not let a third be chosen: the card was changed', inKeydesk(async (keydesk) => {
    const choose = await keydesk.ask('key for TWIN-01');
    const changed = await keydesk.press(choose, 'choose', { deviceId: 'de71ce00-0000-4000-8000-000000000042' });
    assert.match(headingOf(changed.card), /This card was changed/);
    assert.equal((await keydesk.acts()).at(-1), 'refused refused card-changed');
  }));

  it('cannot be revealed from before one was chosen', inKeydesk(async (keydesk) => {
    const choose = await keydesk.ask('key for TWIN-01');
    const pressed = await keydesk.reveal(choose, dataOf(choose.card, 'choose'));
    assert.match(headingOf(pressed.card), /closed/);
    assert.deepEqual(keydesk.reads(), []);
    assert.equal((await keydesk.acts()).at(-1), 'refused refused request-closed');
  }));
});

describe('a device found by its person', () => {
  it('is chosen from the Windows devices of that person', inKeydesk(async (keydesk) => {
    const choose = await keydesk.ask('key for adele@contoso.com');
    const choices = choicesOf(choose.card, 'deviceId');
    assert.deepEqual(choices.map(({ title }) => title.slice(0, title.indexOf(':'))).sort(), ['LAPTOP-42', names.quoted].sort(), 'no phone, and no device that Entra has lost');
    const laptop = choices.find(({ title }) => title.startsWith('LAPTOP-42'));
    const confirm = await keydesk.press(choose, 'choose', { deviceId: laptop?.value });
    const revealed = await keydesk.reveal({ card: known(confirm.card), activityId: choose.activityId });
    assert.deepEqual(blocksIn(revealed.card), secretOf('1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d', keydesk));
  }));

  it('is found by the display name too', inKeydesk(async (keydesk) => {
    assert.equal(choicesOf((await keydesk.ask('key for "Adele Vance"')).card, 'deviceId').length, 2);
  }));

  it('is not guessed at for somebody unknown', inKeydesk(async (keydesk) => {
    const answer = await keydesk.ask('key for nobody@contoso.com');
    assert.match(headingOf(answer.card), /No such person/);
    assert.deepEqual(await keydesk.acts(), ['refused refused person-not-found']);
  }));
});

describe('a device that cannot give a key', () => {
  it('is not known: the closest names are offered', inKeydesk(async (keydesk) => {
    const answer = await keydesk.ask('key for LAPTOP-43');
    assert.match(headingOf(answer.card), /No device of this name/);
    assert.match(textOf(answer.card), /(?:closest names|Did you mean).*LAPTOP-42/);
    const [entry] = await keydesk.ledger();
    assert.deepEqual([entry?.code, entry?.asked], ['device-not-found', 'LAPTOP-43']);
  }));

  it('is known to Intune only: its keys went with the device in Entra', inKeydesk(async (keydesk) => {
    const answer = await keydesk.ask('key for LAPTOP-GONE');
    assert.match(textOf(answer.card), /Intune still knows one\. Its recovery keys went when the device was deleted/);
  }));

  for (const [name, why] of [
    [names.failed, /Intune says that the device is encrypted\. Its escrow has failed, or is still under way/],
    [names.pending, /Intune says that the device is encrypted/],
    [names.notEncrypted, /Intune says that the device is not encrypted/],
  ] as const) {
    it(`has no key in escrow, and ${name} says why as far as known`, inKeydesk(async (keydesk) => {
      const answer = await keydesk.ask(`key for ${name}`);
      assert.match(headingOf(answer.card), /No key in escrow/);
      assert.match(textOf(answer.card), why);
      assert.deepEqual(await keydesk.acts(), ['refused refused no-keys']);
    }));
  }

  it('is sensitive: refused until a second person can approve', inKeydesk({ settings: { sensitiveNames: [/^VIP-.*$/i] } }, async (keydesk) => {
    const answer = await keydesk.ask('key for VIP-01');
    assert.match(headingOf(answer.card), /needs a second person/);
    assert.deepEqual(verbsOf(answer.card), []);
    assert.deepEqual(await keydesk.acts(), ['refused refused approval-unavailable']);
    assert.equal(blocksIn((await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'))).card).length, 8, 'others are not');
  }));

  it('is sensitive by its key ID as well', inKeydesk({ settings: { sensitiveNames: [/^VIP-.*$/i] } }, async (keydesk) => {
    const answer = await keydesk.ask('key id 71b00016-5a5a-4b6b-9c7c-71b000170017');
    assert.match(headingOf(answer.card), /needs a second person/);
  }));

  it('became sensitive between question and press: refused, and not read', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for VIP-01');
    const stricter = await keydesk.another({ settings: { sensitiveNames: [/^VIP-.*$/i] } });
    const pressed = await stricter.reveal(confirm);
    assert.match(headingOf(pressed.card), /needs a second person/);
    assert.deepEqual(keydesk.reads(), []);
  }));

  it('is asked for by a key ID that nobody has', inKeydesk(async (keydesk) => {
    const answer = await keydesk.ask('key id 00000000-1111-4222-8333-444444444444');
    assert.match(headingOf(answer.card), /No key with this ID/);
    assert.deepEqual(await keydesk.acts(), ['refused refused key-not-found']);
  }));

  it('is asked for by the beginning of a key ID alone', inKeydesk(async (keydesk) => {
    const answer = await keydesk.ask('key id 1A2B3C4D');
    assert.match(headingOf(answer.card), /needs the device name too/);
    assert.deepEqual(keydesk.simulator.requests.list().filter(({ url }) => url.includes('recoveryKeys')), []);
  }));
});

describe('a device with a name that means something elsewhere', () => {
  for (const said of ["key for O'BRIEN-PC", 'key for O’BRIEN-PC', 'key for "O\'BRIEN-PC"']) {
    it(`is found by “${said}”: a quote stays a quote in OData`, inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask(said);
      assert.match(headingOf(confirm.card), /O'BRIEN-PC/);
      assert.deepEqual(blocksIn((await keydesk.reveal(confirm)).card), secretOf('0b41e200-8d11-4a2e-b0c7-0b41e2000015', keydesk));
    }));
  }

  it('is chosen from its owner’s devices, and is text on every card: no link, no mention', inKeydesk(async (keydesk) => {
    const choose = await keydesk.ask('key for lee@contoso.com');
    const hostile = choicesOf(choose.card, 'deviceId').find(({ title }) => title.includes('evil'));
    const confirm = await keydesk.press(choose, 'choose', { deviceId: hostile?.value });
    const revealed = await keydesk.reveal({ card: known(confirm.card), activityId: choose.activityId });
    assert.deepEqual(blocksIn(revealed.card), secretOf('bad00016-1111-4222-8333-bad000160016', keydesk));
    keydesk.clock.forward(300);
    await keydesk.runChores();
    for (const card of [choose.card, confirm.card, revealed.card, standing(keydesk.now(choose)).card]) {
      assert.match(textOf(card), /evil\.example/, 'the name is shown');
      for (const text of markdownIn(card)) assert.doesNotMatch(markdown.render(text), /<a\s/, 'not as a link');
      assert.doesNotMatch(JSON.stringify(card).replaceAll('\\\\<', ''), /<at>/, 'not as a mention');
    }
    assert.equal((await keydesk.ledger()).at(-1)?.device?.name, names.hostile, 'in the ledger it stands as it is');
  }));

  it('is found by its key ID', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key id bad00016-1111-4222-8333-bad000160016');
    assert.match(textOf(confirm.card), /evil\.example/);
  }));

  for (const name of ["x' or startswith(displayName,'LAPTOP", "' or 1 eq 1 or displayName eq '", 'a&$top=999', 'LAPTOP-42%27', 'LAPTOP-42/../LAPTOP-42', '../../../users']) {
    it(`does not widen the question: ${name}`, inKeydesk(async (keydesk) => {
      const answer = await keydesk.ask(`key for "${name}"`);
      assert.match(headingOf(answer.card), /No device of this name|I did not understand|not sure/i);
      assert.deepEqual(verbsOf(answer.card), []);
    }));
  }
});
