// What people type. Forgiving about case, blanks, quotes, politeness and the word "BitLocker"; strict about meaning:
// text that fits no command gets a suggestion, never an action.

import { parseAudit } from './audit-command.ts';
import { type KeyIdFragment, parseKeyIdFragment } from './device.ts';
import { checkCommand, type FleetCommand, fleetCommands } from './fleet-command.ts';
import { type KeyId, parseKeyId } from './ids.ts';
import { nearestTo } from './nearest.ts';
import type { AuditQuestion } from './reading.ts';
import { holdsRecoveryPassword } from './recovery-password.ts';
import { fits } from './settings.ts';
import { type OwnCommand, ownCommand, statusForm } from './status-command.ts';
import { tidy } from './tidy-words.ts';

/** What a key is asked for by. Names are as typed, quotes taken off. */
export type KeyQuestion =
  | { readonly by: 'device'; readonly name: string; readonly keyId?: KeyIdFragment; readonly ticket?: string }
  | { readonly by: 'key-id'; readonly keyId: KeyId; readonly ticket?: string }
  | { readonly by: 'key-id-prefix'; readonly fragment: KeyIdFragment; readonly ticket?: string }
  | { readonly by: 'person'; readonly who: string; readonly keyId?: KeyIdFragment; readonly ticket?: string };

export type Command =
  | { readonly kind: 'key'; readonly question: KeyQuestion }
  /** The device is named as for a key; a key ID stands only for the device that it belongs to. */
  | { readonly kind: 'rotate'; readonly question: KeyQuestion }
  /** Entries of the ledger, as far as the person may read them. */
  | { readonly kind: 'audit'; readonly question: AuditQuestion }
  | { readonly kind: 'status'; readonly question: KeyQuestion }
  | OwnCommand
  | FleetCommand
  | { readonly kind: 'help' }
  | { readonly kind: 'key-types' }
  | { readonly kind: 'whoami' }
  /** What stands behind the word, for summary-command.ts. */
  | { readonly kind: 'summary'; readonly rest: string }
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
  ['hi', { kind: 'help' }],
  ['hello', { kind: 'help' }],
  ['key', { kind: 'suggestion', nearest: 'key for LAPTOP-42' }],
  ['keys', { kind: 'suggestion', nearest: 'key for LAPTOP-42' }],
  ['key for', { kind: 'suggestion', nearest: 'key for LAPTOP-42' }],
  ['keys for', { kind: 'suggestion', nearest: 'key for LAPTOP-42' }],
  ['key id', { kind: 'suggestion', nearest: 'key id 1A2B3C4D' }],
  ['key types', { kind: 'key-types' }],
  ['key type', { kind: 'key-types' }],
  ['key-types', { kind: 'key-types' }],
  ['types of key', { kind: 'key-types' }],
  ['types of keys', { kind: 'key-types' }],
  ['rotation', { kind: 'suggestion', nearest: 'rotate LAPTOP-42' }],
  ['key rotation', { kind: 'suggestion', nearest: 'rotate LAPTOP-42' }],
  ...fleetCommands,
  ['whoami', { kind: 'whoami' }],
  ['who am i', { kind: 'whoami' }],
]);
const smallTalk = new Set(
  'thanks thank thx ok okay yes no bye hey good great cancel stop test why what who when where how urgent asap please sorry lol'.split(' '),
);
const longestText = 4000;
/** Longer than any name that Entra holds. */
const longestName = 256;

/** @param text one message without mentions, as `normalise` leaves it or rougher. */
export function parseCommand(text: string, hearing: Hearing): Command {
  if (holdsRecoveryPassword(text)) return { kind: 'pasted-password' };
  const check = checkCommand(text);
  if (check !== undefined) return check;
  if (text.length > longestText) return { kind: 'suggestion', nearest: 'help' };
  const words = tidy(text);
  if (holdsRecoveryPassword(words)) return { kind: 'pasted-password' };
  const fixed = fixedCommands.get(words.toLowerCase());
  if (fixed !== undefined) return fixed;
  const rotated = rotateForm.exec(words);
  if (rotated !== null) return deviceCommand('rotate', rotated.groups?.['rest'] ?? '', hearing);
  const audited = parseAudit(words, isAddress);
  if (audited !== undefined) return audited;
  const summary = summaryForm.exec(words)?.groups;
  if (summary !== undefined) return { kind: 'summary', rest: `${summary['often'] ?? ''} ${summary['rest'] ?? ''}`.trim() };
  const own = ownCommand(words);
  if (own !== undefined) return own;
  const status = statusForm.exec(words);
  if (status !== null) return deviceCommand('status', status.groups?.['rest'] ?? '', hearing);
  const asked = /^keys?(?:\s+for)?\s+(?<rest>.+)$/i.exec(words)?.groups?.['rest'];
  if (asked !== undefined) return keyCommand(asked, hearing);
  return hearing.privateChat ? bareName(words, hearing) : { kind: 'suggestion', nearest: nearestTo(words) };
}

function keyCommand(rest: string, hearing: Hearing): Command {
  const idFirst = /^id(?:[\s:#]+|$)/i.exec(rest)?.[0];
  if (idFirst !== undefined) return idCommand(rest.slice(idFirst.length), hearing);
  const { subject, more } = split(rest, hearing);
  if (!isName(subject)) return { kind: 'suggestion', nearest: 'key for LAPTOP-42' };
  const tail = readTail(more, hearing);
  if (tail === undefined) return { kind: 'suggestion', nearest: `key for ${subject}${idWord.test(more) ? ' id 1A2B3C4D' : ''}` };
  return { kind: 'key', question: questionAbout(subject, tail) };
}

// "rotate the key for the laptop NAME", and as Intune calls the act: "key rotation for NAME". Blanks are single here.
const rotateForm = /^(?:rotate|(?:key )?rotation(?= (?:for|of) ))(?: (?:the|bitlocker|recovery|keys?|passwords?))*(?: (?:for|of|on))?(?: (?:the|device|computer|laptop|pc|machine)(?= ))*(?: (?<rest>.+))?$/i;

const summaryForm = /^(?:(?<often>daily|weekly) )?summar(?:y|ies)(?: (?<rest>.+))?$/i;

/** The device is found as for a key. Both are about the whole device: the ID of one key beside a name means something else. */
function deviceCommand(kind: 'rotate' | 'status', rest: string, hearing: Hearing): Command {
  const asked = keyCommand(rest.replace(/(?<=\S) now$/i, ''), hearing);
  const unclear = (name: string): Command => ({ kind: 'suggestion', nearest: `${kind} ${name}` });
  if (asked.kind === 'suggestion') return unclear(/^key for (?<name>.+?)(?: id 1A2B3C4D)?$/.exec(asked.nearest)?.groups?.['name'] ?? 'LAPTOP-42');
  if (asked.kind !== 'key') return asked;
  const { question } = asked;
  if (question.by === 'device' && question.keyId !== undefined) return unclear(question.name);
  if (question.by === 'person' && question.keyId !== undefined) return unclear(question.who);
  return { kind, question };
}

const isName = (subject: string): boolean => subject.length <= longestName && /[\p{L}\p{N}]/u.test(subject);

/** `key id TYPED`, with a ticket or `for NAME` behind it. */
function idCommand(rest: string, hearing: Hearing): Command {
  const unclear: Command = { kind: 'suggestion', nearest: 'key id 1A2B3C4D' };
  const read = readKeyId(rest);
  if (read === undefined) return unclear;
  const named = /^(?:for|on|of)\s+(?<name>.+)$/i.exec(read.rest)?.groups?.['name'];
  if (named !== undefined) {
    const { subject, more } = split(named, hearing);
    const tail = readTail(more, hearing);
    if (tail === undefined || !isName(subject)) return unclear;
    return { kind: 'key', question: questionAbout(subject, { ...tail, keyId: read.fragment }) };
  }
  const ticket = ticketIn(read.rest, hearing);
  if (read.rest !== '' && ticket === undefined) return unclear;
  return { kind: 'key', question: questionById(read.fragment, ticket) };
}

interface Tail {
  readonly keyId?: KeyIdFragment;
  readonly ticket?: string;
}

const idWord = /(?:^|\s)(?:with\s+)?(?:the\s+)?(?:(?:recovery\s+)?key\s+)?id[\s:#]+(?=\S)/i;

/** `NAME [id KEYID] [TICKET]`, where NAME may be quoted and may hold blanks: the name, and what stands behind it. */
function split(rest: string, hearing: Hearing): { readonly subject: string; readonly more: string } {
  const quoted = /^(?<quote>["'`])(?<name>.+?)\k<quote>(?<more>\s.*)?$/.exec(rest)?.groups;
  if (quoted !== undefined) return { subject: (quoted['name'] ?? '').trim(), more: (quoted['more'] ?? '').trim() };
  const id = idWord.exec(rest);
  const { name, ticket } = withoutTicket(id === null ? rest : rest.slice(0, id.index).trim(), hearing);
  return { subject: name, more: `${id === null ? '' : rest.slice(id.index).trim()} ${ticket}`.trim() };
}

function withoutTicket(text: string, hearing: Hearing): { readonly name: string; readonly ticket: string } {
  const last = text.lastIndexOf(' ');
  if (last < 0 || ticketIn(text.slice(last + 1), hearing) === undefined) return { name: text, ticket: '' };
  return { name: text.slice(0, last).replace(/\s(?:ticket|incident|case)$/i, ''), ticket: text.slice(last + 1) };
}

/** What stands behind a name; undefined when it is something else than a key ID and a ticket. */
function readTail(more: string, hearing: Hearing): Tail | undefined {
  const id = idWord.exec(more);
  const read = id?.index === 0 ? readKeyId(more.slice(id[0].length)) : undefined;
  if (id?.index === 0 && read === undefined) return undefined;
  const rest = read?.rest ?? more;
  const ticket = ticketIn(rest, hearing);
  if (rest !== '' && ticket === undefined) return undefined;
  return { ...(read && { keyId: read.fragment }), ...(ticket !== undefined && { ticket }) };
}

const ticketIn = (text: string, hearing: Hearing): string | undefined => (text !== '' && fits(hearing.ticketPattern, text) ? text.toUpperCase() : undefined);

/** A key ID at the beginning, also with blanks in it: a whole one when there is one, else the first that is long enough. */
function readKeyId(text: string): { readonly fragment: KeyIdFragment; readonly rest: string } | undefined {
  const tokens = text.split(' ').slice(0, 36);
  const reads = tokens.flatMap((_token, index) => {
    const fragment = parseKeyIdFragment(tokens.slice(0, index + 1).join(''));
    return fragment === undefined ? [] : [{ fragment, rest: text.split(' ').slice(index + 1).join(' ') }];
  });
  return reads.find((read) => read.fragment.hex.length === 32) ?? reads[0];
}

function questionAbout(subject: string, tail: Tail): KeyQuestion {
  const id = parseKeyId(subject.replaceAll(/[{}]/g, ''));
  if (id !== undefined) return { by: 'key-id', keyId: id, ...(tail.ticket !== undefined && { ticket: tail.ticket }) };
  return isAddress(subject) ? { by: 'person', who: subject, ...tail } : { by: 'device', name: subject, ...tail };
}

// Names of people in Entra end in a domain with a dot; a device may be called "A@B".
const isAddress = (text: string): boolean => /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(text);

function questionById(fragment: KeyIdFragment, ticket: string | undefined): KeyQuestion {
  const whole = fragment.hex.length === 32 ? parseKeyId(fragment.hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')) : undefined;
  const tail = ticket !== undefined && { ticket };
  return whole === undefined ? { by: 'key-id-prefix', fragment, ...tail } : { by: 'key-id', keyId: whole, ...tail };
}

/** In the private chat: a device name is one word with a digit, a dash or capitals; a longer text is conversation. */
function bareName(words: string, hearing: Hearing): Command {
  const { subject, more } = split(words, hearing);
  const tail = readTail(more, hearing);
  if (tail === undefined || !isName(subject) || smallTalk.has(subject.toLowerCase())) return { kind: 'suggestion', nearest: nearestTo(words) };
  const fragment = /^\{?[0-9a-f]{8}/i.test(subject) && /\d/.test(subject) && tail.keyId === undefined ? parseKeyIdFragment(subject) : undefined;
  if (fragment !== undefined) return { kind: 'key', question: questionById(fragment, tail.ticket) };
  if (isAddress(subject) || looksLikeDevice(subject)) return { kind: 'key', question: questionAbout(subject, tail) };
  return { kind: 'suggestion', nearest: nearestTo(words, subject.includes(' ') ? undefined : subject) };
}

/** Windows takes no name of digits alone, and whoever types one without a digit or a dash types it in capitals. */
const looksLikeDevice = (word: string): boolean =>
  /^[\p{L}\p{N}][\p{L}\p{N}_.'-]*$/u.test(word) && /\p{L}/u.test(word) && (/[\d_-]/.test(word) || (/\p{Lu}/u.test(word) && word === word.toUpperCase()));
