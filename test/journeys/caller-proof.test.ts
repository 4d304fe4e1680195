import assert from 'node:assert/strict';
import { blocksIn, headingOf, inputOf, standing, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { inKeydesk } from '../support/keydesk.ts';

const callerProof = { settings: { callerProof: true } };
const secret = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';

describe('a key whose ID the caller must read out', () => {
  it('is shown for the first eight characters of its ID, which the card does not hold', inKeydesk(callerProof, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    assert.equal(inputOf(confirm.card, 'keyId')['type'], 'Input.Text');
    assert.doesNotMatch(JSON.stringify(confirm.card), /1a2b3c4d|9f8e7d6c/i);
    const revealed = await keydesk.reveal(confirm, { keyId: '1a2b 3c4d' });
    assert.deepEqual(blocksIn(revealed.card), keydesk.simulator.tenant.recoveryPassword(secret).split('-'));
  }));

  it('is not preset by an ID in the question, and the card is the same whether it fits or not', inKeydesk(callerProof, async (keydesk) => {
    const fits = textOf((await keydesk.ask('key for LAPTOP-42 id 1A2B3C4D')).card);
    const fitsNot = textOf((await keydesk.ask('key for LAPTOP-42 id 1A2B3C4E')).card);
    assert.equal(fits.replaceAll('1A2B3C4D', 'X'), fitsNot.replaceAll('1A2B3C4E', 'X'));
  }));

  it('comes back after a miss, with the values kept, and says how many are left', inKeydesk(callerProof, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const back = await keydesk.reveal(confirm, { keyId: '00000000', ticket: 'INC0012345' });
    assert.match(textOf(back.card), /After 2 more wrong key IDs/);
    assert.equal(inputOf(back.card, 'ticket')['value'], 'INC0012345');
    assert.deepEqual(keydesk.reads(), []);
    assert.equal(blocksIn((await keydesk.reveal(confirm, { keyId: '1A2B3C4D' })).card).length, 8);
  }));

  it('gives nothing away: a key ID of another device and one of nothing at all are answered alike', inKeydesk(callerProof, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const ofAnother = textOf((await keydesk.reveal(confirm, { keyId: '7D3E5A10' })).card);
    const again = await keydesk.ask('key for LAPTOP-42');
    const ofNothing = textOf((await keydesk.reveal(again, { keyId: '00000000' })).card);
    assert.equal(ofAnother, ofNothing);
  }));

  it('closes its request at the third miss, for the right ID too', inKeydesk(callerProof, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    for (const keyId of ['00000000', '11111111']) assert.deepEqual(verbsOf((await keydesk.reveal(confirm, { keyId })).card), ['reveal', 'cancel']);
    const closed = await keydesk.reveal(confirm, { keyId: '22222222' });
    assert.match(headingOf(closed.card), /Closed after three wrong key IDs/);
    assert.deepEqual(standing(keydesk.now(confirm)).card, closed.card, 'the message itself says so');

    const right = await keydesk.reveal(confirm, { keyId: '1A2B3C4D' });
    assert.deepEqual(blocksIn(right.card), []);
    assert.deepEqual(keydesk.reads(), []);
    assert.deepEqual(await keydesk.acts(), ['asked done', 'refused refused too-many-misses', 'refused refused request-closed']);
  }));

  it('counts misses once each, also when they arrive together', inKeydesk(callerProof, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const answers = await Promise.all(['00000000', '11111111', '22222222', '33333333'].map((keyId) => keydesk.reveal(confirm, { keyId })));
    assert.equal(answers.filter(({ card }) => verbsOf(card).includes('reveal')).length, 2);
    assert.deepEqual((await keydesk.acts()).filter((act) => act.includes('too-many-misses')).length, 1);
    assert.deepEqual(keydesk.reads(), []);
  }));

  it('counts no miss for a mistake in the rest of the form', inKeydesk(callerProof, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    for (let time = 0; time < 4; time += 1) await keydesk.reveal(confirm, { keyId: '00000000', reason: '' });
    assert.equal(blocksIn((await keydesk.reveal(confirm, { keyId: '1A2B3C4D' })).card).length, 8);
  }));
});
