// The 48-digit number that unlocks a drive. 8 blocks of 6 digits; Windows makes each block by multiplying a 16-bit
// number by 11, so a block is divisible by 11 and at most 720885 (65535 × 11).

const blockCount = 8;
const blockLength = 6;
const highestBlock = 720_885;
// What people, mail programs and Windows put between blocks: blanks of all kinds, dashes of all kinds, stops, quotes.
const between = String.raw`[\s\u00a0\u00ad\u2000-\u200f\u2010-\u2015\u2060\u2212\ufeff._,;:/|+*"'\\-]*`;
// Digits of all scripts: full-width and Arabic ones are typed by real keyboards.
const block = String.raw`\p{Nd}{${blockLength}}`;
const eightBlocks = new RegExp(String.raw`(?<!\p{Nd})${block}(?:${between}${block}){${blockCount - 1}}(?!\p{Nd})`, 'u');

const digitsAlone = new RegExp(String.raw`\d(?:${between}\d)+`, 'gu');

/** Holds the digits so that printing, logging or serialising it by mistake shows nothing. Only {@link digits} reads it. */
export class RecoveryPassword {
  readonly #blocks: readonly string[];

  private constructor(blocks: readonly string[]) {
    this.#blocks = Object.freeze([...blocks]);
  }

  /**
   * @param value what Graph answers: 8 blocks of 6 digits with dashes. Anything else gives undefined.
   * A block that fails the block check is accepted: Microsoft's own sample does, and a check may warn, never block.
   */
  static parse(value: unknown): RecoveryPassword | undefined {
    if (typeof value !== 'string' || !/^\s*\d{6}(?:-\d{6}){7}\s*$/.test(value)) return undefined;
    return new RecoveryPassword(value.trim().split('-'));
  }

  /** The eight blocks, for the one card or answer that shows them. */
  get blocks(): readonly string[] {
    return this.#blocks;
  }

  /** `123456-…`, for the one answer that shows it. */
  get digits(): string {
    return this.#blocks.join('-');
  }

  /** Numbers (1–8) of the blocks that Windows would reject; empty when all are right. */
  get doubtfulBlocks(): readonly number[] {
    return this.#blocks.flatMap((block, index) => (isWellFormedBlock(block) ? [] : [index + 1]));
  }

  toString(): string {
    return '«recovery password»';
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** One block of six digits as Windows checks it while it is typed. */
export function isWellFormedBlock(block: string): boolean {
  if (!/^\d{6}$/.test(block)) return false;
  const value = Number(block);
  return value % 11 === 0 && value <= highestBlock;
}

/**
 * Whether a text holds something like a recovery password. It guards what is stored, logged and sent, in time linear
 * in the length of the text. Three ways to find one:
 * - eight blocks of six digits of whatever value, run together or with anything that is no letter between them;
 * - 48 digits in other groups, as somebody dictates them, when Windows would accept the blocks they make;
 * - eight numbers of six digits one after another that Windows would all accept, whatever stands between them ("block
 *   1: 123453, block 2: …", a table, a card as JSON). By chance that happens once in 3,000 million times.
 */
export const holdsRecoveryPassword = (text: string): boolean =>
  hasDigitsEnough(text) && (eightBlocks.test(text) || holdsOtherGroups(text) || holdsScatteredBlocks(text));

const highestAscii = 0x7f;
const isSign = signsBetween();

/**
 * Whether it is worth a closer look: one pass over the characters, because everything that is stored or sent is looked
 * at and next to nothing has so many digits. True for every text in which any of the ways below finds something: each
 * wants 48 digits with nothing but signs between them, or eight numbers of exactly six digits. A character beyond ASCII
 * may be a digit and may be a sign, and is taken for both.
 */
export function hasDigitsEnough(text: string): boolean {
  let stretch = 0;
  let row = 0;
  let sixes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const digit = code >= 0x30 && code <= 0x39;
    if (!digit && row === blockLength) sixes += 1;
    row = digit ? row + 1 : 0;
    if (digit || code > highestAscii) stretch += 1;
    else if (isSign[code] !== 1) stretch = 0;
    if (stretch === blockCount * blockLength) return true;
  }
  return sixes + (row === blockLength ? 1 : 0) >= blockCount;
}

/** By character code: 1 for those that may stand between two digits of one password. */
function signsBetween(): Uint8Array {
  const one = new RegExp(`^${between.slice(0, -1)}$`, 'u');
  return Uint8Array.from({ length: highestAscii + 1 }, (_, code) => (one.test(String.fromCharCode(code)) ? 1 : 0));
}

function holdsOtherGroups(text: string): boolean {
  for (const [stretch] of text.matchAll(digitsAlone)) {
    const digits = stretch.replaceAll(/\D/g, '');
    if (digits.length === blockCount * blockLength && areBlocks(digits.match(/\d{6}/g) ?? [])) return true;
  }
  return false;
}

function holdsScatteredBlocks(text: string): boolean {
  let row: string[] = [];
  for (const [number] of text.matchAll(/(?<!\d)\d{6}(?!\d)/g)) {
    row = isWellFormedBlock(number) ? [...row.slice(1 - blockCount), number] : [];
    if (areBlocks(row)) return true;
  }
  return false;
}

/** A row of zeros is a colour, a count or a time; a password repeats a block about never. */
const areBlocks = (row: readonly string[]): boolean => row.length === blockCount && row.every(isWellFormedBlock) && new Set(row).size > blockCount / 2;

/**
 * Whether eight numbers of six digits, of whatever value, follow one another, whatever words stand between them; numbers
 * of one or two digits, such as a block's own, do not part them.
 */
export function holdsRowOfBlocks(text: string): boolean {
  let row = 0;
  for (const [word] of text.matchAll(/[\w#]*\d\w*/g)) {
    if (/^\d{1,2}$/.test(word)) continue;
    row = /^\d{6}$/.test(word) ? row + 1 : 0;
    if (row === blockCount) return true;
  }
  return false;
}

/**
 * Whether a text from outside, a reason or a name, is better not taken: it holds a recovery password, or it looks so much
 * like one that no card with it may leave, which would keep a key from being hidden.
 */
export const mayHoldPassword = (text: string): boolean => holdsRecoveryPassword(text) || (hasDigitsEnough(text) && holdsRowOfBlocks(text));
