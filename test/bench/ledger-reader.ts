// Reads the whole ledger, once for each line of the standard input, and says on its standard output how long it took,
// how many findings there were and how much memory the process has had at most. A process of its own, so that memory is
// that of reading alone.
//   read     every row through the cursor, one SHA-256 over its bytes each: the yardstick
//   verify   everything that verify checks, checkpoints included
import { hash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { openDatabase } from '../../src/store/database.ts';
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

const database = openDatabase(process.argv[2] ?? '', { maxConnections: 1 });
for await (const line of createInterface({ input: process.stdin })) {
  const ledger = await openStoredLedger(database);
  const begun = performance.now();
  const found = await (line === 'verify' ? verify : read)(ledger);
  const reading: Reading = { ms: performance.now() - begun, ...found, peak: process.resourceUsage().maxRSS / 1024 };
  await ledger.close();
  console.log(JSON.stringify(reading));
}
await database.close();
