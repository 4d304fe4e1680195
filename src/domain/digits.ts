// Whether a text has digits enough for a recovery password. Everything that is stored, logged or sent is looked at, and next
// to nothing has so many: most of a text is never touched. True for every text in which recovery-password.ts finds
// something: each of its ways wants 48 digits with nothing but signs between them, or eight numbers of exactly six digits.

export const blockCount = 8;
export const blockLength = 6;
const digitCount = blockCount * blockLength;

/** What people, mail programs and Windows put between blocks, for a pattern: blanks and dashes of all kinds, stops, quotes. */
export const sign = String.raw`[\s\u00a0\u00ad\u2000-\u200f\u2010-\u2015\u2060\u2212\ufeff._,;:/|+*"'\\-]`;

const ascii = 128;
const oneSign = new RegExp(`^${sign}$`, 'u');
const isSign = Uint8Array.from({ length: ascii }, (_, code) => (oneSign.test(String.fromCharCode(code)) ? 1 : 0));

export const hasDigitsEnough = (text: string): boolean => hasStretch(text) || hasSixes(text, false);

/** The same of any one line. A stretch that goes on in the next is taken for one of a line. */
export const hasLineWithDigitsEnough = (lines: string): boolean => hasStretch(lines) || hasSixes(lines, true);

/** What there are 48 of has one at every 48th place: between those nothing has to be looked at. */
function hasStretch(text: string): boolean {
  for (let at = digitCount - 1; at < text.length; at += digitCount) {
    if (!joins(text, at)) continue;
    let from = at;
    while (from > 0 && joins(text, from - 1)) from -= 1;
    let digits = 0;
    for (at = from; at < text.length && joins(text, at); at += 1) if (mayBeDigit(text, at)) digits += 1;
    if (digits >= digitCount) return true;
  }
  return false;
}

/** In the same way a number of six digits has one at every sixth place. */
function hasSixes(text: string, lineByLine: boolean): boolean {
  let found = 0;
  let lineEnd = -1;
  for (let at = blockLength - 1; at < text.length; at += blockLength) {
    if (!isDigit(text, at)) continue;
    let from = at;
    while (from > 0 && isDigit(text, from - 1)) from -= 1;
    while (at < text.length && isDigit(text, at)) at += 1;
    if (at - from !== blockLength) continue;
    if (lineByLine && from > lineEnd) {
      found = 0;
      lineEnd = endOfLine(text, from);
    }
    found += 1;
    if (found === blockCount) return true;
  }
  return false;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

/** A character beyond ASCII may be a digit and may be a sign, and is taken for both. */
const mayBeDigit = (text: string, at: number): boolean => isDigit(text, at) || text.charCodeAt(at) >= ascii;
const joins = (text: string, at: number): boolean => mayBeDigit(text, at) || isSign[text.charCodeAt(at)] === 1;
