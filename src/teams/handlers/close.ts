import { cancelRequest, chooseDevice, type CloseAnswer, hideKey } from '../../domain/close-card.ts';
import type { Press } from '../../domain/press.ts';
import type { Purpose, RevealRequest } from '../../domain/request.ts';
import { hiddenCardFor } from '../after-reveal.ts';
import { afterwardsOf } from '../afterwards.ts';
import { cancelledCard } from '../cards/cancelled.ts';
import type { CardMessage } from '../cards/card.ts';
import { chooseDeviceCard } from '../cards/choose-device.ts';
import { refusedCard } from '../cards/refused.ts';
import { cardAnswer, type InvokeBody } from '../invoke-answer.ts';
import type { Room } from '../room.ts';
import { makeLast } from '../say.ts';
import { cardOf } from './ask.ts';

/** The message is edited by the verb, which writes down that it was. */
export async function onHide(room: Room, press: Press): Promise<InvokeBody> {
  const answer = await hideKey(room.desk, press, async (request) => {
    try {
      return await room.hideCard(request);
    } catch (error) {
      room.log.error({ err: error, request: request.id }, 'the message of a card was not edited');
      throw error;
    }
  });
  return cardAnswer(answer.kind === 'refused' ? await refused(room, press, answer) : await hiddenCardOf(room, answer.request));
}

/** Also for the timekeeper. Looks up what the card says of the rotation. */
export const hiddenCardOf = async (room: Room, request: RevealRequest): Promise<CardMessage> =>
  hiddenCardFor(room.guard, { request, ...(await afterwardsOf(room, request)), now: room.desk.clock.now() });

export async function onCancel(room: Room, press: Press): Promise<InvokeBody> {
  const answer = await cancelRequest(room.desk, press);
  if (answer.kind === 'refused') return cardAnswer(await refused(room, press, answer));
  const card = cancelledCard({ request: answer.request });
  await makeLast(room, answer.request, card);
  return cardAnswer(card);
}

const refused = async (room: Room, press: Press, { refusal }: Extract<CloseAnswer, { kind: 'refused' }>): Promise<CardMessage> =>
  refusedCard({ refusal, viewer: press.viewer, now: room.desk.clock.now(), purpose: await purposeOf(room, press) });

/** A press without a choice gives the same card back; a device that cannot be had leaves the others to choose from. */
export async function onChoose(room: Room, press: Press): Promise<InvokeBody> {
  const answer = await chooseDevice(room.desk, press);
  if (answer.kind === 'choose') return cardAnswer(chooseDeviceCard({ request: answer.request, now: room.desk.clock.now(), missing: true }));
  const purpose = answer.kind === 'refused' ? await purposeOf(room, press) : answer.request.purpose;
  const card = await cardOf(room.desk, press.viewer, answer, purpose);
  if (answer.kind !== 'refused') await makeLast(room, answer.request, card);
  return cardAnswer(card);
}

/** What the card of a refused press was for. Only for the choice of words: whose card it is was judged already. */
async function purposeOf({ desk }: Room, { requestId }: Press): Promise<Purpose> {
  return (requestId && (await desk.requests.find(requestId)))?.purpose ?? 'reveal';
}
