import assert from 'node:assert/strict';
import { cardIn } from '../../src/terminal/conversation.ts';
import { blocksIn, headingOf, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { alex } from '../support/keydesk/people.ts';
import { pass } from '../support/keydesk/rotating.ts';
import { inKeydesk } from '../support/keydesk.ts';

const numbers = Array.from({ length: 8 }, (_, index) => String(100_001 + index));

describe('a reason full of numbers', () => {
  it('of six digits in a row is taken for a key, and asked for again', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const back = await keydesk.reveal(confirm, { reason: 'other', reasonText: numbers.join(' and ') });
    assert.match(textOf(back.card), /This held a recovery password/);
    assert.doesNotMatch(textOf(back.card), /100001/);
    assert.deepEqual(keydesk.reads(), []);
    assert.equal(blocksIn((await keydesk.reveal(confirm, { reason: 'other', reasonText: numbers.slice(1).join(' and ') })).card).length, 8, 'seven are numbers');
  }));

  // Five that Windows would accept, each beside years and a number that it would not; three more in ticket and name.
  const reasonText = ['720335', '380941', '576224', '038082', '074294'].map((block) => `${block} 2026 100003 2026`).join(' ');
  const as = { ...alex, name: 'Alex 591965 and 704066' };

  it('that looks like a key only where it is sent keeps nothing from being hidden, by press and by the clock', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42', { as });
    const form = { reason: 'other', reasonText, ticket: 'AB-160908' };
    const revealed = await keydesk.reveal(confirm, form, { as });
    assert.equal(blocksIn(revealed.card).length, 8);
    const used = await keydesk.reveal(confirm, form, { as });
    assert.match(headingOf(used.card), /^Used at/);
    assert.deepEqual(verbsOf(used.card), ['again']);
    const hidden = await keydesk.press({ card: revealed.card ?? {}, activityId: confirm.activityId }, 'hide', {}, { as });
    for (const card of [hidden.card, cardIn(keydesk.now(confirm))]) {
      assert.match(textOf(card), /Recovery key hidden[^]*It was revealed at/);
      assert.doesNotMatch(textOf(card), /720335|160908|704066/, 'plainer, without what was typed');
    }

    await keydesk.press({ card: used.card ?? {}, activityId: confirm.activityId }, 'again', {}, { as });
    keydesk.clock.forward(301);
    await keydesk.runChores();
    assert.equal((await keydesk.acts()).at(-1), 'hidden done');
    assert.match(textOf(cardIn(keydesk.now(confirm))), /Recovery key hidden[^]*The key is rotated at/);

    await pass(keydesk, 3600);
    assert.match(textOf(cardIn(keydesk.now(confirm))), /Recovery key hidden[^]*The key is being rotated/, 'it is told how the rotation goes, as plainly');
  }));
});
