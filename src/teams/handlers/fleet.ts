import { askForList, askForOverview, askForReadiness, turnPage } from '../../domain/ask-for-fleet.ts';
import { offerCheck } from '../../domain/export-check.ts';
import type { FleetCommand } from '../../domain/fleet-command.ts';
import type { Incoming } from '../activity.ts';
import type { CardMessage } from '../cards/card.ts';
import { fleetListCard } from '../cards/fleet-list.ts';
import { fleetStatusCard } from '../cards/fleet-status.ts';
import { mostNames, readinessCard, tooManyNamesCard } from '../cards/readiness.ts';
import { refusedCard } from '../cards/refused.ts';
import { consentAttachment } from '../file-messages.ts';
import type { FleetPress } from '../fleet-press.ts';
import { cardAnswer, type InvokeBody } from '../invoke-answer.ts';
import type { Room } from '../room.ts';
import { sayPrivately } from '../say.ts';

type Answer = Awaited<ReturnType<typeof askForOverview> | ReturnType<typeof askForList> | ReturnType<typeof askForReadiness>>;

/** Names of devices are nobody else's business: in the private chat, wherever it was asked. */
export async function onFleet(room: Room, incoming: Incoming, command: FleetCommand): Promise<void> {
  const answer = await ask(room, incoming, command);
  const activityId = await sayPrivately(room, incoming, cardOf(room, incoming, answer));
  if (activityId !== undefined && command.kind === 'check' && answer.kind === 'readiness' && answer.report.rows.length > mostNames) await offerFile(room, incoming, command.names);
}

/** Teams' own offer of a file, below a card that shows the beginning of it. */
async function offerFile(room: Room, incoming: Incoming, names: readonly string[]): Promise<void> {
  const place = await room.chats.with(incoming);
  if (place === undefined) return;
  const offer = await offerCheck(room.desk, incoming.asker, names, place);
  const sent = await room.sender.sendFile(place, incoming.bot, 'The whole list, as a file.', consentAttachment(offer, names.length));
  if (sent.kind === 'sent' && sent.activityId !== undefined) await room.desk.readings.offerPlaced(offer.id, { ...place, activityId: sent.activityId });
}

function ask({ desk }: Room, { asker }: Incoming, command: FleetCommand): Promise<Answer> {
  switch (command.kind) {
    case 'fleet-status':
      return askForOverview(desk, asker);
    case 'fleet-list':
      return askForList(desk, asker, command.list);
    case 'check':
      return askForReadiness(desk, asker, command.names, command.count);
  }
}

/** The page comes in the place of the one before. */
export async function onFleetPage(room: Room, press: FleetPress, incoming: Incoming): Promise<InvokeBody> {
  return cardAnswer(cardOf(room, incoming, await turnPage(room.desk, { ...incoming.asker, trigger: press.trigger }, press.list, press.page)));
}

/** Names with six digits in them may look like the blocks of a key, the more of them the more: then fewer are shown. */
function fitting({ guard }: Room, draw: (more: { readonly names?: number }) => CardMessage): CardMessage {
  for (const more of [{}, { names: 3 }]) {
    const card = draw(more);
    if (guard.allows(card)) return card;
  }
  return draw({ names: 0 });
}

function cardOf(room: Room, { asker: { viewer } }: Incoming, answer: Answer): CardMessage {
  const read = { viewer, now: room.desk.clock.now() };
  switch (answer.kind) {
    case 'overview':
      return fleetStatusCard({ ...answer, ...read });
    case 'list':
      return fitting(room, (more) => fleetListCard({ ...answer, ...read, ...more }));
    case 'readiness':
      return fitting(room, (more) => readinessCard({ ...answer, ...read, ...more }));
    case 'too-many':
      return tooManyNamesCard(answer);
    case 'refused':
      return refusedCard({ refusal: answer.refusal, ...read, purpose: 'status' });
  }
}
