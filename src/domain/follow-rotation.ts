// What happens to a rotation when nobody presses anything: it is sent when it is due, followed until a new key proves
// it, and given up when nothing moves. One entry point for a first try, a retry and a restart after a crash:
// `workOnRotation` looks at the state and does the next step. Order: claim → baseline → intended (durable) → POST →
// queued (durable) → look. Nothing here reads a key: metadata only.

import type { Desk } from './desk.ts';
import { Fault } from './fault.ts';
import { milliseconds, plusSeconds, secondsBetween } from './instant.ts';
import type { RotationChange } from './ports.ts';
import { rotationEntry } from './plan-rotation.ts';
import { type RotationFailure, failureOf, hresult, passesByItself } from './rotation-failure.ts';
import { isOver, proofIn, replacedByItself, type Rotation, type RotationAction, type RotationState } from './rotation.ts';

/** Tells the cards that show a rotation; called after every change that a person would notice. */
export type TellRotation = (rotation: Rotation) => Promise<void>;

/** Tries at one rotation, when Intune is throttled or away or the drive is busy. */
const mostAttempts = 8;
const secondsUntilRetry = [60, 120, 300, 900, 3600] as const;
/** So long after a lost answer Intune must have shown the action, if it took it. */
const secondsUntilNotTaken = 600;
const secondsBetweenLooksAtUnknown = 30;
const hoursUntilGivingUp = 14 * 24;
/** A claim older than this belongs to an instance that is gone. */
const staleSendingSeconds = 120;

/**
 * One step. Throws a Fault when a look failed and the state is unchanged; the job is then tried again.
 * @returns the rotation as it now stands; undefined when there is none of that id
 */
export async function workOnRotation(desk: Desk, id: Rotation['id'], tell: TellRotation): Promise<Rotation | undefined> {
  const rotation = await desk.rotations.find(id);
  if (rotation === undefined || isOver(rotation)) return rotation;
  const after = await step(desk, rotation);
  if (after !== undefined && (after.state !== rotation.state || after.dueAt !== rotation.dueAt)) await tell(after);
  return after ?? desk.rotations.find(id);
}

function step(desk: Desk, rotation: Rotation): Promise<Rotation | undefined> {
  switch (rotation.state) {
    case 'scheduled':
      return send(desk, rotation);
    case 'sending':
      return settleSending(desk, rotation);
    case 'unknown':
      return settleUnknown(desk, rotation);
    case 'queued':
    case 'waiting':
    case 'overdue':
      return follow(desk, rotation);
    case 'done':
    case 'failed':
      return Promise.resolve(rotation);
  }
}

async function send(desk: Desk, rotation: Rotation): Promise<Rotation | undefined> {
  const now = desk.clock.now();
  // Woken early, or moved meanwhile: the job of the right time will come.
  if (milliseconds(now) < milliseconds(rotation.dueAt)) return undefined;
  // A crash after it, before the baseline stands: nothing was sent. settleSending makes it scheduled again.
  const claimed = await desk.rotations.claim(rotation.id, now);
  if (claimed === undefined) return undefined;
  const deadline = desk.deadlines.work();
  try {
    const [keys, managed] = await Promise.all([desk.recoveryKeys.of(claimed.device.deviceId, deadline), desk.managedDevices.of(claimed.device.deviceId, deadline)]);
    const already = replacedByItself(keys, claimed.causes);
    if (already !== undefined) return await done(desk, claimed, already, { byItself: true });
    // Intune ignores filters that it dislikes and answers with all devices: the id is compared here.
    const same = managed.filter((device) => device.deviceId === claimed.device.deviceId);
    const [only, ...more] = same;
    if (only === undefined) return await failed(desk, claimed, 'not-managed');
    if (more.length > 0) return await failed(desk, claimed, 'several-managed');
    const last = await desk.rotator.lastAction(only.intuneId, deadline);
    const baseline = { intuneId: only.intuneId, keyIds: keys.map((key) => key.keyId), ...(last && { lastActionStart: last.startedAt }) };
    return await post(desk, claimed, baseline, deadline);
  } catch (error) {
    return putOff(desk, claimed, error);
  }
}

async function post(desk: Desk, claimed: Rotation, baseline: NonNullable<Rotation['baseline']>, deadline: ReturnType<Desk['deadlines']['work']>): Promise<Rotation | undefined> {
  const clientRequestId = desk.ids.clientRequest();
  // A crash after it: perhaps sent. settleSending calls it unknown, and reading settles it; no second POST before that.
  const intended = await desk.rotations.move(claimed, 'sending', { set: { baseline }, entries: [rotationEntry(desk, claimed, 'rotation-intended', 'done', { clientRequestId })] });
  if (intended === undefined) return undefined;
  try {
    const { graphRequestId } = await desk.rotator.rotate(baseline.intuneId, { clientRequestId, deadline });
    const sentAt = desk.clock.now();
    return await desk.rotations.move(intended, 'queued', {
      set: { sentAt, looks: 0 },
      entries: [rotationEntry(desk, intended, 'rotation-queued', 'done', { clientRequestId, ...(graphRequestId && { graphRequestId }) })],
      lookAt: nextLook(desk, { ...intended, looks: 0 }),
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.retry === 'unknown-outcome') return unknown(desk, intended);
    return putOff(desk, intended, error);
  }
}

/** The answer is lost, or the process that waited for it: Intune may have taken it. */
const unknown = (desk: Desk, rotation: Rotation): Promise<Rotation | undefined> =>
  desk.rotations.move(rotation, 'unknown', {
    set: { sentAt: desk.clock.now(), looks: 0 },
    entries: [rotationEntry(desk, rotation, 'rotation-queued', 'unknown')],
    lookAt: plusSeconds(desk.clock.now(), secondsBetweenLooksAtUnknown),
  });

/** Nothing was taken: later again, by Intune's own word where it gave one, or not at all. */
async function putOff(desk: Desk, rotation: Rotation, error: unknown): Promise<Rotation | undefined> {
  if (!(error instanceof Fault)) throw error;
  if (error.code === 'graph-forbidden') return failed(desk, rotation, 'forbidden', { code: error.code });
  if (error.code === 'graph-not-found') return failed(desk, rotation, 'device-gone', { code: error.code });
  if (error.retry === 'never') return failed(desk, rotation, 'refused', { code: error.code });
  return again(desk, rotation, error.retryAfterSeconds);
}

async function again(desk: Desk, rotation: Rotation, waitSeconds?: number): Promise<Rotation | undefined> {
  if (rotation.attempt >= mostAttempts) return failed(desk, rotation, 'gave-up');
  const pause = waitSeconds ?? secondsUntilRetry[Math.min(rotation.attempt, secondsUntilRetry.length) - 1] ?? 60;
  const dueAt = plusSeconds(desk.clock.now(), Math.max(1, Math.ceil(pause)));
  return desk.rotations.move(rotation, 'scheduled', { set: { dueAt }, lookAt: dueAt });
}

/** An instance that held it is gone. Before the baseline stood nothing was sent; after it nobody knows. */
async function settleSending(desk: Desk, rotation: Rotation): Promise<Rotation | undefined> {
  const now = desk.clock.now();
  if (rotation.claimedAt !== undefined && secondsBetween(rotation.claimedAt, now) < staleSendingSeconds) {
    return desk.rotations.move(rotation, 'sending', { lookAt: plusSeconds(rotation.claimedAt, staleSendingSeconds) });
  }
  if (rotation.baseline === undefined) return desk.rotations.move(rotation, 'scheduled', { set: { dueAt: now }, lookAt: now });
  const called = await unknown(desk, rotation);
  return called && settleUnknown(desk, called);
}

async function settleUnknown(desk: Desk, rotation: Rotation): Promise<Rotation | undefined> {
  const seen = await look(desk, rotation);
  if (seen.ended !== undefined) return seen.ended();
  const now = desk.clock.now();
  if (seen.action !== undefined) {
    return desk.rotations.move(rotation, 'waiting', { entries: [rotationEntry(desk, rotation, 'rotation-queued', 'done')], lookAt: nextLook(desk, rotation) });
  }
  if (secondsBetween(rotation.sentAt ?? rotation.createdAt, now) < secondsUntilNotTaken) {
    return desk.rotations.move(rotation, 'unknown', { set: { looks: rotation.looks + 1 }, lookAt: plusSeconds(now, secondsBetweenLooksAtUnknown) });
  }
  // Intune shows no trace of it: it was not taken, and may be sent again.
  return again(desk, rotation, 1);
}

async function follow(desk: Desk, rotation: Rotation): Promise<Rotation | undefined> {
  const seen = await look(desk, rotation);
  if (seen.ended !== undefined) return seen.ended();
  const waited = secondsBetween(rotation.sentAt ?? rotation.createdAt, desk.clock.now()) / 3600;
  if (waited >= hoursUntilGivingUp) return failed(desk, rotation, 'gave-up');
  const next = { set: { looks: rotation.looks + 1 }, lookAt: nextLook(desk, rotation) };
  if (waited >= desk.settings.overdueHours && rotation.state !== 'overdue') {
    const entries = [rotationEntry(desk, rotation, 'rotation-overdue', 'failed'), rotationEntry(desk, rotation, 'alert', 'failed')];
    return desk.rotations.move(rotation, 'overdue', { ...next, entries });
  }
  const state: RotationState = rotation.state === 'queued' && seen.action !== undefined ? 'waiting' : rotation.state;
  return desk.rotations.move(rotation, state, next);
}

interface Seen {
  /** What Intune says of this rotation, not of one before it. */
  readonly action?: RotationAction;
  /** The end of it, when it has come. */
  readonly ended?: () => Promise<Rotation | undefined>;
}

/** Proof first: a new key counts whatever Intune says. "Done" without a new key is not done. */
async function look(desk: Desk, rotation: Rotation): Promise<Seen> {
  const { baseline } = rotation;
  if (baseline === undefined) throw new Fault('internal', 'never', { message: 'a rotation was sent without a baseline' });
  const deadline = desk.deadlines.work();
  const [keys, last] = await Promise.all([desk.recoveryKeys.of(rotation.device.deviceId, deadline), lastAction(desk, baseline.intuneId, deadline)]);
  const proof = proofIn(keys, baseline.keyIds, rotation.volumeTypes);
  if (proof !== undefined) return { ended: () => done(desk, rotation, proof) };
  // Another start time by Intune's own clock than the one before the POST; our clock has no say in it.
  if (last === undefined || last.startedAt === baseline.lastActionStart) return {};
  if (last.state === 'failed') return { action: last, ended: () => intuneFailed(desk, rotation, last.errorCode) };
  if (last.state === 'notSupported') return { action: last, ended: () => failed(desk, rotation, last.errorCode === 0 ? 'policy-unset' : failureOf(last.errorCode), {}, last.errorCode) };
  if (last.state === 'canceled') return { action: last, ended: () => failed(desk, rotation, 'cancelled') };
  return { action: last };
}

/** A device that Intune has removed meanwhile says nothing more; a new key may still come. */
const lastAction = (desk: Desk, ...[device, deadline]: Parameters<Desk['rotator']['lastAction']>): Promise<RotationAction | undefined> =>
  desk.rotator.lastAction(device, deadline).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'graph-not-found') return undefined;
    throw error;
  });

const intuneFailed = (desk: Desk, rotation: Rotation, errorCode: number): Promise<Rotation | undefined> =>
  passesByItself(failureOf(errorCode)) && rotation.attempt < mostAttempts ? again(desk, rotation, 3600) : failed(desk, rotation, failureOf(errorCode), {}, errorCode);

const done = (desk: Desk, rotation: Rotation, newKeys: Rotation['newKeys'], more: RotationChange['set'] = {}): Promise<Rotation | undefined> =>
  desk.rotations.move(rotation, 'done', {
    set: { newKeys, endedAt: desk.clock.now(), ...more },
    entries: newKeys.map((key) => rotationEntry(desk, rotation, 'rotation-done', 'done', { newKeyId: key.keyId, volumeType: key.volumeType })),
  });

const failed = (desk: Desk, rotation: Rotation, failure: RotationFailure, more: Parameters<typeof rotationEntry>[4] = {}, errorCode?: number): Promise<Rotation | undefined> =>
  desk.rotations.move(rotation, 'failed', {
    set: { failure, endedAt: desk.clock.now(), ...(errorCode !== undefined && { errorCode }) },
    entries: [rotationEntry(desk, rotation, 'rotation-failed', 'failed', { code: failure, ...more, ...(errorCode !== undefined && { result: hresult(errorCode) }) })],
  });

const nextLook = (desk: Desk, rotation: Pick<Rotation, 'looks'>) => {
  const pauses = desk.settings.followSeconds;
  return plusSeconds(desk.clock.now(), pauses[Math.min(rotation.looks, pauses.length - 1)] ?? 60);
};
