import assert from 'node:assert/strict';
import { blocksIn, headingOf, textOf, verbsOf } from '../support/keydesk/cards.ts';
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

  // Eight that Windows would accept, each beside a year and a number that it would not.
  const blocks = ['720335', '380941', '576224', '038082', '074294', '160908', '591965', '704066'];
  const scattered = blocks.map((block) => `${block} 2026 100003 2026`).join(' ');

  it('that looks like a key where it is sent keeps nothing from being hidden, by press and by the clock', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm, { reason: 'other', reasonText: scattered });
    const used = await keydesk.reveal(confirm, { reason: 'other', reasonText: scattered });
    assert.match(headingOf(used.card), /^Used at/);
    assert.deepEqual(verbsOf(used.card), ['again']);
    const shown = await keydesk.press({ card: used.card ?? {}, activityId: confirm.activityId }, 'again');
    const hidden = await keydesk.press({ card: shown.card ?? {}, activityId: confirm.activityId }, 'hide');
    assert.match(headingOf(hidden.card), /Recovery key hidden/);
    assert.match(JSON.stringify(keydesk.now(confirm).activity), /Recovery key hidden/);

    await keydesk.press({ card: used.card ?? {}, activityId: confirm.activityId }, 'again');
    keydesk.clock.forward(301);
    await keydesk.runChores();
    assert.equal((await keydesk.acts()).at(-1), 'hidden done');
    assert.doesNotMatch(JSON.stringify(keydesk.now(confirm).activity), /720335/);
  }));
});
