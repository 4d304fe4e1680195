// Where an answer goes. What concerns one person goes to their private chat; where others read stands only a notice
// that names nothing (product.md §3).

import type { RevealRequest } from '../domain/request.ts';
import type { Incoming } from './activity.ts';
import type { CardMessage } from './cards/card.ts';
import { carriedOnNotice, privateChatClosedNotice } from './cards/notices.ts';
import type { Room } from './room.ts';

/**
 * @returns the activity that the card became in the private chat; undefined when it could not be placed there. Then
 * the conversation of the message has a notice that says how to open the private chat.
 */
export async function sayPrivately(room: Room, incoming: Incoming, card: CardMessage): Promise<string | undefined> {
  const { sender, chats } = room;
  if (incoming.asker.conversation === 'personal') {
    const sent = await sender.reply(incoming, card);
    return sent.kind === 'sent' ? sent.activityId : undefined;
  }
  const place = await chats.with(incoming);
  const sent = place && (await sender.sendTo(place, incoming.bot, card));
  if (sent?.kind === 'sent') {
    await sender.reply(incoming, carriedOnNotice());
    return sent.activityId;
  }
  chats.forget(incoming.asker.person.id);
  await sender.reply(incoming, privateChatClosedNotice());
  return undefined;
}

/** Notes where the card of a request stands, so that it can be edited later. */
export async function notePlace(room: Room, request: RevealRequest, activityId: string | undefined): Promise<void> {
  if (activityId === undefined || request.card === undefined) return;
  try {
    await room.desk.requests.placed(request.id, { ...request.card, activityId });
  } catch (error) {
    // The card is there and works. It holds no secret and never will; only its message cannot be edited after a reveal.
    room.log.error({ err: error, request: request.id }, 'the place of a card was not noted');
  }
}

/**
 * Makes the message itself show what the answer to a press shows: Teams puts a card back to its message when somebody
 * reacts to it or comes back to the chat. A failure leaves an older card without secret there, so it is only logged.
 */
export async function makeLast(room: Room, request: RevealRequest, card: CardMessage): Promise<void> {
  try {
    const done = await room.sender.edit(request.card, card);
    if (done === 'closed') room.log.warn({ request: request.id }, 'the message of a card is gone');
  } catch (error) {
    room.log.error({ err: error, request: request.id }, 'the message of a card was not edited');
  }
}
