import { type AuditAnswer, type AuditPage, type ReadingPress, readAudit, turnPage } from '../../domain/read-audit.ts';
import { chooseFormat, offerExport } from '../../domain/export-audit.ts';
import type { AuditQuestion, Reading } from '../../domain/reading.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Viewer } from '../../domain/request.ts';
import type { Incoming } from '../activity.ts';
import { chooseFormatCard, fileOfferedCard } from '../cards/audit-export.ts';
import { auditPageCard } from '../cards/audit-page.ts';
import type { CardMessage } from '../cards/card.ts';
import { plain } from '../cards/escape.ts';
import { refusedCard } from '../cards/refused.ts';
import { consentAttachment } from '../file-messages.ts';
import { cardAnswer, type InvokeBody, lineAnswer } from '../invoke-answer.ts';
import type { Room } from '../room.ts';
import { sayPrivately } from '../say.ts';

/** The private chat is opened beside the look-ups; the question is stored before its card is sent. */
export async function onAudit(room: Room, incoming: Incoming, question: AuditQuestion): Promise<void> {
  const { asker } = incoming;
  const answer = await readAudit(room.desk, asker, question, room.chats.with(incoming));
  const activityId = await sayPrivately(room, incoming, cardOf(room, asker.viewer, answer));
  if (answer.kind === 'page') await noteReading(room, answer.reading, activityId);
}

/** The same card with other entries, in the answer and in its message. */
export async function onAuditPage(room: Room, press: ReadingPress): Promise<InvokeBody> {
  const answer = await turnPage(room.desk, press);
  const card = cardOf(room, press.viewer, answer);
  if (answer.kind === 'page') {
    const { reading } = answer;
    // A crash between sending a card and noting its place.
    if (reading.card.activityId === undefined) await noteReading(room, reading, press.cardActivityId);
    await editMessage(room, reading, card);
  }
  return cardAnswer(card);
}

export async function onAuditExport(room: Room, press: ReadingPress): Promise<InvokeBody> {
  const answer = await chooseFormat(room.desk, press);
  if (answer.kind === 'refused') return cardAnswer(refused(room, press.viewer, answer.refusal));
  const { reading, page } = answer;
  const card = chooseFormatCard({ reading, page });
  return cardAnswer(room.guard.allows(card) ? card : chooseFormatCard({ reading, page, bare: true }));
}

/** Teams' own offer of a file, as a message below; the card says what to do with it. */
export async function onAuditSend(room: Room, press: ReadingPress, { bot }: Incoming): Promise<InvokeBody> {
  const answer = await offerExport(room.desk, press);
  if (answer.kind === 'refused') return cardAnswer(refused(room, press.viewer, answer.refusal));
  const { offer, reading, page } = answer;
  const sent = await room.sender.sendFile(offer.card, bot, 'A file is offered to you.', consentAttachment(offer, reading.count));
  if (sent.kind === 'closed') {
    room.chats.forget(press.person.id);
    return lineAnswer(plain`Teams did not take my offer of a file. The people who run Keydesk can make it: npm run audit -- export`);
  }
  if (sent.activityId !== undefined) await room.desk.readings.offerPlaced(offer.id, { ...offer.card, activityId: sent.activityId });
  return cardAnswer(fileOfferedCard({ reading, page, fileName: offer.fileName }));
}

const cardOf = (room: Room, viewer: Viewer, answer: AuditAnswer): CardMessage => (answer.kind === 'refused' ? refused(room, viewer, answer.refusal) : pageCard(room, answer));

const refused = ({ desk }: Room, viewer: Viewer, refusal: Refusal): CardMessage => refusedCard({ refusal, viewer, now: desk.clock.now(), purpose: 'audit' });

/** Ticket numbers of six digits, one below the other, may look like a recovery password: then a plainer card leaves. */
function pageCard({ desk, guard }: Room, page: AuditPage): CardMessage {
  const now = desk.clock.now();
  const card = auditPageCard({ page, now });
  return guard.allows(card) ? card : auditPageCard({ page, now, bare: true });
}

async function noteReading(room: Room, reading: Reading, activityId: string | undefined): Promise<void> {
  if (activityId === undefined) return;
  try {
    await room.desk.readings.placed(reading.id, { ...reading.card, activityId });
  } catch (error) {
    // The card is there and works; only its message stays at the page that it shows.
    room.log.error({ err: error, reading: reading.id }, 'the place of a card was not noted');
  }
}

async function editMessage(room: Room, reading: Reading, card: CardMessage): Promise<void> {
  try {
    await room.sender.edit(reading.card, card);
  } catch (error) {
    room.log.error({ err: error, reading: reading.id }, 'the message of a card was not edited');
  }
}
