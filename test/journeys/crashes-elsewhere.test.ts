// Keydesk is killed (SIGKILL) while it answers a question, while a device is chosen, while a request is cancelled, and
// around the hiding of a card and its edit. Afterwards everything can go on, and what should be hidden is hidden.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { blocksIn, headingOf, type Standing, standing, verbsOf } from '../support/keydesk/cards.ts';
import { assertKilled, pressAt, sayTo, startVictim } from '../support/keydesk/victim.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

const twin = 'de71ce00-0000-4000-8000-000000000102';

/** The question is asked at a Keydesk that dies over it. */
async function askedAt(keydesk: TestKeydesk, step: string, activityId?: string): Promise<void> {
  const victim = await startVictim(keydesk, step);
  await sayTo(victim, keydesk, 'key for LAPTOP-42', activityId);
  await assertKilled(victim, keydesk);
}

const hides = async (keydesk: TestKeydesk, confirm: Standing): Promise<void> => {
  const { card } = standing(keydesk.now(confirm));
  assert.match(headingOf(card), /hidden/);
  assert.equal((await keydesk.acts()).filter((act) => act.startsWith('hidden')).join(), 'hidden done');
};

describe('killed at a question', () => {
  for (const [step, acts] of [
    ['before asks.admit', []],
    ['after asks.admit', []],
    ['after directory.devicesNamed', []],
    ['before requests.open', []],
    ['after requests.open', ['asked done']],
  ] as const) {
    it(`${step}: nothing was sent, and the same question again is answered`, inKeydesk(async (keydesk) => {
      await askedAt(keydesk, step);
      assert.deepEqual(keydesk.connector.messages, []);
      assert.deepEqual(await keydesk.acts(), acts);
      const restarted = await keydesk.another();
      assert.equal(blocksIn((await restarted.reveal(await restarted.ask('key for LAPTOP-42'))).card).length, 8);
    }));
  }

  it('before it was taken, it is answered when Teams delivers it again', inKeydesk(async (keydesk) => {
    const activityId = randomUUID();
    await askedAt(keydesk, 'before asks.admit', activityId);
    const restarted = await keydesk.another();
    assert.match(headingOf((await restarted.ask('key for LAPTOP-42', { activityId })).card), /LAPTOP-42\?/);
  }));

  it('after the card was sent and before its place was noted: the card works, and its message is hidden', inKeydesk(async (keydesk) => {
    await askedAt(keydesk, 'before requests.placed');
    const restarted = await keydesk.another();
    const confirm = standing(keydesk.privateChat()[0]);
    assert.equal(blocksIn((await restarted.reveal(confirm)).card).length, 8);
    keydesk.clock.forward(300);
    await restarted.runChores();
    await hides(keydesk, confirm);
  }));
});

describe('killed while a device is chosen', () => {
  for (const step of ['before requests.choose', 'after requests.choose']) {
    it(`${step}: the same press gives the confirm card`, inKeydesk(async (keydesk) => {
      const choose = await keydesk.ask('key for TWIN-01');
      const victim = await startVictim(keydesk, step);
      await pressAt(victim, keydesk, choose, 'choose', { deviceId: twin });
      await assertKilled(victim, keydesk);
      const restarted = await keydesk.another();
      const confirm = await restarted.press(choose, 'choose', { deviceId: twin });
      assert.deepEqual(verbsOf(confirm.card), ['reveal', 'cancel']);
      assert.equal(blocksIn((await restarted.reveal({ card: known(confirm.card), activityId: choose.activityId })).card).length, 8);
      assert.deepEqual(await keydesk.acts(), ['asked done', 'asked done', 'intended done', 'revealed done', 'rotation-scheduled done']);
    }));
  }
});

describe('killed while a request is cancelled', () => {
  for (const [step, heading] of [
    ['before requests.close', /Recovery key for LAPTOP-42\?|[Cc]ancelled/],
    ['after requests.close', /closed/],
  ] as const) {
    it(`${step}: cancelled or not, and never revealed after it was`, inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      const victim = await startVictim(keydesk, step);
      await pressAt(victim, keydesk, confirm, 'cancel');
      await assertKilled(victim, keydesk);
      const restarted = await keydesk.another();
      assert.match(headingOf((await restarted.press(confirm, 'cancel')).card), heading);
      assert.match(headingOf((await restarted.reveal(confirm)).card), /closed/);
      assert.deepEqual(keydesk.reads(), []);
    }));
  }
});

describe('killed while cards are hidden', () => {
  for (const [step, edited] of [
    ['before requests.takeDueHides', false],
    ['after requests.takeDueHides', false],
    ['before requests.hidden', true],
    ['after requests.hidden', true],
  ] as const) {
    it(`by the timekeeper, ${step}: hidden after the restart, with one entry`, inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      await keydesk.reveal(confirm);
      keydesk.clock.forward(300);
      const victim = await startVictim(keydesk, step);
      await assertKilled(victim, keydesk);
      assert.equal(keydesk.now(confirm).edited, edited);
      // What the dead instance had taken is free again a minute later.
      keydesk.clock.forward(61);
      const restarted = await keydesk.another();
      await restarted.runChores();
      await hides(keydesk, confirm);
    }));
  }

  for (const step of ['before requests.hidden', 'after requests.hidden']) {
    it(`by a press on Hide, ${step}: hidden after the restart, with one entry`, inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      const revealed = await keydesk.reveal(confirm);
      const victim = await startVictim(keydesk, step);
      await pressAt(victim, keydesk, { card: known(revealed.card), activityId: confirm.activityId }, 'hide');
      await assertKilled(victim, keydesk);
      keydesk.clock.forward(361);
      const restarted = await keydesk.another();
      await restarted.runChores();
      await hides(keydesk, confirm);
    }));
  }
});
