import assert from 'node:assert/strict';
import { blocksIn, choicesOf, headingOf, inputOf, standing, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';

const password = '720335-380941-576224-038082-074294-160908-591965-704066';

/** The card came back, says why, and has burnt nothing. */
async function assertComesBack(keydesk: TestKeydesk, inputs: Readonly<Record<string, unknown>>, why: RegExp): Promise<string> {
  const confirm = await keydesk.ask('key for LAPTOP-42');
  const back = await keydesk.reveal(confirm, inputs);
  assert.deepEqual(verbsOf(back.card), ['reveal', 'cancel']);
  assert.match(textOf(back.card), /Not revealed yet/);
  assert.match(textOf(back.card), why);
  assert.deepEqual(keydesk.reads(), []);
  assert.deepEqual(await keydesk.acts(), ['asked done'], 'a mistake in a form is no refusal');
  assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8, 'the same card still works');
  return JSON.stringify(back.card);
}

describe('a form with a mistake gives the same card back', () => {
  for (const [what, inputs, why] of [
    ['no reason', { reason: '' }, /Choose a reason/],
    ['a reason of blanks', { reason: '   ' }, /Choose a reason/],
    ['a reason that is none of ours', { reason: 'because' }, /Choose one of the answers on the card/],
    ['a reason that is a list', { reason: ['firmware-update'] }, /Choose a reason/],
    ['the reason Other without words', { reason: 'other' }, /say why in a few words/],
    ['words of 10,000 characters', { reasonText: 'x'.repeat(10_000) }, /This is too long/],
    ['words of 501 characters', { reasonText: 'x'.repeat(501) }, /This is too long/],
    ['a ticket of another form', { ticket: '12 34' }, /not the form of a ticket number/],
    ['a ticket with a quote', { ticket: "INC1'; drop table" }, /not the form of a ticket number/],
    ['a way of verifying that is none of ours', { callerCheck: 'trust-me' }, /Choose one of the answers on the card/],
    ['a key ID that is none', { keyId: 'hello' }, /Type its first 8 characters/],
    ['the beginning of a key ID that no key of the device has', { keyId: '00000000' }, /No key of this device has this ID/],
  ] as const) {
    it(what, inKeydesk(async (keydesk) => void (await assertComesBack(keydesk, inputs, why))));
  }

  for (const input of ['reasonText', 'ticket'] as const) {
    it(`48 digits as ${input === 'ticket' ? 'the ticket' : 'the reason'}: taken out, and nowhere kept`, inKeydesk(async (keydesk) => {
      const card = await assertComesBack(keydesk, { [input]: `it is ${password}` }, /This held a recovery password/);
      assert.doesNotMatch(card, /720335/);
      assert.doesNotMatch(keydesk.logLines.join(''), /720335/);
    }));
  }

  it('with what was typed kept, and every mistake named at once', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const back = await keydesk.reveal(confirm, { reason: '', reasonText: 'Mainboard *swapped* by <at>field</at>', ticket: 'x x', callerCheck: 'manager' });
    assert.match(textOf(back.card), /the reason, the ticket number/);
    assert.equal(inputOf(back.card, 'reasonText')['value'], 'Mainboard *swapped* by <at>field</at>');
    assert.equal(inputOf(back.card, 'callerCheck')['value'], 'manager');
  }));
});

describe('a form that is right', () => {
  it('may say everything, and all of it is in the ledger as it was typed', inKeydesk(async (keydesk) => {
    const reasonText = 'Board "swapped"; drop table x; -- [link](https://evil.example) <at>x</at> \u202e';
    const revealed = await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'), { reason: 'other', reasonText, ticket: 'inc0012345', callerCheck: 'in-person' });
    assert.equal(blocksIn(revealed.card).length, 8);
    const entry = (await keydesk.ledger()).find(({ act }) => act === 'revealed');
    assert.deepEqual([entry?.reason, entry?.ticket, entry?.callerCheck], ['other', 'INC0012345', 'in-person']);
    assert.match(entry?.reasonText ?? '', /^Board "swapped"; drop table x; -- \[link\]\(https:\/\/evil\.example\) <at>x<\/at>/);
    keydesk.clock.forward(300);
    await keydesk.runChores();
    assert.match(textOf(standing(keydesk.privateChat()[0]).card), /Board "swapped"/);
  }));

  it('may hold 500 characters', inKeydesk(async (keydesk) => {
    assert.equal(blocksIn((await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'), { reasonText: 'x'.repeat(500) })).card).length, 8);
  }));

  it('must say how the caller was verified and name a ticket, where the installation wants it', inKeydesk({ settings: { callerCheckRequired: true, ticketRequired: true } }, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const back = await keydesk.reveal(confirm);
    assert.match(textOf(back.card), /how the caller was verified, the ticket number/);
    assert.equal(blocksIn((await keydesk.reveal(confirm, { callerCheck: 'manager', ticket: 'INC0012345' })).card).length, 8);
  }));

  it('offers every reason of the product, and takes each', inKeydesk({ settings: { revealLimits: [] } }, async (keydesk) => {
    const first = await keydesk.ask('key for LAPTOP-42');
    const reasons = choicesOf(first.card, 'reason').map(({ value }) => value);
    assert.equal(reasons.length, 7);
    for (const reason of reasons) {
      const revealed = await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'), { reason, reasonText: 'because' });
      assert.equal(blocksIn(revealed.card).length, 8, reason);
    }
  }));
});

describe('a recovery password in a message', () => {
  for (const [how, text] of [
    ['as Windows shows it', password],
    ['in a sentence', `is ${password} the key for LAPTOP-42?`],
    ['without dashes', password.replaceAll('-', '')],
    ['in a command', `key for LAPTOP-42 ${password}`],
    ['with blanks as Teams sends them', password.replaceAll('-', '&nbsp;')],
  ] as const) {
    it(`${how}: warned about, not repeated, not stored, not logged`, inKeydesk(async (keydesk) => {
      const said = await keydesk.say(text);
      assert.match(headingOf(standing(said.messages[0]).card), /That was a recovery key/);
      const [entry, ...more] = await keydesk.ledger();
      assert.deepEqual([entry?.act, more], ['warned', []]);
      for (const everything of [said.raw, JSON.stringify(said.messages), JSON.stringify(entry), keydesk.logLines.join('')]) assert.doesNotMatch(everything, /720335|704066/);
      assert.deepEqual(keydesk.simulator.requests.list().filter(({ url }) => url.includes('/v1.0/')), [], 'and nobody is asked about it');
    }));
  }

  it('is warned about where it was said: in the channel', inKeydesk(async (keydesk) => {
    const said = await keydesk.say(password, { in: 'channel' });
    assert.match(said.messages[0]?.conversationId ?? '', /^19:channel/);
  }));

  it('is not seen in numbers that are none', inKeydesk(async (keydesk) => {
    const said = await keydesk.say('please help with incident 123456 and 654321');
    assert.doesNotMatch(headingOf(standing(said.messages[0]).card), /recovery key/);
  }));
});
