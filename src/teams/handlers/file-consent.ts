// What a person answers to the offer of a file. Teams shows nothing of the answer to this invoke, so all that there is
// to say is said in messages. Order: the address is looked at → taken, with its entry (durable) → uploaded → told.

import { declineExport, exportFailed, takeExport, type TakeAnswer } from '../../domain/export-audit.ts';
import { Fault } from '../../domain/fault.ts';
import type { CardPlace } from '../../domain/request.ts';
import type { Incoming } from '../activity.ts';
import { fileDeclinedCard, fileSentCard } from '../cards/audit-export.ts';
import type { CardMessage } from '../cards/card.ts';
import { refusedCard } from '../cards/refused.ts';
import { fileAttachment } from '../file-messages.ts';
import type { ConsentInvoke, UploadInfo } from '../reading-press.ts';
import type { Room } from '../room.ts';
import { sayPrivately } from '../say.ts';
import { collected, isUploadUrl, upload } from '../upload.ts';

/** Throws a Fault when the file cannot be made or sent; bot.ts tells. */
export async function onFileConsent(room: Room, incoming: Incoming, { action, consent, uploadInfo }: ConsentInvoke): Promise<void> {
  if (action === 'decline') {
    const answer = await declineExport(room.desk, consent);
    return answer.kind === 'refused' ? tellRefusal(room, incoming, answer) : editOffer(room, answer.offer.card, fileDeclinedCard());
  }
  if (uploadInfo === undefined || !isUploadUrl(uploadInfo.uploadUrl, room.uploadHosts)) {
    throw new Fault('teams-unreachable', 'never', { message: 'an offer of a file was accepted with an address that is not one of SharePoint' });
  }
  const answer = await takeExport(room.desk, consent);
  if (answer.kind === 'refused') return tellRefusal(room, incoming, answer);
  await send(room, answer, uploadInfo.uploadUrl).catch(async (error: unknown) => {
    const fault = error instanceof Fault ? error : new Fault('internal', 'never', { cause: error });
    await exportFailed(room.desk, answer, fault);
    throw fault;
  });
  await tellSent(room, incoming, answer, uploadInfo);
}

/** A file that may not leave as a whole does not leave in part: it is put together before the first byte is sent. */
async function send({ uploadHosts }: Room, { file }: Extract<TakeAnswer, { kind: 'taken' }>, address: string): Promise<void> {
  await upload(address, await collected(await file()), uploadHosts);
}

/** The file is there: what cannot be told now is only logged. */
async function tellSent(room: Room, { bot }: Incoming, { offer, count }: Extract<TakeAnswer, { kind: 'taken' }>, uploadInfo: UploadInfo): Promise<void> {
  await editOffer(room, offer.card, fileSentCard({ fileName: offer.fileName, count, of: offer.names === undefined ? 'entries' : 'names' }));
  try {
    await room.sender.sendFile(offer.card, bot, 'Your file is in your OneDrive.', fileAttachment(uploadInfo));
  } catch (error) {
    room.log.error({ err: error, export: offer.id }, 'the card of a file was not sent');
  }
}

async function tellRefusal(room: Room, incoming: Incoming, { refusal }: Extract<TakeAnswer, { kind: 'refused' }>): Promise<void> {
  await sayPrivately(room, incoming, refusedCard({ refusal, viewer: incoming.asker.viewer, now: room.desk.clock.now(), purpose: 'file' }));
}

/** The offer gives way to what became of it, so that it cannot be accepted again. */
async function editOffer(room: Room, place: CardPlace, card: CardMessage): Promise<void> {
  try {
    await room.sender.edit(place, card);
  } catch (error) {
    room.log.error({ err: error }, 'the offer of a file was not edited');
  }
}
