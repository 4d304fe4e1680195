// Two instances over one database: whatever reaches both at once happens once.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { blocksIn, headingOf, standing, verbsOf } from '../support/keydesk/cards.ts';
import type { Instance } from '../support/keydesk/instance.ts';
import { steps } from '../support/keydesk/steps.ts';
import { until } from '../support/keydesk/time.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

const inBoth = (work: (keydesk: TestKeydesk, both: readonly [Instance, Instance]) => Promise<void>): (() => Promise<void>) =>
  inKeydesk(async (keydesk) => work(keydesk, [keydesk, await keydesk.another()]));

/** A place in the work where one instance waits until the other has gone past. */
function gate(at: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let reached = false;
  return {
    around: steps(async (step) => {
      if (step !== at) return;
      reached = true;
      await promise;
    }),
    reached: () => until(() => reached),
    open: resolve,
  };
}

describe('two instances', () => {
  it('answer a press that both get with one reveal; the other says that it was used, or is under way', inBoth(async (keydesk, both) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const activityId = randomUUID();
    const answers = await Promise.all(both.map((instance) => instance.reveal(confirm, {}, { activityId })));
    const shown = answers.filter(({ card }) => blocksIn(card).length === 8);
    assert.equal(shown.length, 1);
    const [other] = answers.filter((answer) => !shown.includes(answer));
    assert.match(headingOf(other?.card), /Used at|One moment/);
    assert.deepEqual(verbsOf(other?.card), ['again']);
    assert.equal(keydesk.reads().length, 1);
    assert.deepEqual((await keydesk.acts()).filter((act) => /intended|revealed/.test(act)), ['intended done', 'revealed done']);
  }));

  it('show again once for a press that both get', inBoth(async (keydesk, both) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    const used = { card: known((await keydesk.reveal(confirm)).card), activityId: confirm.activityId };
    const answers = await Promise.all(both.map((instance) => instance.press(used, 'again')));
    const shown = answers.filter(({ card }) => blocksIn(card).length === 8).length;
    assert.equal(keydesk.reads().length - 1, shown, 'as many reads as showings');
    const attempts = (await keydesk.ledger()).filter(({ act }) => act === 'revealed').map(({ attempt }) => attempt);
    assert.deepEqual(attempts, Array.from({ length: shown + 1 }, (_, index) => index + 1), 'each showing has an entry of its own');
  }));

  it('hide a card once: one entry, however many edits', inBoth(async (keydesk, both) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    keydesk.clock.forward(300);
    await Promise.all(both.map((instance) => instance.runChores()));
    assert.match(headingOf(standing(keydesk.now(confirm)).card), /hidden/);
    assert.equal(keydesk.connector.calls.filter(({ kind }) => kind === 'edit').length, 1, 'one edit is enough');
    assert.deepEqual((await keydesk.acts()).filter((act) => act.startsWith('hidden')), ['hidden done']);
  }));

  it('hide a card once when one of them is pressed Hide at while the other does it by the clock', inBoth(async (keydesk, [first, second]) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const revealed = await keydesk.reveal(confirm);
    keydesk.clock.forward(300);
    const [pressed] = await Promise.all([first.press({ card: known(revealed.card), activityId: confirm.activityId }, 'hide'), second.runChores()]);
    assert.deepEqual(verbsOf(pressed.card), ['again']);
    assert.deepEqual((await keydesk.acts()).filter((act) => act.startsWith('hidden')), ['hidden done']);
  }));

  it('share many cards that are due', inBoth(async (keydesk, both) => {
    const confirms = [];
    for (let count = 0; count < 5; count += 1) {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      await keydesk.reveal(confirm);
      confirms.push(confirm);
    }
    keydesk.clock.forward(300);
    await Promise.all(both.map((instance) => instance.runChores()));
    for (const confirm of confirms) assert.match(headingOf(standing(keydesk.now(confirm)).card), /hidden/);
    assert.equal((await keydesk.acts()).filter((act) => act === 'hidden done').length, 5);
  }));

  it('write the sum of repeated refusals once', inBoth(async (keydesk, both) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    for (let count = 0; count < 4; count += 1) await known(both[count % 2]).press(confirm, 'reveal', { reason: 'firmware-update', keyId: randomUUID() });
    keydesk.clock.forward(61);
    await Promise.all(both.map((instance) => instance.runChores()));
    const refusals = (await keydesk.ledger()).filter(({ code }) => code === 'card-changed');
    assert.deepEqual(refusals.map(({ count }) => count), [undefined, 3]);
  }));

  it('settle a lost claim once', inBoth(async (keydesk, both) => {
    const held = gate('before recoveryKeys.read');
    const slow = await keydesk.another({ around: held.around });
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const pressing = slow.reveal(confirm);
    await held.reached();
    keydesk.clock.forward(31);
    await Promise.all(both.map((instance) => instance.runChores()));
    assert.deepEqual((await keydesk.acts()).filter((act) => act.startsWith('revealed')), ['revealed unknown']);
    held.open();
    assert.deepEqual(blocksIn((await pressing).card), []);
  }));
});

describe('an instance that was away too long', () => {
  it('drops the password unseen when its claim was settled meanwhile', inKeydesk(async (keydesk) => {
    const held = gate('before requests.revealed');
    const slow = await keydesk.another({ around: held.around });
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const pressing = slow.reveal(confirm);
    await held.reached();
    assert.equal(keydesk.reads().length, 1, 'it has the password in its hands');
    keydesk.clock.forward(31);
    await keydesk.runChores();
    held.open();
    const pressed = await pressing;
    assert.deepEqual(blocksIn(pressed.card), []);
    assert.match(headingOf(pressed.card), /closed/);
    const acts = await keydesk.acts();
    assert.ok(!acts.includes('revealed done'));
    assert.equal(acts.filter((act) => act === 'revealed unknown').length, 1);
  }));

  it('cannot hide what was shown again meanwhile', inKeydesk(async (keydesk) => {
    const held = gate('before requests.hidden');
    const slow = await keydesk.another({ around: held.around });
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    keydesk.clock.forward(300);
    const hiding = slow.runChores();
    await held.reached();
    assert.equal(blocksIn((await keydesk.press(standing(keydesk.now(confirm)), 'again')).card).length, 8);
    held.open();
    await hiding;
    assert.ok(!(await keydesk.acts()).some((act) => act.startsWith('hidden')), 'the second showing is not called hidden');
    keydesk.clock.forward(300);
    await keydesk.runChores();
    assert.equal((await keydesk.acts()).at(-1), 'hidden done');
  }));

  it('keeps its claim for half a minute: nobody settles it earlier, and the key is shown', inKeydesk(async (keydesk) => {
    const held = gate('before requests.revealed');
    const slow = await keydesk.another({ around: held.around });
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const pressing = slow.reveal(confirm);
    await held.reached();
    keydesk.clock.forward(30);
    await keydesk.runChores();
    assert.match(headingOf((await keydesk.reveal(confirm)).card), /One moment/);
    held.open();
    assert.equal(blocksIn((await pressing).card).length, 8);
  }));
});
