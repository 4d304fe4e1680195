import type { Press } from '../../domain/press.ts';
import { type RevealAnswer, revealKey, showAgain } from '../../domain/reveal-key.ts';
import type { CardMessage } from '../cards/card.ts';
import { usedCardFor } from '../after-reveal.ts';
import { confirmRevealCard } from '../cards/confirm-reveal.ts';
import { expiredCard } from '../cards/expired.ts';
import { refusedCard } from '../cards/refused.ts';
import { revealedKeyCard } from '../cards/revealed-key.ts';
import { afterwardsOf } from '../afterwards.ts';
import { loginRequest } from '../login-request.ts';
import { cardAnswer, type InvokeBody } from '../invoke-answer.ts';
import type { Room } from '../room.ts';
import { hindered, signInOf, signInPageFor } from '../sign-in.ts';
import { makeLast, notePlace } from '../say.ts';

export const onReveal = async (room: Room, press: Press): Promise<InvokeBody> => answerTo(room, press, await revealKey(room.desk, press));
export const onAgain = async (room: Room, press: Press): Promise<InvokeBody> => answerTo(room, press, await showAgain(room.desk, press));

async function answerTo(room: Room, press: Press, answer: RevealAnswer): Promise<InvokeBody> {
  const { settings, clock } = room.desk;
  const now = clock.now();
  switch (answer.kind) {
    case 'revealed': {
      // The only place where a password becomes part of an answer, and the only body that the guard lets pass.
      const { request, password, rotation } = answer;
      const body = cardAnswer(revealedKeyCard({ request, password, ...(await afterwardsOf(room, request, rotation)) }));
      room.guard.exempt(body);
      // A crash between sending a card and noting its place: without a place it could not be hidden.
      if (answer.request.card?.activityId === undefined) await notePlace(room, answer.request, press.cardActivityId);
      return body;
    }
    case 'card-back': {
      const { request, values, problems, missesLeft, hindrance } = answer;
      return cardAnswer(confirmRevealCard({ request, settings, now, values, problems, ...(missesLeft !== undefined && { missesLeft }), ...hindered(room, request, hindrance) }));
    }
    case 'sign-in':
      return loginRequest(answer, signInOf(room));
    case 'refused':
      return cardAnswer(await refusal(room, press, answer));
  }
}

async function refusal(room: Room, press: Press, { refusal, request }: Extract<RevealAnswer, { kind: 'refused' }>): Promise<CardMessage> {
  const now = room.desk.clock.now();
  const refused = refusedCard({ refusal, viewer: press.viewer, now, ...(request && signInPageFor(room, request, refusal.code)) });
  if (request === undefined) return refused;
  // A card that will never do anything again says so for good.
  if (refusal.code === 'request-expired') await makeLast(room, request, expiredCard({ request }));
  if (refusal.code === 'too-many-misses') await makeLast(room, request, refused);
  const wasRevealed = request.grant !== undefined && request.offer !== undefined && request.revealedAt !== undefined;
  return refusal.code === 'request-used' && wasRevealed ? usedCardFor(room.guard, { request, now, ...(await afterwardsOf(room, request)) }) : refused;
}
