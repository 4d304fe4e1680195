// The benchmark (product.md §12): ratios in one run, on whatever machine this is. Never a test.
//   npm run bench [-- --only turns] [-- --only start …] [-- --entries 100000]
// `--entries`: of the ledger that is verified, and of the one that the API hands out, a million unless said otherwise.
// The table goes to the standard output, what happens meanwhile to the standard error. Ends with 1 when a target is
// missed, with 2 when a figure could not be measured.

import { availableParallelism, cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Row } from './row.ts';
import { table } from './table.ts';

interface Sizes {
  readonly entries: number;
}

type Figures = (say: (progress: string) => void, note: (text: string) => void, sizes: Sizes) => Promise<readonly Row[]>;

const groups: Readonly<Record<string, () => Promise<Figures>>> = {
  'round-trips': async () => (await import('./round-trips.ts')).roundTripRows,
  turns: async () => (await import('./turns.ts')).turnRows,
  start: async () => (await import('./start-and-memory.ts')).startRows,
  sweep: async () => (await import('./sweep.ts')).sweepRows,
  search: async () => (await import('./search.ts')).searchRows,
  ledger: async () => (await import('./ledger-append.ts')).ledgerAppendRows,
  summary: async () => (await import('./ledger-summary.ts')).ledgerSummaryRows,
  'api-list': async () => (await import('./api.ts')).apiListRows,
  'api-export': async () => (await import('./api.ts')).apiExportRows,
  verify: async () => (await import('./ledger-verify.ts')).ledgerVerifyRows,
};

function chosen(): { readonly groups: readonly string[]; readonly sizes: Sizes } {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, entries: { type: 'string' } } });
  const entries = Number(values.entries ?? 1_000_000);
  if (!Number.isInteger(entries) || entries < 1000) throw new TypeError(`--entries: expected a number from 1000; received ${values.entries}.`);
  return { groups: groupsIn(values), sizes: { entries } };
}

function groupsIn(values: { readonly only?: readonly string[] }): readonly string[] {
  const chosen = values.only ?? Object.keys(groups);
  const unknown = chosen.filter((name) => !(name in groups));
  if (unknown.length > 0) throw new TypeError(`--only: expected ${Object.keys(groups).join(', ')}; received ${unknown.join(', ')}.`);
  return chosen;
}

async function measure(names: readonly string[], sizes: Sizes): Promise<readonly Row[]> {
  const begun = performance.now();
  const say = (progress: string): void => console.error(`${((performance.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${progress}`);
  const idle = await idleShare();
  if (idle < idleEnough) say(`only ${percent(idle)} of the machine is idle: what else it does lowers the figures, Keydesk's more than the echo bot's`);
  const notes: string[] = [];
  const rows: Row[] = [];
  for (const name of names) {
    say(`${name} …`);
    const figures = await groups[name]?.();
    rows.push(...((await figures?.(say, (text) => notes.push(text), sizes)) ?? []));
  }
  console.log(`\n${cpus()[0]?.model ?? 'an unknown processor'}, ${availableParallelism()} cores (${percent(idle)} idle beforehand), Node ${process.versions.node}\n`);
  console.log(table(rows));
  if (notes.length > 0) console.log(`\n${notes.join('\n')}`);
  return rows;
}

const idleEnough = 0.9;
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** How much of the processors nobody used for a second. */
async function idleShare(): Promise<number> {
  const times = (): { readonly idle: number; readonly all: number } => {
    const each = cpus().map((cpu) => cpu.times);
    return { idle: each.reduce((sum, { idle }) => sum + idle, 0), all: each.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0) };
  };
  const before = times();
  await sleep(1000);
  const after = times();
  return (after.idle - before.idle) / (after.all - before.all);
}

try {
  const { groups: names, sizes } = chosen();
  const missed = (await measure(names, sizes)).filter((row) => !row.met);
  for (const { figure, ratio, target } of missed) console.log(`\nNOT met: ${figure} is ${ratio.toFixed(2)}, target ${target}.`);
  process.exitCode = missed.length > 0 ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
