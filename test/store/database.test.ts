import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { Client } from 'pg';
import { openDatabase } from '../../src/store/database.ts';
import { testDatabase } from '../support/database.ts';

describe('store/database', () => {
  it('connects to nothing before it is needed', async () => {
    const database = openDatabase('postgres://nobody@127.0.0.1:1/nothing');
    await database.close();
  });

  it('is durable whatever the default of the server', async () => {
    const { appUrl, ownerUrl, name } = await testDatabase();
    const owner = new Client({ connectionString: ownerUrl });
    await owner.connect();
    await owner.query(`alter database ${name} set synchronous_commit = off`);
    await owner.end();
    const database = openDatabase(appUrl);
    const { rows } = await sql`select current_setting('synchronous_commit') as commit, current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`.execute(database.db);
    await database.close();
    assert.deepEqual(rows, [{ commit: 'on', statement: '10s', idle: '10s' }]);
  });

  it('gives up a connection on which an answer is still to come, so that nobody takes it for theirs', async () => {
    const database = openDatabase((await testDatabase()).appUrl, { maxConnections: 1, answerMs: 200 });
    await assert.rejects(sql`select 'late' as answer, pg_sleep(0.5)`.execute(database.db), /Query read timeout/);
    assert.deepEqual((await sql`select 'mine' as answer`.execute(database.db)).rows, [{ answer: 'mine' }]);
    await database.close();
  });

  it('keeps a connection after an answer that says no', async () => {
    const database = openDatabase((await testDatabase()).appUrl, { maxConnections: 1 });
    const pid = async (): Promise<unknown> => (await sql`select pg_backend_pid() as pid`.execute(database.db)).rows;
    const before = await pid();
    await assert.rejects(sql`select 1 / ${0}::int`.execute(database.db));
    assert.deepEqual(await pid(), before);
    await database.close();
  });

  it('gives up a connection with whose last word the server ended it, before the socket closes: nobody asks it again', async () => {
    const database = openDatabase((await testDatabase()).appUrl, { maxConnections: 1 });
    // What the server says and the end of the socket come one after the other: once would be luck.
    for (const round of Array.from({ length: 25 }, (_, index) => index)) {
      await assert.rejects(database.run('select pg_terminate_backend(pg_backend_pid()), $1::int', [round]), { code: '57P01' });
      assert.deepEqual(await database.run('select $1::int as round', [round]), [{ round }]);
    }
    await database.close();
  });

  it('tells of a connection that was cut while nobody used it, by a code', async () => {
    const { appUrl, ownerUrl } = await testDatabase();
    const heard = new Promise<string>((resolve) => {
      const database = openDatabase(appUrl, { applicationName: 'to be cut', onConnectionLost: (code) => void database.close().then(() => resolve(code)) });
      void cut(database);
    });
    async function cut({ db }: ReturnType<typeof openDatabase>): Promise<void> {
      await sql`select 1`.execute(db);
      const owner = new Client({ connectionString: ownerUrl });
      await owner.connect();
      await owner.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'to be cut'");
      await owner.end();
    }
    assert.equal(await heard, '57P01');
  });
});
