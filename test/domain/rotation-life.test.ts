// The life of rotations as a game: wake-ups by two instances on one store, faults and ends of the process, an Intune
// that does, fails and lies, Windows that rotates by itself, reveals and wishes in between, and time. After every move
// the laws hold; and in the end nothing is stuck.

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Desk } from '../../src/domain/desk.ts';
import type { VolumeType } from '../../src/domain/device.ts';
import { isOver, type Rotation, type RotationAction } from '../../src/domain/rotation.ts';
import { type TestDesk, testDesk } from '../support/desk.ts';
import { checkIn, makeKeys, report } from '../support/desk/intune.ts';
import { Crash, reveal, runJob, runJobs, wish } from '../support/desk/rotating.ts';
import { dueWakes } from '../support/desk/rotations.ts';
import { newWorld, sure } from '../support/desk/world.ts';

type Move =
  | { readonly kind: 'jobs'; readonly instance: 0 | 1; readonly wait: boolean }
  | { readonly kind: 'forward'; readonly seconds: number }
  | { readonly kind: 'fail'; readonly call: string; readonly how: 'later' | 'lost' | 'crash'; readonly afterDoing: boolean; readonly after: number }
  | { readonly kind: 'hold' | 'release' | 'check-in' | 'lie' | 'wish' }
  | { readonly kind: 'says'; readonly state: RotationAction['state']; readonly errorCode: number }
  | { readonly kind: 'by-itself'; readonly volumeType: VolumeType }
  | { readonly kind: 'reveal'; readonly newest: boolean };

const name = 'DESKTOP-7';
const policyOs = -2_144_272_166;
const driveBusy = -2_144_272_295;
const calls = ['rotations.find', 'rotations.claim', 'rotations.move', 'recoveryKeys.of', 'managedDevices.of', 'rotator.lastAction', 'rotator.rotate'] as const;

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('jobs' as const), instance: fc.constantFrom(0 as const, 1 as const), wait: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('forward' as const), seconds: fc.constantFrom(1, 15, 30, 60, 120, 600, 3600, 86_400) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('fail' as const), call: fc.constantFrom(...calls), how: fc.constantFrom('later' as const, 'lost' as const, 'crash' as const), afterDoing: fc.boolean(), after: fc.constantFrom(0, 1) }) },
  { weight: 5, arbitrary: fc.constantFrom<Move>({ kind: 'check-in' }, { kind: 'check-in' }, { kind: 'check-in' }, { kind: 'hold' }, { kind: 'release' }, { kind: 'wish' }, { kind: 'lie' }) },
  { weight: 2, arbitrary: fc.constantFrom<Move>({ kind: 'says', state: 'active', errorCode: 0 }, { kind: 'says', state: 'failed', errorCode: policyOs }, { kind: 'says', state: 'failed', errorCode: driveBusy }, { kind: 'says', state: 'canceled', errorCode: 0 }) },
  { weight: 2, arbitrary: fc.constantFrom<Move>({ kind: 'by-itself', volumeType: 'operatingSystem' }, { kind: 'by-itself', volumeType: 'fixedData' }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reveal' as const), newest: fc.boolean() }) },
);
const game = fc.record({ moves: fc.array(move, { minLength: 5, maxLength: 35 }), skewSeconds: fc.constantFrom(-86_400, 0, 86_400), first: fc.constantFrom('reveal' as const, 'wish' as const) });

const deviceOf = (test: TestDesk) => sure(test.world.devices.find((device) => device.name === name)).deviceId;
const intuneOf = (test: TestDesk) => sure(test.world.managed.find(({ deviceId }) => deviceId === deviceOf(test))).intuneId;

/** Shows a key: the newest of the system's volume, or the one that has always been there. */
async function show(test: TestDesk, newest: boolean): Promise<void> {
  const keys = test.world.keys.filter(({ deviceId, volumeType }) => deviceId === deviceOf(test) && volumeType === 'operatingSystem');
  await reveal(test, name, newest ? sure(keys.at(-1)).keyId : sure(keys[0]).keyId);
}

function arrange(test: TestDesk, made: Extract<Move, { kind: 'fail' }>): void {
  const error = made.how === 'crash' ? { error: new Crash() } : {};
  // Of a POST whose answer was lost nobody may say that it was not taken.
  const lost = made.call === 'rotator.rotate' && (made.how === 'lost' || made.afterDoing) ? { code: 'graph-cut', retry: 'unknown-outcome' } as const : {};
  test.script.fail(made.call, { ...lost, ...error, afterDoing: made.afterDoing, after: made.after });
}

const deeds: { readonly [K in Move['kind']]?: (test: TestDesk, made: Extract<Move, { kind: K }>) => unknown } = {
  forward: (test, { seconds }) => test.clock.forward(seconds),
  fail: arrange,
  'check-in': (test) => checkIn(test.world, test.clock, deviceOf(test)),
  lie: (test) => isUnderWay(test) && report(test.world, intuneOf(test), 'done'),
  says: (test, { state, errorCode }) => isUnderWay(test) && report(test.world, intuneOf(test), state, errorCode),
  'by-itself': (test, { volumeType }) => makeKeys(test.world, test.clock, deviceOf(test), [volumeType]),
  wish: (test) => tolerant(wish(test, name)),
  reveal: (test, { newest }) => tolerant(show(test, newest)),
};

const isUnderWay = (test: TestDesk): boolean => ['pending', 'active'].includes(test.world.actions.get(intuneOf(test))?.state ?? '');

/** What a person meets when the store or Graph fails; here it is no matter. */
const tolerant = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => (error instanceof assert.AssertionError ? Promise.reject(error) : undefined));

async function play(test: TestDesk, moves: readonly Move[], check: () => void): Promise<void> {
  const desks: readonly Desk[] = [test.desk, test.second()];
  const running: Promise<unknown>[] = [];
  let hold: { release(): void } | undefined;
  for (const made of moves) {
    if (made.kind === 'jobs') {
      const work = Promise.all(dueWakes(test.memory, test.clock.now()).map((id) => runJob(test, id, sure(desks[made.instance]))));
      running.push(work);
      if (made.wait && hold === undefined) await work;
    } else if (made.kind === 'hold') hold ??= test.script.hold('rotator.lastAction');
    else if (made.kind === 'release') {
      hold?.release();
      hold = undefined;
    } else await deed(test, made);
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
    check();
  }
  hold?.release();
  await Promise.all(running);
  check();
}

const deed = <K extends Move['kind']>(test: TestDesk, made: Extract<Move, { kind: K }>): unknown => deeds[made.kind]?.(test, made);

/** The rotation for which Intune was asked, by the entry that was written before. */
const rotationOf = (test: TestDesk, clientRequestId: string) => sure(test.entries.find((entry) => entry.act === 'rotation-intended' && entry.clientRequestId === clientRequestId)).rotationId;

const over: readonly string[] = ['failed', 'canceled', 'notSupported'];

/** What must hold at every moment, whatever happened. */
function laws(test: TestDesk): void {
  const rotations = [...test.memory.rotations.values()];
  for (const slot of [rotations.filter(({ state }) => state === 'scheduled'), rotations.filter((one) => one.state !== 'scheduled' && !isOver(one))]) assert.ok(slot.length <= 1, 'one ahead and one under way');

  const taken = test.posts.map((post) => ({ ...post, rotationId: rotationOf(test, post.clientRequestId) }));
  for (const [index, post] of taken.entries()) {
    const before = taken.slice(0, index).some(({ rotationId }) => rotationId === post.rotationId);
    assert.ok(!before || over.includes(post.former?.state ?? ''), 'a rotation that was taken is sent again only when it has failed');
  }
  for (const entry of test.entries.filter(({ act }) => act === 'rotation-queued')) {
    if (entry.outcome === 'done' && entry.clientRequestId !== undefined) assert.ok(taken.some(({ clientRequestId }) => clientRequestId === entry.clientRequestId), 'queued is what Intune has');
  }
  for (const rotation of rotations) endLaws(test, rotation);
}

function endLaws(test: TestDesk, rotation: Rotation): void {
  const ends = test.entries.filter(({ rotationId, act }) => rotationId === rotation.id && (act === 'rotation-done' || act === 'rotation-failed'));
  assert.equal(ends.length > 0, isOver(rotation), 'an end is written, and nothing else is called one');
  assert.equal(rotation.failure !== undefined, rotation.state === 'failed');
  if (rotation.state !== 'done') return;
  assert.deepEqual(ends.map(({ newKeyId }) => newKeyId), rotation.newKeys.map(({ keyId }) => keyId));
  const shown = rotation.causes.flatMap((cause) => (cause.by === 'reveal' ? [cause.keyId] : []));
  const needed = rotation.byItself === true ? rotation.causes.flatMap((cause) => (cause.by === 'reveal' ? [cause.volumeType] : [])) : rotation.volumeTypes;
  for (const volumeType of needed) assert.ok(rotation.newKeys.some((key) => key.volumeType === volumeType && !shown.includes(key.keyId)), `done is proven for ${volumeType}`);
  assert.ok(rotation.newKeys.every(({ keyId }) => rotation.byItself === true || rotation.baseline?.keyIds.includes(keyId) === false), 'by keys that were not there');
  if (rotation.byItself === true) assert.ok(rotation.causes.every(({ by }) => by === 'reveal'), 'a person’s wish is never done by itself');
}

/** When the key of a reveal was shown last, and whether a key that nobody was shown has come after it. */
function keysReplaced(test: TestDesk): boolean {
  const shown = test.entries.filter(({ act, outcome }) => act === 'revealed' && outcome === 'done').map(({ keyId }) => keyId);
  const newest = test.world.keys.filter(({ deviceId, volumeType }) => deviceId === deviceOf(test) && volumeType === 'operatingSystem').at(-1);
  return newest !== undefined && !shown.includes(newest.keyId);
}

const withoutLimits = { settings: { revealLimits: [], askLimit: { max: 1_000_000, seconds: 60 } } } as const;

async function begun(first: 'reveal' | 'wish', skewSeconds: number): Promise<TestDesk> {
  const test = testDesk({ ...withoutLimits, world: { ...newWorld(), skewSeconds } });
  await (first === 'reveal' ? show(test, true) : wish(test, name));
  return test;
}

/** No fault any more, the device at hand: it checks in every hour. */
async function inPeace(test: TestDesk, hours: number): Promise<void> {
  for (const call of calls) test.script.fail(call, { times: 0 });
  // What was begun, or called done without a key, is done now.
  const state = test.world.actions.get(intuneOf(test))?.state;
  if (state === 'done' || state === 'active') report(test.world, intuneOf(test), 'pending');
  for (let hour = 0; hour < hours; hour += 1) {
    await runJobs(test, 3600);
    checkIn(test.world, test.clock, deviceOf(test));
  }
  await runJobs(test, 4 * 3600);
}

describe('domain: the life of rotations', () => {
  it('sends none twice that was taken, calls none done without its proof, and writes every end once', async () => {
    let [posts, done, byItself] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(game, async ({ moves, skewSeconds, first }) => {
        const test = await begun(first, skewSeconds);
        await play(test, moves, () => laws(test));
        const rotations = [...test.memory.rotations.values()];
        posts += test.posts.length;
        done += rotations.filter(({ state }) => state === 'done').length;
        byItself += rotations.filter((rotation) => rotation.byItself).length;
      }),
      { numRuns: 300 },
    );
    assert.ok(posts > 50 && done > 10 && byItself > 0, `the game rotates at all (${posts} sent, ${done} done, ${byItself} by itself)`);
  });

  it('leaves none stuck, and no key that was shown in use, where the device is there and nothing fails any more', async () => {
    await fc.assert(
      fc.asyncProperty(game, async ({ moves, skewSeconds, first }) => {
        const test = await begun(first, skewSeconds);
        await play(test, moves, () => undefined);
        await inPeace(test, 30);
        laws(test);
        const rotations = [...test.memory.rotations.values()];
        assert.deepEqual(rotations.filter((rotation) => !isOver(rotation)), []);
        if (rotations.every(({ state }) => state === 'done')) assert.ok(keysReplaced(test) || test.entries.every(({ act }) => act !== 'revealed'));
      }),
      { numRuns: 150 },
    );
  });

  it('comes to an end within a month where the device never comes back, and says so', async () => {
    await fc.assert(
      fc.asyncProperty(game, async ({ moves, skewSeconds, first }) => {
        const test = await begun(first, skewSeconds);
        await play(test, moves, () => undefined);
        for (const call of calls) test.script.fail(call, { times: 0 });
        await runJobs(test, 31 * 86_400);
        laws(test);
        assert.deepEqual([...test.memory.rotations.values()].filter((rotation) => !isOver(rotation)).map(({ state }) => state), []);
      }),
      { numRuns: 60 },
    );
  });
});
