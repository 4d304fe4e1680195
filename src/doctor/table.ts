// What was found, for people: verdict, what, found, and below them the remedy. Lines end before the terminal's edge.

import { safe } from '../ledger/table.ts';
import type { Finding, Verdict } from './check.ts';
import type { Told } from './examine.ts';

const verdictWidth = 11;
const whatWidth = 24;
const narrowest = 80;
const widest = 120;

/** How wide a table may be in a terminal of so many columns; 100 where nobody knows. */
export const widthIn = (columns: number | undefined): number => Math.min(widest, Math.max(narrowest, columns ?? 100));

/**
 * The lines of one finding.
 * @param mark colours a verdict; it adds no width
 */
export function rowOf({ finding }: Told, width: number, mark: (verdict: Verdict, text: string) => string = (_verdict, text) => text): readonly string[] {
  const room = width - verdictWidth - whatWidth - 4;
  const whats = wrapped(clean(finding.what), whatWidth);
  const founds = wrapped(clean(finding.found), room);
  const remedy = 'remedy' in finding ? arrow(wrapped(clean(finding.remedy), width - verdictWidth - 4)) : [];
  const row = Array.from({ length: Math.max(whats.length, founds.length) }, (_, index) => {
    const verdict = mark(finding.verdict, (index === 0 ? finding.verdict : '').padEnd(verdictWidth));
    return `${verdict}  ${(whats[index] ?? '').padEnd(whatWidth)}  ${founds[index] ?? ''}`.trimEnd();
  });
  return [...row, ...remedy.map((line) => `${''.padEnd(verdictWidth)}  ${line}`)];
}

const arrow = (lines: readonly string[]): readonly string[] => lines.map((line, index) => `${index === 0 ? '→' : ' '} ${line}`);

export const headOf = (width: number): readonly string[] => [`${'verdict'.padEnd(verdictWidth)}  ${'what'.padEnd(whatWidth)}  found; → what to do`, '─'.repeat(width)];

/** `Green: 18 ok, 1 warning.` */
export function sumOf(told: readonly Told[]): string {
  const count = (verdict: Verdict): number => told.filter(({ finding }) => finding.verdict === verdict).length;
  const [good, warned, bad, open] = [count('ok'), count('warning'), count('broken'), count('not checked')];
  const parts = [...(bad > 0 ? [`${bad} broken`] : []), `${good} ok`, ...(warned > 0 ? [warned === 1 ? '1 warning' : `${warned} warnings`] : []), ...(open > 0 ? [`${open} not checked`] : [])];
  return `${bad > 0 ? 'Red' : 'Green'}: ${parts.join(', ')}.`;
}

/** For scripts: one JSON object. */
export const jsonOf = (told: readonly Told[], red: boolean): string =>
  JSON.stringify({ verdict: red ? 'red' : 'green', findings: told.map(({ check, finding }) => ({ check, ...cleaned(finding) })) }, undefined, 2);

// Most of it is ours; what came from outside was cut before, and is cleaned here once more, where nobody can forget it.
const clean = (text: string): string => safe(text, 1000);

const cleaned = (finding: Finding): Record<string, string> => Object.fromEntries(Object.entries(finding).map(([name, text]) => [name, clean(text)]));

/** At blanks; a word that is longer than a line is cut in pieces. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => pieces(one, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Preferably where a new part of a name begins: DeviceManagementManaged, Devices.Read.All. */
function pieces(word: string, width: number): readonly string[] {
  if (word.length <= width) return [word];
  const start = word.slice(0, width + 1);
  const part = start.search(/[A-Z][^A-Z]*$/);
  const at = part > width / 2 ? part : width;
  return [word.slice(0, at), ...pieces(word.slice(at), width)];
}
