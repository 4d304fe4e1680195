import assert from 'node:assert/strict';
import { Client } from 'pg';
import { migrate, MigrationError, missingOf } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations.ts';
import { testServer } from '../support/database.ts';
import { entryOf, person, requestId } from '../support/ledger-entries.ts';
import { entriesIn, openStores } from '../support/stores.ts';

const names = migrations.map(({ name }) => name);
let count = 0;

describe('store/migrate', () => {
  let admin: Client;
  let base: string;

  before(async () => {
    base = (await testServer()).ownerUrl;
    admin = new Client({ connectionString: base });
    await admin.connect();
  });
  after(() => admin.end());

  /** An empty database; with `owner`, of a role that is no superuser and may not make roles. */
  async function emptyDatabase(owner?: string): Promise<string> {
    const name = `empty_${(count += 1)}`;
    if (owner !== undefined) await admin.query(`create role ${owner} login password 'secret'`);
    await admin.query(`create database ${name} ${owner === undefined ? '' : `owner ${owner}`} template template0`);
    const url = new URL(base);
    url.pathname = `/${name}`;
    if (owner !== undefined) [url.username, url.password] = [owner, 'secret'];
    return url.href;
  }
  const as = (url: string, role: string, password: string): string => {
    const address = new URL(url);
    [address.username, address.password] = [role, password];
    return address.href;
  };
  const tablesIn = async (url: string): Promise<number> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ count: string }>("select count(*) from pg_tables where schemaname = 'keydesk'");
    await client.end();
    return Number(rows[0]?.count);
  };

  it('applies all, and the second time nothing', async () => {
    const url = await emptyDatabase();
    assert.deepEqual(await migrate(url), names);
    assert.deepEqual(await migrate(url), []);
  });

  it('takes requests that were there for requests for a key, and those of an instance that is not replaced yet', async () => {
    const url = await emptyDatabase();
    const owner = new Client({ connectionString: url });
    await owner.connect();
    const [first] = migrations;
    assert.ok(first);
    const asBefore = (number: number) => owner.query(
      `insert into keydesk.request (id, state, person_id, tenant_id, person_name, viewer, caller_proof, choices, preset, misses, card, opened_at, expires_at, attempt)
       values ($1, 'cancelled', $2, $3, 'Alex Wilber', '{"locale":"de-DE","timeZone":"UTC"}', false, '[]', '{}', 0, '{"conversationId":"a:1","serviceUrl":"https://smba.example/"}', now(), now(), 0)`,
      [requestId(number), person(), 'c0417050-0000-4000-8000-000000000000'],
    );
    await owner.query(`create schema keydesk; create table keydesk.migration (name text primary key, checksum text not null, applied_at timestamptz not null default now()); ${first.sql}`);
    await owner.query('insert into keydesk.migration (name, checksum) values ($1, $2)', [first.name, first.checksum]);
    await asBefore(1);
    assert.deepEqual(await migrate(url), names.slice(1));
    await asBefore(2);
    await owner.end();
    const stores = openStores(url);
    try {
      for (const number of [1, 2]) {
        const request = await stores.requests.find(requestId(number));
        assert.deepEqual([request?.purpose, request?.by], ['reveal', 'helpdesk']);
      }
    } finally {
      await stores.close();
    }
  });

  it('applies all once when two begin at the same time', async () => {
    const url = await emptyDatabase();
    const applied = await Promise.all([migrate(url), migrate(url)]);
    assert.deepEqual(applied.flat(), names);
  });

  it('needs no superuser, and serves a role of another name that is there', async () => {
    const url = await emptyDatabase('plain_owner');
    await admin.query("create role other_app login password 'pass'");
    await migrate(url, { appRole: 'other_app' });
    const stores = openStores(as(url, 'other_app', 'pass'));
    try {
      await stores.ledger.append(entryOf());
      assert.deepEqual(await entriesIn(stores), [entryOf()]);
    } finally {
      await stores.close();
    }
  });

  it('makes the role of the service where it has a password for it', async () => {
    const url = await emptyDatabase();
    await migrate(url, { appRole: 'made "app"', appPassword: "it's" });
    const stores = openStores(as(url, encodeURIComponent('made "app"'), encodeURIComponent("it's")));
    try {
      await stores.ledger.append(entryOf());
      assert.equal((await entriesIn(stores)).length, 1);
    } finally {
      await stores.close();
    }
  });

  it('leaves nothing behind when the role is missing, and says what to do', async () => {
    const url = await emptyDatabase();
    await assert.rejects(migrate(url, { appRole: 'nobody_here' }), (error: Error) => error instanceof MigrationError && /create role nobody_here login/.test(error.message));
    assert.equal(await tablesIn(url), 0);
  });

  for (const [what, role] of [
    ['owns the tables', 'proud_owner'],
    ['is a member of the owner', 'proud_member'],
    ['is a superuser', 'keydesk_owner'],
  ] as const) {
    it(`refuses a role of the service that ${what}`, async () => {
      const owner = `proud_owner${what === 'owns the tables' ? '' : count}`;
      const url = await emptyDatabase(owner);
      if (role === 'proud_member') await admin.query(`create role proud_member login in role ${owner}`);
      await assert.rejects(migrate(url, { appRole: role }), (error: Error) => error instanceof MigrationError && /could change the ledger/.test(error.message));
      assert.equal(await tablesIn(url), 0);
    });
  }

  it('takes away what a role was given beside its grants', async () => {
    const url = await emptyDatabase();
    await migrate(url);
    const owner = new Client({ connectionString: url });
    await owner.connect();
    await owner.query('grant all on keydesk.ledger_entry, keydesk.ledger_text to keydesk_app, public');
    await migrate(url);
    const { rows } = await owner.query("select has_table_privilege('keydesk_app', 'keydesk.ledger_text', 'update, delete, truncate') as may");
    await owner.end();
    assert.deepEqual(rows, [{ may: false }]);
  });

  it('knows what is missing, and refuses a newer database and an edited migration', () => {
    assert.deepEqual(missingOf([]), migrations);
    assert.deepEqual(missingOf(migrations), []);
    assert.throws(() => missingOf([...migrations, { name: '9999-later', checksum: 'x' }]), /9999-later.*does not know/);
    assert.throws(() => missingOf(migrations.map(({ name }) => ({ name, checksum: 'x' }))), /another form/);
  });
});
