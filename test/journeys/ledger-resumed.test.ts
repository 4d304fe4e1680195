// After a restore from backup, two people resume the ledger, and a running Keydesk goes on without a restart.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCheckpoint } from '../../src/ledger/checkpoint.ts';
import { audit } from '../support/audit-process.ts';
import { assertShowsKeys, assertShowsNothing, sizesIn } from '../support/keydesk/doubt.ts';
import { inKeydesk } from '../support/keydesk.ts';
import { fileAt, rollBackTo } from '../support/kept-ledgers.ts';
import { pemOf } from '../support/ledger-keys.ts';

describe('a ledger that was restored', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'keydesk-resumed-'));
  const checkpointFile = join(folder, 'checkpoint.txt');
  const key = join(folder, 'key.pem');
  before(() => writeFileSync(key, pemOf(1), { mode: 0o600 }));
  after(() => rmSync(folder, { recursive: true }));

  it('shows nothing until two people have resumed it; then the running Keydesk and a new one serve, in a new epoch', inKeydesk({ checkpointFile }, async (keydesk) => {
    await keydesk.runChores();
    const { entries } = await sizesIn(keydesk);
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.ask('key for DESKTOP-7');
    await keydesk.runChores();
    await rollBackTo(keydesk.database.ownerUrl, entries);
    await keydesk.runChores();
    await assertShowsNothing(keydesk, keydesk, confirm, /restored/);

    const people = ['--by', 'a1e00000-0000-4000-8000-000000000002', '--by-name', 'Megan Bowen', '--and', 'a1e00000-0000-4000-8000-000000000006', '--and-name', 'Isaiah Langer'];
    const { code, err } = await audit(['resume', ...people], { DATABASE_URL: keydesk.database.appUrl, KEYDESK_LEDGER_KEY_FILE: key, KEYDESK_CHECKPOINT_FILE: checkpointFile });
    assert.equal(code, 0, err);

    await keydesk.runChores();
    await assertShowsKeys(keydesk);
    await assertShowsKeys(await keydesk.another());
    await keydesk.runChores();
    assert.match(keydesk.logLines.join(''), /the ledger is again what was signed/);
    assert.match(parseCheckpoint(fileAt(checkpointFile))?.origin ?? '', /\/2$/);
    assert.deepEqual((await keydesk.ledger()).filter(({ alert }) => alert !== undefined).map(({ alert }) => alert), ['ledger-mismatch', 'ledger-resumed']);
  }));
});
