// Entries as people read them in a terminal.
import { shortKeyId } from '../domain/ids.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';

/** `entry` is undefined when its bytes cannot be read any more: then somebody changed them. */
export interface ListedEntry {
  readonly seq: number;
  readonly entry: LedgerEntry | undefined;
}

const longest = 32;

/** As people count them: an accent or a joined emoji is no letter of its own. */
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const letters = (text: string): readonly string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);

/**
 * Names were typed by anybody: what would move the cursor, colour the terminal or turn the direction of the line is
 * written as its code, and a name ends where the next column begins.
 */
export function safe(text: string, most = longest): string {
  const visible = text.slice(0, 10 * most).replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  const characters = letters(visible);
  return characters.length <= most ? visible : `${characters.slice(0, most - 1).join('')}…`;
}

/** A text is erased where there is something to name and no name for it. */
const named = (name: string | undefined, id: string): string => (name === undefined ? `(erased) ${id.slice(0, 8)}` : safe(name));

const columns = {
  entry: ({ seq }) => String(seq),
  'time (UTC)': ({ entry }) => entry.time.slice(0, 19).replace('T', ' '),
  act: ({ entry }) => (entry.count === undefined ? entry.act : `${entry.act} ×${entry.count}`),
  outcome: ({ entry }) => [entry.code === undefined ? entry.outcome : `${entry.outcome}: ${entry.code}`, entry.result].filter(Boolean).join(' '),
  who: ({ entry }) => entry.person && named(entry.person.name, entry.person.id),
  // Entra's log names no device, so there is none to erase.
  device: ({ entry }) => entry.device && (entry.source === 'entra' ? entry.device.deviceId.slice(0, 8) : named(entry.device.name, entry.device.deviceId)),
  'key ID': ({ entry }) => entry.keyId && shortKeyId(entry.keyId),
  'new key': ({ entry }) => entry.newKeyId && shortKeyId(entry.newKeyId),
  reason: ({ entry }) => [entry.reason, entry.reasonText && `"${safe(entry.reasonText)}"`].filter(Boolean).join(' '),
  ticket: ({ entry }) => entry.ticket && safe(entry.ticket, 16),
  asked: ({ entry }) => entry.asked && safe(entry.asked),
  source: ({ entry }) => entry.source,
} satisfies Record<string, (row: { readonly seq: number; readonly entry: LedgerEntry }) => string | undefined>;

/** One line an entry, under a line of headings; a column without a value anywhere is left out. */
export function ledgerTable(entries: readonly ListedEntry[]): string {
  const cells = entries.map(({ seq, entry }) =>
    entry === undefined
      ? [String(seq), 'its bytes cannot be read: run verify', ...Object.keys(columns).slice(2).map(() => '')]
      : Object.values(columns).map((cell) => cell({ seq, entry }) ?? ''),
  );
  const used = Object.keys(columns).map((_, index) => cells.some((row) => row[index] !== ''));
  const rows = [Object.keys(columns), ...cells].map((row) => row.filter((_, index) => used[index] === true));
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => letters(row[index] ?? '').length)));
  return rows.map((row) => row.map((cell, index) => pad(cell, widths[index] ?? 0)).join('  ').trimEnd()).join('\n');
}

const pad = (cell: string, width: number): string => cell + ' '.repeat(Math.max(0, width - letters(cell).length));
