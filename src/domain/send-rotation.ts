// A rotation that is due is sent, once. Order: claim → read what is there → intended (durable) → POST → queued
// (durable). Nothing here reads a key: metadata only.

import { hindranceIn, type InNameOf } from './delegation.ts';
import type { Desk } from './desk.ts';
import type { EscrowedKey, ManagedDevice } from './device.ts';
import { again, asFault, done, failed, nextLook, putOff, unknown } from './end-rotation.ts';
import { Fault } from './fault.ts';
import type { KeyId } from './ids.ts';
import { type Instant, milliseconds, secondsBetween } from './instant.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { rotationEntry } from './plan-rotation.ts';
import type { Deadline } from './ports.ts';
import { freshIn, isAfter, isProof, isSettled, replacedByItself, type Rotation, sentByPeopleAlone, type RotationAction, type RotationBaseline, type RotationCause } from './rotation.ts';

/** A claim older than this belongs to an instance that is gone. */
export const staleSendingSeconds = 120;

/** What was found out before anything is sent. */
interface Findings {
  readonly keys: readonly EscrowedKey[];
  /** Those of Intune whose deviceId is ours. */
  readonly managed: readonly ManagedDevice[];
  readonly inEntra: boolean;
  readonly last?: RotationAction | undefined;
}

/** In whose name it is sent. In a person's, within the deadline of the press; `hindered` hears what a new sign-in must meet. */
export interface Sending extends InNameOf {
  readonly deadline?: Deadline;
  readonly hindered?: (claims: string | undefined) => Promise<void>;
}

/** scheduled → what follows. Undefined when there was nothing to do, or somebody else did it. */
export async function sendRotation(desk: Desk, rotation: Rotation, sending: Sending): Promise<Rotation | undefined> {
  const now = desk.clock.now();
  // The one who was to send it is not signed in any more, and nobody else may.
  if (sending.authority === 'application' && sentByPeopleAlone(rotation)) return failed(desk, rotation, 'sign-in-lost');
  // Woken early, by a job of before or by a database whose clock is ahead of ours: once more in time.
  if (milliseconds(now) < milliseconds(rotation.dueAt)) return desk.rotations.move(rotation, 'scheduled', { lookAt: rotation.dueAt });
  // Nothing is sent while the ledger is in doubt: it waits as it is, and its job comes again.
  await desk.ledgerCheck.passed(() => desk.deadlines.work());
  // A crash after it, before the baseline stands: nothing was sent, and it is put off.
  const claimed = await desk.rotations.claim(rotation.id, now);
  if (claimed === undefined) return undefined;
  const found = await findOut(desk, claimed, sending.deadline ?? desk.deadlines.work()).catch(asFault);
  if (found instanceof Fault) return putOff(desk, claimed, found);

  const already = replacedByItself(found.keys, claimed.causes);
  // A cause that joined during the reading was not looked at: it is put off, and nothing was sent.
  if (already !== undefined) return (await done(desk, claimed, already, { byItself: true })) ?? again(desk, claimed);
  const [only, ...more] = found.managed;
  if (!found.inEntra) return failed(desk, claimed, 'device-gone');
  if (only === undefined) return failed(desk, claimed, 'not-managed');
  if (more.length > 0) return failed(desk, claimed, 'several-managed');
  const earlier = await earlierTry(desk, rotation, claimed, only);
  return (earlier && (await takenBefore(desk, claimed, earlier, found))) ?? post(desk, claimed, baselineOf(only, found), sending);
}

async function findOut(desk: Desk, { device }: Rotation, deadline: Deadline): Promise<Findings> {
  const [keys, everywhere] = await Promise.all([desk.recoveryKeys.of(device.deviceId, deadline), desk.managedDevices.of(device.deviceId, deadline)]);
  // Intune ignores filters that it dislikes and answers with all devices: the id is compared here.
  const managed = everywhere.filter(({ deviceId }) => deviceId === device.deviceId);
  const [only, ...more] = managed;
  const [inEntra, last] = await Promise.all([isInEntra(desk, device, keys, deadline), only !== undefined && more.length === 0 ? lastAction(desk, only.intuneId, deadline) : undefined]);
  // Removed from Intune between the two questions.
  return last === 'unmanaged' ? { keys, managed: [], inEntra } : { keys, managed, inEntra, last };
}

/** `unmanaged`: Intune knows no such device any more. */
export const lastAction = (desk: Desk, ...[device, deadline]: Parameters<Desk['rotator']['lastAction']>): Promise<RotationAction | 'unmanaged' | undefined> =>
  desk.rotator.lastAction(device, deadline).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'graph-not-found') return 'unmanaged';
    throw error;
  });

/** Entra deletes the keys with the device: while there is one, nobody need be asked. */
export const isInEntra = async (desk: Desk, device: Rotation['device'], keys: readonly EscrowedKey[], deadline: Deadline): Promise<boolean> =>
  keys.length > 0 || (await desk.directory.device(device.deviceId, deadline)) !== undefined;

/** An action that is still to be carried out will replace these keys as well as ours: its result counts, whoever asked for it. */
const baselineOf = ({ intuneId }: ManagedDevice, { keys, last }: Findings): RotationBaseline => ({
  intuneId,
  keyIds: keys.map((key) => key.keyId),
  ...(last !== undefined && isSettled(last) && { lastActionStart: last.startedAt }),
});

/** What stood there before an earlier try, where that covers every cause there is now. */
async function earlierTry(desk: Desk, before: Rotation, claimed: Rotation, { intuneId }: ManagedDevice): Promise<RotationBaseline | undefined> {
  const { baseline } = before;
  if (baseline?.intuneId !== intuneId) return undefined;
  const toReplace = await Promise.all(claimed.causes.map((cause) => meantBy(desk, cause)));
  return toReplace.every((keyIds) => keyIds?.every((keyId) => baseline.keyIds.includes(keyId))) ? baseline : undefined;
}

/** The keys that a cause wants replaced: the one that was shown, or those that a person had on the card. */
async function meantBy(desk: Desk, cause: RotationCause): Promise<readonly KeyId[] | undefined> {
  if (cause.by === 'reveal') return [cause.keyId];
  return (await desk.requests.find(cause.requestId))?.offer?.keys.map((key) => key.keyId);
}

/** An earlier try that was thought lost has arrived after all, or somebody else's did: it is followed, and none is sent. */
async function takenBefore(desk: Desk, claimed: Rotation, earlier: RotationBaseline, { keys, last }: Findings): Promise<Rotation | undefined> {
  const fresh = freshIn(keys, earlier, claimed.causes);
  if (isProof(fresh, claimed.volumeTypes)) return (await done(desk, claimed, fresh, { baseline: earlier })) ?? again(desk, claimed);
  if (last === undefined || !isAfter(last, earlier) || ['failed', 'canceled', 'notSupported'].includes(last.state)) return undefined;
  const kept = await desk.rotations.move(claimed, 'sending', { set: { baseline: earlier } });
  return kept && queued(desk, kept, {});
}

async function post(desk: Desk, claimed: Rotation, baseline: RotationBaseline, sending: Sending): Promise<Rotation | undefined> {
  const told = { clientRequestId: desk.ids.clientRequest(), ...sending.noted };
  // A crash after it: perhaps sent. Called unknown when the claim is stale; reading settles it, no second POST before that.
  const intended = await desk.rotations.move(claimed, 'sending', { set: { baseline }, entries: [rotationEntry(desk, claimed, 'rotation-intended', 'done', told)] });
  if (intended === undefined) return undefined;
  // Stood still for so long that another instance may be about to settle it: that one decides.
  if (isStale(claimed, desk.clock.now())) return undefined;
  // Only what Intune answered is decided on here: a store that fails afterwards must not make it "not sent".
  const answer = await desk.rotator
    .rotate(baseline.intuneId, { clientRequestId: told.clientRequestId, deadline: sending.deadline ?? desk.deadlines.work(), authority: sending.authority })
    .catch(asFault);
  const hindrance = answer instanceof Fault ? hindranceIn(answer, sending) : undefined;
  if (answer instanceof Fault && hindrance !== undefined) return hindered(desk, intended, answer, hindrance, sending, told);
  if (answer instanceof Fault) return answer.retry === 'unknown-outcome' ? unknown(desk, intended, told) : putOff(desk, intended, answer, told);
  return queued(desk, intended, { ...told, ...(answer.graphRequestId !== undefined && { graphRequestId: answer.graphRequestId }) });
}

/** Intune refused the person. What a reveal wants too, Keydesk sends itself, a little later; the rest is over. */
async function hindered(desk: Desk, rotation: Rotation, fault: Fault, hindrance: NonNullable<ReturnType<typeof hindranceIn>>, sending: Sending, told: Partial<LedgerEntry>): Promise<Rotation | undefined> {
  await sending.hindered?.(fault.claims);
  const noted = { ...told, ...(fault.graphRequestId !== undefined && { graphRequestId: fault.graphRequestId }) };
  if (sentByPeopleAlone(rotation)) return failed(desk, rotation, hindrance === 'entra-role-missing' ? 'person-forbidden' : 'sign-in-needed', { noted });
  return again(desk, rotation, { entries: [rotationEntry(desk, rotation, 'rotation-queued', 'failed', { ...noted, code: fault.code })] });
}

const queued = (desk: Desk, rotation: Rotation, told: Partial<LedgerEntry>): Promise<Rotation | undefined> =>
  desk.rotations.move(rotation, 'queued', {
    set: { sentAt: desk.clock.now(), looks: 0 },
    entries: [rotationEntry(desk, rotation, 'rotation-queued', 'done', told)],
    lookAt: nextLook(desk, 0),
  });

export const isStale = ({ claimedAt }: Rotation, now: Instant): boolean => claimedAt === undefined || secondsBetween(claimedAt, now) >= staleSendingSeconds;
