// One entry on a card: what happened, to what, why, and below it when, by whom and from where. Four short lines at most,
// for a phone.

import { shortKeyId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import type { LedgerEntry } from '../../domain/ledger-entry.ts';
import type { ReadEntry } from '../../domain/reading.ts';
import type { Viewer } from '../../domain/request.ts';
import { type Container, line, note } from './card.ts';
import { cleanText, joined, type Said, say } from './escape.ts';
import { checkWords, outcomeWords, reasonOf } from './ledger-words.ts';
import { sourceWords } from './words.ts';
import { when } from './times.ts';

interface Drawn {
  readonly read: ReadEntry;
  readonly now: Instant;
  readonly viewer: Viewer;
  /** Without any text from outside, with ids in the place of names: for what the egress guard would withhold. */
  readonly bare: boolean;
}

export function entryLines({ read, now, viewer, bare }: Drawn): Container {
  const { seq, entry } = read;
  const items =
    entry === undefined
      ? [line(say`▲ This entry was changed`, { weight: 'bolder' }), note(say`Its bytes cannot be read any more. Run **npm run audit -- verify** · no.\u00a0${seq}`)]
      : [
          line(say`${outcomeWords(entry)}`, { weight: 'bolder' }),
          ...[about(read, entry, bare), why(read, entry, bare)].flatMap((text) => (text === undefined ? [] : [line(text, { spacing: 'none' })])),
          note(joined([say`${when(entry.time, now, viewer)}`, ...who(read, entry, bare), say`${sourceWords[entry.source]}`, ...(entry.authority === undefined ? [] : [say`in their own name`]), say`no.\u00a0${seq}`], ' · '), { spacing: 'none' }),
        ];
  return { type: 'Container', separator: true, spacing: 'medium', items };
}

/** Longer ones are cut: eight entries share a card. */
const short = (text: string, most = 60): string => cleanText(text, most);

const erased = '(erased)';

const erasedOr = (read: ReadEntry, name: ReadEntry['erased'][number], text: string | undefined, bare: boolean, most?: number): string | undefined =>
  read.erased.includes(name) ? erased : text === undefined || text === '' || bare ? undefined : short(text, most);

function who(read: ReadEntry, { person }: LedgerEntry, bare: boolean): readonly Said[] {
  if (person === undefined) return [];
  return [say`${erasedOr(read, 'personName', person.name, bare) ?? person.id}`];
}

/** Device and key, or what was asked for where there was no device. */
function about(read: ReadEntry, { device, keyId, newKeyId, asked, format, count }: LedgerEntry, bare: boolean): Said | undefined {
  const name = device && (erasedOr(read, 'deviceName', device.name, bare) ?? device.deviceId);
  const question = erasedOr(read, 'asked', asked, bare);
  const parts = [
    ...(name === undefined ? [] : [say`${name}`]),
    ...(keyId === undefined ? [] : [say`key ${shortKeyId(keyId)}`]),
    ...(newKeyId === undefined ? [] : [say`new key ${shortKeyId(newKeyId)}`]),
    ...(question === undefined ? [] : [say`for “${question}”`]),
    // Of entries, or of names that were checked; how many left by the API is not known before they do.
    ...(format === undefined ? [] : [count === undefined ? say`as ${format}` : say`as ${format} (${count})`]),
  ];
  return parts.length === 0 ? undefined : joined(parts, ' · ');
}

function why(read: ReadEntry, { reason, reasonText, ticket, callerCheck, schedule, client, result }: LedgerEntry, bare: boolean): Said | undefined {
  const text = erasedOr(read, 'reasonText', reasonText, bare, 100);
  const number = erasedOr(read, 'ticket', ticket, bare, 64);
  const program = erasedOr(read, 'client', client, bare);
  const parts = [
    // Of another reason the text says all.
    ...(reason === undefined || (reason === 'other' && text !== undefined) ? [] : [say`${reasonOf(reason)}`]),
    ...(text === undefined ? [] : [text === erased ? say`reason ${text}` : say`“${text}”`]),
    ...(number === undefined ? [] : [number === erased ? say`ticket ${number}` : say`${number}`]),
    ...(callerCheck === undefined ? [] : [say`${checkWords[callerCheck]}`]),
    ...(schedule === undefined ? [] : [say`${short(schedule)}`]),
    ...(result === undefined ? [] : [say`${result}`]),
    ...(program === undefined ? [] : [say`by ${program}`]),
  ];
  return parts.length === 0 ? undefined : joined(parts, ' · ');
}
