// The one look that almost every row of a ledger needs: its bytes are those of an entry, its columns repeat them, its
// texts are those committed to. It walks the bytes once, along the order in which an entry is written, and makes no
// object of them. Whatever is not plainly right is left to check-entry.ts, which says what is wrong: this look may be
// too strict, never too lenient (test/ledger/quick-check.test.ts holds it against parseBody).
import { parseInstant } from '../domain/instant.ts';
import { bodyKeys } from './entry.ts';
import type { EntryColumns, StoredEntry } from './stored.ts';
import { passingCommitment, textNames } from './texts.ts';

type StringColumn = Exclude<keyof EntryColumns, 'time'>;

const columnOf: Readonly<Record<string, StringColumn>> = {
  act: 'act',
  outcome: 'outcome',
  source: 'source',
  code: 'code',
  reason: 'reason',
  personId: 'person_id',
  deviceId: 'device_id',
  keyId: 'key_id',
  requestId: 'request_id',
};
const guids = new Set(['personId', 'deviceId', 'deviceObjectId', 'keyId', 'requestId', 'rotationId', 'newKeyId', 'subjectId', 'clientAppId']);
const always = new Set(['act', 'outcome', 'source']);

interface Step {
  /** As it is written before the value: `,"act":` */
  readonly opening: string;
  /** The character of it that tells keys apart soonest. */
  readonly mark: number;
  readonly kind: 'guid' | 'number' | 'text' | 'texts';
  readonly column: StringColumn | undefined;
  readonly always: boolean;
  readonly check: (value: unknown) => boolean;
}

const kindOf = (key: string): Step['kind'] => (key === 'texts' ? 'texts' : key === 'attempt' || key === 'count' ? 'number' : guids.has(key) ? 'guid' : 'text');

/** The version and the time stand at the beginning of every entry. */
const beginning = '{"v":1,"time":"';
const steps: readonly Step[] = bodyKeys.slice(2).map(([key, check]) => {
  const opening = `,"${key}":`;
  return { opening, mark: opening.charCodeAt(2), kind: kindOf(key), column: columnOf[key], always: always.has(key), check };
});
const textOpenings: readonly string[] = textNames.map((name) => `"${name}":"`);

// Sticky: each reads at its `lastIndex`. A text that was written with an escape, or beyond ASCII, is left to the slow look.
const guidForm = /"(?!0{8}-0{4}-0{4}-0{4}-0{12})[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"/y;
const numberForm = /[1-9]\d{0,14}(?=[,}])/y;
const textForm = /"[\u0020\u0021\u0023-\u005b\u005d-\u007e]*"/y;
const commitmentForm = /[0-9a-f]{64}/y;
const formOf = { guid: guidForm, number: numberForm, text: textForm } as const;

/** Where a form that begins at `from` ends; 0 when there is none. */
function endOf(form: RegExp, text: string, from: number): number {
  form.lastIndex = from;
  return form.test(text) ? form.lastIndex : 0;
}

/** @returns how many texts are erased; undefined when it is not plainly right */
export function plainlyRight(row: StoredEntry, body: Uint8Array): number | undefined {
  // Whatever is beyond ASCII fits no form below.
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  if (!text.startsWith(beginning) || row.time === null || timeAt(text, beginning.length) !== row.time.getTime()) return undefined;
  let at = beginning.length + 25;
  let erased = row.texts === null || row.texts === undefined ? 0 : -1;
  for (const step of steps) {
    const { column, kind } = step;
    if (text.charCodeAt(at + 2) !== step.mark || !text.startsWith(step.opening, at)) {
      if (step.always || (column !== undefined && row[column] !== null)) return undefined;
      continue;
    }
    const from = at + step.opening.length;
    if (kind === 'texts') {
      at = 0;
      [at, erased] = readTexts(text, from, row.texts);
    } else {
      at = endOf(formOf[kind], text, from);
    }
    if (at === 0) return undefined;
    if (column !== undefined) {
      const value = row[column];
      if (value === null || value.length !== at - from - 2 || !text.startsWith(value, from + 1)) return undefined;
    }
    if (kind === 'text' && !step.check(text.slice(from + 1, at - 1))) return undefined;
  }
  return at + 1 === text.length && text.charCodeAt(at) === 0x7d && erased >= 0 ? erased : undefined;
}

/**
 * The commitments of an entry against the texts beside it.
 * @param from behind the key of the commitments
 * @returns where they end, 0 when they are not plainly right; and how many texts are erased
 */
function readTexts(text: string, from: number, stored: unknown): readonly [end: number, erased: number] {
  const given = parseObject(stored);
  if ((given === undefined && stored !== null && stored !== undefined) || text.charCodeAt(from) !== 0x7b) return wrong;
  let at = from + 1;
  let kept = 0;
  let erased = 0;
  for (const [place, opening] of textOpenings.entries()) {
    if (!text.startsWith(opening, at)) continue;
    at += opening.length;
    const name = textNames[place];
    const sealed = name === undefined ? undefined : given?.[name];
    if (sealed === undefined) {
      if (endOf(commitmentForm, text, at) === 0) return wrong;
      erased += 1;
    } else {
      const commitment = passingCommitment(sealed);
      if (commitment === undefined || !text.startsWith(commitment, at)) return wrong;
      kept += 1;
    }
    at += 64;
    if (text.charCodeAt(at) !== 0x22) return wrong;
    at += 1;
    if (text.charCodeAt(at) === 0x7d) return given !== undefined && countOf(given) !== kept ? wrong : [at + 1, erased];
    if (text.charCodeAt(at) !== 0x2c) return wrong;
    at += 1;
  }
  return wrong;
}

const wrong = [0, 0] as const;

function countOf(given: object): number {
  let count = 0;
  for (const name in given) if (Object.hasOwn(given, name)) count += 1;
  return count;
}

function parseObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}

let day = '';
let dayStart = Number.NaN;

/** An instant as entries write it, behind its quotation mark and with the one that follows. @returns milliseconds since 1970; NaN for any other text */
function timeAt(text: string, at: number): number {
  if (day === '' || !text.startsWith(day, at)) {
    day = text.slice(at, at + 11);
    dayStart = /^\d{4}-\d{2}-\d{2}T$/.test(day) && parseInstant(day.slice(0, 10)) !== undefined ? Date.parse(`${day}00:00:00.000Z`) : Number.NaN;
  }
  const [hours, minutes, seconds] = [twoDigits(text, at + 11), twoDigits(text, at + 14), twoDigits(text, at + 17)];
  const thousandths = 10 * twoDigits(text, at + 20) + digit(text, at + 22);
  const punctuated = text.charCodeAt(at + 13) === 0x3a && text.charCodeAt(at + 16) === 0x3a && text.charCodeAt(at + 19) === 0x2e && text.charCodeAt(at + 23) === 0x5a && text.charCodeAt(at + 24) === 0x22;
  return punctuated && hours < 24 && minutes < 60 && seconds < 60 ? dayStart + ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths : Number.NaN;
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 0x30;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

const twoDigits = (text: string, at: number): number => 10 * digit(text, at) + digit(text, at + 1);
