// Rotations in memory, with the meaning that ports.ts gives them: each method is one step that nothing comes between,
// each change of state a compare-and-set, each entry and each wake-up written in the same step.

import type { EntraDeviceId, RotationId } from '../../../src/domain/ids.ts';
import { type Instant, plusSeconds } from '../../../src/domain/instant.ts';
import type { PlannedRotation, RotationChange, Rotations } from '../../../src/domain/ports.ts';
import { isOver, nextRotationStates, type Rotation, type RotationCause, type RotationState } from '../../../src/domain/rotation.ts';
import type { Memory } from './store.ts';

const secondsBlocked = 60;
const claimSeconds = 120;

export function rotationsOf(memory: Memory): Rotations {
  const { rotations, requests, wakeAt } = memory;
  return {
    start: async (requestId, planned) => {
      const request = requests.get(requestId);
      if (request === undefined) throw new Error('the test starts a rotation for a request that was never opened');
      if (request.state !== 'open') return { kind: 'lost', request };
      const { rotation, joined } = planIn(memory, planned);
      requests.set(requestId, { ...request, state: 'started', rotationId: rotation.id });
      return { kind: 'started', rotation, joined };
    },
    find: async (id) => rotations.get(id),
    told: async (id) => rotations.get(id),
    underWay: async (device) => underWay(memory, device).at(-1),
    claim: async (id, at) => {
      const rotation = rotations.get(id);
      if (rotation?.state !== 'scheduled' || rotation.dueAt > at) return undefined;
      if (underWay(memory, rotation.device.deviceId).some((other) => other.state !== 'scheduled')) {
        wakeAt.set(id, plusSeconds(at, secondsBlocked));
        return undefined;
      }
      const { baseline: _former, ...kept } = rotation;
      const claimed: Rotation = { ...kept, state: 'sending', attempt: rotation.attempt + 1, claimedAt: at };
      rotations.set(id, claimed);
      wakeAt.set(id, plusSeconds(at, claimSeconds));
      return claimed;
    },
    move: async (from, to, change) => {
      const rotation = rotations.get(from.id);
      if (isOver(from) || (from.state !== to && !(nextRotationStates[from.state] as readonly RotationState[]).includes(to))) throw new Error(`no way from ${from.state} to ${to}`);
      if (rotation === undefined || !stands(rotation, from, to)) return undefined;
      return moved(memory, to === 'scheduled' ? absorbing(memory, rotation) : rotation, to, change);
    },
  };
}

/** The compare of compare-and-set. */
function stands(rotation: Rotation, from: Rotation, to: RotationState): boolean {
  if (rotation.state !== from.state || rotation.attempt !== from.attempt) return false;
  if (from.state === 'sending' && (rotation.baseline === undefined) !== (from.baseline === undefined)) return false;
  // A cause that joined meanwhile has not been proven.
  return to !== 'done' || rotation.causes.length === from.causes.length;
}

function moved(memory: Memory, rotation: Rotation, to: RotationState, { set = {}, entries = [], lookAt }: RotationChange): Rotation {
  const now: Rotation = { ...rotation, ...set, state: to };
  memory.rotations.set(rotation.id, now);
  memory.entries.push(...entries);
  if (isOver(now)) memory.wakeAt.delete(rotation.id);
  else if (lookAt !== undefined) memory.wakeAt.set(rotation.id, lookAt);
  return now;
}

/** Another one that is scheduled for the device becomes part of this one. */
function absorbing(memory: Memory, rotation: Rotation): Rotation {
  const other = underWay(memory, rotation.device.deviceId).find(({ id, state }) => state === 'scheduled' && id !== rotation.id);
  if (other === undefined) return rotation;
  memory.rotations.delete(other.id);
  memory.wakeAt.delete(other.id);
  for (const request of memory.requests.values()) if (request.rotationId === other.id) memory.requests.set(request.id, { ...request, rotationId: rotation.id });
  return { ...rotation, causes: [...rotation.causes, ...other.causes], volumeTypes: [...new Set([...rotation.volumeTypes, ...other.volumeTypes])] };
}

/** Not over: the scheduled one first, which is the one that takes a further cause. */
const underWay = (memory: Memory, device: EntraDeviceId): readonly Rotation[] =>
  [...memory.rotations.values()].filter((rotation) => rotation.device.deviceId === device && !isOver(rotation)).sort((a, b) => Number(b.state === 'scheduled') - Number(a.state === 'scheduled'));

/** What a press or a reveal leads to: a rotation of its own, or part of one that is there. */
export function planIn(memory: Memory, { plan, entry }: PlannedRotation): { readonly rotation: Rotation; readonly joined: boolean } {
  const host = underWay(memory, plan.device.deviceId).find((other) => other.state === 'scheduled' || covers(other, plan.cause));
  const again = host?.causes.some((cause) => cause.requestId === plan.cause.requestId) === true;
  if (host !== undefined && again) return { rotation: host, joined: true };
  const rotation = host === undefined ? newRotation(plan) : joined(host, plan);
  memory.rotations.set(rotation.id, rotation);
  if (rotation.state === 'scheduled') memory.wakeAt.set(rotation.id, earlier(plan.lookAt ?? rotation.dueAt, memory.wakeAt.get(rotation.id)));
  memory.entries.push(entry(rotation));
  return { rotation, joined: host !== undefined };
}

/** A running one replaces the keys that were there before it was sent, and no others. */
const covers = ({ baseline }: Rotation, cause: RotationCause): boolean => cause.by === 'person' || baseline === undefined || baseline.keyIds.includes(cause.keyId);

const newRotation = ({ id, device, cause, volumeTypes, dueAt, at }: PlannedRotation['plan']): Rotation => ({
  id, device, causes: [cause], volumeTypes, state: 'scheduled', createdAt: at, dueAt, attempt: 0, looks: 0, newKeys: [],
});

const joined = (host: Rotation, { cause, volumeTypes, dueAt }: PlannedRotation['plan']): Rotation => ({
  ...host,
  causes: [...host.causes, cause],
  volumeTypes: [...new Set([...host.volumeTypes, ...volumeTypes])],
  dueAt: host.state === 'scheduled' ? earlier(dueAt, host.dueAt) : host.dueAt,
});

const earlier = (a: Instant, b: Instant | undefined): Instant => (b !== undefined && b < a ? b : a);

/** Rotations that a job would wake now, in the order in which they are due. */
export const dueWakes = (memory: Memory, now: Instant): readonly RotationId[] =>
  [...memory.wakeAt].filter(([, at]) => at <= now).sort(([, a], [, b]) => a.localeCompare(b)).map(([id]) => id);
