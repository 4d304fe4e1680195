// What Keydesk says in Teams by its own calls: replies, cards in the private chat, edits. What answers a press stands
// in invoke-answer.ts and takes another way.

import type { Activity as WireActivity } from 'botbuilder';
import { type ChannelId, hasThreads } from '../domain/channel.ts';
import type { TenantId } from '../domain/ids.ts';
import type { CardPlace } from '../domain/request.ts';
import type { Account, Incoming } from './activity.ts';
import type { CardMessage } from './cards/card.ts';
import { callConnector, type CallAnswer, type Patience, realPatience } from './connector-call.ts';
import type { Connectors } from './connectors.ts';
import type { FileAttachment } from './file-messages.ts';

export interface Sender {
  /** Into the conversation of a message, as a reply to it. `closed` when Teams does not let the bot write there. */
  reply(to: Incoming, message: CardMessage): Promise<Sent>;
  /** Into a private chat that is known. */
  sendTo(place: CardPlace, from: Account, message: CardMessage): Promise<Sent>;
  /** A message about a file, into a private chat that is known. @param summary our own words, for notifications */
  sendFile(place: CardPlace, from: Account, summary: string, file: FileAttachment): Promise<Sent>;
  /** Into a channel, where it begins a thread, or into a group chat. `closed` with what Teams said. */
  post(to: { readonly id: ChannelId; readonly serviceUrl: string; readonly tenantId: TenantId }, from: Account, message: CardMessage): Promise<Extract<Sent, { kind: 'sent' }> | { readonly kind: 'closed'; readonly status: number }>;
  /** Makes another message of one that was sent. `closed` when it is gone. */
  edit(place: CardPlace | undefined, message: CardMessage): Promise<'done' | 'closed'>;
  /** The private chat with one person; the same one each time. `closed` when the app is not installed for them. */
  openChat(incoming: Incoming): Promise<CallAnswer<string>>;
}

export type Sent = { readonly kind: 'sent'; readonly activityId: string | undefined } | { readonly kind: 'closed' };

/** Its methods throw a Fault `teams-unreachable`, or `internal` when the egress guard refuses. */
export function createSender(connectors: Connectors, patience: Patience = realPatience): Sender {
  return {
    async reply(to, message) {
      const activity = { ...wire(message), from: to.bot, recipient: to.user, replyToId: to.activityId };
      const call = callConnector(connectors, to.serviceUrl, 'create', (connector, options) => connector.conversations.replyToActivity(to.conversationId, to.activityId, activity, options), patience);
      return sent(await call);
    },
    async sendTo(place, from, message) {
      const activity = { ...wire(message), from };
      const call = callConnector(connectors, place.serviceUrl, 'create', (connector, options) => connector.conversations.sendToConversation(place.conversationId, activity, options), patience);
      return sent(await call);
    },
    async sendFile(place, from, summary, file) {
      const activity = { type: 'message', summary, attachments: [{ ...file }], from };
      const call = callConnector(connectors, place.serviceUrl, 'create', (connector, options) => connector.conversations.sendToConversation(place.conversationId, activity, options), patience);
      return sent(await call);
    },
    async post({ id, serviceUrl, tenantId }, from, message) {
      const activity = { ...wire(message), from };
      if (!hasThreads(id)) {
        // Teams makes no conversation out of a group chat (400): it is one, and is written to.
        const said = await callConnector(connectors, serviceUrl, 'create', (connector, options) => connector.conversations.sendToConversation(id, activity, options), patience);
        return said.kind === 'done' ? { kind: 'sent', activityId: said.value.id } : said;
      }
      const parameters = { isGroup: true, bot: from, tenantId, channelData: { channel: { id }, tenant: { id: tenantId } }, activity: parseWhole(activity) };
      const made = await callConnector(connectors, serviceUrl, 'create', (connector, options) => connector.conversations.createConversation(parameters, options), patience);
      return made.kind === 'done' ? { kind: 'sent', activityId: made.value.activityId } : made;
    },
    async edit(place, message) {
      if (place?.activityId === undefined) return 'closed';
      const { conversationId, serviceUrl, activityId } = place;
      const activity = { ...wire(message), id: activityId };
      const answer = await callConnector(connectors, serviceUrl, 'edit', (connector, options) => connector.conversations.updateActivity(conversationId, activityId, activity, options), patience);
      return answer.kind;
    },
    async openChat({ asker, bot, user, serviceUrl }) {
      const tenantId = asker.person.tenantId;
      const parameters = { isGroup: false, bot, members: [user], tenantId, channelData: { tenant: { id: tenantId } } };
      const answer = await callConnector(connectors, serviceUrl, 'create', (connector, options) => connector.conversations.createConversation(parameters, options), patience);
      return answer.kind === 'done' ? { kind: 'done', value: answer.value.id } : answer;
    },
  };
}

const sent = (answer: CallAnswer<{ readonly id: string }>): Sent => (answer.kind === 'done' ? { kind: 'sent', activityId: answer.value.id } : answer);

/** The first message of a thread. The SDK's type wants all that Teams fills in by itself. */
function parseWhole(activity: Partial<WireActivity>): WireActivity {
  if (activity.type !== 'message' || activity.attachments === undefined) throw new TypeError('only a message with a card begins a thread');
  return activity as WireActivity;
}

/** Where it goes stands in the address of the call; the connector fills in the rest. */
function wire(message: CardMessage): Pick<WireActivity, 'type' | 'summary' | 'attachments'> {
  return {
    type: 'message',
    summary: message.summary,
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: message.card }],
  };
}
