import assert from 'node:assert/strict';
import { plusSeconds } from '../../src/domain/instant.ts';
import type { Rotation } from '../../src/domain/rotation.ts';
import { checkIn, makeKeys, report } from '../support/desk/intune.ts';
import { afterReveal, Crash, entriesOf, reveal, type Rotating, runJobs, sent, wanted, wish } from '../support/desk/rotating.ts';
import type { Failure } from '../support/desk/script.ts';
import { keyOf, managedOf, sure, time } from '../support/desk/world.ts';

const due = async (): Promise<Rotating> => {
  const test = await afterReveal();
  test.clock.set(test.now().dueAt);
  return test;
};
const ends = ({ state, failure }: Rotation): string => failure ?? state;
const keyIdsOf = (test: Rotating) => test.world.keys.filter(({ deviceId }) => deviceId === test.deviceId).map(({ keyId }) => keyId);

describe('domain/send-rotation: sent', () => {
  it('writes intended, asks Intune, writes queued: in this order, under one client-request-id', async () => {
    const test = await due();
    assert.equal((await test.wake())?.state, 'queued');
    assert.deepEqual(test.journal.slice(-3), ['ledger rotation-intended done', `post ${test.intuneId}`, 'ledger rotation-queued done']);
    const [intended, queued] = test.entries.slice(-2);
    assert.equal(queued?.clientRequestId, intended?.clientRequestId);
    assert.deepEqual([test.posts[0]?.clientRequestId, queued?.graphRequestId], [intended?.clientRequestId, `graph-${intended?.clientRequestId}`]);
    assert.deepEqual([test.now().sentAt, test.now().attempt, test.told], [test.clock.now(), 1, ['queued']]);
    assert.equal(test.memory.wakeAt.get(test.id), plusSeconds(test.clock.now(), 15), 'and is looked at soon');
  });

  it('waits for its time to the millisecond, woken early or not', async () => {
    const test = await due();
    test.clock.forward(-0.001);
    // The job that wakes too early is used up by that.
    test.memory.wakeAt.delete(test.id);
    await test.wake();
    assert.deepEqual([test.posts, test.now().state, test.told], [[], 'scheduled', []]);
    assert.equal(test.memory.wakeAt.get(test.id), test.now().dueAt, 'and is woken again');
    test.clock.forward(0.001);
    await test.wake();
    assert.equal(test.posts.length, 1);
  });

  it('remembers every key that was there, of the device and no other', async () => {
    const test = await due();
    const there = keyIdsOf(test);
    await test.wake();
    assert.deepEqual([test.now().baseline, there.length], [{ intuneId: test.intuneId, keyIds: there }, 2]);
  });

  for (const [state, kept] of [['done', true], ['failed', true], ['canceled', true], ['notSupported', true], ['pending', false], ['active', false], ['none', false], ['unknown', false]] as const) {
    it(`${kept ? 'remembers' : 'does not set aside'} an action of before that is ${state}`, async () => {
      const test = await due();
      test.world.actions.set(test.intuneId, { state, startedAt: time('2026-11-20T08:00:00Z'), errorCode: 0 });
      await test.wake();
      assert.equal(test.now().baseline?.lastActionStart, kept ? time('2026-11-20T08:00:00Z') : undefined);
    });
  }

  it('gives one deadline to what is read, and another to the POST, whose answer must not be lost to slow reading', async () => {
    const test = await due();
    const before = test.script.deadlines.length;
    await test.wake();
    const used = test.script.deadlines.slice(before);
    assert.deepEqual([used.length, new Set(used).size, used.indexOf(sure(used.at(-1)))], [4, 2, 3]);
  });

  it('reads metadata only: no key, whoever asks', async () => {
    const test = await due();
    const reads = test.journal.filter((event) => event.startsWith('read ')).length;
    await runJobs(test, 3600);
    assert.equal(test.journal.filter((event) => event.startsWith('read ')).length, reads);
    assert.ok(!test.script.calls.slice(-20).includes('recoveryKeys.read'));
  });
});

describe('domain/send-rotation: not sent', () => {
  it('when Windows has rotated by itself since the reveal: done, with the key that came', async () => {
    const test = await due();
    const [made] = makeKeys(test.world, test.clock, test.deviceId);
    await test.wake();
    const { state, byItself, newKeys, endedAt } = test.now();
    assert.deepEqual({ state, byItself, newKeys, endedAt, posts: test.posts }, { state: 'done', byItself: true, newKeys: [made], endedAt: test.clock.now(), posts: [] });
    assert.equal(test.entries.at(-1)?.newKeyId, made?.keyId);
    assert.deepEqual([entriesOf(test), test.told], [['scheduled done', 'done done'], ['done']]);
  });

  for (const skewSeconds of [-86_400, 86_400]) {
    it(`whatever Graph’s clock shows beside ours (${skewSeconds} s)`, async () => {
      const test = await due();
      test.world.skewSeconds = skewSeconds;
      makeKeys(test.world, test.clock, test.deviceId);
      await test.wake();
      assert.deepEqual([test.now().byItself, test.posts], [true, []]);
    });
  }

  it('while the ledger is not what it was: not even claimed, and sent when it is again', async () => {
    const test = await due();
    const before = test.journal.length;
    test.script.fail('ledgerCheck.passed', { code: 'ledger-mismatch', retry: 'never', retryAfterSeconds: 30 });
    await assert.rejects(test.wake(), { code: 'ledger-mismatch' });
    assert.deepEqual([test.now().state, test.now().attempt, test.posts, test.journal.slice(before)], ['scheduled', 0, [], []]);
    await test.wake();
    assert.equal(test.posts.length, 1);
  });

  it('but sent all the same when a person wants it, or the new key was shown as well', async () => {
    const test = await due();
    makeKeys(test.world, test.clock, test.deviceId);
    await wish(test);
    await test.wake();
    assert.deepEqual([test.now().state, test.posts.length], ['queued', 1]);

    const shown = await afterReveal();
    const [made] = makeKeys(shown.world, shown.clock, shown.deviceId);
    await reveal(shown, 'LAPTOP-42', sure(made).keyId);
    shown.clock.set(shown.now().dueAt);
    await shown.wake();
    assert.deepEqual([shown.now().state, shown.now().causes.length, shown.posts.length], ['queued', 2, 1]);
  });

  const refusals: readonly (readonly [title: string, failure: string, prepare: (test: Rotating) => void, mended: (test: Rotating) => void])[] = [
    ['Intune does not manage the device', 'not-managed', ({ world, intuneId }) => void world.managed.splice(world.managed.findIndex((one) => one.intuneId === intuneId), 1), ({ world }) => void world.managed.push(managedOf(1, sure(world.devices[0])))],
    ['Intune manages two of that deviceId', 'several-managed', ({ world }) => void world.managed.push(managedOf(99, sure(world.devices[0]))), ({ world }) => void world.managed.pop()],
    [
      'Entra has deleted the device, and its keys with it', 'device-gone',
      ({ world, deviceId }) => {
        world.devices.splice(world.devices.findIndex((one) => one.deviceId === deviceId), 1);
        world.keys.splice(0, world.keys.length, ...world.keys.filter((key) => key.deviceId !== deviceId));
      },
      (test) => void test.world.devices.push({ ...sure(test.world.devices[0]), ...test.now().device }),
    ],
  ];
  for (const [title, failure, prepare, mended] of refusals) {
    it(`when ${title}: ${failure}, and is when that is mended before`, async () => {
      const test = await due();
      prepare(test);
      await test.wake();
      const { state, endedAt } = test.now();
      assert.deepEqual([test.posts, ends(test.now()), state, endedAt], [[], failure, 'failed', test.clock.now()]);
      assert.deepEqual([entriesOf(test).at(-1), test.entries.at(-1)?.code, test.told], ['failed failed', failure, ['failed']]);
      assert.deepEqual([test.script.calls.includes('rotator.rotate'), test.memory.wakeAt.has(test.id)], [false, false]);

      const twin = await due();
      prepare(twin);
      mended(twin);
      await twin.wake();
      assert.deepEqual([twin.posts.length, twin.now().state], [1, 'queued']);
    });
  }

  it('to another device, when Intune answers the filter with every device it has', async () => {
    const test = await due();
    const all = { ...test.desk, managedDevices: { ...test.desk.managedDevices, of: async () => test.world.managed } };
    await test.wake(all);
    assert.deepEqual([test.posts.map(({ device }) => device), test.world.managed.length > 5], [[test.intuneId], true]);

    const stranger = await due();
    const others = stranger.world.managed.filter(({ intuneId }) => intuneId !== stranger.intuneId);
    await stranger.wake({ ...stranger.desk, managedDevices: { ...stranger.desk.managedDevices, of: async () => others } });
    assert.deepEqual([stranger.posts, ends(stranger.now())], [[], 'not-managed']);
  });

  it('when Intune removes the device between two questions: not-managed', async () => {
    const test = await due();
    test.script.fail('rotator.lastAction', { code: 'graph-not-found', retry: 'never' });
    await test.wake();
    assert.deepEqual([ends(test.now()), test.posts], ['not-managed', []]);
  });
});

describe('domain/send-rotation: put off', () => {
  const calls = ['recoveryKeys.of', 'managedDevices.of', 'rotator.lastAction'] as const;
  const faults: readonly (readonly [title: string, failure: Failure, ends: string])[] = [
    ['Graph is away', { code: 'graph-unavailable' }, 'scheduled'],
    ['Graph is too slow', { code: 'graph-timeout' }, 'scheduled'],
    ['there is no token', { code: 'graph-token' }, 'scheduled'],
    ['Entra wants other claims', { code: 'graph-claims' }, 'scheduled'],
    ['a permission is missing', { code: 'graph-forbidden', retry: 'never' }, 'forbidden'],
    ['our identity is not taken', { code: 'graph-unauthorized', retry: 'never' }, 'forbidden'],
    ['Graph calls it wrong', { code: 'graph-nonsense', retry: 'never' }, 'refused'],
  ];
  for (const call of calls) {
    for (const [title, failure, expected] of faults) {
      it(`${expected} when ${title} at ${call}`, async () => {
        const test = await due();
        test.script.fail(call, failure);
        await test.wake();
        assert.deepEqual([ends(test.now()), test.posts, test.now().baseline], [expected, [], undefined]);
        assert.equal(test.told.length, 1, 'a later time is told as well');
        if (expected === 'scheduled') assert.deepEqual([test.now().dueAt, test.memory.wakeAt.get(test.id)], [plusSeconds(test.clock.now(), 60), plusSeconds(test.clock.now(), 60)]);
        else assert.equal(test.entries.at(-1)?.code, expected);
      });
    }
  }

  for (const call of ['recoveryKeys.of', 'managedDevices.of']) {
    it(`when something is not found at ${call}, which says nothing of the device`, async () => {
      const test = await due();
      test.script.fail(call, { code: 'graph-not-found', retry: 'never' });
      await test.wake();
      assert.equal(ends(test.now()), 'scheduled');
    });
  }

  it('longer each time, never for less than was asked, and never for longer than a day', async () => {
    const test = await due();
    const pauses: number[] = [];
    for (const retryAfterSeconds of [undefined, 1, 1000, undefined, undefined, undefined, 31_536_000]) {
      const now = test.clock.now();
      test.script.fail('recoveryKeys.of', { code: 'graph-throttled', ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
      await test.wake();
      pauses.push((Date.parse(test.now().dueAt) - Date.parse(now)) / 1000);
      test.clock.set(test.now().dueAt);
    }
    assert.deepEqual(pauses, [60, 120, 1000, 900, 3600, 3600, 86_400]);
  });

  it('by up to a quarter longer, by the end of its id, so that not all come back together', async () => {
    const test = await due();
    test.script.fail('recoveryKeys.of', { times: 2 });
    const other = { ...test.now(), id: 'ffffffff-ffff-4fff-bfff-ffffffffffff' as typeof test.id };
    test.memory.rotations.clear();
    test.memory.rotations.set(other.id, other);
    await runJobs({ ...test, memory: { ...test.memory, wakeAt: new Map([[other.id, test.clock.now()]]) } }, 0);
    assert.equal(sure(test.memory.rotations.get(other.id)).dueAt, plusSeconds(test.clock.now(), 74));
  });

  it('for a day, and is then given up with an alert', async () => {
    const test = await due();
    test.script.fail('managedDevices.of', { times: 1000 });
    await runJobs(test, 20 * 3600);
    assert.equal(test.now().state, 'scheduled');
    await runJobs(test, 10 * 3600);
    assert.deepEqual([ends(test.now()), test.posts, entriesOf(test).slice(-2)], ['gave-up', [], ['failed failed', 'alert failed']]);
  });

  it('is tried again by whoever wakes it when a defect of ours stopped it', async () => {
    const test = await due();
    test.script.fail('recoveryKeys.of', { code: 'internal', retry: 'never' });
    await assert.rejects(test.wake(), { code: 'internal' });
    assert.equal(test.now().state, 'sending');
    await runJobs(test, 600);
    assert.deepEqual([test.posts.length, test.now().attempt], [1, 2]);
  });
});

describe('domain/send-rotation: what Intune answers to the POST', () => {
  const answers: readonly (readonly [title: string, failure: Failure, ends: string, entry: string])[] = [
    ['throttled', { code: 'graph-throttled', retryAfterSeconds: 500 }, 'scheduled', 'queued failed graph-throttled'],
    ['never connected', { code: 'graph-cut' }, 'scheduled', 'queued failed graph-cut'],
    ['an outcome that nobody knows', { code: 'graph-unavailable', retry: 'unknown-outcome' }, 'unknown', 'queued unknown '],
    ['forbidden', { code: 'graph-forbidden', retry: 'never' }, 'forbidden', 'failed failed forbidden'],
    ['no such device', { code: 'graph-not-found', retry: 'never' }, 'not-managed', 'failed failed not-managed'],
    ['no', { code: 'graph-nonsense', retry: 'never' }, 'refused', 'failed failed refused'],
  ];
  for (const [title, failure, expected, entry] of answers) {
    it(`${title}: ${expected}, and so says the ledger after intended`, async () => {
      const test = await due();
      test.script.fail('rotator.rotate', failure);
      await test.wake();
      const last = sure(test.entries.at(-1));
      assert.deepEqual([ends(test.now()), `${last.act.replace('rotation-', '')} ${last.outcome} ${last.code ?? ''}`], [expected, entry]);
      assert.equal(last.clientRequestId, test.entries.at(-2)?.clientRequestId);
      assert.deepEqual(entriesOf(test).slice(0, 2), ['scheduled done', 'intended done']);
      if (failure.retryAfterSeconds !== undefined) assert.equal(test.now().dueAt, plusSeconds(test.clock.now(), failure.retryAfterSeconds));
    });
  }

  it('is sent once more, and once only, after it was surely not taken', async () => {
    const test = await due();
    test.script.fail('rotator.rotate', { code: 'graph-throttled' });
    await runJobs(test, 600);
    assert.deepEqual([test.posts.length, test.now().state, test.now().attempt], [1, 'waiting', 2]);
    assert.deepEqual(entriesOf(test), ['scheduled done', 'intended done', 'queued failed', 'intended done', 'queued done']);
  });
});

describe('domain/send-rotation: once', () => {
  it('however many instances are woken', async () => {
    const test = await due();
    const hold = test.script.hold('recoveryKeys.of');
    const [first, second] = [test.wake(), test.wake(test.second())];
    await second;
    hold.release();
    await first;
    await Promise.all([test.wake(), test.wake(test.second())]);
    assert.deepEqual([test.posts.length, test.now().attempt], [1, 1]);
  });

  it('and not done by what was read before a cause came', async () => {
    const test = await due();
    const [made] = makeKeys(test.world, test.clock, test.deviceId);
    const hold = test.script.hold('managedDevices.of');
    const waking = test.wake();
    // What is being read proves the first reveal, and is shown to somebody now.
    await reveal(test, 'LAPTOP-42', sure(made).keyId);
    hold.release();
    await waking;
    assert.deepEqual([test.now().state, test.now().causes.length, test.posts], ['scheduled', 2, []]);
    await runJobs(test, 600);
    assert.deepEqual([test.now().state, test.posts.length, test.memory.rotations.size], ['waiting', 1, 1]);
    checkIn(test.world, test.clock, test.deviceId);
    await runJobs(test, 3600);
    assert.deepEqual([test.now().state, test.now().newKeys.some(({ keyId }) => keyId === made?.keyId)], ['done', false]);
  });

  it('and not by an instance that stood still until its claim was another’s to settle', async () => {
    const test = await due();
    const hold = test.script.hold('rotations.move');
    const frozen = test.wake();
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
    test.clock.forward(120);
    hold.release();
    await frozen;
    assert.deepEqual([test.posts, test.now().state], [[], 'sending']);
    await runJobs(test, 1200);
    assert.equal(test.posts.length, 1);
  });
});

describe('domain/send-rotation: an end of the process, or of the database, at every step', () => {
  const steps: readonly (readonly [call: string, after: number, posts: number])[] = [
    ['rotations.find', 0, 1],
    ['rotations.claim', 0, 1],
    ['recoveryKeys.of', 0, 1],
    ['managedDevices.of', 0, 1],
    ['rotator.lastAction', 0, 1],
    ['rotations.move', 0, 1], // intended
    ['rotator.rotate', 0, 1],
    ['rotations.move', 1, 1], // queued
  ];
  for (const [call, after, posts] of steps) {
    for (const afterDoing of [false, true]) {
      for (const [what, error] of [['the process ends', new Crash()], ['a fault comes', undefined]] as const) {
        it(`one rotation is taken when ${what} ${afterDoing ? 'after' : 'before'} ${call}${after > 0 ? ` (${after + 1}.)` : ''}, and it is done`, async () => {
          const test = await due();
          const unsure = call === 'rotator.rotate' && afterDoing ? { code: 'graph-cut', retry: 'unknown-outcome' } as const : {};
          test.script.fail(call, { after, afterDoing, ...(error === undefined ? unsure : { error }) });
          await runJobs(test, 3600);
          assert.equal(test.posts.length, posts);
          checkIn(test.world, test.clock, test.deviceId);
          await runJobs(test, 7200);
          assert.deepEqual([test.now().state, test.posts.length], ['done', posts]);
          assert.equal(entriesOf(test).filter((entry) => entry === 'done done').length, 1);
        });
      }
    }
  }

  it('calls it unknown until reading says whether Intune has it', async () => {
    for (const [afterDoing, states] of [[true, ['unknown', 'waiting']], [false, ['unknown', 'unknown']]] as const) {
      const test = await due();
      test.script.fail('rotator.rotate', { afterDoing, error: new Crash() });
      await assert.rejects(test.wake(), Crash);
      assert.deepEqual([test.now().state, test.now().baseline !== undefined], ['sending', true]);
      test.clock.forward(119);
      await test.wake(test.second());
      assert.equal(test.now().state, 'sending', 'the other one may still be at it');
      test.clock.forward(1);
      // The reading fails at first: it is unknown, and that is what is said.
      test.script.fail('rotator.lastAction');
      await assert.rejects(test.wake(test.second()), { code: 'graph-unavailable' });
      assert.equal(test.now().state, states[0]);
      test.clock.forward(30);
      await test.wake(test.second());
      assert.equal(test.now().state, states[1]);
      assert.deepEqual(entriesOf(test).slice(1, 3), ['intended done', 'queued unknown']);
    }
  });
});

describe('domain/send-rotation: after an earlier try', () => {
  /** Sent, the answer lost and Intune without a trace of it for ten minutes: due again. */
  const lost = async (start: () => Promise<Rotating> = due): Promise<Rotating> => {
    const test = await start();
    test.script.fail('rotator.rotate', { code: 'graph-cut', retry: 'unknown-outcome' });
    await runJobs(test, 610);
    assert.deepEqual([test.now().state, test.posts], ['scheduled', []]);
    assert.deepEqual(entriesOf(test).slice(-2), ['queued unknown', 'queued failed']);
    test.clock.set(test.now().dueAt);
    return test;
  };
  const arrives = (test: Rotating): void => void test.world.actions.set(test.intuneId, { state: 'pending', startedAt: test.clock.now(), errorCode: 0 });

  it('is sent again where there is still no trace, nor anything newer than what was there before it', async () => {
    for (const former of [undefined, { state: 'done', startedAt: time('2026-11-20T08:00:00Z'), errorCode: 0 } as const]) {
      const test = await lost(async () => {
        const one = await due();
        if (former !== undefined) one.world.actions.set(one.intuneId, former);
        return one;
      });
      await test.wake();
      assert.deepEqual([test.posts.length, test.now().state, test.now().attempt], [1, 'queued', 2]);
    }
  });

  it('is not when it has arrived after all, and is followed', async () => {
    for (const state of ['pending', 'active', 'done'] as const) {
      const test = await lost();
      arrives(test);
      report(test.world, test.intuneId, state);
      const before = test.now().baseline;
      await test.wake();
      assert.deepEqual([test.posts, test.now().state, test.now().baseline], [[], 'queued', before], state);
      makeKeys(test.world, test.clock, test.deviceId);
      await runJobs(test, 60);
      assert.equal(test.now().state, 'done');
    }
  });

  it('is not when the new key has come', async () => {
    const test = await lost(async () => {
      const one = await wanted();
      one.clock.set(one.now().dueAt);
      return one;
    });
    const [made] = makeKeys(test.world, test.clock, test.deviceId);
    await test.wake();
    assert.deepEqual([test.posts, test.now().state, test.now().newKeys, test.now().byItself], [[], 'done', [made], undefined]);
  });

  it('is sent again where what arrived has failed', async () => {
    for (const state of ['failed', 'canceled', 'notSupported'] as const) {
      const test = await lost();
      arrives(test);
      report(test.world, test.intuneId, state);
      await test.wake();
      assert.deepEqual([test.posts.length, test.now().state], [1, 'queued'], state);
    }
  });

  it('is sent again where a key was shown meanwhile that was not there then', async () => {
    const test = await lost();
    const [made] = makeKeys(test.world, test.clock, test.deviceId);
    await reveal(test, 'LAPTOP-42', sure(made).keyId);
    arrives(test);
    report(test.world, test.intuneId, 'done');
    await test.wake();
    assert.deepEqual([test.posts.length, test.now().state, test.now().baseline?.keyIds.includes(sure(made).keyId)], [1, 'queued', true]);
  });

  it('is sent again where a person wants keys replaced that were not there then, and not where they were', async () => {
    for (const [keyCame, posts] of [[true, 1], [false, 0]] as const) {
      const test = await lost();
      if (keyCame) makeKeys(test.world, test.clock, test.deviceId, ['fixedData']);
      await wish(test);
      arrives(test);
      await test.wake();
      assert.equal(test.posts.length, posts);
    }
  });

  it('is sent again to a device that was enrolled anew: its former id says nothing', async () => {
    const test = await lost();
    const former = sure(test.world.managed.find(({ intuneId }) => intuneId === test.intuneId));
    const anew = managedOf(77, sure(test.world.devices.find(({ deviceId }) => deviceId === test.deviceId)));
    test.world.managed.splice(test.world.managed.indexOf(former), 1, anew);
    // What is queued there has nothing to do with the try of before.
    test.world.actions.set(anew.intuneId, { state: 'pending', startedAt: test.clock.now(), errorCode: 0 });
    await test.wake();
    assert.deepEqual([test.posts.map(({ device }) => device), test.now().baseline?.intuneId], [[anew.intuneId], anew.intuneId]);
  });
});

describe('domain/send-rotation: on a device that is being rotated', () => {
  it('waits for the one that runs, where the key shown was that one’s own new key, and is then settled by what came', async () => {
    const test = await sent(await wanted({}, 'DESKTOP-7'));
    const [made] = makeKeys(test.world, test.clock, test.deviceId);
    const second = sure(test.request(await reveal(test, 'DESKTOP-7', sure(made).keyId)).rotationId);
    assert.notEqual(second, test.id);
    await runJobs(test, 7200);
    assert.deepEqual([test.rotation(second).state, test.posts.length], ['scheduled', 1]);
    // The data drive is what the first one waits for.
    makeKeys(test.world, test.clock, test.deviceId, ['fixedData']);
    await runJobs(test, 7200);
    assert.deepEqual([test.now().state, test.posts.length, test.rotation(second).state], ['done', 2, 'waiting']);
    report(test.world, test.intuneId, 'pending');
    checkIn(test.world, test.clock, test.deviceId);
    await runJobs(test, 7200);
    assert.deepEqual([test.rotation(second).state, test.rotation(second).newKeys.some(({ keyId }) => keyId === made?.keyId)], ['done', false]);
  });

  it('takes what is planned into itself when it is put off', async () => {
    const test = await sent(await wanted({}, 'DESKTOP-7'));
    const [made] = makeKeys(test.world, test.clock, test.deviceId);
    const requestId = await reveal(test, 'DESKTOP-7', sure(made).keyId);
    report(test.world, test.intuneId, 'failed', -2_144_272_295);
    await runJobs(test, 60);
    assert.deepEqual([test.now().state, test.now().causes.length, test.memory.rotations.size], ['scheduled', 2, 1]);
    assert.equal(test.request(requestId).rotationId, test.id);
    await runJobs(test, 3600);
    assert.deepEqual([test.posts.length, test.now().baseline?.keyIds.includes(sure(made).keyId)], [2, true]);
  });

  it('covers a reveal of a key that was there before it was sent', async () => {
    const test = await sent(await wanted());
    const requestId = await reveal(test);
    assert.deepEqual([test.request(requestId).rotationId, test.now().causes.length], [test.id, 2]);
    checkIn(test.world, test.clock, test.deviceId);
    await runJobs(test, 7200);
    assert.deepEqual([test.now().state, test.posts.length, test.memory.rotations.size], ['done', 1, 1]);
  });
});

describe('domain/send-rotation: a device without a key', () => {
  it('makes one, and that is the proof', async () => {
    const test = await sent(await wanted({}, 'LAPTOP-NONE'));
    assert.deepEqual(test.now().baseline?.keyIds, []);
    test.world.keys.push(keyOf(sure(test.world.devices.find(({ name }) => name === 'LAPTOP-NONE')), '50505050', '2026-11-22T09:05:00Z'));
    await runJobs(test, 60);
    assert.equal(test.now().state, 'done');
  });
});
