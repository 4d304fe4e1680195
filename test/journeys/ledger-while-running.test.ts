// The ledger is signed once a minute, and looked at before; the checkpoints leave the database.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { openCheckpoint } from '../../src/ledger/checkpoint.ts';
import { assertShowsKeys, assertShowsNothing, damageTail, inDoubt, ledgerAlertsIn, readyz, sizesIn } from '../support/keydesk/doubt.ts';
import type { Instance } from '../support/keydesk/instance.ts';
import { pass, postsIn } from '../support/keydesk/rotating.ts';
import { inKeydesk } from '../support/keydesk.ts';
import { fileAt, rollBackTo, tamper } from '../support/kept-ledgers.ts';
import { known } from '../support/known.ts';
import { origin, signerOf } from '../support/ledger-keys.ts';

const lineForm = z.object({ msg: z.string(), level: z.string(), checkpoint: z.string().optional(), size: z.number().optional() });

/** The checkpoints in a log, as somebody who collects it would take them out. */
const loggedBy = ({ logLines }: Instance) => logLines.map((line) => lineForm.parse(JSON.parse(line))).filter(({ msg }) => msg === 'ledger checkpoint');

describe('a ledger that is kept', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keydesk-checkpoints-'));
  after(() => rmSync(folder, { recursive: true }));

  it('has each checkpoint in the log, signed, over what there was; and none where nothing came', inKeydesk(async (keydesk) => {
    await keydesk.runChores();
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    await keydesk.runChores();
    await keydesk.runChores();
    const { entries, checkpoints } = await sizesIn(keydesk);
    assert.equal(checkpoints.at(-1), entries);
    const logged = loggedBy(keydesk);
    assert.deepEqual(logged.map(({ size, level }) => [size, level]), checkpoints.map((size) => [size, 'info']));
    for (const { checkpoint, size } of logged) {
      const opened = openCheckpoint(known(checkpoint), signerOf(1).publicKey, (name) => name === origin);
      assert.equal(typeof opened === 'object' && opened.size, size);
    }
  }));

  it('is signed whole when Keydesk stops', inKeydesk(async (keydesk) => {
    await keydesk.runChores();
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    await keydesk.stop();
    const { entries, checkpoints } = await sizesIn(keydesk);
    assert.equal(checkpoints.at(-1), entries);
  }));

  it('is signed once by two instances, and both have the checkpoint', inKeydesk(async (keydesk) => {
    const second = await keydesk.another();
    await keydesk.runChores();
    await second.runChores();
    await keydesk.ask('key for LAPTOP-42');
    const before = await sizesIn(keydesk);
    await Promise.all([keydesk.runChores(), second.runChores()]);
    await Promise.all([keydesk.runChores(), second.runChores()]);
    const { checkpoints } = await sizesIn(keydesk);
    assert.deepEqual(checkpoints, [...before.checkpoints, before.entries]);
    assert.deepEqual(loggedBy(keydesk).at(-1), loggedBy(second).at(-1));
  }));

  it('is signed although the file cannot be written: the log has it, /readyz says so, and the file has it when it can', async () => {
    const place = join(folder, 'later');
    const checkpointFile = join(place, 'checkpoint.txt');
    await inKeydesk({ checkpointFile }, async (keydesk) => {
      await keydesk.runChores();
      const { checkpoints } = await sizesIn(keydesk);
      assert.deepEqual(loggedBy(keydesk).map(({ size }) => size), checkpoints);
      const { status, text } = await readyz(keydesk);
      assert.equal(status, 200);
      assert.match(text, /"status":"degraded".*"checkpoints":"ledger-unavailable"/);
      await assertShowsKeys(keydesk);
      mkdirSync(place);
      await keydesk.runChores();
      assert.equal(fileAt(checkpointFile), loggedBy(keydesk).at(-1)?.checkpoint);
      assert.match((await readyz(keydesk)).text, /"status":"ok"/);
    })();
  });

  it('is found to be rolled back under a running Keydesk, at its next round', inDoubt(async (keydesk) => {
    await keydesk.runChores();
    const { entries } = await sizesIn(keydesk);
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    await keydesk.runChores();
    await assertShowsKeys(keydesk);
    await rollBackTo(keydesk.database.ownerUrl, entries);
    await keydesk.runChores();
    await assertShowsNothing(keydesk, keydesk, confirm, /newest checkpoint that this process has seen/);
    await keydesk.runChores();
    assert.equal((await ledgerAlertsIn(keydesk)).length, 1);
    assert.equal(loggedBy(keydesk).length, (new Set(loggedBy(keydesk).map(({ checkpoint }) => checkpoint))).size);
    const { checkpoints } = await sizesIn(keydesk);
    assert.ok(checkpoints.every((size) => size <= entries), 'and nothing is signed over what came instead');
  }));

  it('is in doubt: no rotation is sent, however due, until it is whole again', inDoubt(async (keydesk) => {
    await keydesk.runChores();
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    const { damage, repair } = await damageTail(keydesk);
    await tamper(keydesk.database.ownerUrl, damage);
    await keydesk.runChores();
    await pass(keydesk, 3700);
    assert.deepEqual(postsIn(keydesk), []);
    await tamper(keydesk.database.ownerUrl, repair);
    await keydesk.runChores();
    await pass(keydesk, 60);
    assert.equal(postsIn(keydesk).length, 1);
  }));
});
