// Reads the whole ledger, once for each line of the standard input, and says on its standard output how long it took,
// how many findings there were and how much memory the process has had at most. A process of its own, so that memory is
// that of reading alone.
//   read     every row through the cursor, one SHA-256 over its bytes each: the yardstick
//   verify   everything that verify checks, checkpoints included
//   export   every entry as a line of CSV, thrown away
import { hash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { openDatabase } from '../../src/store/database.ts';
import { ledgerReaderIn } from '../../src/store/read-entries.ts';
import { openStoredLedger, type StoredLedger } from '../../src/store/stored-ledger.ts';
import { publicKey } from './ledger-rows.ts';

export interface Reading {
  readonly ms: number;
  readonly entries: number;
  readonly findings: number;
  /** In MiB. */
  readonly peak: number;
}

async function read(ledger: StoredLedger): Promise<Pick<Reading, 'entries' | 'findings'>> {
  let entries = 0;
  for await (const batch of ledger.entries) {
    for (const { body } of batch) {
      // The cheapest way to ask for a hash: as a text (src/ledger/passing-hash.ts).
      if (body !== null && hash('sha256', body, 'binary').length === 32) entries += 1;
    }
  }
  return { entries, findings: 0 };
}

async function verify(ledger: StoredLedger): Promise<Pick<Reading, 'entries' | 'findings'>> {
  const findings = verifyLedger(ledger.entries, { checkpoints: ledger.checkpoints, trusted: publicKey, rootAt: ledger.rootAt });
  for (;;) {
    const step = await findings.next();
    if (step.done === true) return { entries: step.value.size, findings: step.value.findings };
  }
}

async function exportAll(): Promise<Pick<Reading, 'entries' | 'findings'>> {
  const reader = ledgerReaderIn(database);
  let lines = 0;
  for await (const piece of reader.file('csv', { filter: {}, head: await reader.head() }, (entries) => entries)) lines += piece.split('\r\n').length - 1;
  // The first line names the columns.
  return { entries: lines - 1, findings: 0 };
}

async function readThrough(way: string): Promise<Pick<Reading, 'entries' | 'findings'>> {
  if (way === 'export') return exportAll();
  const ledger = await openStoredLedger(database);
  try {
    return await (way === 'verify' ? verify : read)(ledger);
  } finally {
    await ledger.close();
  }
}

const database = openDatabase(process.argv[2] ?? '', { maxConnections: 1 });
for await (const way of createInterface({ input: process.stdin })) {
  const begun = performance.now();
  const found = await readThrough(way);
  const reading: Reading = { ms: performance.now() - begun, ...found, peak: process.resourceUsage().maxRSS / 1024 };
  console.log(JSON.stringify(reading));
}
await database.close();
