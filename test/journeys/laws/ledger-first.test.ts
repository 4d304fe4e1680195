// Law 2: no ledger, no key. The entry is durable before Graph is asked, and the next before the answer leaves.

import assert from 'node:assert/strict';
import type { LedgerAct } from '../../../src/domain/ledger-entry.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { blocksIn, headingOf, referenceIn, standing } from '../../support/keydesk/cards.ts';
import { entriesIn } from '../../support/keydesk/records.ts';
import { steps } from '../../support/keydesk/steps.ts';
import { asOwner } from '../../support/keydesk/surroundings.ts';
import { lee } from '../../support/keydesk/people.ts';
import { inKeydesk, startTestKeydesk, type TestKeydesk } from '../../support/keydesk.ts';
import { known } from '../../support/known.ts';

/** While `work` runs, the database takes no entry of these acts. */
async function withoutEntries({ database }: TestKeydesk, acts: readonly LedgerAct[], work: () => Promise<void>): Promise<void> {
  const list = acts.map((act) => `'${act}'`).join(', ');
  await asOwner(database, [`alter table keydesk.ledger_entry add constraint unwritable check (act not in (${list})) not valid`]);
  try {
    await work();
  } finally {
    await asOwner(database, ['alter table keydesk.ledger_entry drop constraint unwritable']);
  }
}

describe('law 2: no ledger, no key', () => {
  it('reads nothing when `intended` cannot be written, and the card works when it can', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await withoutEntries(keydesk, ['intended'], async () => {
      const pressed = await keydesk.reveal(confirm);
      assert.match(headingOf(pressed.card), /database is not available|ledger cannot be written/);
      assert.ok(referenceIn(pressed.card));
      assert.deepEqual(keydesk.reads(), []);
      assert.deepEqual(await keydesk.acts(), ['asked done']);
    });
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
  }));

  it('shows nothing when `revealed` cannot be written, although it was read', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await withoutEntries(keydesk, ['revealed'], async () => {
      const pressed = await keydesk.reveal(confirm);
      assert.deepEqual(blocksIn(pressed.card), []);
      assert.equal(keydesk.reads().length, 1);
    });
    keydesk.clock.forward(31);
    await keydesk.runChores();
    assert.deepEqual(await keydesk.acts(), ['asked done', 'intended done', 'revealed unknown']);
  }));

  it('shows nothing again when the ledger is gone, and all is well after it is back', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    const used = { card: known((await keydesk.reveal(confirm)).card), activityId: confirm.activityId };
    await withoutEntries(keydesk, ['intended', 'revealed'], async () => {
      assert.deepEqual(blocksIn((await keydesk.press(used, 'again')).card), []);
      assert.equal(keydesk.reads().length, 1);
    });
    assert.equal(blocksIn((await keydesk.press(used, 'again')).card).length, 8);
  }));

  it('opens no request when `asked` cannot be written', inKeydesk(async (keydesk) => {
    await withoutEntries(keydesk, ['asked'], async () => {
      const answer = await keydesk.ask('key for LAPTOP-42');
      assert.match(headingOf(answer.card), /database is not available|ledger cannot be written/);
    });
  }));

  it('gives no refusal that cannot be written: a fault instead, and no more is said', inKeydesk(async (keydesk) => {
    await withoutEntries(keydesk, ['refused', 'role-denied'], async () => {
      const answer = await keydesk.ask('key for LAPTOP-42', { as: lee });
      assert.match(headingOf(answer.card), /ledger cannot be written/);
    });
  }));

  it('hides a card also when `hidden` cannot be written, and writes it when it can', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    keydesk.clock.forward(300);
    await withoutEntries(keydesk, ['hidden'], async () => {
      await keydesk.runChores();
      assert.match(headingOf(standing(keydesk.now(confirm)).card), /hidden/);
    });
    keydesk.clock.forward(61);
    await keydesk.runChores();
    assert.equal((await keydesk.acts()).at(-1), 'hidden done');
  }));

  it('has `intended` on record for others to see before Graph is asked, and `revealed` before the answer leaves', async () => {
    const seen: string[] = [];
    let look = (): Promise<readonly string[]> => Promise.resolve([]);
    const keydesk = await startTestKeydesk({
      around: steps(async (step) => {
        if (step === 'before recoveryKeys.read' || step === 'after requests.revealed') seen.push(`${step}: ${(await look()).join(', ')}`);
      }),
    });
    // A connection of its own sees what is committed, and nothing else.
    const other = openDatabase(keydesk.database.appUrl, { maxConnections: 1 });
    look = async () => (await entriesIn(other)).map(({ act }) => act);
    try {
      assert.equal(blocksIn((await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'))).card).length, 8);
      assert.deepEqual(seen, ['before recoveryKeys.read: asked, intended', 'after requests.revealed: asked, intended, revealed, rotation-scheduled']);
    } finally {
      await other.close();
      await keydesk.stop();
      await keydesk.leave();
    }
  });

  it('lets the service change, delete or forge no entry: its role may not', inKeydesk(async (keydesk) => {
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    for (const statement of ["update keydesk.ledger_entry set act = 'asked'", 'delete from keydesk.ledger_entry', 'truncate keydesk.ledger_entry', 'update keydesk.ledger_text set texts = null', 'delete from keydesk.ledger_text', 'alter table keydesk.ledger_entry disable trigger all', 'drop table keydesk.ledger_entry', 'insert into keydesk.ledger_entry (seq, body) values (99, \'{}\')']) {
      await assert.rejects(asOwner({ ownerUrl: keydesk.database.appUrl }, [statement]), { code: '42501' }, statement);
    }
    assert.deepEqual(await keydesk.acts(), ['asked done', 'intended done', 'revealed done', 'rotation-scheduled done']);
  }));
});
