// The demo signs its ledger as an installation does, with a key that it makes for itself.

import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Key and checkpoint stay with the database: without the data folder all of them are gone together. */
export function demoLedger(dataFolder: string) {
  const key = keyAt(join(dataFolder, 'ledger-key.pem'));
  return { signingKey: { reveal: () => key }, checkpointFile: join(dataFolder, 'checkpoint.txt'), checkpointSeconds: 5 } as const;
}

function keyAt(path: string): string {
  const made = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  try {
    // Only where there is none: a key that replaces another one would make a stranger of every checkpoint before it.
    writeFileSync(path, made, { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return readFileSync(path, 'utf8');
    throw error;
  }
}
