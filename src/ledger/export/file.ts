// A file of entries, piece by piece. What stands in one, in which order, is the format's; here stand the pieces together
// and the guard: no piece with a recovery password leaves (law 1).
import { Fault } from '../../domain/fault.ts';
import type { ExportFormat } from '../../domain/ledger-entry.ts';
import type { ReadEntry } from '../../domain/reading.ts';
import { holdsRecoveryPassword } from '../../domain/recovery-password.ts';
import { withoutTyped } from '../../domain/seen-by.ts';
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
 * Texts that are harmless each by itself may make a recovery password side by side, half a one in the reason and half in
 * the ticket. Whoever writes such an entry does not keep the file from everybody: it stands there without what people
 * typed. Throws a Fault `internal` before a piece that would hold a recovery password otherwise: a text that is one by
 * itself was never taken, so something is wrong with the ledger. It does not repeat it.
 */
export async function* fileOf(format: ExportFormat, entries: AsyncIterable<ReadEntry>, seen: (read: ReadEntry) => ReadEntry): AsyncGenerator<string, void> {
  const { head, line } = formats[format];
  // With the first entry and not before it: whoever has a piece knows that the ledger can be read.
  let before = head;
  for await (const read of entries) {
    const shown = seen(read);
    const whole = line(shown);
    const piece = holdsRecoveryPassword(whole) ? line(withoutTyped(shown)) : whole;
    if (holdsRecoveryPassword(piece)) throw new Fault('internal', 'never', { message: `egress refused: entry ${read.seq} holds what looks like a recovery password` });
    yield `${before}${piece}`;
    before = '';
  }
  if (before !== '') yield before;
}
