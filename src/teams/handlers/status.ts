import type { KeyQuestion } from '../../domain/command.ts';
import { askForStatus } from '../../domain/device-status.ts';
import { askForOwnDevices, askForOwnKey } from '../../domain/own-devices.ts';
import type { Incoming } from '../activity.ts';
import { ownDevicesCard } from '../cards/own-devices.ts';
import { refusedCard } from '../cards/refused.ts';
import type { Room } from '../room.ts';
import { sayPrivately } from '../say.ts';
import { place } from './ask.ts';

/** One device and all that is known of it. */
export const onStatus = async (room: Room, incoming: Incoming, question: KeyQuestion): Promise<void> =>
  place(room, incoming, await askForStatus(room.desk, incoming.asker, question, room.chats.with(incoming)), 'status');

/** `my key` */
export const onOwnKey = async (room: Room, incoming: Incoming): Promise<void> => place(room, incoming, await askForOwnKey(room.desk, incoming.asker, room.chats.with(incoming)), 'reveal');

/** `my devices` */
export async function onOwnDevices(room: Room, incoming: Incoming): Promise<void> {
  const { desk } = room;
  const { viewer } = incoming.asker;
  const answer = await askForOwnDevices(desk, incoming.asker);
  const now = desk.clock.now();
  const card = answer.kind === 'refused' ? refusedCard({ refusal: answer.refusal, viewer, now, purpose: 'status' }) : ownDevicesCard({ ...answer, viewer, now, settings: desk.settings });
  await sayPrivately(room, incoming, card);
}
