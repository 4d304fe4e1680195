import { askForSummary, noteShown, type SummaryAnswer } from '../../domain/ask-for-summary.ts';
import type { Desk } from '../../domain/desk.ts';
import type { Viewer } from '../../domain/request.ts';
import type { Incoming } from '../activity.ts';
import type { CardMessage } from '../cards/card.ts';
import { refusedCard } from '../cards/refused.ts';
import { summaryCard } from '../cards/summary.ts';
import { inAChannelCard, nothingToEndCard, subscribedCard, unclearScheduleCard, unsubscribedCard } from '../cards/summary-notices.ts';
import type { Room } from '../room.ts';
import { sayPrivately } from '../say.ts';

/** Answered where it was typed; only a refusal concerns one person and goes to the private chat. */
export async function onSummary(room: Room, incoming: Incoming, rest: string): Promise<void> {
  const { desk, sender } = room;
  const { asker } = incoming;
  const answer = await askForSummary(desk, asker, incoming, rest);
  const card = cardOf(desk, asker.viewer, answer);
  if (answer.kind === 'refused') return void (await sayPrivately(room, incoming, card));
  const sent = await sender.reply(incoming, card);
  if (answer.kind === 'summary' && sent.kind === 'sent') await noteShown(desk, asker, incoming, answer.summary);
}

function cardOf({ clock, settings }: Desk, viewer: Viewer, answer: SummaryAnswer): CardMessage {
  const now = clock.now();
  switch (answer.kind) {
    case 'summary':
      return summaryCard({ summary: answer.summary, viewer });
    case 'subscribed':
      return subscribedCard({ ...answer, names: settings.summaryNames, viewer, now });
    case 'unsubscribed':
      return unsubscribedCard();
    case 'nothing-to-end':
      return nothingToEndCard();
    case 'in-a-channel':
      return inAChannelCard();
    case 'unclear':
      return unclearScheduleCard(answer);
    case 'refused':
      return refusedCard({ refusal: answer.refusal, viewer, now });
  }
}
