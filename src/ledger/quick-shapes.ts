// Shapes of entries: most rows differ from one seen before in nothing but ids, times and hashes. A shape keeps the bytes
// of one, with a mask over those that may differ, so that all the others are compared four at a time. What it passes was
// read byte by byte in a row of that shape before (quick-check.ts), and is here again; the rest is read anew.
import { isGuid, isPrintable, isSameGuid, same, timeAt } from './quick-forms.ts';
import { readTexts } from './quick-texts.ts';
import type { StoredEntry } from './stored.ts';

/** A part that may differ, from `from` up to, without, `end`. */
export interface Part {
  readonly kind: 'guid' | 'number' | 'text' | 'texts';
  readonly from: number;
  readonly end: number;
  /** Place in the columns; -1 when no column repeats it. */
  readonly column: number;
  /** Undefined where any text will do. */
  readonly check: ((value: unknown) => boolean) | undefined;
}

export interface Shape {
  readonly bytes: Uint32Array;
  readonly mask: Uint32Array;
  readonly parts: readonly Part[];
  /** By the place of the column: the word that stands in the bytes, null for none; undefined where a part says it. */
  readonly columns: readonly (string | null | undefined)[];
}

/** Longer entries are rare, and read byte by byte. */
const longest = 4092;
const mostOfOneLength = 24;
const mostLengths = 256;

/** The row that is being looked at, where four bytes can be read at once. */
const words = new Uint32Array(longest / 4 + 1);
const bytes = new Uint8Array(words.buffer);
const byLength = new Map<number, Shape[]>();

/** @param parts but for the time, in their order. @param columns what each of them says, in the row at hand */
export function learn(body: Uint8Array, timeFrom: number, parts: readonly Part[], columns: readonly (string | null)[]): void {
  if (body.length > longest) return;
  const template = new Uint8Array(wordsFor(body.length) * 4);
  template.set(body);
  const mask = new Uint8Array(template.length).fill(0xff, 0, body.length);
  for (const { from, end } of [{ from: timeFrom, end: timeFrom + 24 }, ...parts]) mask.fill(0, from, end);
  for (const [index, keep] of mask.entries()) if (keep === 0) template[index] = 0;
  const inParts = new Set(parts.map(({ column }) => column));
  const shape = { bytes: new Uint32Array(template.buffer), mask: new Uint32Array(mask.buffer), parts, columns: columns.map((value, column) => (inParts.has(column) ? undefined : value)) };
  if (byLength.size >= mostLengths && !byLength.has(body.length)) byLength.clear();
  byLength.set(body.length, [shape, ...(byLength.get(body.length) ?? [])].slice(0, mostOfOneLength));
}

const wordsFor = (length: number): number => Math.ceil(length / 4);

/** The shape that a body has; undefined for a new one. It stands in `bytes` then. */
export function shapeOf(body: Uint8Array): Shape | undefined {
  const known = byLength.get(body.length);
  if (known === undefined) return undefined;
  bytes.set(body);
  const count = wordsFor(body.length);
  // The mask leaves out what stands behind a body that ends within four bytes.
  for (let index = 0; index < known.length; index += 1) {
    const shape = known[index];
    if (shape !== undefined && isLike(shape, count)) return shape;
  }
  return undefined;
}

function isLike({ bytes: template, mask }: Shape, count: number): boolean {
  for (let index = 0; index < count; index += 1) if ((((words[index] ?? 0) & (mask[index] ?? 0)) ^ (template[index] ?? 0)) !== 0) return false;
  return true;
}

/** @param columns of the row, in their order. @returns how many texts are erased; undefined when a part is not plainly right */
export function readParts(shape: Shape, row: StoredEntry, timeFrom: number, columns: readonly (string | null)[]): number | undefined {
  if (row.time === null || timeAt(bytes, timeFrom) !== row.time.getTime()) return undefined;
  for (let column = 0; column < columns.length; column += 1) {
    const expected = shape.columns[column];
    if (expected !== undefined && columns[column] !== expected) return undefined;
  }
  let erased = row.texts === null || row.texts === undefined ? 0 : -1;
  for (const part of shape.parts) {
    const { kind, from, end } = part;
    if (kind === 'texts') {
      const read = readTexts(bytes, from, row.texts);
      if (read === undefined || read.end !== end) return undefined;
      erased = read.erased;
    } else if (kind === 'guid' && part.column >= 0) {
      if (!isSameGuid(columns[part.column] ?? '', bytes, from)) return undefined;
    } else if (!isValue(part) || (part.column >= 0 && !isColumn(columns[part.column] ?? null, from, end))) {
      return undefined;
    }
  }
  return erased >= 0 ? erased : undefined;
}

const isColumn = (value: string | null, from: number, end: number): boolean => value !== null && value.length === end - from && same(value, bytes, from);

function isValue({ kind, from, end, check }: Part): boolean {
  if (kind === 'guid') return isGuid(bytes, from);
  if (kind === 'text') return isPrintable(bytes, from, end) && (check === undefined || check(Buffer.from(bytes.buffer, from, end - from).toString('latin1')));
  if (bytes[from] === 0x30) return false;
  for (let index = from; index < end; index += 1) {
    const code = bytes[index] ?? 0;
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}
