// What Teams would post to a bot, as far as both bots look at it.

import { randomUUID } from 'node:crypto';
import { type CastMember, tenantId } from '../../src/demo/cast.ts';

const bot = { id: '28:b0700000-0000-4000-8000-000000000001', name: 'Keydesk' };

export interface Chat {
  readonly serviceUrl: string;
  readonly person: CastMember;
  readonly conversationId: string;
}

const common = ({ serviceUrl, person, conversationId }: Chat) => ({
  id: randomUUID(),
  timestamp: new Date().toISOString(),
  channelId: 'msteams',
  serviceUrl,
  from: { id: `29:${person.id}`, aadObjectId: person.id, name: person.name },
  recipient: bot,
  conversation: { id: conversationId, conversationType: 'personal', tenantId },
  channelData: { tenant: { id: tenantId } },
  locale: 'en-GB',
});

/** A message in the private chat of one person with the bot. */
export const message = (chat: Chat, text: string) => ({ ...common(chat), type: 'message', textFormat: 'plain', text });

/** A press on a card's button; `data` is the button's data with the inputs beside it. */
export const press = (chat: Chat, verb: string, data: object) => ({
  ...common(chat),
  type: 'invoke',
  name: 'adaptiveCard/action',
  value: { action: { type: 'Action.Execute', verb, data }, trigger: 'manual' },
});
