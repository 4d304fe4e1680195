// The private chat with each person, where keys are asked for and shown. Teams gives the same chat each time it is
// opened, so one that is known saves a call.

import type { PersonId } from '../domain/ids.ts';
import type { CardPlace } from '../domain/request.ts';
import type { Incoming } from './activity.ts';
import type { Sender } from './sender.ts';

export interface PrivateChats {
  /**
   * The chat with the one who wrote; in the private chat itself at once, without a call.
   * Undefined when Teams does not let the bot write there. Rejects with a Fault `teams-unreachable`.
   */
  with(incoming: Incoming): Promise<CardPlace | undefined>;
  /** After Teams refused to take a message there: the next one asks anew. */
  forget(person: PersonId): void;
}

const mostKept = 2000;

export function createPrivateChats(sender: Pick<Sender, 'openChat'>): PrivateChats {
  const known = new Map<PersonId, CardPlace>();
  const remember = (person: PersonId, place: CardPlace): CardPlace => {
    // Deleted first, so that the order of the map is the order of use.
    known.delete(person);
    const [oldest] = known.keys();
    if (known.size >= mostKept && oldest !== undefined) known.delete(oldest);
    known.set(person, place);
    return place;
  };
  return {
    async with(incoming) {
      const { person, conversation } = incoming.asker;
      const { serviceUrl } = incoming;
      if (conversation === 'personal') return remember(person.id, { conversationId: incoming.conversationId, serviceUrl });
      const before = known.get(person.id);
      if (before !== undefined) return remember(person.id, { ...before, serviceUrl });
      const opened = await sender.openChat(incoming);
      return opened.kind === 'done' ? remember(person.id, { conversationId: opened.value, serviceUrl }) : undefined;
    },
    forget: (person) => void known.delete(person),
  };
}
