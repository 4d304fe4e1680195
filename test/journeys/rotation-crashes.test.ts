// Keydesk is killed (SIGKILL) at each step of a rotation. Afterwards: what happened is found out by reading, Intune never
// takes two for one cause, what nobody knows is called unknown until it was read, and the card ends with the new key.

import assert from 'node:assert/strict';
import { headingOf, type Standing, standing, textOf } from '../support/keydesk/cards.ts';
import { megan } from '../support/keydesk/people.ts';
import { askToRotate, hideByClock, pass, postsIn, pressRotate, short, storyIn } from '../support/keydesk/rotating.ts';
import { until } from '../support/keydesk/time.ts';
import { assertKilled, pressAt, startVictim } from '../support/keydesk/victim.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';

const rotate = /rotateBitLockerKeys/;
const wish = { reason: 'key-exposed', ticket: 'INC0012345' };

async function asked(keydesk: TestKeydesk): Promise<Standing> {
  const confirm = await askToRotate(keydesk);
  await pressRotate(keydesk, confirm);
  return confirm;
}

/** Works on the rotation whose time has come, in a process of its own that is killed at the step. */
async function killedAt(keydesk: TestKeydesk, step: string): Promise<void> {
  const victim = await startVictim(keydesk, step, true);
  await assertKilled(victim, keydesk);
}

/** Intune took it once, however often it was asked; and the device makes one key. */
async function endsWell(keydesk: TestKeydesk, confirm: Standing, posts: number): Promise<void> {
  const restarted = await keydesk.another();
  await pass(keydesk, 1800, restarted);
  assert.equal(postsIn(keydesk).length, posts);
  const made = keydesk.simulator.hand.checkIn('LAPTOP-42');
  assert.equal(made.length, 1);
  await pass(keydesk, 7200, restarted);
  assert.match(textOf(standing(keydesk.now(confirm)).card), new RegExp(`has a new key[^]*${short(made[0]?.id)}`));
  assert.equal(postsIn(keydesk).length, posts, 'no second one for one that Intune took');
}

/** The story of the ledger from the crash on; `posts` before it and in the end. */
interface Crash {
  readonly step: string;
  readonly before: number;
  readonly after: number;
  readonly story: readonly string[];
}

const nothingSent = ['scheduled done', 'intended done', 'queued done', 'done done'];
const notTaken = ['scheduled done', 'intended done', 'queued unknown', 'queued failed', 'intended done', 'queued done', 'done done'];
const taken = ['scheduled done', 'intended done', 'queued unknown', 'queued done', 'done done'];

const crashes: readonly Crash[] = [
  { step: 'before rotations.claim', before: 0, after: 1, story: nothingSent },
  { step: 'after rotations.claim', before: 0, after: 1, story: nothingSent },
  { step: 'after recoveryKeys.of', before: 0, after: 1, story: nothingSent },
  { step: 'after managedDevices.of', before: 0, after: 1, story: nothingSent },
  { step: 'after rotator.lastAction', before: 0, after: 1, story: nothingSent },
  { step: 'before rotations.move 1', before: 0, after: 1, story: nothingSent },
  { step: 'after rotations.move 1', before: 0, after: 1, story: notTaken },
  { step: 'before rotator.rotate', before: 0, after: 1, story: notTaken },
  { step: 'after rotator.rotate', before: 1, after: 1, story: taken },
  { step: 'before rotations.move 2', before: 1, after: 1, story: taken },
  { step: 'after rotations.move 2', before: 1, after: 1, story: nothingSent },
];

describe('killed while Intune is asked', () => {
  for (const { step, before, after, story } of crashes) {
    it(`${step}: ${story.includes('queued unknown') ? 'called unknown, then settled by reading' : before === 0 ? 'nothing was sent' : 'it is queued'}`, inKeydesk(async (keydesk) => {
      const confirm = await asked(keydesk);
      await killedAt(keydesk, step);
      assert.equal(postsIn(keydesk).length, before);
      await endsWell(keydesk, confirm, after);
      assert.deepEqual(await storyIn(keydesk), story);
    }));
  }

  it('while Intune is at it: unknown on the card until it was read, and taken', inKeydesk(async (keydesk) => {
    const confirm = await asked(keydesk);
    keydesk.simulator.faults.add({ method: 'POST', path: rotate, delayMs: 300 });
    const victim = await startVictim(keydesk, undefined, true);
    await until(() => postsIn(keydesk).length === 1);
    victim.kill();
    await assertKilled(victim, keydesk);
    keydesk.simulator.faults.clear();
    await until(() => postsIn(keydesk)[0]?.status === 204);

    const restarted = await keydesk.another();
    await pass(keydesk, 119, restarted);
    assert.deepEqual(await storyIn(keydesk), ['scheduled done', 'intended done'], 'for two minutes its instance may still be there');
    // Intune cannot be read at first.
    keydesk.simulator.faults.add({ method: 'GET', path: /managedDevices/, status: 503 });
    await pass(keydesk, 60, restarted);
    assert.match(headingOf(standing(keydesk.now(confirm)).card), /Intune has not confirmed/);
    assert.deepEqual(await storyIn(keydesk), ['scheduled done', 'intended done', 'queued unknown']);
    keydesk.simulator.faults.clear();
    await pass(keydesk, 120, restarted);
    assert.match(headingOf(standing(keydesk.now(confirm)).card), /Waiting for LAPTOP-42/);
    await endsWell(keydesk, confirm, 1);
    assert.deepEqual(await storyIn(keydesk), taken);
  }));

  it('while Intune is at it, and the request never arrives: unknown, then not taken, then sent again', inKeydesk(async (keydesk) => {
    const confirm = await asked(keydesk);
    keydesk.simulator.faults.add({ method: 'POST', path: rotate, delayMs: 300, drop: 'before', times: 1 });
    const victim = await startVictim(keydesk, undefined, true);
    await until(() => postsIn(keydesk).length === 1);
    victim.kill();
    await assertKilled(victim, keydesk);
    await endsWell(keydesk, confirm, 2);
    assert.deepEqual(await storyIn(keydesk), notTaken);
  }));

  it('by somebody else in the meantime: two that wake at once send one', inKeydesk(async (keydesk) => {
    const confirm = await asked(keydesk);
    const other = await keydesk.another();
    await Promise.all([keydesk.wakeDue(), other.wakeDue(), keydesk.wakeDue()]);
    assert.equal(postsIn(keydesk).length, 1);
    await endsWell(keydesk, confirm, 1);
    assert.deepEqual(await storyIn(keydesk), nothingSent);
  }));
});

describe('killed at the press', () => {
  for (const [step, story] of [
    ['before rotations.start', []],
    ['after rotations.start', ['scheduled done']],
  ] as const) {
    it(`${step}: ${story.length === 0 ? 'the card is still open' : 'it is planned, and comes'}`, inKeydesk(async (keydesk) => {
      const confirm = await askToRotate(keydesk);
      const victim = await startVictim(keydesk, step);
      await pressAt(victim, keydesk, confirm, 'rotate', wish, megan);
      await assertKilled(victim, keydesk);
      assert.deepEqual(await storyIn(keydesk), story);
      if (story.length === 0) await pressRotate(keydesk, confirm);
      await endsWell(keydesk, confirm, 1);
      assert.deepEqual(await storyIn(keydesk), nothingSent);
    }));
  }

  it('after the reveal that it follows was written: the rotation stands in the same transaction', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const victim = await startVictim(keydesk, 'after requests.revealed');
    await pressAt(victim, keydesk, confirm, 'reveal');
    await assertKilled(victim, keydesk);
    assert.deepEqual((await keydesk.acts()).slice(-2), ['revealed done', 'rotation-scheduled done']);
    await hideByClock(keydesk);
    await pass(keydesk, 3600);
    assert.equal(postsIn(keydesk).length, 1);
  }));
});

describe('killed while a rotation is followed', () => {
  for (const step of ['after recoveryKeys.of', 'after rotator.lastAction', 'before rotations.move', 'after rotations.move'] as const) {
    it(`${step}: the next look finds the same`, inKeydesk(async (keydesk) => {
      const confirm = await asked(keydesk);
      await pass(keydesk, 0);
      keydesk.clock.forward(15);
      await killedAt(keydesk, step);
      await endsWell(keydesk, confirm, 1);
      assert.deepEqual(await storyIn(keydesk), nothingSent);
    }));
  }

  for (const step of ['after recoveryKeys.of', 'before rotations.move'] as const) {
    it(`${step}, when the new key is there: it is done once`, inKeydesk(async (keydesk) => {
      const confirm = await asked(keydesk);
      await pass(keydesk, 0);
      const [made] = keydesk.simulator.hand.checkIn('LAPTOP-42');
      keydesk.clock.forward(15);
      await killedAt(keydesk, step);
      assert.deepEqual((await storyIn(keydesk)).slice(-1), ['queued done']);
      await pass(keydesk, 60, await keydesk.another());
      assert.match(textOf(standing(keydesk.now(confirm)).card), new RegExp(short(made?.id)));
      assert.deepEqual([await storyIn(keydesk), postsIn(keydesk).length], [nothingSent, 1]);
    }));
  }
});

describe('an answer of Intune that is lost on the way', () => {
  for (const [title, drop, posts, story] of [
    ['after Intune took it: unknown, then waited for', 'after', 1, taken],
    ['before Intune had it: unknown, then sent again', 'before', 2, notTaken],
  ] as const) {
    it(title, inKeydesk(async (keydesk) => {
      const fault = { method: 'POST', path: 'rotateBitLockerKeys', drop, times: 1 };
      assert.equal((await fetch(`${keydesk.simulator.url}/_sim/faults`, { method: 'POST', body: JSON.stringify(fault) })).status, 204);
      const confirm = await asked(keydesk);
      await pass(keydesk, 0);
      assert.match(headingOf(standing(keydesk.now(confirm)).card), /Intune has not confirmed/);
      assert.deepEqual((await storyIn(keydesk)).at(-1), 'queued unknown');
      await endsWell(keydesk, confirm, posts);
      assert.deepEqual(await storyIn(keydesk), story);
    }));
  }
});
