// Keydesk is killed (SIGKILL) at each step of a reveal. Afterwards: no password was shown without `intended` and
// `revealed` on disk before it, no request is stuck, and a lost answer is one press on Show again.

import assert from 'node:assert/strict';
import { blocksIn, headingOf, type Standing, verbsOf } from '../support/keydesk/cards.ts';
import { ledgerLockOf } from '../support/keydesk/locks.ts';
import { until } from '../support/keydesk/time.ts';
import { assertKilled, pressAt, startVictim } from '../support/keydesk/victim.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

const keyId = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';

const showsKey = async (keydesk: TestKeydesk, message: Standing, verb: string): Promise<void> => {
  const shown = verb === 'reveal' ? await keydesk.reveal(message) : await keydesk.press(message, verb);
  assert.deepEqual(blocksIn(shown.card), keydesk.simulator.tenant.recoveryPassword(keyId).split('-'));
};

/** Nobody was told that it is stuck, and nobody is: what a crash leaves behind, as the person at the card finds it. */
type Left = 'open' | 'claimed' | 'revealed';

const entriesLeft = {
  open: ['asked done'],
  claimed: ['asked done', 'intended done'],
  revealed: ['asked done', 'intended done', 'revealed done', 'rotation-scheduled done'],
} as const satisfies Record<Left, readonly string[]>;

const afterwards: Record<Left, (keydesk: TestKeydesk, confirm: Standing) => Promise<void>> = {
  open: async (keydesk, confirm) => {
    await keydesk.another();
    await showsKey(keydesk, confirm, 'reveal');
  },
  claimed: async (keydesk, confirm) => {
    const restarted = await keydesk.another();
    await restarted.runChores();
    assert.match(headingOf((await restarted.reveal(confirm)).card), /One moment/, 'for half a minute it may still be under way');
    keydesk.clock.forward(31);
    await restarted.runChores();
    assert.deepEqual((await keydesk.acts()).slice(-2), ['refused refused request-busy', 'revealed unknown']);
    assert.match(headingOf((await restarted.reveal(confirm)).card), /closed/);
    await showsKey(keydesk, await restarted.ask('key for LAPTOP-42'), 'reveal');
  },
  revealed: async (keydesk, confirm) => {
    const restarted = await keydesk.another();
    const used = await restarted.reveal(confirm);
    assert.deepEqual(verbsOf(used.card), ['again']);
    await showsKey(keydesk, { card: known(used.card), activityId: confirm.activityId }, 'again');
    keydesk.clock.forward(300);
    await restarted.runChores();
    assert.equal((await keydesk.acts()).at(-1), 'hidden done');
  },
};

const crashes: readonly (readonly [step: string, left: Left, reads: number])[] = [
  ['before requests.find', 'open', 0],
  ['before roles.fresh', 'open', 0],
  ['after roles.fresh', 'open', 0],
  ['before requests.claim', 'open', 0],
  ['after requests.claim', 'claimed', 0],
  ['before recoveryKeys.read', 'claimed', 0],
  ['after recoveryKeys.read', 'claimed', 1],
  ['before requests.revealed', 'claimed', 1],
  ['after requests.revealed', 'revealed', 1],
  ['before the answer leaves', 'revealed', 1],
  ['after the answer has left', 'revealed', 1],
];

describe('killed at a reveal', () => {
  for (const [step, left, reads] of crashes) {
    it(`${step}: the request is ${left}, and nothing is lost but a press`, inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      const victim = await startVictim(keydesk, step);
      const shown = await pressAt(victim, keydesk, confirm, 'reveal');
      await assertKilled(victim, keydesk);
      if (step !== 'after the answer has left') assert.deepEqual(shown, []);
      assert.equal(keydesk.reads().length, reads);
      assert.deepEqual(await keydesk.acts(), entriesLeft[left]);
      await afterwards[left](keydesk, confirm);
    }));
  }

  it('while the claim is being written: it was never made', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const victim = await startVictim(keydesk);
    const ledger = await ledgerLockOf(keydesk.database);
    await ledger.take();
    const pressing = pressAt(victim, keydesk, confirm, 'reveal');
    await ledger.waited();
    victim.kill();
    await assertKilled(victim, keydesk);
    await ledger.release();
    assert.deepEqual([await pressing, keydesk.reads(), await keydesk.acts()], [[], [], entriesLeft.open]);
    await afterwards.open(keydesk, confirm);
  }));

  it('while Graph is asked: it may have been read, and nothing was shown', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const victim = await startVictim(keydesk);
    keydesk.simulator.faults.add({ path: /select=key/, delayMs: 60_000 });
    const pressing = pressAt(victim, keydesk, confirm, 'reveal');
    await until(() => keydesk.reads().length === 1);
    victim.kill();
    await assertKilled(victim, keydesk);
    keydesk.simulator.faults.clear();
    assert.deepEqual([await pressing, await keydesk.acts()], [[], entriesLeft.claimed]);
    await afterwards.claimed(keydesk, confirm);
  }));

  it('while `revealed` is being written: written or not, nothing was shown, and it is not stuck', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const victim = await startVictim(keydesk);
    const ledger = await ledgerLockOf(keydesk.database);
    // Long enough for one statement; the claim needed the lock before, so it cannot be taken earlier.
    keydesk.simulator.faults.add({ path: /select=key/, delayMs: 1000 });
    const pressing = pressAt(victim, keydesk, confirm, 'reveal');
    await until(() => keydesk.reads().length === 1);
    await ledger.take();
    await ledger.waited();
    victim.kill();
    await assertKilled(victim, keydesk);
    await ledger.release();
    keydesk.simulator.faults.clear();
    assert.deepEqual(await pressing, []);
    // The server finishes the statement that it was in the middle of, and finds nobody to tell.
    const acts = await keydesk.acts();
    await afterwards[acts.includes('revealed done') ? 'revealed' : 'claimed'](keydesk, confirm);
  }));

  it('as a process, it starts again as one and settles what the first left behind', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const first = await startVictim(keydesk, 'after requests.claim');
    await pressAt(first, keydesk, confirm, 'reveal');
    await assertKilled(first, keydesk);
    keydesk.clock.forward(31);
    const second = await startVictim(keydesk);
    assert.deepEqual(await pressAt(second, keydesk, confirm, 'reveal'), []);
    assert.deepEqual((await keydesk.acts()).slice(0, 3), ['asked done', 'intended done', 'revealed unknown']);
    const shown = await pressAt(second, keydesk, await keydesk.ask('key for LAPTOP-42'), 'reveal');
    assert.equal(shown.length, 8);
    second.kill();
    await assertKilled(second, keydesk);
  }));
});

const again: readonly (readonly [step: string, reads: number])[] = [
  ['after requests.claim', 1],
  ['after recoveryKeys.read', 2],
  ['after requests.revealed', 2],
  ['before the answer leaves', 2],
];

describe('killed at Show again', () => {
  for (const [step, reads] of again) {
    it(`${step}: the next press shows the key, half a minute later at most`, inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      await keydesk.reveal(confirm);
      const used = { card: known((await keydesk.reveal(confirm)).card), activityId: confirm.activityId };
      const victim = await startVictim(keydesk, step);
      assert.deepEqual(await pressAt(victim, keydesk, used, 'again'), []);
      await assertKilled(victim, keydesk);
      assert.equal(keydesk.reads().length, reads);

      keydesk.clock.forward(31);
      const restarted = await keydesk.another();
      await restarted.runChores();
      await showsKey(keydesk, used, 'again');
      keydesk.clock.forward(300);
      await restarted.runChores();
      assert.equal((await keydesk.acts()).at(-1), 'hidden done');
    }));
  }
});
