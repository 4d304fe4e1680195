import assert from 'node:assert/strict';
import { workOnRotation } from '../../src/domain/follow-rotation.ts';
import { parseRotationId } from '../../src/domain/ids.ts';
import { plusSeconds } from '../../src/domain/instant.ts';
import type { Rotation, RotationAction } from '../../src/domain/rotation.ts';
import { testDesk } from '../support/desk.ts';
import { checkIn, graphTime, makeKeys, report } from '../support/desk/intune.ts';
import { afterReveal, Crash, entriesOf, reveal, type Rotating, runJobs, sent, wanted, wish } from '../support/desk/rotating.ts';
import type { Failure } from '../support/desk/script.ts';
import { sure, time } from '../support/desk/world.ts';

const day = 86_400;
const ends = ({ state, failure }: Rotation): string => failure ?? state;

/** A rotation that runs, in each of the states in which it may; Intune shows nothing of it. */
const inState = {
  unknown: async (): Promise<Rotating> => {
    const test = await afterReveal();
    test.clock.set(test.now().dueAt);
    test.script.fail('rotator.rotate', { code: 'graph-cut', retry: 'unknown-outcome' });
    await test.wake();
    return test;
  },
  queued: async (): Promise<Rotating> => {
    const test = await sent(await afterReveal());
    test.world.actions.delete(test.intuneId);
    return test;
  },
  waiting: async (): Promise<Rotating> => {
    const test = await sent(await afterReveal());
    await test.wake();
    test.world.actions.delete(test.intuneId);
    return test;
  },
  overdue: async (): Promise<Rotating> => {
    const test = await inState.waiting();
    test.clock.forward(3 * day);
    await test.wake();
    return test;
  },
} as const;
const running = ['unknown', 'queued', 'waiting', 'overdue'] as const;

describe('domain/follow-rotation: what Intune says, in every state', () => {
  const says = (state: RotationAction['state'], errorCode = 0) => ({ state, errorCode });
  const answers: readonly (readonly [title: string, action: { readonly state: RotationAction['state']; readonly errorCode: number } | undefined, ends: readonly [string, string, string, string]])[] = [
    ['nothing', undefined, running],
    ['none', says('none'), ['waiting', 'waiting', 'waiting', 'overdue']],
    ['pending', says('pending'), ['waiting', 'waiting', 'waiting', 'overdue']],
    ['active', says('active'), ['waiting', 'waiting', 'waiting', 'overdue']],
    ['done, and no new key', says('done'), ['waiting', 'waiting', 'waiting', 'overdue']],
    ['a state that nobody knows', says('unknown'), ['waiting', 'waiting', 'waiting', 'overdue']],
    ['failed', says('failed', -2_144_272_166), ['policy-os', 'policy-os', 'policy-os', 'policy-os']],
    ['failed without a code', says('failed'), ['unlisted', 'unlisted', 'unlisted', 'unlisted']],
    ['failed because the drive is busy', says('failed', -2_144_272_295), ['scheduled', 'scheduled', 'scheduled', 'scheduled']],
    ['failed because the backup is busy', says('failed', -2_144_272_159), ['scheduled', 'scheduled', 'scheduled', 'scheduled']],
    ['notSupported', says('notSupported'), ['policy-unset', 'policy-unset', 'policy-unset', 'policy-unset']],
    ['notSupported, with a code', says('notSupported', -2_146_893_783), ['not-supported', 'not-supported', 'not-supported', 'not-supported']],
    ['canceled', says('canceled'), ['cancelled', 'cancelled', 'cancelled', 'cancelled']],
  ];
  for (const [title, action, expected] of answers) {
    for (const [index, state] of running.entries()) {
      it(`${title}: from ${state} to ${expected[index]}`, async () => {
        const test = await inState[state]();
        assert.equal(test.now().state, state);
        if (action !== undefined) test.world.actions.set(test.intuneId, { ...action, startedAt: test.clock.now() });
        const posts = test.posts.length;
        await test.wake();
        assert.deepEqual([ends(test.now()), test.posts.length], [expected[index], posts]);
        assert.ok(test.now().state === 'failed' || sure(test.memory.wakeAt.get(test.id)) > test.clock.now(), 'somebody will look again');
        assert.equal(test.now().errorCode, test.now().state === 'failed' && action?.state !== 'canceled' ? action?.errorCode : undefined);
      });

      it(`${title}, and the new key is there: from ${state} to done`, async () => {
        const test = await inState[state]();
        if (action !== undefined) test.world.actions.set(test.intuneId, { ...action, startedAt: test.clock.now() });
        const [made] = makeKeys(test.world, test.clock, test.deviceId);
        await test.wake();
        assert.deepEqual([test.now().state, test.now().newKeys, test.now().endedAt], ['done', [made], test.clock.now()]);
        assert.deepEqual([test.entries.at(-1)?.newKeyId, test.entries.at(-1)?.volumeType], [made?.keyId, 'operatingSystem']);
      });
    }
  }

  for (const state of running) {
    it(`of an action of before, in ${state}, is nothing: what has failed then has not failed now`, async () => {
      const test = await inState[state]();
      const baseline = { ...sure(test.now().baseline), lastActionStart: time('2026-11-20T08:00:00Z') };
      test.memory.rotations.set(test.id, { ...test.now(), baseline });
      for (const startedAt of ['2026-11-20T08:00:00Z', '2026-11-19T08:00:00Z']) {
        test.world.actions.set(test.intuneId, { state: 'failed', startedAt: time(startedAt), errorCode: -2_144_272_166 });
        await test.wake();
        assert.equal(test.now().state, state);
      }
      test.world.actions.set(test.intuneId, { state: 'failed', startedAt: time('2026-11-20T08:00:01Z'), errorCode: -2_144_272_166 });
      await test.wake();
      assert.equal(ends(test.now()), 'policy-os', 'and one after it has');
    });
  }

  it('is written with the code as the world knows it', async () => {
    const test = await inState.waiting();
    test.world.actions.set(test.intuneId, { state: 'failed', startedAt: test.clock.now(), errorCode: -2_144_272_166 });
    await test.wake();
    const { act, outcome, code, result, source, cause } = sure(test.entries.at(-1));
    assert.deepEqual({ act, outcome, code, result, source, cause }, { act: 'rotation-failed', outcome: 'failed', code: 'policy-os', result: '0x803100DA', source: 'system', cause: 'reveal' });
  });

  it('about a busy drive is written down, waited for an hour, and tried again', async () => {
    const test = await inState.waiting();
    test.world.actions.set(test.intuneId, { state: 'failed', startedAt: test.clock.now(), errorCode: -2_144_272_295 });
    await test.wake();
    assert.deepEqual([test.now().dueAt, test.entries.at(-1)?.code, test.entries.at(-1)?.result], [plusSeconds(test.clock.now(), 3600), 'drive-busy', '0x80310059']);
    await runJobs(test, 3700);
    assert.deepEqual([test.posts.length, test.now().state, test.now().attempt], [2, 'waiting', 2]);
    checkIn(test.world, test.clock, test.deviceId);
    await runJobs(test, 3600);
    assert.equal(test.now().state, 'done');
  });

  it('about a drive that is always busy is the end at last', async () => {
    const test = await inState.waiting();
    for (let hour = 0; hour < 80 && test.now().state !== 'failed'; hour += 1) {
      test.world.actions.set(test.intuneId, { state: 'failed', startedAt: test.clock.now(), errorCode: -2_144_272_295 });
      await runJobs(test, 3600);
    }
    assert.deepEqual([ends(test.now()), test.posts.length], ['gave-up', 28]);
  });
});

describe('domain/follow-rotation: the proof', () => {
  it('is a new key for each kind of volume, and both are named', async () => {
    const test = await sent(await wanted({}, 'DESKTOP-7'));
    const [system] = makeKeys(test.world, test.clock, test.deviceId);
    report(test.world, test.intuneId, 'done');
    await test.wake();
    assert.deepEqual([test.now().state, test.now().newKeys], ['waiting', []]);
    const [data] = makeKeys(test.world, test.clock, test.deviceId, ['fixedData']);
    await test.wake();
    assert.deepEqual([test.now().state, test.now().newKeys], ['done', [system, data]]);
    assert.deepEqual(test.entries.slice(-2).map(({ newKeyId, volumeType }) => [newKeyId, volumeType]), [[system?.keyId, 'operatingSystem'], [data?.keyId, 'fixedData']]);
  });

  it('for a data drive that was shown is not a new key of the system', async () => {
    const test = await sent(await afterReveal({}, 'DESKTOP-7', '7D7D7D7F'));
    assert.deepEqual(test.now().volumeTypes, ['fixedData']);
    makeKeys(test.world, test.clock, test.deviceId);
    await test.wake();
    assert.equal(test.now().state, 'waiting');
    makeKeys(test.world, test.clock, test.deviceId, ['fixedData']);
    await test.wake();
    assert.equal(test.now().state, 'done');
  });

  it('for a volume of an unknown kind is a key of an unknown kind', async () => {
    const test = await sent(await afterReveal());
    test.memory.rotations.set(test.id, { ...test.now(), volumeTypes: ['unknown'] });
    makeKeys(test.world, test.clock, test.deviceId);
    await test.wake();
    assert.equal(test.now().state, 'waiting');
    makeKeys(test.world, test.clock, test.deviceId, ['unknown']);
    await test.wake();
    assert.equal(test.now().state, 'done');
  });

  it('is no key that somebody was shown, though it was not there before', async () => {
    const test = await sent(await afterReveal());
    const [made] = makeKeys(test.world, test.clock, test.deviceId);
    const [first] = test.now().causes;
    assert.ok(first?.by === 'reveal');
    // As it is when the reveal comes while the list is being read.
    test.memory.rotations.set(test.id, { ...test.now(), causes: [first, { ...first, keyId: sure(made).keyId, keyCreatedAt: sure(made).createdAt }] });
    await test.wake();
    assert.equal(test.now().state, 'waiting');
  });

  it('stands although the old keys are deleted', async () => {
    const test = await sent(await afterReveal());
    test.world.keys.splice(0, test.world.keys.length);
    const [made] = makeKeys(test.world, test.clock, test.deviceId);
    await test.wake();
    assert.deepEqual([test.now().state, test.now().newKeys], ['done', [made]]);
  });

  it('is looked for again with the cause that joined while it was looked for', async () => {
    const test = await sent(await afterReveal({}, 'DESKTOP-7'));
    makeKeys(test.world, test.clock, test.deviceId);
    const hold = test.script.hold('rotator.lastAction');
    const waking = test.wake();
    await wish(test, 'DESKTOP-7');
    hold.release();
    await waking;
    assert.deepEqual([test.now().state, test.now().volumeTypes, test.now().causes.length], ['waiting', ['operatingSystem', 'fixedData'], 2]);
    assert.ok(sure(test.memory.wakeAt.get(test.id)) > test.clock.now());
    makeKeys(test.world, test.clock, test.deviceId, ['fixedData']);
    await test.wake();
    assert.equal(test.now().state, 'done');
  });

  for (const skewSeconds of [-3 * day, -90, 90, 3 * day]) {
    it(`and all before it go by Graph’s clock, ${skewSeconds} s away from ours`, async () => {
      const test = await afterReveal();
      test.world.skewSeconds = skewSeconds;
      test.world.actions.set(test.intuneId, { state: 'failed', startedAt: plusSeconds(graphTime(test.world, test.clock), -60), errorCode: -1 });
      await sent(test);
      await test.wake();
      assert.equal(test.now().state, 'waiting', 'the failure of before is not taken for ours');
      checkIn(test.world, test.clock, test.deviceId);
      await test.wake();
      assert.deepEqual([test.now().state, test.posts.length], ['done', 1]);
    });
  }
});

describe('domain/follow-rotation: looks', () => {
  it('come less and less often', async () => {
    const test = await sent(await afterReveal({ settings: { followSeconds: [15, 30, 60] } }));
    const pauses: number[] = [];
    for (let look = 0; look < 5; look += 1) {
      const next = sure(test.memory.wakeAt.get(test.id));
      pauses.push((Date.parse(next) - Date.parse(test.clock.now())) / 1000);
      test.clock.set(next);
      await test.wake();
    }
    assert.deepEqual(pauses, [15, 15, 30, 60, 60]);
  });

  it('begin anew when what was unknown turns out to be taken', async () => {
    const test = await inState.unknown();
    for (let look = 0; look < 15; look += 1) {
      test.clock.forward(30);
      await test.wake();
    }
    assert.deepEqual([test.now().state, test.now().looks], ['unknown', 15]);
    test.world.actions.set(test.intuneId, { state: 'pending', startedAt: test.clock.now(), errorCode: 0 });
    await test.wake();
    assert.deepEqual([test.now().state, test.memory.wakeAt.get(test.id)], ['waiting', plusSeconds(test.clock.now(), 15)]);
    assert.deepEqual(entriesOf(test).slice(-3), ['intended done', 'queued unknown', 'queued done']);
    await test.wake();
    await test.wake();
    assert.equal(test.memory.wakeAt.get(test.id), plusSeconds(test.clock.now(), 30));
  });

  it('at what is unknown go on for ten minutes; then it was not taken, and is due again', async () => {
    const test = await inState.unknown();
    test.clock.forward(599);
    await test.wake();
    assert.equal(test.now().state, 'unknown');
    test.clock.forward(1);
    await test.wake();
    assert.deepEqual([test.now().state, test.now().dueAt, entriesOf(test).slice(-2)], ['scheduled', plusSeconds(test.clock.now(), 60), ['queued unknown', 'queued failed']]);
  });

  const faults: readonly (readonly [string, Failure])[] = [
    ['Graph is away', {}],
    ['a permission was taken away', { code: 'graph-forbidden', retry: 'never' }],
    ['the process ends', { error: new Crash() }],
  ];
  for (const state of running) {
    for (const call of ['recoveryKeys.of', 'rotator.lastAction']) {
      for (const [title, failure] of faults) {
        it(`leave everything as it was when ${title} at ${call}, in ${state}`, async () => {
          const test = await inState[state]();
          const before = test.now();
          test.script.fail(call, failure);
          await assert.rejects(test.wake());
          assert.deepEqual([test.now(), test.told.at(-1)], [before, state === 'waiting' ? 'waiting' : state]);
        });
      }
    }
  }

  it('take a new key that comes after ever so many that failed', async () => {
    const test = await inState.waiting();
    test.script.fail('recoveryKeys.of', { times: 5 });
    await runJobs(test, 600);
    makeKeys(test.world, test.clock, test.deviceId);
    await runJobs(test, 1200);
    assert.equal(test.now().state, 'done');
  });
});

describe('domain/follow-rotation: overdue', () => {
  it('is after 72 hours to the millisecond, once, with an alert; and is followed on', async () => {
    const test = await sent(await afterReveal());
    await test.wake();
    test.clock.set(plusSeconds(sure(test.now().sentAt), 3 * day - 0.001));
    await test.wake();
    assert.deepEqual([test.now().state, entriesOf(test).includes('alert failed')], ['waiting', false]);
    test.clock.forward(0.001);
    await test.wake();
    assert.deepEqual([test.now().state, entriesOf(test).slice(-2), test.told.at(-1)], ['overdue', ['overdue failed', 'alert failed'], 'overdue']);
    await runJobs(test, day);
    assert.deepEqual([test.now().state, entriesOf(test).filter((entry) => entry === 'alert failed').length], ['overdue', 1]);
    checkIn(test.world, test.clock, test.deviceId);
    await runJobs(test, 3600);
    assert.deepEqual([test.now().state, entriesOf(test).slice(-2)], ['done', ['alert failed', 'done done']]);
  });

  it('is as late as the installation says', async () => {
    const test = await sent(await afterReveal({ settings: { overdueHours: 1 } }));
    await runJobs(test, 2 * 3600);
    assert.equal(test.now().state, 'overdue');
  });

  it('is given up after 14 days, and not a look before', async () => {
    const test = await inState.overdue();
    test.clock.set(plusSeconds(sure(test.now().sentAt), 14 * day - 1));
    await test.wake();
    assert.equal(test.now().state, 'overdue');
    test.clock.forward(1);
    await test.wake();
    assert.deepEqual([ends(test.now()), test.posts.length], ['gave-up', 1]);
  });

  for (const state of ['unknown', 'queued', 'waiting'] as const) {
    it(`comes although Intune cannot be read all the time, from ${state}, and so does the end`, async () => {
      const test = await inState[state]();
      test.script.fail('rotator.lastAction', { code: 'graph-forbidden', retry: 'never', times: 1_000_000 });
      await runJobs(test, 2 * day);
      assert.equal(test.now().state, state);
      await runJobs(test, day + 3600);
      assert.deepEqual([test.now().state, entriesOf(test).slice(-2)], ['overdue', ['overdue failed', 'alert failed']]);
      await runJobs(test, 12 * day);
      assert.equal(ends(test.now()), 'gave-up');
    });
  }

  it('is no name for a device that did only half: that one is given up, and says what came', async () => {
    const test = await sent(await wanted({}, 'DESKTOP-7'));
    const [system] = makeKeys(test.world, test.clock, test.deviceId);
    report(test.world, test.intuneId, 'done');
    await runJobs(test, 3 * day - 3600);
    assert.equal(test.now().state, 'waiting');
    const second = sure(test.request(await reveal(test, 'DESKTOP-7', sure(system).keyId)).rotationId);
    await runJobs(test, 2 * 3600);
    assert.deepEqual([ends(test.now()), test.now().newKeys, entriesOf(test).slice(-2)], ['gave-up', [system], ['failed failed', 'alert failed']]);
    await runJobs(test, 600);
    assert.equal(test.rotation(second).state, 'waiting', 'and the next one has begun');
  });
});

describe('domain/follow-rotation: a device that goes', () => {
  const removeFromIntune = ({ world, intuneId }: Rotating): void => void world.managed.splice(world.managed.findIndex((one) => one.intuneId === intuneId), 1);

  it('from Intune is waited for, and its new key counts', async () => {
    const test = await inState.queued();
    removeFromIntune(test);
    await runJobs(test, day);
    assert.equal(test.now().state, 'queued');
    makeKeys(test.world, test.clock, test.deviceId);
    await runJobs(test, 3600);
    assert.equal(test.now().state, 'done');
  });

  it('from Intune and does not come back is not-managed after 72 hours, with an alert', async () => {
    const test = await inState.waiting();
    removeFromIntune(test);
    await runJobs(test, 3 * day + 3600);
    assert.deepEqual([ends(test.now()), entriesOf(test).slice(-2)], ['not-managed', ['failed failed', 'alert failed']]);
  });

  for (const state of running) {
    it(`from Entra, with its keys, is device-gone, in ${state}`, async () => {
      const test = await inState[state]();
      test.world.devices.splice(test.world.devices.findIndex((one) => one.deviceId === test.deviceId), 1);
      await test.wake();
      assert.notEqual(test.now().state, 'failed', 'while its keys are there, so is it');
      test.world.keys.splice(0, test.world.keys.length);
      await test.wake();
      assert.equal(ends(test.now()), 'device-gone');
    });
  }

  it('nowhere, and has only lost its keys, is waited for', async () => {
    const test = await inState.waiting();
    test.world.keys.splice(0, test.world.keys.length);
    await test.wake();
    assert.equal(test.now().state, 'waiting');
  });
});

describe('domain/follow-rotation: who is told', () => {
  it('hears every change, and no look that changed nothing', async () => {
    const test = await sent(await afterReveal());
    await runJobs({ ...test }, 0);
    for (let look = 0; look < 4; look += 1) await test.wake();
    checkIn(test.world, test.clock, test.deviceId);
    await test.wake();
    assert.deepEqual(test.told, ['queued', 'waiting', 'done']);
  });

  it('hears the end again when the job comes again: the process may have ended before the cards were edited', async () => {
    const test = await sent(await afterReveal());
    checkIn(test.world, test.clock, test.deviceId);
    await assert.rejects(workOnRotation(test.desk, test.id, () => Promise.reject(new Crash())), Crash);
    assert.deepEqual([test.now().state, test.told], ['done', ['queued']]);
    await test.wake(test.second());
    assert.deepEqual([test.told, entriesOf(test).filter((entry) => entry === 'done done').length], [['queued', 'done'], 1]);
  });

  it('hears nothing of a rotation that there is not', async () => {
    const id = sure(parseRotationId('407a7e00-0000-4000-8000-00000000ffff'));
    assert.equal(await workOnRotation(testDesk().desk, id, () => Promise.reject(new Error('told'))), undefined);
  });
});

describe('domain/follow-rotation: the end of the process at every write', () => {
  const writes: readonly (readonly [title: string, state: (typeof running)[number], prepare: (test: Rotating) => unknown, ends: string, entry: string])[] = [
    ['done', 'waiting', (test) => makeKeys(test.world, test.clock, test.deviceId), 'done', 'done done'],
    ['failed', 'waiting', (test) => test.world.actions.set(test.intuneId, { state: 'failed', startedAt: test.clock.now(), errorCode: -2_144_272_166 }), 'policy-os', 'failed failed'],
    ['overdue', 'waiting', (test) => test.clock.forward(3 * day), 'overdue', 'overdue failed'],
    ['waiting', 'queued', (test) => test.world.actions.set(test.intuneId, { state: 'pending', startedAt: test.clock.now(), errorCode: 0 }), 'waiting', 'queued done'],
    ['taken', 'unknown', (test) => test.world.actions.set(test.intuneId, { state: 'pending', startedAt: test.clock.now(), errorCode: 0 }), 'waiting', 'queued done'],
  ];
  for (const [title, state, prepare, expected, entry] of writes) {
    for (const afterDoing of [false, true]) {
      it(`${title} is written once when it comes ${afterDoing ? 'after' : 'before'} the write`, async () => {
        const test = await inState[state]();
        const posts = test.posts.length;
        prepare(test);
        test.script.fail('rotations.move', { afterDoing, error: new Crash() });
        await assert.rejects(test.wake(), Crash);
        await test.wake(test.second());
        assert.deepEqual([ends(test.now()), entriesOf(test).filter((one) => one === entry).length, test.posts.length], [expected, 1, posts]);
      });
    }
  }

  it('leaves a claim whose baseline stands nowhere as not sent', async () => {
    const test = await afterReveal();
    test.clock.set(test.now().dueAt);
    test.script.fail('rotations.claim', { afterDoing: true, error: new Crash() });
    await assert.rejects(test.wake(), Crash);
    test.clock.forward(120);
    await test.wake(test.second());
    assert.deepEqual([test.now().state, test.now().dueAt, test.posts], ['scheduled', plusSeconds(test.clock.now(), 60), []]);
    await runJobs(test, 120);
    assert.deepEqual([test.posts.length, entriesOf(test).filter((entry) => entry === 'queued unknown')], [1, []]);
  });

  it('is told as unknown when it was called so and Intune cannot be read at once', async () => {
    const test = await afterReveal();
    test.clock.set(test.now().dueAt);
    test.script.fail('rotator.rotate', { afterDoing: true, error: new Crash() });
    await assert.rejects(test.wake(), Crash);
    test.clock.forward(120);
    const toldBefore = test.told.length;
    test.script.fail('recoveryKeys.of', { code: 'graph-unavailable', retry: 'later' });
    await assert.rejects(test.wake(test.second()), { code: 'graph-unavailable' });
    assert.deepEqual([test.now().state, test.told.slice(toldBefore)], ['unknown', ['unknown']]);
  });
});
