import type { PostToChannel } from '../domain/channel-ports.ts';
import { type Channel, type ChannelMessage, viewerIn } from '../domain/channel.ts';
import { Fault } from '../domain/fault.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Account } from './activity.ts';
import { alertCard } from './cards/alert.ts';
import type { CardMessage } from './cards/card.ts';
import { summaryCard } from './cards/summary.ts';
import type { Room } from './room.ts';

/** @param self the bot's account by its registration, for a channel from which nobody has written yet */
export const postToChannel =
  ({ sender }: Pick<Room, 'sender'>, tenantId: TenantId, self: Account): PostToChannel =>
  async (channel, message) => {
    const { id, place } = channel;
    if (place === undefined) throw new Fault('teams-unreachable', 'later', { message: 'it is not known how the channel is reached' });
    const sent = await sender.post({ id, serviceUrl: place.serviceUrl, tenantId }, place.bot ?? self, cardOf(channel, message));
    if (sent.kind === 'closed') return sent;
    return { kind: 'sent', ...(sent.activityId !== undefined && { activityId: sent.activityId }) };
  };

function cardOf(channel: Channel, message: ChannelMessage): CardMessage {
  const viewer = viewerIn(channel);
  return message.kind === 'summary' ? summaryCard({ summary: message.summary, viewer }) : alertCard({ alert: message.alert, viewer });
}
