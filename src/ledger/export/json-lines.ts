// JSON Lines: one entry a line, as the product thinks of it, for programs. Names that start like a formula stay as they
// are; nothing opens this in a spreadsheet.
import type { ReadEntry } from '../../domain/reading.ts';

/** `{"entry":17,"time":…,"act":…,…,"erased":["reasonText"]}`; `erased` only where something is. */
export function jsonLine({ seq, entry, erased }: ReadEntry): string {
  const fields = entry === undefined ? { unreadable: true } : entry;
  return `${JSON.stringify({ entry: seq, ...fields, ...(erased.length > 0 && { erased }) })}\n`;
}
