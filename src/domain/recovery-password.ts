// The 48-digit number that unlocks a drive. 8 blocks of 6 digits; Windows makes each block by multiplying a 16-bit
// number by 11, so a block is divisible by 11 and at most 720885 (65535 × 11).

import { blockCount, blockLength, hasDigitsEnough, hasLineWithDigitsEnough, sign } from './digits.ts';

const highestBlock = 720_885;
const between = `${sign}*`;
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

/** The same of any one of many lines: numbers of six digits in eight lines are no password. */
export const holdsRecoveryPasswordInALine = (lines: string): boolean => hasLineWithDigitsEnough(lines) && lines.split('\n').some(holdsRecoveryPassword);

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

/** A text from outside that is better not repeated does not keep the rest from everybody. */
export const shown = (text: string): string => (mayHoldPassword(text) ? '(withheld: looks like a recovery key)' : text);
