// Keepers' views of one ledger: each an instance with a pool, a key and perhaps a file of its own.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { parseTenantId } from '../../src/domain/ids.ts';
import type { KeptLedger, LedgerFinding, SignedHead } from '../../src/domain/kept-ledger.ts';
import { checkpointFile } from '../../src/store/checkpoint-file.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { keptLedgerIn } from '../../src/store/kept-ledger.ts';
import { known } from './known.ts';
import { at } from './ledger-entries.ts';
import { pemOf, tenantId } from './ledger-keys.ts';

export interface Keys {
  readonly own?: number;
  readonly former?: number;
  readonly file?: string;
  readonly tenant?: string;
}

/** @param keys numbers of ledger-keys.ts; 1 when absent */
export function keptOver(database: Database, { own = 1, former, file, tenant = tenantId }: Keys = {}): KeptLedger {
  return keptLedgerIn(database, {
    tenantId: known(parseTenantId(tenant)),
    signingKey: { reveal: () => pemOf(own) },
    ...(former !== undefined && { formerKey: { reveal: () => pemOf(former) } }),
    ...(file !== undefined && { file: checkpointFile(file, randomBytes) }),
    random: randomBytes,
  });
}

export const openKept = (url: string, keys: Keys = {}): { readonly kept: KeptLedger; readonly database: Database } => {
  const database = openDatabase(url, { maxConnections: 3 });
  return { database, kept: keptOver(database, keys) };
};

export const signedAt = at('2026-11-22T12:00:00.000Z');

/** Whole it must be. */
export async function whole(kept: KeptLedger): Promise<Extract<LedgerFinding, { kind: 'whole' }>> {
  const found = await kept.check();
  assert.ok(found.kind === 'whole', found.kind === 'mismatch' ? found.words : '');
  return found;
}

/** Looks, and signs what is new; the newest checkpoint. */
export async function sign(kept: KeptLedger): Promise<SignedHead> {
  const { sign: work, newest } = await whole(kept);
  const head = (await work?.(signedAt)) ?? known(newest);
  await kept.publish(head);
  return head;
}

/** What does not fit, in words; fails when all does. */
export async function misfitIn(kept: KeptLedger): Promise<string> {
  const found = await kept.check();
  assert.ok(found.kind === 'mismatch', 'something does not fit');
  return found.words;
}

/** Past all triggers, as a superuser can. */
export async function tamper(ownerUrl: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query("set session_replication_role = 'replica'");
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The database as it was when there were so many entries: what a restore from backup leaves. */
export const rollBackTo = (ownerUrl: string, size: number): Promise<void> =>
  tamper(ownerUrl, ...['ledger_entry where seq', 'ledger_text where seq', 'ledger_checkpoint where size'].map((rows) => `delete from keydesk.${rows} > ${size}`));

export const fileAt = (path: string): string => readFileSync(path, 'utf8');
