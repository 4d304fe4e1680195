// Before anything is shown, the newest part of the ledger is held against what was signed.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyChange } from '../../src/ledger/key-change.ts';
import { blocksIn, headingOf } from '../support/keydesk/cards.ts';
import { assertShowsKeys, assertShowsNothing, damageTail, inDoubt, ledgerAlertsIn, readyz, sizesIn } from '../support/keydesk/doubt.ts';
import { inKeydesk } from '../support/keydesk.ts';
import { fileAt, rollBackTo, tamper } from '../support/kept-ledgers.ts';
import { known } from '../support/known.ts';
import { openStores } from '../support/stores.ts';
import { listEntries } from '../../src/store/stored-entries.ts';

describe('Keydesk starts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keydesk-checkpoints-'));
  const checkpointFile = join(folder, 'checkpoint.txt');
  afterEach(() => rmSync(checkpointFile, { force: true }));
  after(() => rmSync(folder, { recursive: true }));

  it('on a ledger that is whole, and shows keys', inKeydesk(async (keydesk) => {
    await keydesk.runChores();
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    await assertShowsKeys(await keydesk.another());
    assert.deepEqual(await ledgerAlertsIn(keydesk), []);
  }));

  it('on a tail that was tampered with, and shows nothing: a card, /readyz, the log and one alert say so', inDoubt(async (keydesk) => {
    await keydesk.runChores();
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.ask('key for DESKTOP-7');
    await keydesk.ask('key for DESKTOP-7');
    const { damage, repair, seq } = await damageTail(keydesk);
    await tamper(keydesk.database.ownerUrl, damage);
    const [one, two] = [await keydesk.another(), await keydesk.another()];
    for (const instance of [one, two]) await assertShowsNothing(keydesk, instance, confirm, new RegExp(`"ledger":"the inner nodes stored with entry ${seq} are not`));
    const alerts = await ledgerAlertsIn(keydesk);
    assert.deepEqual(alerts.map(({ act, outcome, source, code }) => [act, outcome, source, code]), [['alert', 'failed', 'system', 'ledger-mismatch']]);

    await tamper(keydesk.database.ownerUrl, repair);
    await one.runChores();
    await assertShowsKeys(one);
    assert.equal(blocksIn((await one.reveal(confirm)).card).length, 8, 'the same card works');
    assert.match(headingOf((await two.ask('key for LAPTOP-42')).card), /nothing is shown/, 'the other one has not looked again yet');
  }));

  it('on a database that was restored, and the file outside of it knows: nothing is shown', inDoubt({ checkpointFile }, async (keydesk) => {
    await keydesk.runChores();
    const { entries } = await sizesIn(keydesk);
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    await keydesk.runChores();
    await keydesk.stop();
    await rollBackTo(keydesk.database.ownerUrl, entries);
    const instance = await keydesk.another();
    await assertShowsNothing(keydesk, instance, confirm, /"ledger":"(?:the first \d+ entries are not those of )?the checkpoint in KEYDESK_CHECKPOINT_FILE/);
    const [alert] = await ledgerAlertsIn(keydesk);
    assert.equal(alert?.note, fileAt(checkpointFile), 'the alert holds the checkpoint that does not fit');
  }));

  it('on the same database without the file, and cannot know', inKeydesk({ checkpointFile }, async (keydesk) => {
    await keydesk.runChores();
    const { entries } = await sizesIn(keydesk);
    await keydesk.ask('key for LAPTOP-42');
    await keydesk.runChores();
    await keydesk.stop();
    await rollBackTo(keydesk.database.ownerUrl, entries);
    rmSync(checkpointFile);
    await assertShowsKeys(await keydesk.another());
  }));

  it('with another key than the ledger’s, and shows nothing; with the former one beside it, both sign the change', inDoubt(async (keydesk) => {
    await keydesk.runChores();
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.stop();
    await assertShowsNothing(keydesk, await keydesk.another({ keys: { signing: 2 } }), confirm, /not signed by the key of KEYDESK_LEDGER_KEY; where the key was changed, set KEYDESK_LEDGER_FORMER_KEY/);
    const renewed = await keydesk.another({ keys: { signing: 2, former: 1 } });
    await assertShowsKeys(renewed);
    await renewed.runChores();
    const stores = openStores(keydesk.database.appUrl, 1);
    try {
      const notes = (await listEntries(stores.database, { last: 1000 })).flatMap(({ entry }) => (entry?.act === 'ledger-key' ? [known(openKeyChange(known(entry.note)))] : []));
      assert.deepEqual(notes.map(({ former }) => former !== undefined), [false, true]);
    } finally {
      await stores.close();
    }
    await assertShowsKeys(await keydesk.another({ keys: { signing: 2 } }));
  }));

  it('without its database, which is no mismatch: /readyz says that the database is away, and nobody is alerted', inKeydesk(async (keydesk) => {
    const away = await keydesk.another({ databaseUrl: 'postgres://keydesk_app:x@127.0.0.1:1/keydesk' });
    const { status, text } = await readyz(away);
    assert.equal(status, 503);
    assert.match(text, /"database":"[^"]*no connection/);
    assert.doesNotMatch(text, /mismatch|not what it was/);
    assert.doesNotMatch(away.logLines.join(''), /not what it was/);
    assert.deepEqual(await ledgerAlertsIn(keydesk), []);
    await away.stop();
  }));
});
