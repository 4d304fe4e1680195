import { askToRotateShown, startRotation } from '../../domain/rotate-key.ts';
import type { Press } from '../../domain/press.ts';
import type { Incoming } from '../activity.ts';
import { confirmRotateCard } from '../cards/confirm-rotate.ts';
import { plain } from '../cards/escape.ts';
import { expiredCard } from '../cards/expired.ts';
import { refusedCard, refusedLine } from '../cards/refused.ts';
import { rotationProgressCard } from '../cards/rotation-progress.ts';
import { loginRequest } from '../login-request.ts';
import { cardAnswer, type InvokeBody, lineAnswer } from '../invoke-answer.ts';
import type { Room } from '../room.ts';
import { makeLast, notePlace } from '../say.ts';
import { showRotation } from '../show-rotation.ts';
import { hindered, signInOf, signInPageFor } from '../sign-in.ts';
import { cardOf } from './ask.ts';

/**
 * The button on a card of a shown key. The confirm card is a message of its own, and the answer is one line: a card in
 * the answer would take the key off the screen of somebody who is reading it out, and it can be repeated from nowhere.
 */
export async function onRotateAsk(room: Room, press: Press, { bot }: Incoming): Promise<InvokeBody> {
  const { desk, sender, chats } = room;
  const answer = await askToRotateShown(desk, press);
  if (answer.kind === 'refused') return lineAnswer(refusedLine({ refusal: answer.refusal, viewer: press.viewer, now: desk.clock.now(), purpose: 'rotate' }));
  const { card: place } = answer.request;
  if (place === undefined) throw new Error('what was asked for on a card has a card');
  const sent = await sender.sendTo(place, bot, await cardOf(desk, press.viewer, answer, 'rotate'));
  if (sent.kind === 'closed') {
    chats.forget(press.person.id);
    return lineAnswer(plain`Teams did not take my card. Type: rotate and the name of the device`);
  }
  await notePlace(room, answer.request, sent.activityId);
  return lineAnswer(plain`The card to rotate the key is below.`);
}

/** The confirm card becomes the card that follows the rotation, in the answer and in its message. */
export async function onRotate(room: Room, press: Press): Promise<InvokeBody> {
  const { desk } = room;
  const { settings } = desk;
  const answer = await startRotation(desk, press);
  const now = desk.clock.now();
  switch (answer.kind) {
    case 'rotating': {
      // A crash between sending a card and noting its place: without a place it could not be told how it goes on.
      if (answer.request.card?.activityId === undefined) await notePlace(room, answer.request, press.cardActivityId);
      const { rotation } = await showRotation(room, answer.rotation);
      return cardAnswer(rotationProgressCard({ request: answer.request, rotation, now, overdueHours: settings.overdueHours, ...signInPageFor(room, answer.request, rotation.failure) }));
    }
    case 'card-back':
      return cardAnswer(confirmRotateCard({ request: answer.request, settings, now, values: answer.values, problems: answer.problems, ...hindered(room, answer.request, answer.hindrance) }));
    case 'sign-in':
      return loginRequest(answer, signInOf(room));
    case 'refused':
      if (answer.refusal.code === 'request-expired') await sayExpired(room, press);
      return cardAnswer(refusedCard({ refusal: answer.refusal, viewer: press.viewer, now, purpose: 'rotate' }));
  }
}

/** A card that will never do anything again says so for good. Whose card it is was judged before its age. */
async function sayExpired(room: Room, { requestId }: Press): Promise<void> {
  const request = requestId && (await room.desk.requests.find(requestId));
  if (request?.state === 'expired') await makeLast(room, request, expiredCard({ request }));
}
