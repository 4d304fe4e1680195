import type { RevealRequest } from '../domain/request.ts';
import type { Rotation } from '../domain/rotation.ts';
import { permits } from '../domain/person.ts';
import type { Afterwards } from './cards/rotation-words.ts';
import type { Room } from './room.ts';

/**
 * What a card of a shown key says about what follows. Never rejects: a key that may be shown is shown, and one that has
 * to be hidden is hidden, also when nothing can be said of its rotation.
 * @param known the rotation, when it is at hand
 */
export async function afterwardsOf(room: Room, request: RevealRequest, known?: Rotation): Promise<Afterwards> {
  const { settings, rotations } = room.desk;
  const unsaid = (error: unknown): undefined => {
    room.log.warn({ err: error, request: request.id }, 'a card does not say all about its rotation');
    return undefined;
  };
  const [rotation, mayRotate] = await Promise.all([
    known ?? (request.rotationId && rotations.find(request.rotationId).catch(unsaid)),
    mayRotateNow(room, request).catch(unsaid),
  ]);
  return { ...(rotation && { rotation }), rotationOff: settings.rotateAfterSeconds === undefined, mayRotate: mayRotate === true };
}

/** For drawing a button; the press asks afresh. A reveal has just asked, so that this costs no call then. */
async function mayRotateNow({ desk }: Room, { person }: RevealRequest): Promise<boolean> {
  return permits(await desk.roles.recent(person.id, desk.deadlines.press()), 'rotate', desk.settings);
}
