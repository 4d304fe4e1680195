// The 48-digit number that unlocks a drive. 8 blocks of 6 digits; Windows makes each block by multiplying a 16-bit
// number by 11, so a block is divisible by 11 and at most 720885 (65535 × 11).

const blockCount = 8;
const blockLength = 6;
const highestBlock = 720_885;
// What people, mail programs and Windows put between blocks: blanks of all kinds, dashes of all kinds, stops, quotes.
const between = String.raw`[\s\u00a0\u00ad\u2000-\u200f\u2010-\u2015\u2060\u2212\ufeff._,;:/|+*"'\\-]*`;
const digit = String.raw`[0-9\uff10-\uff19\u0660-\u0669\u06f0-\u06f9]`;
const block = `${digit}{${blockLength}}`;
const eightBlocks = new RegExp(`(?<!${digit})${block}(?:${between}${block}){${blockCount - 1}}(?!${digit})`, 'u');

/** Holds the digits so that printing, logging or serialising it by mistake shows nothing. Only {@link digits} reads it. */
export class RecoveryPassword {
  readonly #blocks: readonly string[];

  private constructor(blocks: readonly string[]) {
    this.#blocks = blocks;
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
 * Whether a text holds something like a recovery password: eight blocks of six digits, run together or with anything
 * that is no letter and no digit of another number between them. It guards what is stored, logged and sent.
 */
export const holdsRecoveryPassword = (text: string): boolean => eightBlocks.test(text);
