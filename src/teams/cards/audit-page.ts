// A page of the ledger, in the private chat of the one who asked: the question, eight entries, the newest first, and the
// way to the next ones. The pages of one question stay the same while new entries come.

import type { Instant } from '../../domain/instant.ts';
import type { ReadingScope } from '../../domain/person.ts';
import type { AuditPage } from '../../domain/read-audit.ts';
import { mostCounted, type Reading } from '../../domain/reading.ts';
import { type CardMessage, heading, line, message, note, pressReading } from './card.ts';
import { type Plain, plain, type Said, say } from './escape.ts';
import { entryLines } from './ledger-entry.ts';
import { when } from './times.ts';

export interface AuditCard {
  readonly page: AuditPage;
  readonly now: Instant;
  /** Without names, reasons and tickets: for what the egress guard would withhold. */
  readonly bare?: boolean;
}

export function auditPageCard({ page: { reading, page, pages, entries }, now, bare = false }: AuditCard): CardMessage {
  const { id, viewer, count } = reading;
  return message(
    bare ? plain`Entries of the ledger, page ${page} of ${pages}.` : summaryOf(reading, page, pages),
    [
      heading(bare ? say`Ledger` : say`Ledger: ${reading.about}`),
      line(countWords(reading, page, pages), { spacing: 'small' }),
      ...(scopeWords[reading.scope] === undefined ? [] : [note(scopeWords[reading.scope] ?? say``)]),
      ...(bare ? [note(say`▲ Some text on this page looks like a recovery key, so names, reasons and tickets are left out.`)] : []),
      ...entries.map((read) => entryLines({ read, now, viewer, bare })),
      note(say`As of ${when(reading.at, now, viewer)}. For what came later, ask again.`, { spacing: 'medium', separator: true }),
    ],
    [
      ...(page > 1 ? [pressReading('audit-page', 'Newer', id, page - 1)] : []),
      ...(page < pages ? [pressReading('audit-page', 'Older', id, page + 1)] : []),
      ...(count > 0 ? [pressReading('audit-export', 'Export', id, page, { tooltip: 'All entries of this question as a file' })] : []),
    ],
  );
}

const summaryOf = ({ about, count }: Reading, page: number, pages: number): Plain =>
  count === 0 ? plain`No entries in the ledger: ${about}.` : plain`Entries of the ledger: ${about}. Page ${page} of ${pages}.`;

function countWords({ count }: Reading, page: number, pages: number): Said {
  if (count === 0) return say`No entries. Nothing of the kind was written down in that time.`;
  if (count > mostCounted) return say`More than ${inThousands(mostCounted)} entries, the newest first. Page ${page} of ${pages} that I show; for older entries narrow the question.`;
  if (count === 1) return say`1 entry.`;
  return pages === 1 ? say`${inThousands(count)} entries, the newest first.` : say`${inThousands(count)} entries, the newest first. Page ${page} of ${pages}.`;
}

/** `10,000` */
export const inThousands = (count: number): string => count.toLocaleString('en');

/** What the reader does not see, so that nobody takes a part for the whole. */
const scopeWords: Readonly<Record<ReadingScope, Said | undefined>> = {
  all: undefined,
  own: say`You see your own entries. All of them are for auditors and administrators.`,
  'own-devices': say`You see entries about devices that you own.`,
};
