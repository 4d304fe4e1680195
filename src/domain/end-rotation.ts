// The ways in which a step of a rotation ends: done, failed, put off, unknown. Each is one compare-and-set with its
// entries and its next wake-up; undefined when the rotation had moved meanwhile.

import type { Desk } from './desk.ts';
import { Fault } from './fault.ts';
import { type Instant, plusSeconds } from './instant.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { rotationEntry } from './plan-rotation.ts';
import type { RotationChange } from './ports.ts';
import { hresult, type RotationFailure } from './rotation-failure.ts';
import type { Rotation } from './rotation.ts';

type Noted = Partial<Omit<LedgerEntry, 'time' | 'act' | 'outcome' | 'source'>>;

/** Tries at one rotation, when Intune is throttled or away or the drive is busy: a day of them. */
const mostAttempts = 28;
const secondsUntilRetry = [60, 120, 300, 900, 3600] as const;
/** Nobody at Intune asks for more; a header that does was mangled. */
const longestPauseSeconds = 24 * 3600;
const secondsBetweenLooksAtUnknown = 30;

export const done = (desk: Desk, rotation: Rotation, newKeys: Rotation['newKeys'], more: RotationChange['set'] = {}): Promise<Rotation | undefined> =>
  desk.rotations.move(rotation, 'done', {
    set: { newKeys, endedAt: desk.clock.now(), ...more },
    entries: newKeys.map((key) => rotationEntry(desk, rotation, 'rotation-done', 'done', { newKeyId: key.keyId, volumeType: key.volumeType })),
  });

interface FailureDetails {
  /** For its entry. */
  readonly noted?: Noted;
  /** What Intune reported. */
  readonly errorCode?: number;
  readonly set?: RotationChange['set'];
  /** An entry more, for those who are alerted. */
  readonly alert?: LedgerEntry;
}

export function failed(desk: Desk, rotation: Rotation, failure: RotationFailure, { noted = {}, errorCode, set = {}, alert }: FailureDetails = {}): Promise<Rotation | undefined> {
  const reported = errorCode === undefined || errorCode === 0 ? {} : { result: hresult(errorCode) };
  return desk.rotations.move(rotation, 'failed', {
    set: { ...set, failure, endedAt: desk.clock.now(), ...(errorCode !== undefined && { errorCode }) },
    entries: [rotationEntry(desk, rotation, 'rotation-failed', 'failed', { ...noted, ...reported, code: failure }), ...(alert === undefined ? [] : [alert])],
  });
}

/** The answer is lost, or the process that waited for it: Intune may have taken it. Reading settles it, never a second POST. */
export const unknown = (desk: Desk, rotation: Rotation, more: Noted = {}): Promise<Rotation | undefined> =>
  desk.rotations.move(rotation, 'unknown', {
    set: { sentAt: desk.clock.now(), looks: 0 },
    entries: [rotationEntry(desk, rotation, 'rotation-queued', 'unknown', more)],
    lookAt: nextLookAtUnknown(desk),
  });

export const nextLookAtUnknown = (desk: Desk): Instant => plusSeconds(desk.clock.now(), secondsBetweenLooksAtUnknown);

/**
 * Nothing is under way: later again, and never before Intune's own word where it gave one.
 * @param waitSeconds at least so long
 * @param entries what became of the try that is given up, where it had been intended
 */
export function again(desk: Desk, rotation: Rotation, { waitSeconds = 0, entries = [] }: { readonly waitSeconds?: number; readonly entries?: readonly LedgerEntry[] } = {}): Promise<Rotation | undefined> {
  if (rotation.attempt >= mostAttempts) return failed(desk, rotation, 'gave-up', { alert: rotationEntry(desk, rotation, 'alert', 'failed') });
  const backOff = secondsUntilRetry[Math.min(rotation.attempt, secondsUntilRetry.length) - 1] ?? 60;
  const pause = Math.min(Math.max(waitSeconds, backOff), longestPauseSeconds);
  const dueAt = plusSeconds(desk.clock.now(), Math.ceil(pause) + Math.floor((pause * spreadOf(rotation)) / 4));
  return desk.rotations.move(rotation, 'scheduled', { set: { dueAt }, entries, lookAt: dueAt });
}

/** From 0 up to 1, by the id, which is random: rotations that were refused together do not come back together. */
const spreadOf = ({ id }: Rotation): number => Number.parseInt(id.slice(-4), 16) / 0x1_00_00;

/**
 * Asking came to nothing, for sure: not at all, or later again.
 * @param intended with what it had been intended, where that is in the ledger
 */
export function putOff(desk: Desk, rotation: Rotation, fault: Fault, intended?: Noted): Promise<Rotation | undefined> {
  const told = { ...intended, ...(fault.graphRequestId !== undefined && { graphRequestId: fault.graphRequestId }) };
  // Something not found while reading may come back; the POST was for one device.
  const failure = fault.code === 'graph-not-found' ? intended && 'not-managed' : (final[fault.code] ?? (fault.retry === 'never' ? 'refused' : undefined));
  // The reason in the rotation's words; what Graph said stands in the log.
  if (failure !== undefined) return failed(desk, rotation, failure, { noted: told });
  const entries = intended === undefined ? [] : [rotationEntry(desk, rotation, 'rotation-queued', 'failed', { ...told, code: fault.code })];
  return again(desk, rotation, { entries, ...(fault.retryAfterSeconds !== undefined && { waitSeconds: fault.retryAfterSeconds }) });
}

const final: Readonly<Partial<Record<Fault['code'], RotationFailure>>> = {
  'graph-forbidden': 'forbidden',
  'graph-unauthorized': 'forbidden',
};

export const nextLook = (desk: Desk, looks: number): Instant => {
  const pauses = desk.settings.followSeconds;
  return plusSeconds(desk.clock.now(), pauses[Math.min(looks, pauses.length - 1)] ?? 60);
};

/** A Fault as a value, to be decided on. A defect of ours goes on as what it is. */
export function asFault(error: unknown): Fault {
  if (error instanceof Fault && error.code !== 'internal') return error;
  throw error;
}
