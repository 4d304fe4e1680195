// How people ask about the whole fleet, and for a list of devices. Words are tidy here (tidy-words.ts); a pasted list is
// not, because its lines matter.

import { type FleetList, foldedName } from './fleet.ts';
import { plain } from './tidy-words.ts';

export type FleetCommand =
  | { readonly kind: 'fleet-status' }
  | { readonly kind: 'fleet-list'; readonly list: FleetList }
  /** `count`: of the names that were given; `names` is empty when they are too many. */
  | { readonly kind: 'check'; readonly names: readonly string[]; readonly count: number };

export const mostChecked = 500;
const longestName = 256;

const lists: readonly (readonly [FleetList, readonly string[]])[] = [
  ['missing', ['missing', 'missing keys', 'missing devices', 'no key', 'no keys', 'without key', 'without a key', 'devices without a key', 'not escrowed']],
  ['failed', ['failed', 'failed devices', 'failed escrow', 'escrow failed']],
  ['pending', ['pending', 'pending devices']],
  ['unknown', ['unknown', 'unknown devices']],
  ['not-available', ['not available', 'not-available', 'not encrypted', 'unencrypted']],
];

/** What is said in one way only, for the table of fixed commands. */
export const fleetCommands: readonly (readonly [string, FleetCommand])[] = [
  ...['status', 'fleet', 'fleet status', 'status fleet', 'status of the fleet', 'status all', 'overview'].map((words) => [words, { kind: 'fleet-status' }] as const),
  ...lists.flatMap(([list, forms]) => forms.map((words) => [words, { kind: 'fleet-list', list }] as const)),
];

const checkForm = /^\s*(?:(?:please|pls|can you|could you)[\s,]+)?(?:check|readiness(?:\s+(?:of|for))?)\b(?:\s+(?:the\s+)?(?:devices|computers|laptops|pcs|machines)\b)?[\s:]*/i;
const between = /[\r\n,;\t]+/;
/** What people's lists begin their lines with, and what stands around a name. */
const around = /^(?:[-*\u2022\u00b7]\s+)?["'`]?(?<name>.*?)["'`]?[.?!]?$/;

/** `check A, B, C`, or one on each line; undefined when it is something else. @param text as it came */
export function checkCommand(text: string): FleetCommand | { readonly kind: 'suggestion'; readonly nearest: string } | undefined {
  const start = checkForm.exec(text)?.[0];
  if (start === undefined) return undefined;
  const given = text.slice(start.length).split(between).filter((piece) => piece.trim() !== '');
  const pieces = given.length === 1 ? wordsOf(given[0] ?? '') : given;
  // So many are answered, not looked at.
  if (pieces.length > mostChecked) return { kind: 'check', names: [], count: pieces.length };
  const names = new Map(pieces.map((piece) => nameIn(piece)).filter((name) => /[\p{L}\p{N}]/u.test(name)).map((name) => [foldedName(name), name]));
  if (names.size === 0) return { kind: 'suggestion', nearest: 'check LAPTOP-1, LAPTOP-2' };
  return { kind: 'check', names: [...names.values()], count: names.size };
}

const nameIn = (piece: string): string => (around.exec(plain(piece).trim())?.groups?.['name'] ?? '').trim().slice(0, longestName);

/** Names with only blanks between them, where each word looks like a name; a person's device may hold a blank. */
function wordsOf(piece: string): readonly string[] {
  const words = piece.trim().split(/\s+/);
  return words.every((word) => /[\p{L}]/u.test(word) && /[\d_-]/.test(word)) ? words : [piece];
}
