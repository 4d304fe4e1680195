// A file of entries for the one who asked. Order: offered → accepted in the private chat → `exported` (durable) → the
// file is sent. Nothing leaves without its entry.

import { type Asker, type Desk, entry, refuse } from './desk.ts';
import { type OfferedFile, checkFile } from './export-check.ts';
import type { Fault } from './fault.ts';
import type { ExportId } from './ids.ts';
import type { ExportFormat, LedgerEntry } from './ledger-entry.ts';
import { type Judged, judgeReading, mayStillRead, readerOf, type ReadingPress } from './read-audit.ts';
import { type ExportOffer, mostCounted, type Reading } from './reading.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import { seenBy } from './seen-by.ts';

/** Larger ones are made by the command. */
export const fitsIntoFile = ({ count }: Pick<Reading, 'count'>): boolean => count >= 1 && count <= mostCounted;

/** The card from which the format is chosen: the same checks as for a page. */
export const chooseFormat = (desk: Desk, press: ReadingPress): Promise<Judged> => judgeReading(desk, press);

export type OfferAnswer =
  | { readonly kind: 'offered'; readonly offer: ExportOffer; readonly reading: Reading; readonly page: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Notes the offer. What the card never offered (a format, a file too large) is refused. */
export async function offerExport(desk: Desk, press: ReadingPress): Promise<OfferAnswer> {
  const judged = await judgeReading(desk, press);
  if (judged.kind === 'refused') return judged;
  const { reading, page } = judged;
  const { format } = press;
  if (format === undefined || !fitsIntoFile(reading)) return { kind: 'refused', refusal: await refuse(desk, press, 'card-changed') };
  const at = desk.clock.now();
  const offer: ExportOffer = { id: desk.ids.exported(), readingId: reading.id, person: reading.person, format, fileName: fileName(format, at), state: 'offered', card: reading.card, at };
  await desk.readings.offer(offer);
  return { kind: 'offered', offer, reading, page };
}

const endings = { csv: 'csv', jsonl: 'jsonl', ocsf: 'ocsf.jsonl' } as const satisfies Record<ExportFormat, string>;
const fileName = (format: ExportFormat, at: string): string => `keydesk-ledger-${at.slice(0, 16).replace('T', '-').replace(':', '')}Z.${endings[format]}`;

/** The answer of a person to an offer. */
export interface Consent extends Asker {
  readonly conversationId: string;
  readonly exportId?: ExportId;
}

export type TakeAnswer =
  /** `count`: of entries, or of names that were checked. */
  | { readonly kind: 'taken'; readonly offer: ExportOffer; readonly count: number; readonly exported: LedgerEntry; readonly file: () => Promise<AsyncIterable<string>> }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

type Rule = (consent: Consent, offer: ExportOffer) => RefusalCode | undefined;

const rules: readonly Rule[] = [
  (consent, { person }) => (consent.person.id === person.id && consent.person.tenantId === person.tenantId ? undefined : 'not-your-card'),
  (consent, { card }) => (consent.conversation === 'personal' && consent.conversationId === card.conversationId ? undefined : 'wrong-conversation'),
  (_consent, { state }) => (state === 'offered' ? undefined : 'export-taken'),
];

/** Accepted: once, by the one who asked, who may still read so much. */
export async function takeExport(desk: Desk, consent: Consent): Promise<TakeAnswer> {
  const found = await judgeConsent(desk, consent);
  if (found.kind === 'refused') return found;
  const { offer } = found;
  const made = offer.names === undefined ? await entriesFile(desk, consent, offer) : await checkFile(desk, consent, offer.names);
  if (typeof made === 'string') return no(desk, consent, made);
  // A crash after it: the ledger says that the file was sent, and perhaps it was not. Never the other way round.
  if (!(await desk.readings.take(offer.id, made.exported))) return no(desk, consent, 'export-taken');
  return { kind: 'taken', offer, count: made.exported.count ?? 0, ...made };
}

async function entriesFile(desk: Desk, consent: Consent, offer: ExportOffer): Promise<OfferedFile | RefusalCode> {
  const reading = offer.readingId && (await desk.readings.find(offer.readingId));
  if (reading === undefined) return 'reading-unknown';
  // Data leaves: the role is asked for afresh, as for a key.
  if (!(await mayStillRead(desk, reading, 'fresh', desk.deadlines.press()))) return 'not-your-entries';
  return { exported: exportedEntry(desk, consent, offer, reading), file: () => Promise.resolve(desk.reader.file(offer.format, reading, (read) => seenBy(readerOf(desk, reading), read))) };
}

/** Declined: nothing left, so nothing stands in the ledger. The offer is closed for good. */
export async function declineExport(desk: Desk, consent: Consent): Promise<{ readonly kind: 'declined'; readonly offer: ExportOffer } | Extract<TakeAnswer, { kind: 'refused' }>> {
  const found = await judgeConsent(desk, consent);
  if (found.kind === 'refused') return found;
  return (await desk.readings.decline(found.offer.id)) ? { kind: 'declined', offer: found.offer } : no(desk, consent, 'export-taken');
}

/** What became of a file that was taken and did not arrive for certain: an entry beside the first. */
export const exportFailed = (desk: Desk, { exported }: Pick<Extract<TakeAnswer, { kind: 'taken' }>, 'exported'>, { code, retry }: Fault): Promise<void> =>
  desk.ledger.append({ ...exported, time: desk.clock.now(), outcome: retry === 'unknown-outcome' ? 'unknown' : 'failed', code });

async function judgeConsent(desk: Desk, consent: Consent): Promise<{ readonly kind: 'found'; readonly offer: ExportOffer } | Extract<TakeAnswer, { kind: 'refused' }>> {
  const offer = consent.exportId && (await desk.readings.findOffer(consent.exportId));
  if (offer === undefined) return no(desk, consent, 'reading-unknown');
  for (const rule of rules) {
    const code = rule(consent, offer);
    if (code !== undefined) return no(desk, consent, code);
  }
  return { kind: 'found', offer };
}

const no = async (desk: Desk, consent: Consent, code: RefusalCode): Promise<Extract<TakeAnswer, { kind: 'refused' }>> => ({ kind: 'refused', refusal: await refuse(desk, consent, code) });

const exportedEntry = (desk: Desk, asker: Asker, { format }: ExportOffer, { about, count, filter }: Reading): LedgerEntry => ({
  ...entry(desk, asker, { asked: about, count, format, ...(filter.from && { from: filter.from }), ...(filter.to && { to: filter.to }) }),
  act: 'exported',
  outcome: 'done',
});
