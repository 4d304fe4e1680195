// A rotation on its way: planned by a reveal or by a person, woken as the jobs would wake it.

import assert from 'node:assert/strict';
import { askForKey, askToRotate } from '../../../src/domain/ask-for-key.ts';
import type { Desk } from '../../../src/domain/desk.ts';
import { workOnRotation } from '../../../src/domain/follow-rotation.ts';
import type { EntraDeviceId, IntuneDeviceId, RequestId, RotationId } from '../../../src/domain/ids.ts';
import { plusSeconds } from '../../../src/domain/instant.ts';
import type { Press, PressInputs } from '../../../src/domain/press.ts';
import { revealKey } from '../../../src/domain/reveal-key.ts';
import { startRotation } from '../../../src/domain/rotate-key.ts';
import type { Rotation } from '../../../src/domain/rotation.ts';
import { askerOf, cardPlace, pressOf, type TestDesk, testDesk, type TestDeskOverrides, validInputs } from '../desk.ts';
import { dueWakes } from './rotations.ts';
import { megan, sure } from './world.ts';

export interface Rotating extends TestDesk {
  readonly id: RotationId;
  readonly requestId: RequestId;
  readonly deviceId: EntraDeviceId;
  readonly intuneId: IntuneDeviceId;
  /** The states that the cards were told, in order. */
  readonly told: readonly string[];
  now(): Rotation;
  /** One step, as a job makes it. */
  wake(desk?: Desk): Promise<Rotation | undefined>;
}

/** The end of a process at some call: nothing after it runs. */
export class Crash extends Error {}

/** Megan's answer to the form on the confirm card of a rotation. */
export const wishInputs: PressInputs = { reason: 'key-exposed', ticket: 'INC0012345' };
export const rotatePress = (requestId: RequestId | undefined, more: Partial<Press> = {}): Press => pressOf(requestId, { person: megan, inputs: wishInputs, ...more });

/** Alex has been shown a key of the device: the rotation is scheduled an hour later. `key`: the first eight of its ID. */
export async function afterReveal(overrides: TestDeskOverrides = {}, name = 'LAPTOP-42', key = ''): Promise<Rotating> {
  const test = testDesk(overrides);
  return rotating(test, await reveal(test, name, key), name);
}

/** Megan has pressed Rotate: it is due at once. */
export async function wanted(overrides: TestDeskOverrides = {}, name = 'LAPTOP-42'): Promise<Rotating> {
  const test = testDesk(overrides);
  return rotating(test, await wish(test, name), name);
}

/** One reveal more, by Alex. */
export async function reveal(test: TestDesk, name = 'LAPTOP-42', key = ''): Promise<RequestId> {
  const asked = await askForKey(test.desk, askerOf(), { by: 'device', name }, Promise.resolve(cardPlace));
  assert.ok(asked.kind === 'confirm');
  const answer = await revealKey(test.desk, pressOf(asked.request.id, { inputs: { ...validInputs, keyId: key } }));
  assert.equal(answer.kind, 'revealed');
  return asked.request.id;
}

/** One wish more, by Megan. */
export async function wish(test: TestDesk, name = 'LAPTOP-42'): Promise<RequestId> {
  const asked = await askToRotate(test.desk, askerOf(megan), { by: 'device', name }, Promise.resolve(cardPlace));
  assert.ok(asked.kind === 'confirm');
  const answer = await startRotation(test.desk, rotatePress(asked.request.id));
  assert.equal(answer.kind, 'rotating');
  return asked.request.id;
}

function rotating(test: TestDesk, requestId: RequestId, name: string): Rotating {
  const id = sure(test.request(requestId).rotationId);
  const { deviceId } = sure(test.world.devices.find((device) => device.name === name));
  const told: string[] = [];
  return {
    ...test,
    id,
    requestId,
    deviceId,
    intuneId: sure(test.world.managed.find((managed) => managed.deviceId === deviceId)).intuneId,
    told,
    now: () => test.rotation(id),
    wake: (desk = test.desk) => workOnRotation(desk, id, async ({ state }) => void told.push(state)),
  };
}

/** Due and sent: `queued`. */
export async function sent(test: Rotating): Promise<Rotating> {
  test.clock.set(test.now().dueAt);
  assert.equal((await test.wake())?.state, 'queued');
  return test;
}

const secondsUntilTriedAgain = 60;

/** What the jobs do until `seconds` have passed; one that throws is tried again, as is one whose row still wants it. */
export async function runJobs(test: TestDesk, seconds: number, desk: Desk = test.desk): Promise<void> {
  const { memory, clock } = test;
  const end = plusSeconds(clock.now(), seconds);
  for (;;) {
    const next = [...memory.wakeAt.values()].sort()[0];
    if (next === undefined || next > end) break;
    if (next > clock.now()) clock.set(next);
    for (const id of dueWakes(memory, clock.now())) await runJob(test, id, desk);
  }
  clock.set(end);
}

export async function runJob(test: TestDesk, id: RotationId, desk: Desk = test.desk): Promise<void> {
  const { memory, clock } = test;
  const was = memory.wakeAt.get(id);
  // Whatever it throws is for the jobs to try again.
  await workOnRotation(desk, id, async () => undefined).catch(() => undefined);
  const rotation = memory.rotations.get(id);
  const over = rotation === undefined || rotation.state === 'done' || rotation.state === 'failed';
  if (over) memory.wakeAt.delete(id);
  else if (memory.wakeAt.get(id) === was) memory.wakeAt.set(id, plusSeconds(clock.now(), secondsUntilTriedAgain));
}

/** `rotation-queued done` and the like, of the rotation alone. */
export const entriesOf = (test: Rotating): readonly string[] => test.entries.filter(({ rotationId }) => rotationId === test.id).map(({ act, outcome }) => `${act.replace('rotation-', '')} ${outcome}`);
