// A migration while the version before goes on serving: what it changes only adds, so that the statements of the older
// program stay right before, during and after it; and nobody waits longer than a moment.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { migrate, MigrationError } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations.ts';
import { testServer } from '../support/database.ts';
import { entryOf, person } from '../support/ledger-entries.ts';
import { entriesIn, openStores, verified } from '../support/stores.ts';

/** The tree of the ledger came with it, and rewrote rows; since then no migration may. */
const firstGuarded = migrations.findIndex(({ name }) => name === '0003-tree') + 1;

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly needed: boolean;
}

const columnsIn = async (client: Client): Promise<readonly Column[]> => {
  const { rows } = await client.query<Column>(`
    select table_name as table, column_name as column, data_type || coalesce('(' || character_maximum_length || ')', '') as type,
      is_nullable = 'NO' and column_default is null and is_generated = 'NEVER' as needed
    from information_schema.columns where table_schema = 'keydesk' order by 1, 2`);
  return rows;
};

const functionsIn = async (client: Client): Promise<readonly string[]> => {
  const { rows } = await client.query<{ name: string }>(`
    select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ') ' || coalesce(pg_get_function_result(p.oid), '') as name
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'keydesk' order by 1`);
  return rows.map(({ name }) => name);
};

const triggersIn = async (client: Client): Promise<readonly string[]> => {
  const { rows } = await client.query<{ name: string }>("select c.relname || ' ' || t.tgname || ' ' || t.tgenabled::text as name from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'keydesk' and not t.tgisinternal order by 1");
  return rows.map(({ name }) => name);
};

/** A request as the program of level 2 opens, claims, shows and hides it. Named by its columns, as every statement of ours is. */
async function olderRequest(client: Client): Promise<void> {
  const id = randomUUID();
  const step = (set: string, state: string) => client.query(`update keydesk.request set ${set} where id = $1 and state = $2`, [id, state]);
  await client.query(
    `insert into keydesk.request (id, state, person_id, tenant_id, person_name, viewer, caller_proof, choices, preset, misses, card, opened_at, expires_at, attempt)
     values ($1, 'open', $2, $3, 'Alex Wilber', '{"locale":"de-DE","timeZone":"UTC"}', false, '[]', '{}', 0, '{"conversationId":"a:1","serviceUrl":"https://smba.example/"}', now(), now() + interval '10 minutes', 0)`,
    [id, person(), 'c0417050-0000-4000-8000-000000000000'],
  );
  await step("state = 'claimed', claimed_at = now(), attempt = 1", 'open');
  await step("state = 'revealed', revealed_at = now(), hide_at = now() + interval '5 minutes', show_again_until = now() + interval '20 minutes'", 'claimed');
  await step('hidden_at = now()', 'revealed');
  const { rows } = await client.query('select state, hidden_at is not null as hidden from keydesk.request where id = $1', [id]);
  assert.deepEqual(rows, [{ state: 'revealed', hidden: true }]);
}

describe('store: a migration beside the version before', function () {
  this.timeout(30_000);
  let base: string;
  let admin: Client;
  let databases = 0;
  const open: Client[] = [];

  before(async () => {
    base = (await testServer()).ownerUrl;
    admin = new Client({ connectionString: base });
    await admin.connect();
  });
  after(async () => {
    for (const client of open) await client.end();
    await admin.end();
  });

  async function connect(url: string): Promise<Client> {
    const client = new Client({ connectionString: url });
    await client.connect();
    open.push(client);
    return client;
  }

  const apply = async (owner: Client, index: number): Promise<void> => {
    const { name, sql, checksum } = migrations[index] ?? assert.fail();
    await owner.query(`begin; ${sql}; commit`);
    await owner.query('insert into keydesk.migration (name, checksum) values ($1, $2)', [name, checksum]);
  };

  /** A database at the level of so many migrations, whose service may do there what it needs. */
  async function databaseAt(level: number): Promise<{ readonly ownerUrl: string; readonly appUrl: string; readonly owner: Client }> {
    const name = `beside_${(databases += 1)}`;
    await admin.query(`create database ${name} template template0`);
    const [ownerUrl, appUrl] = [base, (await testServer()).appUrl].map((url) => {
      const address = new URL(url);
      address.pathname = `/${name}`;
      return address.href;
    });
    assert.ok(ownerUrl !== undefined && appUrl !== undefined);
    const owner = await connect(ownerUrl);
    await owner.query('create schema keydesk; create table keydesk.migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())');
    for (let index = 0; index < level; index += 1) await apply(owner, index);
    await owner.query('grant usage on schema keydesk to keydesk_app; grant select, insert, update on all tables in schema keydesk to keydesk_app; grant execute on all routines in schema keydesk to keydesk_app');
    return { ownerUrl, appUrl, owner };
  }

  it('only adds: no column, function or trigger goes, changes its type, or comes with a value that older statements do not give', async () => {
    const { owner } = await databaseAt(firstGuarded);
    for (let index = firstGuarded; index < migrations.length; index += 1) {
      const name = migrations[index]?.name;
      const [columns, functions, triggers] = [await columnsIn(owner), await functionsIn(owner), await triggersIn(owner)];
      await apply(owner, index);
      const after = new Map((await columnsIn(owner)).map((one) => [`${one.table}.${one.column}`, one]));
      for (const { table, column, type, needed } of columns) {
        const now = after.get(`${table}.${column}`);
        assert.equal(now?.type, type, `${name}: ${table}.${column}`);
        assert.ok(!now?.needed || needed, `${name}: ${table}.${column} must be given now`);
      }
      const tables = new Set(columns.map(({ table }) => table));
      const demanded = [...after.values()].filter(({ table, column, needed }) => needed && tables.has(table) && !columns.some((one) => one.table === table && one.column === column));
      assert.deepEqual(demanded, [], `${name}: new columns that older statements do not fill`);
      const [functionsNow, triggersNow] = [new Set(await functionsIn(owner)), new Set(await triggersIn(owner))];
      assert.deepEqual([functions.filter((one) => !functionsNow.has(one)), triggers.filter((one) => !triggersNow.has(one))], [[], []], name);
      await olderRequest(owner);
    }
  });

  it('would notice a migration that takes something away', async () => {
    const { owner } = await databaseAt(migrations.length);
    const before = await columnsIn(owner);
    await owner.query('alter table keydesk.request rename column misses to missed');
    const after = new Set((await columnsIn(owner)).map(({ column }) => column));
    assert.deepEqual(before.filter(({ column }) => !after.has(column)).map(({ column }) => column), ['misses']);
    await assert.rejects(olderRequest(owner), /misses/);
  });

  it('keeps nobody waiting: a service appends and reveals through all of it, and meets no error and no lock of two seconds', async () => {
    const { ownerUrl, appUrl } = await databaseAt(firstGuarded);
    const stores = openStores(appUrl, 4);
    const older = await connect(appUrl);
    await older.query("set lock_timeout = '2s'");
    const sums = { appended: 0, during: 0, revealed: 0, migrated: false };
    const appending = async (): Promise<void> => {
      for (; !sums.migrated || sums.appended < 20; sums.appended += 1) {
        await stores.ledger.append(entryOf());
        if (!sums.migrated) sums.during += 1;
      }
    };
    const revealing = async (): Promise<void> => {
      for (; !sums.migrated || sums.revealed < 10; sums.revealed += 1) await olderRequest(older);
    };
    const work = Promise.all([appending(), appending(), revealing()]);
    const applied = await migrate(ownerUrl).finally(() => (sums.migrated = true));
    await work;
    assert.deepEqual(applied, migrations.slice(firstGuarded).map(({ name }) => name));
    assert.ok(sums.during > 0, 'something was appended while it was migrated');
    assert.equal((await entriesIn(stores)).length, sums.appended);
    assert.deepEqual((await verified(stores.database)).findings, []);
    await olderRequest(older);
    await stores.close();
  });

  it('gives up whole when somebody holds a table, and says so; nothing has changed, and the next try goes through', async () => {
    // The next one alters the table of requests.
    const level = migrations.findIndex(({ name }) => name === '0009-self-service');
    const { ownerUrl, owner } = await databaseAt(level);
    const count = async (): Promise<number> => (await owner.query('select from keydesk.migration')).rowCount ?? 0;
    const holder = await connect(ownerUrl);
    await holder.query('begin; select count(*) from keydesk.request');
    await assert.rejects(migrate(ownerUrl), (error: Error) => error instanceof MigrationError && /held a table for more than 3 s.*nothing was changed.*Run it again/.test(error.message));
    assert.equal(await count(), level);
    await holder.query('commit');
    await migrate(ownerUrl);
    assert.equal(await count(), migrations.length);
  });
});
