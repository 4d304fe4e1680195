// A file of entries, piece by piece. What stands in one, in which order, is the format's; here stand the pieces together
// and the guard: no piece with a recovery password leaves (law 1).
import { Fault } from '../../domain/fault.ts';
import type { ExportFormat } from '../../domain/ledger-entry.ts';
import type { ReadEntry } from '../../domain/reading.ts';
import { holdsRecoveryPassword } from '../../domain/recovery-password.ts';
import { csvHead, csvLine } from './csv.ts';
import { jsonLine } from './json-lines.ts';
import { ocsfLine } from './ocsf.ts';

interface Format {
  readonly head: string;
  /** One entry, with the line break behind it. */
  readonly line: (read: ReadEntry) => string;
}

const formats: Readonly<Record<ExportFormat, Format>> = {
  csv: { head: csvHead, line: csvLine },
  jsonl: { head: '', line: jsonLine },
  ocsf: { head: '', line: ocsfLine },
};

/**
 * @param seen what of each entry the reader may see
 * Throws a Fault `internal` before the piece that would hold a recovery password; it does not repeat it.
 */
export async function* fileOf(format: ExportFormat, entries: AsyncIterable<ReadEntry>, seen: (read: ReadEntry) => ReadEntry): AsyncGenerator<string, void> {
  const { head, line } = formats[format];
  if (head !== '') yield head;
  for await (const read of entries) {
    const piece = line(seen(read));
    if (holdsRecoveryPassword(piece)) throw new Fault('internal', 'never', { message: `egress refused: entry ${read.seq} holds what looks like a recovery password` });
    yield piece;
  }
}
