// Reading the papers: tables, links, headings. Each function takes text, so that a test can show it a bad sample.

import { posix } from 'node:path';

/** Codes in the first column of the tables below a heading, in order. */
export function codesUnder(heading: string, markdown: string): readonly string[] {
  const section = markdown.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code ?? '');
}

/** Rows of such tables whose cells are not all filled with words. */
export function emptyCells(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^\| `.*$/gm)].map(([row]) => row).filter((row) => row.split(' | ').length !== 4 || row.split('|').slice(1, -1).some((cell) => !/\p{L}{2}/u.test(cell)));
}

/** Targets of relative links and pictures, resolved from the file that names them, without their anchors. */
export function linkedFrom(path: string, markdown: string): readonly string[] {
  return [...markdown.matchAll(/\]\((?!https?:|mailto:|#)([^)\s]+)\)/g)].map(([, target]) => posix.join(posix.dirname(path), (target ?? '').replace(/#.*$/, '')));
}

/** Files of the repository named in backticks: `src/…`, `test/…`, `docs/…`, `.ci/…`. Patterns and places of things to come have a star or dots. */
export function namedIn(markdown: string): readonly string[] {
  return [...markdown.matchAll(/`((?:src|test|docs|\.ci|\.github)\/[\w./-]+)`/g)].map(([, name]) => name ?? '');
}

/** npm scripts that a text tells people to run. */
export const scriptsIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g)].map(([, script, short]) => script ?? short ?? '');

const parts = ['What', 'Why', 'Choice', 'Given up', 'We would know it was wrong'] as const;

/** The parts that a decision record lacks or leaves empty, and those out of order. */
export function missingParts(record: string): readonly string[] {
  const places = parts.map((part) => record.search(new RegExp(`^\\*\\*${part}(?:\\.\\*\\*|\\*\\*) \\S`, 'm')));
  return parts.filter((_part, index) => (places[index] ?? -1) < 0 || (index > 0 && (places[index] ?? 0) < (places[index - 1] ?? 0)));
}

/** The table under "What is kept, and where": its rows, the tables that its second column names, the settings of its last. */
export function keptIn(markdown: string): { readonly rows: readonly (readonly string[])[]; readonly tables: readonly string[]; readonly settings: readonly string[] } {
  const section = markdown.split(/^## /m).find((part) => part.startsWith('What is kept, and where\n')) ?? '';
  const [, , ...lines] = section.split('\n').filter((line) => line.startsWith('|'));
  const rows = lines.map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
  const quoted = (cell = ''): readonly string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '');
  return { rows, tables: rows.flatMap(([, where]) => quoted(where)), settings: rows.flatMap((row) => quoted(row.at(-1))) };
}
