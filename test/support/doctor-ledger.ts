// A ledger with entries and a checkpoint over them, signed with the first key of the tests.
import { randomBytes } from 'node:crypto';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { parseTenantId } from '../../src/domain/ids.ts';
import { instantAt } from '../../src/domain/instant.ts';
import { keptLedgerIn } from '../../src/store/kept-ledger.ts';
import type { TestDatabase } from './database.ts';
import { known } from './known.ts';
import { pemOf, tenantId } from './ledger-keys.ts';
import { openStores } from './stores.ts';

export async function keepOnce({ appUrl }: TestDatabase, entries: readonly LedgerEntry[]): Promise<void> {
  const stores = openStores(appUrl);
  try {
    for (const entry of entries) await stores.ledger.append(entry);
    const kept = keptLedgerIn(stores.database, { tenantId: known(parseTenantId(tenantId)), signingKey: { reveal: () => pemOf(1) }, random: randomBytes });
    const found = await kept.check();
    if (found.kind === 'whole') await found.sign?.(instantAt(Date.now()));
  } finally {
    await stores.close();
  }
}
