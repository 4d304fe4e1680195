import assert from 'node:assert/strict';
import { blocksIn, headingOf, referenceIn, type Standing, textOf } from '../support/keydesk/cards.ts';
import { alex, megan } from '../support/keydesk/people.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

const shown = async (keydesk: TestKeydesk): Promise<boolean> => blocksIn((await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'))).card).length === 8;

describe('the limit of reveals', () => {
  it('is five a minute: the sixth is refused, says when, and is not read', inKeydesk(async (keydesk) => {
    for (let count = 0; count < 5; count += 1) assert.ok(await shown(keydesk));
    const confirm = await keydesk.ask('key for DESKTOP-7');
    const sixth = await keydesk.reveal(confirm);
    assert.match(headingOf(sixth.card), /You have reached your limit/);
    assert.match(textOf(sixth.card), /5 keys within a minute/);
    assert.equal(keydesk.reads().length, 5);
    const entry = (await keydesk.ledger()).at(-1);
    assert.deepEqual([entry?.act, entry?.code, entry?.reference], ['refused', 'reveal-limit', referenceIn(sixth.card)]);

    keydesk.clock.forward(60);
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8, 'the same card works a minute later');
  }));

  it('is twenty an hour and forty a day', inKeydesk(async (keydesk) => {
    for (let count = 0; count < 20; count += 1) {
      assert.ok(await shown(keydesk), `number ${count + 1}`);
      keydesk.clock.forward(61);
    }
    assert.equal(await shown(keydesk), false, 'the 21st within the hour');
    keydesk.clock.forward(3600);
    for (let count = 20; count < 40; count += 1) {
      assert.ok(await shown(keydesk), `number ${count + 1}`);
      keydesk.clock.forward(61);
    }
    keydesk.clock.forward(3600);
    assert.equal(await shown(keydesk), false, 'the 41st within the day');
    assert.equal(keydesk.reads().length, 40);
    keydesk.clock.forward(86_400);
    assert.ok(await shown(keydesk));
  }));

  it('counts Show again', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    const used = { card: known((await keydesk.reveal(confirm)).card), activityId: confirm.activityId };
    for (let count = 0; count < 4; count += 1) assert.equal(blocksIn((await keydesk.press(used, 'again')).card).length, 8);
    assert.match(headingOf((await keydesk.press(used, 'again')).card), /You have reached your limit/);
    assert.equal(keydesk.reads().length, 5);
  }));

  it('counts what failed at Graph as well: it may have been read', inKeydesk(async (keydesk) => {
    keydesk.simulator.faults.add({ path: /select=key/, status: 500 });
    for (let count = 0; count < 5; count += 1) await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    keydesk.simulator.faults.clear();
    assert.equal(await shown(keydesk), false);
    keydesk.clock.forward(61);
    assert.ok(await shown(keydesk));
  }));

  it('counts no mistake in a form, no refusal and nobody else', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    for (let count = 0; count < 6; count += 1) await keydesk.reveal(confirm, { reason: '' });
    for (let count = 0; count < 6; count += 1) await keydesk.reveal(confirm, {}, { as: megan });
    for (let count = 0; count < 5; count += 1) assert.ok(await shown(keydesk));
    const ofMegan = await keydesk.ask('key for LAPTOP-42', { as: megan });
    assert.equal(blocksIn((await keydesk.reveal(ofMegan, {}, { as: megan })).card).length, 8);
  }));

  it('holds exactly over two instances whose presses come at one moment', inKeydesk(async (keydesk) => {
    const second = await keydesk.another();
    const cards: Standing[] = [];
    while (cards.length < 12) cards.push(await keydesk.ask('key for LAPTOP-42'));
    const answers = await Promise.all(cards.map((card, index) => (index % 2 === 0 ? keydesk : second).reveal(card)));
    assert.equal(answers.filter(({ card }) => blocksIn(card).length === 8).length, 5);
    assert.equal(answers.filter(({ card }) => headingOf(card).includes('reached your limit')).length, 7);
    assert.equal(keydesk.reads().length, 5);
    assert.equal((await keydesk.acts()).filter((act) => act === 'intended done').length, 5);
  }));

  it('survives a restart: it is counted from the ledger', inKeydesk(async (keydesk) => {
    for (let count = 0; count < 5; count += 1) assert.ok(await shown(keydesk));
    const restarted = await keydesk.another();
    assert.match(headingOf((await restarted.reveal(await restarted.ask('key for LAPTOP-42'))).card), /reached your limit/);
  }));
});

describe('the limit of messages', () => {
  it('is thirty a minute: the thirty-first is answered without asking Graph, and repeats are summed', inKeydesk(async (keydesk) => {
    for (let count = 0; count < 30; count += 1) await keydesk.say('key types');
    keydesk.simulator.requests.clear();
    const refused = await keydesk.ask('key for LAPTOP-42');
    assert.match(headingOf(refused.card), /Too many messages/);
    await keydesk.ask('key for LAPTOP-42');
    await keydesk.ask('key for LAPTOP-42');
    assert.deepEqual(keydesk.simulator.requests.list(), []);
    assert.deepEqual(await keydesk.acts(), ['refused refused ask-limit']);
    assert.ok(headingOf((await keydesk.ask('key for LAPTOP-42', { as: megan })).card).includes('LAPTOP-42'), 'others may ask');

    keydesk.clock.forward(61);
    await keydesk.runChores();
    const summed = (await keydesk.ledger()).filter(({ code, person }) => code === 'ask-limit' && person?.id === alex.id);
    assert.deepEqual(summed.map(({ count }) => count), [undefined, 2]);
    assert.match(headingOf((await keydesk.ask('key for LAPTOP-42')).card), /LAPTOP-42\?/);
  }));
});
