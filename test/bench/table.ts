import type { Row } from './row.ts';

const columns = ['figure', 'ours', 'yardstick', 'ratio', 'target', ''] as const;

/** The rows as a table of plain text, which is also Markdown. What misses its target says so in capitals. */
export function table(rows: readonly Row[]): string {
  const cells = [columns, ...rows.map((row) => [row.figure, row.ours, row.yardstick, row.ratio.toFixed(2), row.target, row.met ? 'met' : 'NOT met'])];
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const [head = '', ...lines] = cells.map((line) => `| ${widths.map((width, column) => (line[column] ?? '').padEnd(width)).join(' | ')} |`);
  return [head, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...lines].join('\n');
}
