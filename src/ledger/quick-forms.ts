// What a value can look like, read from the bytes of an entry (quick-check.ts).
import { parseInstant } from '../domain/instant.ts';

/** Whether `bytes` stand at `at`. */
export function startsWith(bytes: Uint8Array, body: Uint8Array, at: number): boolean {
  for (let index = 0; index < bytes.length; index += 1) if (bytes[index] !== body[at + index]) return false;
  return true;
}

/** Whether a text, all of it below U+0100, stands at `at`. */
export function same(text: string, body: Uint8Array, at: number): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) !== body[at + index]) return false;
  return true;
}

/** Words by length and first letter. */
export type Words = ReadonlyMap<number, readonly Uint8Array[]>;

const keyOf = (length: number, first: number): number => length * 256 + first;

export function wordsOf(words: readonly string[]): Words {
  const byKey = new Map<number, Uint8Array[]>();
  for (const word of words) {
    const bytes = Uint8Array.from(Buffer.from(word, 'latin1'));
    const key = keyOf(bytes.length, bytes[0] ?? 0);
    byKey.set(key, [...(byKey.get(key) ?? []), bytes]);
  }
  return byKey;
}

export function isWord(words: Words, body: Uint8Array, from: number, end: number): boolean {
  const candidates = words.get(keyOf(end - from, body[from] ?? 0));
  if (candidates === undefined) return false;
  for (const word of candidates) if (startsWith(word, body, from)) return true;
  return false;
}

const hexDigits = Uint8Array.from({ length: 256 }, (_, code) => ((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66) ? 1 : 0));
const isHex = (code: number): boolean => hexDigits[code] === 1;

/** What stands in each place of a GUID: 1 a digit, 2 a hyphen. */
const guidForm = Uint8Array.from('xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx', (sign) => (sign === '-' ? 2 : 1));
const signs = Uint8Array.from({ length: 256 }, (_, code) => (code === 0x2d ? 2 : (hexDigits[code] ?? 0)));

/** A GUID in lower case, and not the all-zero one. */
export function isGuid(body: Uint8Array, from: number): boolean {
  let some = 0;
  for (let index = 0; index < 36; index += 1) {
    const code = body[from + index] ?? 0;
    if (signs[code] !== guidForm[index]) return false;
    if (code !== 0x2d) some |= code ^ 0x30;
  }
  return some !== 0;
}

/** Whether a text stands at `from` that is such a GUID: both looks in one. */
export function isSameGuid(text: string, body: Uint8Array, from: number): boolean {
  if (text.length !== 36) return false;
  let some = 0;
  for (let index = 0; index < 36; index += 1) {
    const code = body[from + index] ?? 0;
    if (signs[code] !== guidForm[index] || text.charCodeAt(index) !== code) return false;
    if (code !== 0x2d) some |= code ^ 0x30;
  }
  return some !== 0;
}

/** SHA-256 in hex, in lower case. */
export function isCommitment(body: Uint8Array, from: number): boolean {
  for (let index = 0; index < 64; index += 1) if (!isHex(body[from + index] ?? 0)) return false;
  return true;
}

/** ASCII that JSON writes as it is. */
export function isPrintable(body: Uint8Array, from: number, end: number): boolean {
  for (let index = from; index < end; index += 1) {
    const code = body[index] ?? 0;
    if (code < 0x20 || code > 0x7e || code === 0x5c || code === 0x22) return false;
  }
  return true;
}

let day = Uint8Array.of();
let dayStart = Number.NaN;

/** An instant as entries write it, at `at`, with the quotation mark behind it. @returns milliseconds since 1970; NaN for anything else */
export function timeAt(body: Uint8Array, at: number): number {
  if (day.length === 0 || !startsWith(day, body, at)) {
    day = body.slice(at, at + 11);
    const text = Buffer.from(day).toString('latin1');
    dayStart = /^\d{4}-\d{2}-\d{2}T$/.test(text) && parseInstant(text.slice(0, 10)) !== undefined ? Date.parse(`${text}00:00:00.000Z`) : Number.NaN;
  }
  const [hours, minutes, seconds] = [two(body, at + 11), two(body, at + 14), two(body, at + 17)];
  const thousandths = 10 * two(body, at + 20) + digit(body, at + 22);
  const punctuated = body[at + 13] === 0x3a && body[at + 16] === 0x3a && body[at + 19] === 0x2e && body[at + 23] === 0x5a && body[at + 24] === 0x22;
  return punctuated && hours < 24 && minutes < 60 && seconds < 60 ? dayStart + ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths : Number.NaN;
}

function digit(body: Uint8Array, at: number): number {
  const value = (body[at] ?? 0) - 0x30;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

const two = (body: Uint8Array, at: number): number => 10 * digit(body, at) + digit(body, at + 1);
