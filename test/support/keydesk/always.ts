// What holds after whatever happened to a Keydesk, checked at the end of every journey.

import assert from 'node:assert/strict';
import { openDatabase } from '../../../src/store/database.ts';
import { storedEntries } from '../../../src/store/stored-entries.ts';
import type { Finding } from '../../../src/ledger/findings.ts';
import { verifyLedger } from '../../../src/ledger/verify.ts';
import { entriesIn } from './records.ts';
import type { Surroundings } from './surroundings.ts';
import { tracesOf } from './traces.ts';

interface Checked extends Surroundings {
  readonly logLines: readonly string[];
}

/**
 * The ledger verifies and has no gap; every read of a secret that Entra knows of has its `intended`, and so has every
 * `revealed`; what was read stands in nothing that was sent to Teams or logged.
 */
export async function checkWhatAlwaysHolds({ database, simulator, connector, logLines }: Checked): Promise<void> {
  const store = openDatabase(database.appUrl, { maxConnections: 1 });
  try {
    const findings: Finding[] = [];
    for await (const finding of verifyLedger(storedEntries(store))) findings.push(finding);
    assert.deepEqual(findings, [], 'the ledger verifies');

    const entries = await entriesIn(store);
    const claims = entries.filter(({ act }) => act === 'intended').map(({ requestId, attempt, keyId }) => `${requestId} ${attempt} ${keyId}`);
    assert.equal(new Set(claims).size, claims.length, 'a claim is made once');
    for (const { requestId, attempt, keyId } of entries.filter(({ act }) => act === 'revealed')) {
      assert.ok(claims.includes(`${requestId} ${attempt} ${keyId}`), 'revealed after intended');
    }
    const readKeys = simulator.tenant.audit.rows().flatMap(({ activity, keyId, told }) => (activity === 'Read BitLocker key' && told !== true ? [keyId] : []));
    for (const keyId of new Set(readKeys)) {
      const intended = claims.filter((claim) => claim.endsWith(` ${keyId}`));
      assert.ok(readKeys.filter((read) => read === keyId).length <= intended.length, 'no key is read without intended');
      const password = simulator.tenant.recoveryPassword(keyId);
      assert.deepEqual(tracesOf(password, connector.calls.map(({ raw }) => raw).join('\n')), [], 'nothing of a key goes to Teams outside of an answer');
      assert.deepEqual(tracesOf(password, logLines.join('\n')), [], 'nothing of a key is logged');
    }
  } finally {
    await store.close();
  }
}
