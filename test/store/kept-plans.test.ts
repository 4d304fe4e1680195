import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { Client } from 'pg';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { createStatementNames } from '../../src/store/kept-plans.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

describe('store/kept-plans', () => {
  describe('on one connection', () => {
    let where: TestDatabase;
    let database: Database;
    before(async () => {
      where = await testDatabase();
      database = openDatabase(where.appUrl, { maxConnections: 1 });
    });
    after(() => database.close());

    const read = () => sql`select *, ${'x'}::text as given from keydesk.migration`.execute(database.db);
    const kept = async () => (await sql<{ statement: string }>`select statement from pg_prepared_statements where statement like ${'%as given%'}`.execute(database.db)).rows.length;

    it('has the server keep the plan of a statement with values, and of each only one', async () => {
      for (let n = 0; n < 3; n += 1) await read();
      assert.equal(await kept(), 1);
    });

    it('works again after one failure when a migration changed what a kept plan returns', async () => {
      await read();
      const owner = new Client({ connectionString: where.ownerUrl });
      await owner.connect();
      await owner.query('alter table keydesk.migration add column later text');
      await owner.end();
      await assert.rejects(read(), { code: '0A000' });
      const { rows } = await read();
      assert.ok(rows.length > 0);
    });
  });

  it('names a text once, and texts beyond the most not at all', () => {
    const nameOf = createStatementNames(2);
    const [first, second] = [nameOf('select 1'), nameOf('select 2')];
    assert.ok(first !== undefined && second !== undefined && first !== second);
    assert.equal(nameOf('select 3'), undefined);
    assert.equal(nameOf('select 1'), first);
  });
});
