// Makes every message that shows a rotation say how it stands: the card of each person who asked for it, and the hidden
// card of each key that was shown. A card that shows a key just now is left alone: it says so when it is hidden.

import { Fault } from '../domain/fault.ts';
import type { RequestId } from '../domain/ids.ts';
import type { RevealRequest } from '../domain/request.ts';
import { isOver, type Rotation } from '../domain/rotation.ts';
import { hiddenCardFor } from './after-reveal.ts';
import { afterwardsOf } from './afterwards.ts';
import type { CardMessage } from './cards/card.ts';
import { rotationProgressCard } from './cards/rotation-progress.ts';
import type { Room } from './room.ts';

const mostRounds = 3;

interface Shown {
  /** As it was shown last. */
  readonly rotation: Rotation;
  /** What kept a card from being told and may pass. */
  readonly missed?: Fault;
}

/**
 * Never rejects: what could not be edited is logged, and the next change tells again. Edits of two instances may arrive
 * in another order than they were made; whoever wrote an older state finds that out by looking again.
 */
export async function showRotation(room: Room, rotation: Rotation): Promise<Shown> {
  let shown = await newest(room, rotation);
  let missed: Fault | undefined;
  for (let round = 1; round <= mostRounds; round += 1) {
    const requests = [...new Set(shown.causes.map((cause) => cause.requestId))];
    const faults = await Promise.all(requests.map((request) => showAt(room, shown, request)));
    missed = faults.find((fault) => fault !== undefined);
    const now = await newest(room, shown);
    if (looksTheSame(now, shown)) break;
    shown = now;
  }
  return { rotation: shown, ...(missed && { missed }) };
}

/**
 * For the jobs. Throws a Fault when a card was not told of the end: no change will follow that tells again, so the job
 * is to come again.
 */
export async function tellRotation(room: Room, rotation: Rotation): Promise<void> {
  const { rotation: shown, missed } = await showRotation(room, rotation);
  // Without the pause that Teams may have asked for: it would be kept with the row, and that one is over.
  if (missed !== undefined && isOver(shown)) throw new Fault(missed.code, 'later', { cause: missed });
}

const looksTheSame = (a: Rotation, b: Rotation): boolean => a.state === b.state && a.dueAt === b.dueAt && a.causes.length === b.causes.length;

async function newest({ desk, log }: Room, rotation: Rotation): Promise<Rotation> {
  try {
    return (await desk.rotations.find(rotation.id)) ?? rotation;
  } catch (error) {
    log.error({ err: error, rotation: rotation.id }, 'a rotation was not read again');
    return rotation;
  }
}

async function showAt(room: Room, rotation: Rotation, requestId: RequestId): Promise<Fault | undefined> {
  try {
    const request = await room.desk.requests.find(requestId);
    // A request of the API has no card; whoever asked looks by themselves.
    if (request?.card === undefined) return undefined;
    const card = await cardFor(room, rotation, request);
    // A message that is gone, or a chat that was closed, needs no telling.
    if (card !== undefined) await room.sender.edit(request.card, card);
    return undefined;
  } catch (error) {
    room.log.error({ err: error, rotation: rotation.id, request: requestId }, 'a card was not told of its rotation');
    return error instanceof Fault && error.code !== 'internal' ? error : undefined;
  }
}

/** Undefined where nothing of this rotation is to be shown. */
async function cardFor(room: Room, rotation: Rotation, request: RevealRequest): Promise<CardMessage | undefined> {
  // Shown again meanwhile, a key may have led to another rotation.
  if (request.rotationId !== rotation.id) return undefined;
  const now = room.desk.clock.now();
  if (request.state === 'started') return rotationProgressCard({ request, rotation, now, overdueHours: room.desk.settings.overdueHours });
  if (request.state !== 'revealed' || request.hiddenAt === undefined) return undefined;
  return hiddenCardFor(room.guard, { request, now, ...(await afterwardsOf(room, request, rotation)) });
}
