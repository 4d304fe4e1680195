import { admit } from '../../domain/ask-for-key.ts';
import { parseCommand } from '../../domain/command.ts';
import { parseChannelId } from '../../domain/channel.ts';
import { entry } from '../../domain/desk.ts';
import type { Incoming } from '../activity.ts';
import { helpCard } from '../cards/help.ts';
import { keyTypesCard } from '../cards/key-types.ts';
import { pastedPasswordCard } from '../cards/pasted-password.ts';
import { refusedCard } from '../cards/refused.ts';
import { suggestionCard } from '../cards/suggestion.ts';
import { whoamiCard } from '../cards/whoami.ts';
import type { Room } from '../room.ts';
import { sayPrivately } from '../say.ts';
import { onAsk } from './ask.ts';
import { onAudit } from './audit.ts';
import { onFleet } from './fleet.ts';
import { onOwnDevices, onOwnKey, onStatus } from './status.ts';
import { onSummary } from './summary.ts';

/** One message, answered once however often Teams delivers it. Throws a Fault; the fault card is sent by bot.ts. */
export async function onMessage(room: Room, incoming: Incoming): Promise<void> {
  const { desk } = room;
  const { asker, conversationId, activityId } = incoming;
  const admitted = await admit(desk, asker, { conversationId, activityId });
  if (admitted === 'repeat') return;
  await notePlaceOf(room, incoming);
  if (admitted !== 'admitted') {
    await sayPrivately(room, incoming, refusedCard({ refusal: admitted, viewer: asker.viewer, now: desk.clock.now() }));
    return;
  }
  const command = parseCommand(incoming.text, { privateChat: asker.conversation === 'personal', ticketPattern: desk.settings.ticketPattern });
  switch (command.kind) {
    case 'key':
      return onAsk(room, incoming, command.question, 'reveal');
    case 'rotate':
      return onAsk(room, incoming, command.question, 'rotate');
    case 'audit':
      return onAudit(room, incoming, command.question);
    case 'summary':
      return onSummary(room, incoming, command.rest);
    case 'status':
      return onStatus(room, incoming, command.question);
    case 'own-key':
      return onOwnKey(room, incoming);
    case 'own-devices':
      return onOwnDevices(room, incoming);
    case 'fleet-status':
    case 'fleet-list':
    case 'check':
      return onFleet(room, incoming, command);
    case 'help':
      return onHelp(room, incoming);
    case 'whoami':
      return onWhoami(room, incoming);
    case 'pasted-password':
      return onPastedPassword(room, incoming);
    case 'key-types':
      return void (await room.sender.reply(incoming, keyTypesCard()));
    case 'suggestion':
      return void (await room.sender.reply(incoming, suggestionCard(command)));
  }
}

/** How a channel that has summaries is reached now. Not knowing it any better is no reason not to answer. */
async function notePlaceOf({ desk, log }: Room, { asker, conversationId, serviceUrl, bot }: Incoming): Promise<void> {
  const channel = asker.conversation === 'personal' ? undefined : parseChannelId(conversationId);
  if (channel === undefined) return;
  await desk.channels.seen(channel, { serviceUrl, bot }).catch((error: unknown) => log.warn({ err: error }, 'how a channel is reached was not noted'));
}

async function onHelp({ desk, sender }: Room, incoming: Incoming): Promise<void> {
  const { person, conversation } = incoming.asker;
  if (conversation !== 'personal') return void (await sender.reply(incoming, helpCard({ conversation, settings: desk.settings })));
  const roles = await desk.roles.recent(person.id, desk.deadlines.ask());
  await sender.reply(incoming, helpCard({ roles, conversation, settings: desk.settings }));
}

/** Roles are nobody else's business, so this goes to the private chat. */
async function onWhoami(room: Room, incoming: Incoming): Promise<void> {
  const { desk } = room;
  const { person } = incoming.asker;
  const roles = await desk.roles.recent(person.id, desk.deadlines.ask());
  await sayPrivately(room, incoming, whoamiCard({ person, roles, settings: desk.settings }));
}

/** The warning goes out also when the ledger cannot be written; that fault is then reported after it. */
async function onPastedPassword({ desk, sender }: Room, incoming: Incoming): Promise<void> {
  const noted = desk.ledger.append({ ...entry(desk, incoming.asker, {}), act: 'warned', outcome: 'done' });
  noted.catch(() => undefined);
  await sender.reply(incoming, pastedPasswordCard());
  await noted;
}
