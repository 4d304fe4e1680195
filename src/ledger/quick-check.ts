// The one look that almost every row of a ledger needs: its bytes are those of an entry, its columns repeat them, its
// texts are those committed to. It walks the bytes once, along the order in which an entry is written, and makes neither
// text nor object of them. Whatever is not plainly right is left to check-entry.ts, which says what is wrong: this look
// may be too strict, never too lenient (test/ledger/quick-check.test.ts holds it against parseBody).
//
// Loops over bytes and characters, where one would think of startsWith and regular expressions: those took two thirds of
// the time.
import { bodyKeys } from './entry.ts';
import { isGuid, isPrintable, isWord, same, startsWith, timeAt, type Words, wordsOf } from './quick-forms.ts';
import { learn, type Part, readParts, shapeOf } from './quick-shapes.ts';
import { readTexts } from './quick-texts.ts';
import type { StoredEntry } from './stored.ts';

type Kind = 'word' | 'guid' | 'number' | 'text' | 'texts';

interface Step {
  /** As it is written before the value: `,"act":` and, but for numbers and texts, the quotation mark. */
  readonly opening: Uint8Array;
  /** The third byte of it: it tells keys apart soonest. */
  readonly mark: number;
  readonly kind: Kind;
  /** Place in `columns` below; -1 for a key that no column repeats. */
  readonly column: number;
  readonly always: boolean;
  readonly words: Words;
  /** Undefined where any text will do. */
  readonly check: ((value: unknown) => boolean) | undefined;
}

const columnKeys = ['act', 'outcome', 'source', 'code', 'reason', 'personId', 'deviceId', 'keyId', 'requestId'];
const guids = new Set(['personId', 'deviceId', 'deviceObjectId', 'keyId', 'requestId', 'rotationId', 'newKeyId', 'subjectId', 'clientAppId']);
const numbers = new Set(['attempt', 'count']);
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

/** The version and the time stand at the beginning of every entry. */
const beginning = bytesOf('{"v":1,"time":"');
const steps: readonly Step[] = bodyKeys.slice(2).map(([key, check]) => {
  const kind: Kind = key === 'texts' ? 'texts' : numbers.has(key) ? 'number' : guids.has(key) ? 'guid' : check.words === undefined ? 'text' : 'word';
  const column = columnKeys.indexOf(key);
  const opening = bytesOf(kind === 'number' || kind === 'texts' ? `,"${key}":` : `,"${key}":"`);
  return { opening, mark: opening[2] ?? 0, kind, column, always: column >= 0 && column < 3, words: wordsOf(check.words ?? []), check: check.free === true ? undefined : check };
});

/** Of the row that is being looked at, in the order of `columnKeys`. */
const columns: (string | null)[] = columnKeys.map(() => null);

/** @returns how many texts are erased; undefined when it is not plainly right */
export function plainlyRight(row: StoredEntry, body: Uint8Array): number | undefined {
  columns[0] = row.act;
  columns[1] = row.outcome;
  columns[2] = row.source;
  columns[3] = row.code;
  columns[4] = row.reason;
  columns[5] = row.person_id;
  columns[6] = row.device_id;
  columns[7] = row.key_id;
  columns[8] = row.request_id;
  const shape = shapeOf(body);
  return shape === undefined ? readThrough(row, body) : readParts(shape, row, beginning.length, columns);
}

/** Byte by byte; what is plainly right is a shape from then on. */
function readThrough(row: StoredEntry, body: Uint8Array): number | undefined {
  if (!startsWith(beginning, body, 0) || row.time === null || timeAt(body, beginning.length) !== row.time.getTime()) return undefined;
  const parts: Part[] = [];
  let at = beginning.length + 25;
  let erased = row.texts === null || row.texts === undefined ? 0 : -1;
  for (const step of steps) {
    const column = step.column < 0 ? null : (columns[step.column] ?? null);
    if (body[at + 2] !== step.mark || !startsWith(step.opening, body, at)) {
      if (step.always || column !== null) return undefined;
      continue;
    }
    const from = at + step.opening.length;
    if (step.kind === 'texts') {
      const read = readTexts(body, from, row.texts);
      if (read === undefined) return undefined;
      at = read.end;
      erased = read.erased;
      parts.push({ kind: 'texts', from, end: at, column: -1, check: step.check });
      continue;
    }
    if (step.column < 0) {
      at = endOf(step, body, from);
      if (at === 0) return undefined;
    } else {
      // The column says what stands here, or it is not plainly right; then it has to be a value at all.
      if (column === null || !same(column, body, from)) return undefined;
      at = from + column.length;
      if (step.kind === 'guid' ? column.length !== 36 || !isGuid(body, from) : step.check?.(column) === false) return undefined;
    }
    if (step.kind !== 'word') parts.push({ kind: step.kind, from, end: at, column: step.column, check: step.check });
    if (step.kind === 'number') continue;
    if (body[at] !== 0x22) return undefined;
    at += 1;
  }
  if (at + 1 !== body.length || body[at] !== 0x7d || erased < 0) return undefined;
  learn(body, beginning.length, parts, columns);
  return erased;
}

/** Where a value that begins at `from` ends: before its quotation mark, or behind its last digit. 0 when it is none. */
function endOf({ kind, words, check }: Step, body: Uint8Array, from: number): number {
  let end = from;
  if (kind === 'number') {
    for (let code = body[end] ?? 0; code >= 0x30 && code <= 0x39; code = body[end] ?? 0) end += 1;
    return end > from && end - from < 16 && body[from] !== 0x30 ? end : 0;
  }
  if (kind === 'guid') return isGuid(body, from) ? from + 36 : 0;
  while (end < body.length && body[end] !== 0x22) end += 1;
  if (end === body.length) return 0;
  if (kind === 'word') return isWord(words, body, from, end) ? end : 0;
  return isPrintable(body, from, end) && (check === undefined || check(Buffer.from(body.buffer, body.byteOffset + from, end - from).toString('latin1'))) ? end : 0;
}
