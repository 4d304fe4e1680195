import { type AskAnswer, askForKey, askToRotate } from '../../domain/ask-for-key.ts';
import type { KeyQuestion } from '../../domain/command.ts';
import type { Desk } from '../../domain/desk.ts';
import type { StatusAnswer } from '../../domain/device-status.ts';
import type { Purpose, RevealRequest, Viewer } from '../../domain/request.ts';
import type { Incoming } from '../activity.ts';
import type { CardMessage } from '../cards/card.ts';
import { chooseDeviceCard } from '../cards/choose-device.ts';
import { confirmRevealCard } from '../cards/confirm-reveal.ts';
import { confirmRotateCard } from '../cards/confirm-rotate.ts';
import { deviceStatusCard } from '../cards/device-status.ts';
import { ownDevicesCard } from '../cards/own-devices.ts';
import { refusedCard } from '../cards/refused.ts';
import type { Room } from '../room.ts';
import { notePlace, sayPrivately } from '../say.ts';

type ForKey = Exclude<Purpose, 'status'>;
const asks = { reveal: askForKey, rotate: askToRotate } as const satisfies Record<ForKey, typeof askForKey>;

/** The private chat is opened beside the look-ups; the request is durable before its card is sent. */
export async function onAsk(room: Room, incoming: Incoming, question: KeyQuestion, purpose: ForKey): Promise<void> {
  await place(room, incoming, await asks[purpose](room.desk, incoming.asker, question, room.chats.with(incoming)), purpose);
}

/** The answer goes to the private chat, and where its card stands is noted. */
export async function place(room: Room, incoming: Incoming, answer: AskAnswer | StatusAnswer, purpose: Purpose): Promise<void> {
  const activityId = await sayPrivately(room, incoming, await cardOf(room.desk, incoming.asker.viewer, answer, purpose));
  if (answer.kind !== 'refused') await notePlace(room, answer.request, activityId);
}

export async function cardOf(desk: Desk, viewer: Viewer, answer: AskAnswer | StatusAnswer, purpose: Purpose): Promise<CardMessage> {
  const { settings } = desk;
  const now = desk.clock.now();
  switch (answer.kind) {
    case 'confirm':
      if (purpose === 'rotate') return confirmRotation(desk, answer.request);
      return confirmRevealCard({ request: answer.request, settings, now, ...(answer.note && { note: answer.note }) });
    case 'status': {
      const { request, report } = answer;
      if (request.by === 'owner') return ownDevicesCard({ reports: [report], viewer, now, settings });
      return deviceStatusCard({ ...answer, now });
    }
    case 'choose':
      return chooseDeviceCard({ request: answer.request, now, ...(answer.unlisted !== undefined && { unlisted: answer.unlisted }) });
    case 'refused':
      return refusedCard({ refusal: answer.refusal, viewer, now, purpose });
  }
}

async function confirmRotation({ settings, clock, rotations }: Desk, request: RevealRequest): Promise<CardMessage> {
  const underWay = request.offer && (await rotations.underWay(request.offer.device.deviceId));
  return confirmRotateCard({ request, settings, now: clock.now(), ...(underWay && { underWay }) });
}
