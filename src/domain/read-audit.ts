// Reading the ledger: who may see how much, which entries are meant, and the page. The question stands in the store;
// a card carries its id and the number of a page, and both are looked at again at every press.

import { type Asker, type Desk, refuse } from './desk.ts';
import type { ReadingId } from './ids.ts';
import type { ExportFormat } from './ledger-entry.ts';
import { type ReadingScope, scopeOfReading } from './person.ts';
import type { Deadline } from './ports.ts';
import { type AuditQuestion, mostCounted, pageSize, pagesOf, type ReadEntry, type Reading } from './reading.ts';
import type { Refusal, RefusalCode, RefusalFacts } from './refusal.ts';
import type { CardPlace } from './request.ts';
import { resolveReading, stillCovers } from './resolve-reading.ts';
import { seenBy } from './seen-by.ts';
import { questionWords } from './question-words.ts';

export interface AuditPage {
  readonly reading: Reading;
  /** From 1 to `pages`. */
  readonly page: number;
  readonly pages: number;
  /** Newest first. */
  readonly entries: readonly ReadEntry[];
}

export type AuditAnswer = ({ readonly kind: 'page' } & AuditPage) | { readonly kind: 'refused'; readonly refusal: Refusal };

/** A press on a card of the ledger. Of its data nothing is believed but the id, and that is judged. */
export interface ReadingPress extends Asker {
  readonly conversationId: string;
  readonly trigger: 'manual' | 'automatic';
  readonly cardActivityId?: string;
  readonly readingId?: ReadingId;
  /** Undefined when the card's data holds no whole number. */
  readonly page?: number;
  /** Undefined when none of the known ones was chosen. */
  readonly format?: ExportFormat;
}

/**
 * @param place the private chat with the asker, being opened meanwhile; undefined when Teams does not let us.
 * Throws a Fault when Graph, the ledger or the store cannot answer.
 */
export async function readAudit(desk: Desk, asker: Asker, question: AuditQuestion, place: Promise<CardPlace | undefined>): Promise<AuditAnswer> {
  // Awaited below; a rejection before that must not end the process.
  place.catch(() => undefined);
  const deadline = desk.deadlines.ask();
  const scope = scopeOfReading(await desk.roles.recent(asker.person.id, deadline));
  const about = questionWords(question, scope);
  const no = async (code: RefusalCode, facts: RefusalFacts = {}): Promise<AuditAnswer> => ({ kind: 'refused', refusal: await refuse(desk, asker, code, { ...namedIn(question), ...facts }, { asked: about }) });

  const resolved = await resolveReading(desk, asker, question, scope, deadline);
  if (resolved.kind === 'refused') return no(resolved.code, resolved.facts);
  const card = await place;
  if (card === undefined) return no('private-chat-closed');

  const { filter } = resolved;
  const head = await desk.reader.head();
  const count = await desk.reader.count({ filter, head }, mostCounted + 1);
  const reading: Reading = { id: desk.ids.reading(), person: asker.person, viewer: asker.viewer, scope, filter, about, head, count, card, at: desk.clock.now() };
  await desk.readings.open(reading);
  return pageOf(desk, reading, 1);
}

const namedIn = ({ subject }: AuditQuestion): { readonly asked?: string } =>
  subject?.by === 'device' ? { asked: subject.name } : subject?.by === 'person' ? { asked: subject.who } : subject?.by === 'guid' ? { asked: subject.id } : {};

/** Another page of a question, or the same one anew. */
export async function turnPage(desk: Desk, press: ReadingPress): Promise<AuditAnswer> {
  const judged = await judgeReading(desk, press);
  return judged.kind === 'refused' ? judged : pageOf(desk, judged.reading, judged.page);
}

async function pageOf(desk: Desk, reading: Reading, page: number): Promise<AuditAnswer> {
  const entries = await desk.reader.page(reading, { skip: (page - 1) * pageSize, most: pageSize });
  return { kind: 'page', reading, page, pages: pagesOf(reading), entries: entries.map((read) => seenBy(readerOf(desk, reading), read)) };
}

export const readerOf = ({ settings }: Desk, { person, scope }: Reading) => ({ person: person.id, scope, callerProof: settings.callerProof });

export type Judged = { readonly kind: 'allowed'; readonly reading: Reading; readonly page: number } | Extract<AuditAnswer, { kind: 'refused' }>;

type Rule = (press: ReadingPress, reading: Reading) => RefusalCode | undefined;

/** One refusal each, cheapest first. */
const rules: readonly Rule[] = [
  (press, { person }) => (press.person.id === person.id && press.person.tenantId === person.tenantId ? undefined : 'not-your-card'),
  (press) => (press.trigger === 'manual' ? undefined : 'automatic-refresh'),
  (press, { card }) => (press.conversation === 'personal' && press.conversationId === card.conversationId ? undefined : 'wrong-conversation'),
  ({ page }, reading) => (page !== undefined && Number.isSafeInteger(page) && page >= 1 && page <= pagesOf(reading) ? undefined : 'card-changed'),
];

/** Whose card it is, where it was pressed, whether the page exists, and whether the person may still read so much. */
export async function judgeReading(desk: Desk, press: ReadingPress): Promise<Judged> {
  const deadline = desk.deadlines.press();
  const reading = press.readingId && (await desk.readings.find(press.readingId));
  const no = async (code: RefusalCode): Promise<Judged> => ({ kind: 'refused', refusal: await refuse(desk, press, code) });
  if (reading === undefined) return no('reading-unknown');
  for (const rule of rules) {
    const code = rule(press, reading);
    if (code !== undefined) return no(code);
  }
  const covered = await mayStillRead(desk, reading, 'recent', deadline);
  return covered ? { kind: 'allowed', reading, page: press.page ?? 1 } : no('not-your-entries');
}

export async function mayStillRead(desk: Desk, { person, scope, filter }: Reading, roles: 'recent' | 'fresh', deadline: Deadline): Promise<boolean> {
  const now: ReadingScope = scopeOfReading(await desk.roles[roles](person.id, deadline));
  return stillCovers(desk, person.id, now, scope, filter, deadline);
}
