import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';
import { seal } from '../../src/ledger/entry.ts';
import { testDatabase } from '../support/database.ts';
import { countingBytes, entryOf } from '../support/ledger-entries.ts';
import { openStores, type Stores, verified } from '../support/stores.ts';

const denied = (error: unknown): boolean => error instanceof DatabaseError && error.code === '42501';

describe('store: what the roles may do to the ledger', () => {
  let stores: Stores;
  let app: Client;
  let owner: Client;

  before(async () => {
    const { appUrl, ownerUrl } = await testDatabase();
    stores = openStores(appUrl);
    app = new Client({ connectionString: appUrl });
    owner = new Client({ connectionString: ownerUrl });
    await Promise.all([app.connect(), owner.connect()]);
    await stores.ledger.append(entryOf());
    await stores.ledger.append(entryOf());
  });
  after(() => Promise.all([stores.close(), app.end(), owner.end()]));

  it('lets the service read both tables', async () => {
    const { rows } = await app.query('select e.seq from keydesk.ledger_entry e join keydesk.ledger_text t using (seq) order by 1');
    assert.deepEqual(rows, [{ seq: '1' }, { seq: '2' }]);
  });

  for (const statement of [
    "update keydesk.ledger_entry set act = 'hidden'",
    'update keydesk.ledger_entry set seq = seq + 10',
    'delete from keydesk.ledger_entry',
    'truncate keydesk.ledger_entry',
    "update keydesk.ledger_text set texts = '{}'",
    'delete from keydesk.ledger_text',
    'truncate keydesk.ledger_text',
    'drop table keydesk.ledger_entry',
    'alter table keydesk.ledger_entry disable trigger all',
    'alter table keydesk.ledger_entry add column note text',
    'drop trigger append_only on keydesk.ledger_entry',
    'create or replace function keydesk.seal_entry() returns trigger language sql as $$ select null $$',
    'create table keydesk.mine (id int)',
    "set session_replication_role = 'replica'",
    'merge into keydesk.ledger_entry e using keydesk.ledger_entry o on e.seq = o.seq when matched then delete',
    'select * from keydesk.ledger_entry for update',
    "insert into keydesk.migration (name, checksum) values ('x', 'x')",
    'delete from keydesk.request',
  ]) {
    it(`denies the service: ${statement}`, () => assert.rejects(app.query(statement), denied));
  }

  it('denies the service a number, a hash and a column of its own choice, and takes the bytes alone', async () => {
    const { body } = seal(entryOf({ act: 'cancelled' }), countingBytes());
    await assert.rejects(app.query('insert into keydesk.ledger_entry (seq, body) values (99, $1)', [body]), denied);
    await assert.rejects(app.query("insert into keydesk.ledger_entry (body, leaf_hash) values ($1, '\\x00')", [body]), denied);
    await assert.rejects(app.query("insert into keydesk.ledger_entry (body, act) values ($1, 'hidden')", [body]), denied);
    const { rows } = await app.query('insert into keydesk.ledger_entry (body) values ($1) returning seq, act', [body]);
    assert.deepEqual(rows, [{ seq: '3', act: 'cancelled' }]);
    assert.deepEqual((await verified(stores.database)).findings, []);
  });

  it('takes no entry without a time, an act, an outcome and a source', () =>
    assert.rejects(app.query("insert into keydesk.ledger_entry (body) values ('{}')"), (error) => error instanceof DatabaseError && error.code === '23502'));

  for (const statement of ["update keydesk.ledger_entry set act = 'hidden'", 'delete from keydesk.ledger_entry', 'truncate keydesk.ledger_entry']) {
    it(`stops the owner's slip of the hand: ${statement}`, () => assert.rejects(owner.query(statement), /append-only/));
  }

  it('lets the owner erase texts, which verify calls erased', async () => {
    await owner.query('delete from keydesk.ledger_text where seq = 1');
    const { findings, verdict } = await verified(stores.database);
    assert.deepEqual([findings, verdict.erased], [[], 2]);
  });
});
