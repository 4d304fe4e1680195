// The ledger read back: in order, in one snapshot, without more memory or disk than a batch takes.
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { Client } from 'pg';
import { openStoredLedger, type StoredLedger } from '../../src/store/stored-ledger.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { keptOver, sign, tamper } from '../support/kept-ledgers.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { openStores } from '../support/stores.ts';

/** More than four batches. */
const size = 4500;
const gone = [1, 2, 1999, 2000, 2001, 2002, 4000, 4500];

/** Rows as nobody would write them, but in their places; the entries of `gone` are missing, their texts are not, and there are many more texts behind. */
async function filled(): Promise<TestDatabase> {
  const urls = await testDatabase();
  await tamper(
    urls.ownerUrl,
    `insert into keydesk.ledger_entry (seq, body, leaf_hash, time, act, outcome, source) select n, 'x', 'y', now(), 'asked', 'done', 'teams' from generate_series(1, ${size}) n where n <> all (array[${gone.join()}])`,
    `insert into keydesk.ledger_text (seq, texts) select n, '{}' from generate_series(1, ${2 * size}) n`,
    'analyze keydesk.ledger_entry',
    'analyze keydesk.ledger_text',
  );
  return urls;
}

async function rowsIn({ entries }: StoredLedger): Promise<{ readonly seqs: readonly number[]; readonly alone: readonly number[]; readonly most: number }> {
  const [seqs, alone]: [number[], number[]] = [[], []];
  let most = 0;
  for await (const batch of entries) {
    most = Math.max(most, batch.length);
    for (const { seq, body } of batch) {
      seqs.push(seq);
      if (body === null) alone.push(seq);
    }
  }
  return { seqs, alone, most };
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('store/stored-ledger', () => {
  it('has every entry and every text without one, in the order of their numbers, in batches', async () => {
    const stores = openStores((await filled()).appUrl, 1);
    try {
      const ledger = await openStoredLedger(stores.database);
      const { seqs, alone, most } = await rowsIn(ledger);
      await ledger.close();
      assert.deepEqual(seqs, upTo(2 * size));
      assert.deepEqual(alone, [...gone.slice(0, -1), ...upTo(2 * size).slice(size - 1)]);
      assert.ok(most < 1100, `${most}`);
    } finally {
      await stores.close();
    }
  });

  it('sorts nothing: the server writes no file for it, with little memory to sort in', async () => {
    const urls = await filled();
    const owner = new Client({ connectionString: urls.ownerUrl });
    await owner.connect();
    await owner.query(`alter database ${urls.name} set work_mem = '512kB'`);
    const stores = openStores(urls.appUrl, 1);
    try {
      const filesSoFar = async (): Promise<number> => {
        await sql`select pg_stat_force_next_flush()`.execute(stores.database.db);
        const { rows } = await owner.query<{ temp_files: string }>('select temp_files from pg_stat_database where datname = current_database()');
        return Number(rows[0]?.temp_files);
      };
      const before = await filesSoFar();
      const ledger = await openStoredLedger(stores.database);
      assert.equal((await rowsIn(ledger)).seqs.length, 2 * size);
      await ledger.close();
      assert.equal(await filesSoFar(), before);
      // Its twin: a sort of as many rows does write some.
      await sql`select md5(seq::text) as x, texts from keydesk.ledger_text order by 1`.execute(stores.database.db);
      assert.ok((await filesSoFar()) > before);
    } finally {
      await stores.close();
      await owner.end();
    }
  });

  it('is one snapshot: neither entries nor checkpoints that come meanwhile are in it', async () => {
    const stores = openStores((await testDatabase()).appUrl, 3);
    try {
      const kept = keptOver(stores.database);
      await sign(kept);
      await stores.ledger.append(entryOf());
      const { size: before } = await sign(kept);
      const ledger = await openStoredLedger(stores.database);
      const checkpoints: number[] = [];
      await stores.ledger.append(entryOf());
      await sign(kept);
      for await (const batch of ledger.checkpoints) checkpoints.push(...batch.map((one) => one.size));
      assert.deepEqual([(await rowsIn(ledger)).seqs, checkpoints], [upTo(before), [1, before]]);
      assert.equal((await ledger.rootAt(before))?.length, 32);
      assert.equal(await ledger.rootAt(before + 1), undefined);
      await ledger.close();
    } finally {
      await stores.close();
    }
  });

  it('reads both at once over one connection, and gives it back', async () => {
    const stores = openStores((await filled()).appUrl, 1);
    try {
      const ledger = await openStoredLedger(stores.database);
      const entries = ledger.entries[Symbol.asyncIterator]();
      const checkpoints = ledger.checkpoints[Symbol.asyncIterator]();
      const [first, none] = await Promise.all([entries.next(), checkpoints.next(), ledger.rootAt(1)]);
      assert.deepEqual([first.done, none.done], [false, true]);
      await ledger.close();
      assert.equal((await sql`select 1`.execute(stores.database.db)).rows.length, 1);
    } finally {
      await stores.close();
    }
  });
});
