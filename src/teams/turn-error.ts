// T5: whatever went wrong in a turn, a person gets a card with a reference that the log has too, and nothing of the
// error. Where the press was on a card of theirs, it names the device and links to its pages: the way that still works.

import type { TurnContext } from 'botbuilder';
import { portalIdsOf } from '../domain/ask-for-key.ts';
import { type Command, parseCommand } from '../domain/command.ts';
import { Fault, type FaultCode } from '../domain/fault.ts';
import { type Incoming, parsePress } from './activity.ts';
import type { CardMessage } from './cards/card.ts';
import { faultCard, faultLine, type Faulty } from './cards/fault.ts';
import type { Wanted } from './cards/words.ts';
import { parseFleetPress } from './fleet-press.ts';
import { acknowledge, cardAnswer, lineAnswer, respond } from './invoke-answer.ts';
import { isConsent, parseReadingPress } from './reading-press.ts';
import type { Room } from './room.ts';
import { sayPrivately } from './say.ts';

export async function onTurnError(room: Room, context: TurnContext, incoming: Incoming | undefined, error: unknown): Promise<void> {
  const fault = error instanceof Fault ? error : new Fault('internal', 'never', { cause: error });
  const reference = room.desk.ids.reference();
  room.log.error({ err: error, fault: fault.code, reference, activity: context.activity.type, conversation: incoming?.asker.conversation }, 'a turn failed');
  try {
    const device = await pressedDevice(room, incoming, fault);
    const told = { fault, reference, purpose: purposeOf(room, incoming), ...(device && { device }) };
    const card = faultCard(told);
    // Whoever pressed it may be reading out a key, which a card in the answer would take away.
    if (verbIn(incoming) === 'rotate-ask') await respond(context, lineAnswer(faultLine(told)));
    // Nobody sees the answer to this one.
    else if (incoming !== undefined && isConsent(incoming)) await Promise.all([tell(room, incoming, card, fault), acknowledge(context)]);
    else if (context.activity.type === 'invoke') await respond(context, cardAnswer(card));
    else if (incoming !== undefined) await tell(room, incoming, card, fault);
  } catch (second) {
    room.log.error({ err: second, reference }, 'the fault could not be told');
  }
}

/** Only to the one whose card it is. A store that has just failed, or is in doubt, is not asked again: somebody waits for the answer. */
const unasked: ReadonlySet<FaultCode> = new Set(['store-unavailable', 'ledger-unavailable', 'ledger-mismatch']);

async function pressedDevice({ desk }: Room, incoming: Incoming | undefined, { code }: Fault): Promise<Faulty['device']> {
  const press = incoming && parsePress(incoming)?.press;
  if (press?.requestId === undefined || unasked.has(code)) return undefined;
  const request = await desk.requests.find(press.requestId).catch(() => undefined);
  if (request?.offer === undefined || request.person.id !== press.person.id || request.card?.conversationId !== press.conversationId) return undefined;
  return { name: request.offer.device.name, ...portalIdsOf(request.offer) };
}

/** Where the private chat is what failed, the card goes where the question came from; it names nobody and nothing. */
const tell = (room: Room, incoming: Incoming, card: CardMessage, { code }: Fault): Promise<unknown> =>
  code === 'teams-unreachable' ? room.sender.reply(incoming, card) : sayPrivately(room, incoming, card);

const verbIn = (incoming: Incoming | undefined): string | undefined => incoming && parsePress(incoming)?.verb;

const aboutStatus: ReadonlySet<Command['kind']> = new Set(['status', 'own-devices', 'fleet-status', 'fleet-list', 'check']);

/** What a turn was about, for the words of its fault. */
function purposeOf({ desk }: Room, incoming: Incoming | undefined): Wanted {
  if (incoming !== undefined && isConsent(incoming)) return 'file';
  if (incoming !== undefined && parseReadingPress(incoming) !== undefined) return 'audit';
  if (incoming !== undefined && parseFleetPress(incoming) !== undefined) return 'status';
  if (incoming?.kind !== 'message') return verbIn(incoming)?.startsWith('rotate') === true ? 'rotate' : 'reveal';
  const { kind } = parseCommand(incoming.text, { privateChat: incoming.asker.conversation === 'personal', ticketPattern: desk.settings.ticketPattern });
  return kind === 'rotate' || kind === 'audit' ? kind : aboutStatus.has(kind) ? 'status' : 'reveal';
}
