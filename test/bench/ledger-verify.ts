// Verify over a million entries, against reading the same rows through the same cursor and hashing each; and its memory
// at all of them against that at a tenth; the same for the memory of an export.
import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { startPostgres } from '../../src/postgres/start.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Reading } from './ledger-reader.ts';
import { createFiller } from './ledger-rows.ts';
import { atMost, median, type Row } from './row.ts';

const rounds = 5;
const program = fileURLToPath(new URL('./ledger-reader.ts', import.meta.url));

type Way = 'read' | 'verify' | 'export';

export async function ledgerVerifyRows(say: (progress: string) => void, note: (text: string) => void, { entries }: { readonly entries: number }): Promise<Row[]> {
  const server = await startPostgres({ dataFolder: await mkdtemp(join(tmpdir(), 'keydesk-bench-')), ephemeral: true, fast: true });
  const client = new Client({ connectionString: server.ownerUrl });
  try {
    await migrate(server.ownerUrl);
    await client.connect();
    const fillTo = createFiller(client, say);
    const tenth = Math.round(entries / 10);
    await fillTo(tenth);
    const atTenth = await peaks(server.appUrl, tenth);
    await fillTo(entries);
    say('memory of verify and of an export');
    const atAll = await peaks(server.appUrl, entries);
    say('reading and verifying in turns');
    const { ours, theirs, ratio } = await inTurns(server.appUrl, entries);
    note(`Verify also held ${Math.floor(entries / 1000) + 1} signed checkpoints against the ledger; the yardstick reads none.`);
    const count = entries.toLocaleString('en');
    return [
      { figure: `verify ${count} entries`, ours: perEntry(ours, entries), yardstick: `${perEntry(theirs, entries)}, read and hashed`, ...atMost(1.3, ratio) },
      ...(['verify', 'export'] as const).map((way) => ({ figure: `memory of ${way}, ${count} entries`, ours: mib(atAll[way]), yardstick: `${mib(atTenth[way])} at a tenth`, ...atMost(1.2, atAll[way] / atTenth[way]) })),
    ];
  } finally {
    await client.end();
    await server.stop();
  }
}

const mib = (value: number): string => `${value.toFixed(0)} MiB`;
const perEntry = (ms: number, entries: number): string => `${((1000 * ms) / entries).toFixed(1)} µs an entry`;

async function inTurns(url: string, entries: number): Promise<{ readonly ours: number; readonly theirs: number; readonly ratio: number }> {
  const reader = startReader(url, entries);
  try {
    // What is read for the first time comes from disk, and the engine has yet to compile both ways.
    await reader.take('read');
    await reader.take('verify');
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      theirs.push((await reader.take('read')).ms);
      ours.push((await reader.take('verify')).ms);
    }
    return { ours: median(ours), theirs: median(theirs), ratio: median(ours.map((ms, round) => ms / (theirs[round] ?? ms))) };
  } finally {
    await reader.stop();
  }
}

type Peaks = Readonly<Record<'verify' | 'export', number>>;

const peaks = async (url: string, entries: number): Promise<Peaks> => ({ verify: await peak(url, entries, 'verify'), export: await peak(url, entries, 'export') });

/** Of a process that does nothing else, in MiB. */
async function peak(url: string, entries: number, way: Way): Promise<number> {
  const reader = startReader(url, entries);
  try {
    return (await reader.take(way)).peak;
  } finally {
    await reader.stop();
  }
}

function startReader(url: string, entries: number): { take(way: Way): Promise<Reading>; stop(): Promise<void> } {
  const child = spawn(process.execPath, [program, url], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  return {
    take: async (way) => {
      child.stdin.write(`${way}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error('The reader of the ledger ended by itself.');
      const reading = JSON.parse(line.value) as Reading;
      if (reading.entries !== entries || reading.findings > 0) throw new Error(`${way} came to ${reading.entries} entries and ${reading.findings} findings; the ledger has ${entries}, all intact.`);
      return reading;
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
