import assert from 'node:assert/strict';
import { Client } from 'pg';
import { openDatabase } from '../../src/store/database.ts';
import { instantAt } from '../../src/domain/instant.ts';
import { clockOf, readinessOf } from '../../src/store/readiness.ts';
import { testDatabase, testServer } from '../support/database.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { openStores } from '../support/stores.ts';

async function readyAt(url: string) {
  const database = openDatabase(url, { maxConnections: 1 });
  try {
    return await readinessOf(database);
  } finally {
    await database.close();
  }
}

describe('store/readiness', () => {
  it('is ready with an empty ledger, with one entry and with two', async () => {
    const stores = openStores((await testDatabase()).appUrl);
    try {
      for (const _ of [0, 1, 2]) {
        assert.deepEqual(await readinessOf(stores.database), { database: 'ok', ledger: 'ok' });
        await stores.ledger.append(entryOf());
      }
    } finally {
      await stores.close();
    }
  });

  it('says that nothing listens', async () => {
    const { database, ledger } = await readyAt('postgres://keydesk_app:x@127.0.0.1:1/keydesk');
    assert.match(database, /no connection to PostgreSQL \(ECONNREFUSED\)/);
    assert.match(ledger, /unknown/);
  });

  it('says that the password is wrong, and not which', async () => {
    const url = new URL((await testDatabase()).appUrl);
    url.password = 'Confidential';
    assert.equal((await readyAt(url.href)).database.includes('Confidential'), false);
    assert.match((await readyAt(url.href)).database, /PostgreSQL 28P01/);
  });

  it('says that there are no tables, and what to do', async () => {
    const url = new URL((await testServer()).ownerUrl);
    url.pathname = '/postgres';
    assert.deepEqual(await readyAt(url.href), { database: 'no tables: run "npm run migrate"', ledger: 'missing' });
  });

  it('says that a migration is missing, or of another program, and goes on beside a newer one', async () => {
    const { appUrl, ownerUrl } = await testDatabase();
    const owner = new Client({ connectionString: ownerUrl });
    await owner.connect();
    await owner.query("insert into keydesk.migration (name, checksum) values ('9999-later', 'x')");
    // Migrations only add: the version before goes on until its successor is there.
    assert.deepEqual(await readyAt(appUrl), { database: 'ok', ledger: 'ok', newer: ['9999-later'] });
    await owner.query("insert into keydesk.migration (name, checksum) values ('0002-other', 'x')");
    assert.match((await readyAt(appUrl)).database, /0002-other.*does not know/);
    await owner.query('delete from keydesk.migration');
    assert.match((await readyAt(appUrl)).database, /migrations missing \(0001-.*\): run "npm run migrate"/);
    await owner.end();
  });

  it('says when our clock and the database’s are more than 5 s apart, and by how much', async () => {
    const { appUrl } = await testDatabase();
    const database = openDatabase(appUrl, { maxConnections: 1 });
    const off = (seconds: number) => clockOf(database, () => instantAt(Date.now() + seconds * 1000));
    assert.deepEqual([await off(0), await off(4), await off(-4)], ['ok', 'ok', 'ok']);
    assert.match(await off(60), /^(?:59|60) s ahead of the database's/);
    assert.match(await off(-3600), /^3600 s behind the database's/);
    await database.close();
    assert.equal(await off(60), 'ok', 'where nobody answers, that is what is wrong');
  });

  it('refuses to be the owner, who may change the ledger', async () => {
    const { ownerUrl } = await testDatabase();
    assert.match((await readyAt(ownerUrl)).ledger, /may change the ledger: let DATABASE_URL log in as keydesk_app/);
  });
});
