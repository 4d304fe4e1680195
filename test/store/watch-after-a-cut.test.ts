import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { parseChannelId } from '../../src/domain/channel.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { openDatabase } from '../../src/store/database.ts';
import { ledgerIn } from '../../src/store/ledger.ts';
import { ledgerWatchIn } from '../../src/store/ledger-watch.ts';
import { testDatabase } from '../support/database.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { known } from '../support/known.ts';
import { rollBackTo } from '../support/kept-ledgers.ts';

const channel = known(parseChannelId('19:audit@thread.tacv2'));
const mismatch = (more: Partial<LedgerEntry> = {}): LedgerEntry => entryOf({ act: 'alert', alert: 'ledger-mismatch', source: 'system', ...more });

describe('store/ledger-watch, of a ledger that was cut off', () => {
  it('goes back behind the newest checkpoint, and an alert with a number that another one had is posted', async () => {
    const { appUrl, ownerUrl } = await testDatabase();
    const database = openDatabase(appUrl, { maxConnections: 2 });
    try {
      const ledger = ledgerIn(database, randomBytes);
      const watch = ledgerWatchIn(database);
      const postings = async () => (await sql<{ entry_seq: string }>`select entry_seq from keydesk.posting order by id`.execute(database.db)).rows.map(({ entry_seq }) => Number(entry_seq));
      await sql`insert into keydesk.channel (id) values (${channel})`.execute(database.db);
      const post = (after: number, to: number, ...seqs: readonly number[]) =>
        watch.advance(after, to, seqs.map((seq) => ({ seq, channel, dueAt: entryOf().time })));

      for (let attempt = 1; attempt <= 5; attempt += 1) await ledger.append(entryOf({ attempt }));
      await ledger.append(mismatch({ count: 1 }));
      for (let attempt = 7; attempt <= 12; attempt += 1) await ledger.append(entryOf({ attempt }));
      assert.equal(await post(0, 12, 6), true);
      await sql`insert into keydesk.ledger_checkpoint (size, root, note, at) values (4, '\\x00', 'note', now()), (9, '\\x00', 'note', now())`.execute(database.db);

      await rollBackTo(ownerUrl, 5);
      await ledger.append(mismatch({ count: 2 }));
      const read = await watch.read(10);
      assert.deepEqual([read.after, read.to, read.entries.map(({ seq }) => seq)], [12, 6, [5, 6]]);
      assert.equal(await post(12, 6, 6), true);
      assert.deepEqual(await postings(), [6, 6], 'two alerts, which had the same number');
      assert.deepEqual(await watch.read(10), { after: 6, to: 6, entries: [] });
    } finally {
      await database.close();
    }
  });

  it('posts an alert once, also when it is read twice', async () => {
    const database = openDatabase((await testDatabase()).appUrl, { maxConnections: 2 });
    try {
      await ledgerIn(database, randomBytes).append(mismatch());
      await sql`insert into keydesk.channel (id) values (${channel})`.execute(database.db);
      const watch = ledgerWatchIn(database);
      const alert = [{ seq: 1, channel, dueAt: entryOf().time }];
      assert.equal(await watch.advance(0, 1, alert), true);
      assert.equal(await watch.advance(1, 1, alert), true);
      const { rows } = await sql`select 1 from keydesk.posting`.execute(database.db);
      assert.equal(rows.length, 1);
    } finally {
      await database.close();
    }
  });
});
