// The demo's conversation in the terminal: said, read, filled in and pressed as a person would, through /api/messages
// like any client. Only the ledger at the end is read by another way, as an auditor would.

import { parsePersonId } from '../domain/ids.ts';
import { ledgerTable, type ListedEntry } from '../ledger/table.ts';
import type { Database } from '../store/database.ts';
import { listEntries } from '../store/stored-entries.ts';
import { startConnector } from '../terminal/connector.ts';
import { cardIn, type Conversation, type HttpAnswer, openConversation } from '../terminal/conversation.ts';
import { type CastMember, tenantId } from './cast.ts';
import { parseShownCard, type ShownCard, type ShownInput } from './shown-card.ts';

export interface Play {
  readonly ask: string;
  readonly speaker: CastMember;
  /** Without a slash at the end. */
  readonly keydeskUrl: string;
  readonly database: Database;
  /** Takes one or several lines, without a line break at the end. */
  readonly print: (lines: string) => void;
}

/** @returns whether the key was shown. Throws when Keydesk answers with anything but 200. */
export async function play(settings: Play): Promise<boolean> {
  const { database, keydeskUrl, print } = settings;
  const [newest] = await listEntries(database, { last: 1 });
  const connector = await startConnector();
  try {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const conversation = openConversation({ endpoint: `${keydeskUrl}/api/messages`, connector, tenantId, timeZone });
    const confirm = await ask(settings, conversation);
    const shown = confirm !== undefined && (await reveal(settings, conversation, confirm));
    const written = await entriesSince(settings, newest?.seq ?? 0);
    print(`\nThe ledger says\n${indented(written.length > 0 ? ledgerTable(written) : `nothing new about ${settings.speaker.name} (a refusal repeated within a minute becomes part of one entry)`)}`);
    print(shown ? '\nThe key was shown.' : '\nNo key was shown.');
    return shown;
  } finally {
    await connector.stop();
  }
}

/** A card in the private chat. */
interface SentCard extends ShownCard {
  readonly activityId: string;
}

/** The card on which a key can be revealed, when there is one. */
async function ask({ ask, speaker, print }: Play, conversation: Conversation): Promise<SentCard | undefined> {
  print(`\n${speaker.name}, ${speaker.part}\n${indented(ask)}`);
  const said = await conversation.say(ask, { as: speaker });
  demandAnswer(said);
  const sent = said.messages.flatMap((message): SentCard[] => {
    const card = parseShownCard(cardIn(message));
    return card === undefined ? [] : [{ ...card, activityId: message.activityId }];
  });
  for (const card of sent) print(`\nKeydesk\n${indented(card.text)}`);
  // Keydesk never picks among devices, and neither does the demo.
  if (sent.some((card) => card.verbs.includes('choose'))) print('\nSeveral devices fit, and here is nobody to choose: name one that has no twin, or choose in the Playground.');
  return sent.find((card) => card.verbs.includes('reveal'));
}

/** What somebody would choose and type into the form; what stands there already is left as it is. */
const filling: ReadonlyMap<string, string> = new Map([
  ['reason', 'wrong-pin'],
  ['ticket', 'INC0012345'],
]);

async function reveal({ speaker, print }: Play, conversation: Conversation, confirm: SentCard): Promise<boolean> {
  const filled = confirm.inputs.flatMap((input) => {
    const value = input.value === '' ? filling.get(input.id) : undefined;
    return value === undefined ? [] : [{ input, value }];
  });
  print(`\n${speaker.name}\n${indented([...filled.map(({ input, value }) => `${input.label}: ${titleOf(input, value)}`), '[Reveal]'].join('\n'))}`);
  const pressed = await conversation.press(confirm, 'reveal', Object.fromEntries(filled.map(({ input, value }) => [input.id, value])), { as: speaker });
  demandAnswer(pressed);
  const card = parseShownCard(pressed.card);
  if (card === undefined) return false;
  print(`\nKeydesk, to nobody but ${speaker.name}\n${indented(card.text)}`);
  if (!card.holdsKey) return false;
  // As a person does when the caller is done, so that nothing is left to be hidden when this client is gone.
  print(`\n${speaker.name}\n${indented('[Hide]')}`);
  demandAnswer(await conversation.press({ card: card.card, activityId: confirm.activityId }, 'hide', {}, { as: speaker }));
  return true;
}

const titleOf = ({ choices }: ShownInput, value: string): string => choices.find((choice) => choice.value === value)?.title ?? value;

function demandAnswer({ status, raw }: HttpAnswer): void {
  if (status !== 200) throw new Error(`Keydesk answered HTTP ${status}: ${raw.slice(0, 200)}`);
}

async function entriesSince({ database, speaker }: Play, seq: number): Promise<readonly ListedEntry[]> {
  const person = parsePersonId(speaker.id);
  const entries = await listEntries(database, { last: 20, ...(person !== undefined && { person }) });
  return entries.filter((entry) => entry.seq > seq);
}

const indented = (lines: string): string => lines.replaceAll(/^(?=.)/gm, '  ');
