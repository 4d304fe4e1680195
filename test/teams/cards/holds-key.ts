// The eight blocks of a shown key stand apart in the card's JSON, with numbers and markup between them, where a search
// for 48 digits in a row finds nothing. The laws ask this as well, of every card that may be sent.

const blocksOfAKey = 8;

/**
 * Whether anything in a card or activity shows eight or more blocks of six digits, whatever stands between them.
 * Digits within words, GUIDs and longer numbers do not count. Works on any JSON value; what it cannot read holds none.
 */
export const showsRecoveryPassword = (value: unknown): boolean => count(value) >= blocksOfAKey;

function count(value: unknown): number {
  if (typeof value === 'string') return value.match(/(?<![\p{L}\p{N}])\d{6}(?![\p{L}\p{N}])/gu)?.length ?? 0;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + count(part), 0);
}
