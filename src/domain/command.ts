// What people type. Forgiving about case, blanks, quotes, politeness and the word "BitLocker"; strict about meaning:
// text that fits no command gets a suggestion, never an action.

import { type KeyIdFragment, parseKeyIdFragment } from './device.ts';
import { type KeyId, parseKeyId } from './ids.ts';
import { holdsRecoveryPassword } from './recovery-password.ts';

/** What a key is asked for by. Names are as typed, quotes taken off. */
export type KeyQuestion =
  | { readonly by: 'device'; readonly name: string; readonly keyId?: KeyIdFragment; readonly ticket?: string }
  | { readonly by: 'key-id'; readonly keyId: KeyId; readonly ticket?: string }
  | { readonly by: 'key-id-prefix'; readonly fragment: KeyIdFragment }
  | { readonly by: 'person'; readonly who: string; readonly ticket?: string };

export type Command =
  | { readonly kind: 'key'; readonly question: KeyQuestion }
  | { readonly kind: 'help' }
  | { readonly kind: 'key-types' }
  | { readonly kind: 'whoami' }
  /** The text holds a recovery password: it is now in the chat. Nothing of the text is kept. */
  | { readonly kind: 'pasted-password' }
  /** Not understood; `nearest` may be offered, and is never carried out. */
  | { readonly kind: 'suggestion'; readonly nearest: string };

export interface Hearing {
  /** In the private chat a bare name, address or key ID is enough. */
  readonly privateChat: boolean;
  readonly ticketPattern: RegExp;
}

const fixedCommands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['', { kind: 'help' }],
  ['help', { kind: 'help' }],
  ['?', { kind: 'help' }],
  ['hi', { kind: 'help' }],
  ['hello', { kind: 'help' }],
  ['key types', { kind: 'key-types' }],
  ['key type', { kind: 'key-types' }],
  ['types of key', { kind: 'key-types' }],
  ['whoami', { kind: 'whoami' }],
  ['who am i', { kind: 'whoami' }],
]);
const smallTalk = new Set(['thanks', 'thank', 'thx', 'ok', 'okay', 'yes', 'no', 'bye', 'hey', 'good', 'great', 'cancel', 'stop', 'test']);
const longestText = 4000;

/** @param text one message without mentions, as `normalise` leaves it or rougher. */
export function parseCommand(text: string, hearing: Hearing): Command {
  if (holdsRecoveryPassword(text)) return { kind: 'pasted-password' };
  const words = tidy(text.length > longestText ? '' : text);
  const fixed = fixedCommands.get(words.toLowerCase());
  if (fixed !== undefined && text.length <= longestText) return fixed;
  const asked = /^keys?(?:\s+for)?\s+(?<rest>.+)$/i.exec(words)?.groups?.['rest'];
  if (asked !== undefined) return keyCommand(asked, hearing);
  if (hearing.privateChat) return bareName(words, hearing);
  return { kind: 'suggestion', nearest: nearestTo(words) };
}

const noise = /^(?:please|pls|can i (?:have|get)|could i (?:have|get)|i need|get me|get|give me|show me|show|find|the|a|bitlocker|recovery)\b[\s,:]*/i;
const commandWord = /^(?:please|pls|can i|could i|i need|get|give me|show|find|the|a|bitlocker|recovery|keys?)\b/i;

/** One line, ordinary blanks, no closing stop, no politeness, no "recovery", "BitLocker" or "the" before the point. */
function tidy(text: string): string {
  let line = text
    .normalize('NFKC')
    .replaceAll(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replaceAll(/[\u2018\u2019\u02bc]/g, "'")
    .replaceAll(/[\u201c-\u201f]/g, '"')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/[\s.?!,;:]+$/, '');
  // Taken off only while a word of the command follows: a device may be called "The Old PC".
  for (let rest = line.replace(noise, ''); rest !== line && commandWord.test(rest); rest = line.replace(noise, '')) line = rest;
  return line.replace(/[\s,]+(?:please|pls|thanks|thank you)$/i, '').replace(/^(keys?(?:\s+for)?)\s+(?:the|device|computer|laptop|pc)\s+(?=\S)/i, '$1 ');
}

function keyCommand(rest: string, hearing: Hearing): Command {
  const byId = /^id\s+(?<typed>\S+)(?:\s+(?<ticket>\S+))?$/i.exec(rest)?.groups;
  if (byId !== undefined) return keyId(byId['typed'] ?? '', byId['ticket'], hearing) ?? { kind: 'suggestion', nearest: 'key id 1A2B3C4D' };
  const { subject, keyIdText, ticket } = split(rest, hearing);
  if (subject === '') return { kind: 'suggestion', nearest: 'key for LAPTOP-42' };
  if (keyIdText !== undefined) {
    const fragment = parseKeyIdFragment(keyIdText);
    if (fragment === undefined) return { kind: 'suggestion', nearest: `key for ${subject} id 1A2B3C4D` };
    return { kind: 'key', question: { by: 'device', name: subject, keyId: fragment, ...(ticket && { ticket }) } };
  }
  return { kind: 'key', question: subjectQuestion(subject, ticket) };
}

/** `NAME [id KEYID] [TICKET]`, where NAME may be quoted and may hold blanks. */
function split(rest: string, hearing: Hearing): { subject: string; keyIdText?: string; ticket?: string } {
  const quoted = /^(?<quote>["'])(?<name>.+?)\k<quote>(?<more>\s.*)?$/.exec(rest)?.groups;
  let subject = quoted?.['name'] ?? rest;
  let more = quoted === undefined ? '' : (quoted['more'] ?? '').trim();
  if (quoted === undefined) {
    const tail = /^(?<name>.+?)\s+(?<tail>id\s+\S+(?:\s+\S+)?)$/i.exec(rest)?.groups;
    const last = /^(?<name>.+)\s+(?<tail>\S+)$/.exec(rest)?.groups;
    if (tail !== undefined) [subject, more] = [tail['name'] ?? rest, tail['tail'] ?? ''];
    else if (last !== undefined && hearing.ticketPattern.test(last['tail'] ?? '')) [subject, more] = [last['name'] ?? rest, last['tail'] ?? ''];
  }
  const id = /^id\s+(?<id>\S+)(?:\s+(?<ticket>\S+))?$/i.exec(more)?.groups;
  const ticket = id === undefined ? more : id['ticket'];
  return {
    subject: unquote(subject.trim()),
    ...(id !== undefined && { keyIdText: id['id'] ?? '' }),
    ...(ticket && hearing.ticketPattern.test(ticket) && { ticket: ticket.toUpperCase() }),
  };
}

const unquote = (text: string): string => /^(["'`])(?<inner>.+)\1$/.exec(text)?.groups?.['inner']?.trim() ?? text;

function subjectQuestion(subject: string, ticket: string | undefined): KeyQuestion {
  const withTicket = ticket === undefined ? {} : { ticket };
  const id = parseKeyId(subject.replaceAll(/[{}]/g, ''));
  if (id !== undefined) return { by: 'key-id', keyId: id, ...withTicket };
  if (/^[^\s@]+@[^\s@]+$/.test(subject)) return { by: 'person', who: subject, ...withTicket };
  return { by: 'device', name: subject, ...withTicket };
}

function keyId(typed: string, ticket: string | undefined, hearing: Hearing): Command | undefined {
  const fragment = parseKeyIdFragment(typed);
  if (fragment === undefined) return undefined;
  const whole = fragment.hex.length === 32 ? parseKeyId(fragment.hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')) : undefined;
  if (whole === undefined) return { kind: 'key', question: { by: 'key-id-prefix', fragment } };
  const known = ticket !== undefined && hearing.ticketPattern.test(ticket) ? { ticket: ticket.toUpperCase() } : {};
  return { kind: 'key', question: { by: 'key-id', keyId: whole, ...known } };
}

/** In the private chat: a device name is one word with a digit, a dash or capitals; a longer text is conversation. */
function bareName(words: string, hearing: Hearing): Command {
  const [first = '', second, ...others] = words.split(' ');
  const ticket = second !== undefined && others.length === 0 && hearing.ticketPattern.test(second) ? second.toUpperCase() : undefined;
  if ((second !== undefined && ticket === undefined) || smallTalk.has(first.toLowerCase())) return { kind: 'suggestion', nearest: nearestTo(words) };
  const bare = unquote(first);
  if (/^\{?[0-9a-f]{8}(?:-?[0-9a-f]{1,4})*/i.test(bare) && /\d/.test(bare)) {
    const byId = keyId(bare, ticket, hearing);
    if (byId !== undefined) return byId;
  }
  if (bare.includes('@') || /[\d_-]/.test(bare) || bare === bare.toUpperCase()) return { kind: 'key', question: subjectQuestion(bare, ticket) };
  return { kind: 'suggestion', nearest: nearestTo(words, bare) };
}

const known = ['key for', 'key id', 'key types', 'help', 'whoami'] as const;

/** The command that resembles most what was typed; `help` when none does. */
function nearestTo(words: string, name?: string): string {
  const typed = words.toLowerCase();
  const best = known
    .map((command) => ({ command, distance: editDistance(typed.slice(0, command.length), command) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (best === undefined || best.distance > 3) return name === undefined ? 'help' : `key for ${name}`;
  if (best.command === 'key for') return `key for ${words.slice('key for'.length).trim() || 'LAPTOP-42'}`;
  return best.command === 'key id' ? 'key id 1A2B3C4D' : best.command;
}

/** Levenshtein distance; both texts are short (a command, a device name). */
export function editDistance(a: string, b: string): number {
  const letters = Array.from(b);
  let row = Array.from({ length: letters.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of letters.entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[letters.length] ?? 0;
}
