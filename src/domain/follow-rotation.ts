// What happens to a rotation when nobody presses anything: it is sent when it is due (send-rotation.ts), followed until
// a new key proves it, and given up when nothing moves. One entry point for a first try, a retry and a restart after a
// crash: `workOnRotation` looks at the state and does the next step.

import { asKeydesk } from './delegation.ts';
import type { Desk } from './desk.ts';
import type { EscrowedKey } from './device.ts';
import { again, asFault, done, failed, nextLook, nextLookAtUnknown, unknown } from './end-rotation.ts';
import { Fault } from './fault.ts';
import { plusSeconds, secondsBetween } from './instant.ts';
import { rotationEntry } from './plan-rotation.ts';
import { failureOf, hresult, passesByItself } from './rotation-failure.ts';
import { freshIn, isAfter, isOver, isProof, type Rotation, type RotationAction } from './rotation.ts';
import { isInEntra, isStale, lastAction, sendRotation, staleSendingSeconds } from './send-rotation.ts';

/** Tells the cards that show a rotation; called after every change that a person would notice, and perhaps twice. */
export type TellRotation = (rotation: Rotation) => Promise<void>;

/** So long after a lost answer Intune must have shown the action, if it took it. */
const secondsUntilNotTaken = 600;
const secondsUntilNotBusy = 3600;
const hoursUntilGivingUp = 14 * 24;

/**
 * One step. Throws a Fault when a look failed and the state is unchanged; the job is then tried again.
 * @returns the rotation as it now stands; undefined when there is none of that id
 */
export async function workOnRotation(desk: Desk, id: Rotation['id'], tell: TellRotation): Promise<Rotation | undefined> {
  const rotation = await desk.rotations.find(id);
  if (rotation === undefined) return undefined;
  if (isOver(rotation)) {
    // A job that comes again to one that is over: its cards may not have been told when a process ended.
    await tell(rotation);
    return rotation;
  }
  const after = await stepOrTell(desk, rotation, tell);
  if (after !== undefined && (after.state !== rotation.state || after.dueAt !== rotation.dueAt)) await tell(after);
  return after ?? desk.rotations.find(id);
}

async function stepOrTell(desk: Desk, rotation: Rotation, tell: TellRotation): Promise<Rotation | undefined> {
  try {
    return (await step(desk, rotation)) ?? (await stepWithCauses(desk, rotation));
  } catch (error) {
    // Called unknown, and then Intune could not be read: until it can, the cards say what is known.
    await tellOfMove(desk, rotation, tell).catch(asFault);
    throw error;
  }
}

async function tellOfMove(desk: Desk, { id, state }: Rotation, tell: TellRotation): Promise<void> {
  const now = await desk.rotations.find(id);
  if (now !== undefined && now.state !== state) await tell(now);
}

/** Nothing moved because a cause joined while we looked: one look more, with that cause. */
async function stepWithCauses(desk: Desk, { id, state, attempt, causes }: Rotation): Promise<Rotation | undefined> {
  const now = await desk.rotations.find(id);
  return now?.state === state && now.attempt === attempt && now.causes.length > causes.length ? step(desk, now) : undefined;
}

function step(desk: Desk, rotation: Rotation): Promise<Rotation | undefined> {
  switch (rotation.state) {
    case 'scheduled':
      return sendRotation(desk, rotation, asKeydesk);
    case 'sending':
      return settleSending(desk, rotation);
    case 'unknown':
    case 'queued':
    case 'waiting':
    case 'overdue':
      return follow(desk, rotation);
    case 'done':
    case 'failed':
      return Promise.resolve(rotation);
  }
}

/** An instance that held it is gone. Before the baseline stood nothing was sent; after it nobody knows. */
async function settleSending(desk: Desk, rotation: Rotation): Promise<Rotation | undefined> {
  const { claimedAt, baseline } = rotation;
  if (claimedAt !== undefined && !isStale(rotation, desk.clock.now())) {
    return desk.rotations.move(rotation, 'sending', { lookAt: plusSeconds(claimedAt, staleSendingSeconds) });
  }
  if (baseline === undefined) return again(desk, rotation);
  const called = await unknown(desk, rotation);
  return called && follow(desk, called);
}

/** The clock of the rotation runs on when Intune cannot be read: nobody waits for ever, and nobody is told less. */
async function follow(desk: Desk, rotation: Rotation): Promise<Rotation | undefined> {
  const seen = await look(desk, rotation).catch(asFault);
  if (!(seen instanceof Fault) && seen.ended !== undefined) return seen.ended();
  const waited = secondsBetween(rotation.sentAt ?? rotation.createdAt, desk.clock.now()) / 3600;
  if (waited >= hoursUntilGivingUp) return failed(desk, rotation, 'gave-up');
  if (waited >= desk.settings.overdueHours && rotation.state !== 'overdue') return late(desk, rotation, seen);
  if (seen instanceof Fault) throw seen;
  return rotation.state === 'unknown' ? settleUnknown(desk, rotation, seen) : wait(desk, rotation, seen);
}

/** No proof in all this time. A device that may still come back is waited for; in any case somebody is alerted. */
function late(desk: Desk, rotation: Rotation, seen: Seen | Fault): Promise<Rotation | undefined> {
  const alert = rotationEntry(desk, rotation, 'alert', 'failed');
  if (!(seen instanceof Fault)) {
    if (seen.unmanaged === true) return failed(desk, rotation, 'not-managed', { alert });
    // It has been back: the other volumes were not rotated, and a rotation for one of these keys must not wait for them.
    if (seen.fresh.length > 0) return failed(desk, rotation, 'gave-up', { alert, set: { newKeys: seen.fresh } });
  }
  const entries = [rotationEntry(desk, rotation, 'rotation-overdue', 'failed'), alert];
  return desk.rotations.move(rotation, 'overdue', { set: { looks: rotation.looks + 1 }, entries, lookAt: nextLook(desk, rotation.looks) });
}

/** Taken, as it turns out; or not, when Intune shows no trace of it for long enough, and then it may be sent again. */
function settleUnknown(desk: Desk, rotation: Rotation, { action }: Seen): Promise<Rotation | undefined> {
  if (action !== undefined) {
    const entries = [rotationEntry(desk, rotation, 'rotation-queued', 'done')];
    return desk.rotations.move(rotation, 'waiting', { set: { looks: 0 }, entries, lookAt: nextLook(desk, 0) });
  }
  if (secondsBetween(rotation.sentAt ?? rotation.createdAt, desk.clock.now()) < secondsUntilNotTaken) {
    return desk.rotations.move(rotation, 'unknown', { set: { looks: rotation.looks + 1 }, lookAt: nextLookAtUnknown(desk) });
  }
  return again(desk, rotation, { entries: [rotationEntry(desk, rotation, 'rotation-queued', 'failed')] });
}

const wait = (desk: Desk, rotation: Rotation, { action }: Seen): Promise<Rotation | undefined> =>
  desk.rotations.move(rotation, rotation.state === 'queued' && action !== undefined ? 'waiting' : rotation.state, {
    set: { looks: rotation.looks + 1 },
    lookAt: nextLook(desk, rotation.looks),
  });

interface Seen {
  /** What Intune says of this rotation, not of one before it. */
  readonly action?: RotationAction;
  /** Intune no longer knows the device; a new key may still come. */
  readonly unmanaged?: boolean;
  /** New keys, while one is lacking. */
  readonly fresh: readonly EscrowedKey[];
  /** The end of it, when it has come. */
  readonly ended?: () => Promise<Rotation | undefined>;
}

/** Proof first: a new key counts whatever Intune says. "Done" without a new key is not done. */
async function look(desk: Desk, rotation: Rotation): Promise<Seen> {
  const { baseline, device } = rotation;
  if (baseline === undefined) throw new Fault('internal', 'never', { message: 'a rotation was sent without a baseline' });
  const deadline = desk.deadlines.work();
  const [keys, last] = await Promise.all([desk.recoveryKeys.of(device.deviceId, deadline), lastAction(desk, baseline.intuneId, deadline)]);
  const fresh = freshIn(keys, baseline, rotation.causes);
  if (isProof(fresh, rotation.volumeTypes)) return { fresh, ended: () => done(desk, rotation, fresh) };
  if (!(await isInEntra(desk, device, keys, deadline))) return { fresh, ended: () => failed(desk, rotation, 'device-gone') };
  if (last === 'unmanaged') return { fresh, unmanaged: true };
  if (last === undefined || !isAfter(last, baseline)) return { fresh };
  return { fresh, action: last, ...endIn(desk, rotation, last) };
}

function endIn(desk: Desk, rotation: Rotation, { state, errorCode }: RotationAction): Pick<Seen, 'ended'> {
  switch (state) {
    case 'failed':
      return { ended: () => intuneFailed(desk, rotation, errorCode) };
    case 'notSupported':
      return { ended: () => failed(desk, rotation, errorCode === 0 ? 'policy-unset' : failureOf(errorCode), { errorCode }) };
    case 'canceled':
      return { ended: () => failed(desk, rotation, 'cancelled') };
    case 'none':
    case 'pending':
    case 'active':
    case 'done':
    case 'unknown':
      return {};
  }
}

function intuneFailed(desk: Desk, rotation: Rotation, errorCode: number): Promise<Rotation | undefined> {
  const code = failureOf(errorCode);
  if (!passesByItself(code)) return failed(desk, rotation, code, { errorCode });
  const entries = [rotationEntry(desk, rotation, 'rotation-queued', 'failed', { code, result: hresult(errorCode) })];
  return again(desk, rotation, { waitSeconds: secondsUntilNotBusy, entries });
}
