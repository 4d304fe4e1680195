// Makes every message that shows a rotation say how it stands: the card of each person who asked for it, and the hidden
// card of each key that was shown. A card that shows a key just now is left alone: it says so when it is hidden.

import type { RequestId } from '../domain/ids.ts';
import type { RevealRequest } from '../domain/request.ts';
import type { Rotation } from '../domain/rotation.ts';
import { hiddenCardFor } from './after-reveal.ts';
import { afterwardsOf } from './afterwards.ts';
import type { CardMessage } from './cards/card.ts';
import { rotationProgressCard } from './cards/rotation-progress.ts';
import type { Room } from './room.ts';

const mostRounds = 3;

/**
 * Never rejects: what could not be edited is logged, and the next change tells again. Edits of two instances may arrive
 * in another order than they were made; whoever wrote an older state finds that out by looking again.
 * @returns the rotation as it was shown last
 */
export async function showRotation(room: Room, rotation: Rotation): Promise<Rotation> {
  let shown = await newest(room, rotation);
  for (let round = 1; round <= mostRounds; round += 1) {
    const requests = [...new Set(shown.causes.map((cause) => cause.requestId))];
    await Promise.all(requests.map((request) => showAt(room, shown, request)));
    const now = await newest(room, shown);
    if (looksTheSame(now, shown)) break;
    shown = now;
  }
  return shown;
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

async function showAt(room: Room, rotation: Rotation, requestId: RequestId): Promise<void> {
  try {
    const request = await room.desk.requests.find(requestId);
    if (request === undefined) return;
    const card = await cardFor(room, rotation, request);
    // A message that is gone, or a chat that was closed, needs no telling.
    if (card !== undefined) await room.sender.edit(request.card, card);
  } catch (error) {
    room.log.error({ err: error, rotation: rotation.id, request: requestId }, 'a card was not told of its rotation');
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
