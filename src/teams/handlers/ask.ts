import { type AskAnswer, askForKey } from '../../domain/ask-for-key.ts';
import type { KeyQuestion } from '../../domain/command.ts';
import type { Desk } from '../../domain/desk.ts';
import type { Viewer } from '../../domain/request.ts';
import type { Incoming } from '../activity.ts';
import type { CardMessage } from '../cards/card.ts';
import { chooseDeviceCard } from '../cards/choose-device.ts';
import { confirmRevealCard } from '../cards/confirm-reveal.ts';
import { refusedCard } from '../cards/refused.ts';
import type { Room } from '../room.ts';
import { notePlace, sayPrivately } from '../say.ts';

/** The private chat is opened beside the look-ups; the request is durable before its card is sent. */
export async function onAsk(room: Room, incoming: Incoming, question: KeyQuestion): Promise<void> {
  const answer = await askForKey(room.desk, incoming.asker, question, room.chats.with(incoming));
  const activityId = await sayPrivately(room, incoming, cardOf(room.desk, incoming.asker.viewer, answer));
  if (answer.kind !== 'refused') await notePlace(room, answer.request, activityId);
}

export function cardOf({ settings, clock }: Desk, viewer: Viewer, answer: AskAnswer): CardMessage {
  const now = clock.now();
  switch (answer.kind) {
    case 'confirm':
      return confirmRevealCard({ request: answer.request, settings, now, ...(answer.note && { note: answer.note }) });
    case 'choose':
      return chooseDeviceCard({ request: answer.request, now, ...(answer.unlisted !== undefined && { unlisted: answer.unlisted }) });
    case 'refused':
      return refusedCard({ refusal: answer.refusal, viewer, now });
  }
}
