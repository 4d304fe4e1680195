import { cancelRequest, chooseDevice, type CloseAnswer, hideKey } from '../../domain/close-card.ts';
import type { Press } from '../../domain/press.ts';
import type { Purpose, RevealRequest } from '../../domain/request.ts';
import { afterwardsOf } from '../afterwards.ts';
import { cancelledCard } from '../cards/cancelled.ts';
import type { CardMessage } from '../cards/card.ts';
import { chooseDeviceCard } from '../cards/choose-device.ts';
import { hiddenKeyCard } from '../cards/hidden-key.ts';
import { refusedCard } from '../cards/refused.ts';
import { cardAnswer, type InvokeBody } from '../invoke-answer.ts';
import type { Room } from '../room.ts';
import { makeLast } from '../say.ts';
import { cardOf } from './ask.ts';

export const onHide = async (room: Room, press: Press): Promise<InvokeBody> =>
  closed(room, press, await hideKey(room.desk, press), (request) => hiddenCardOf(room, request));

export const onCancel = async (room: Room, press: Press): Promise<InvokeBody> =>
  closed(room, press, await cancelRequest(room.desk, press), (request) => cancelledCard({ request }));

/** Also for the timekeeper. Looks up what the card says of the rotation. */
export const hiddenCardOf = async (room: Room, request: RevealRequest): Promise<CardMessage> =>
  hiddenKeyCard({ request, ...(await afterwardsOf(room, request)), now: room.desk.clock.now() });

async function closed(room: Room, press: Press, answer: CloseAnswer, cardFor: (request: RevealRequest) => CardMessage | Promise<CardMessage>): Promise<InvokeBody> {
  if (answer.kind === 'refused') return cardAnswer(refusedCard({ refusal: answer.refusal, viewer: press.viewer, now: room.desk.clock.now(), purpose: await purposeOf(room, press) }));
  const card = await cardFor(answer.request);
  await makeLast(room, answer.request, card);
  return cardAnswer(card);
}

/** A press without a choice gives the same card back; a device that cannot be had leaves the others to choose from. */
export async function onChoose(room: Room, press: Press): Promise<InvokeBody> {
  const answer = await chooseDevice(room.desk, press);
  if (answer.kind === 'choose') return cardAnswer(chooseDeviceCard({ request: answer.request, now: room.desk.clock.now(), missing: true }));
  const purpose = answer.kind === 'confirm' ? answer.request.purpose : await purposeOf(room, press);
  const card = await cardOf(room.desk, press.viewer, answer, purpose);
  if (answer.kind === 'confirm') await makeLast(room, answer.request, card);
  return cardAnswer(card);
}

/** What the card of a refused press was for. Only for the choice of words: whose card it is was judged already. */
async function purposeOf({ desk }: Room, { requestId }: Press): Promise<Purpose> {
  return (requestId && (await desk.requests.find(requestId)))?.purpose ?? 'reveal';
}
