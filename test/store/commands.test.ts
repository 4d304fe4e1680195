// `npm run migrate` and `npm run audit`, as processes: what they print and how they end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { startPostgres } from '../../src/postgres/start.ts';
import { migrate } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations.ts';
import { testDatabase, testServer } from '../support/database.ts';
import { entryOf, fullEntry } from '../support/ledger-entries.ts';
import { openStores, verified } from '../support/stores.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(command: 'audit' | 'migrate', args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const file = fileURLToPath(new URL(`../../src/${command}.ts`, import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'], cwd: tmpdir() });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** A ledger with three entries. */
async function ledgerOfThree() {
  const urls = await testDatabase();
  const stores = openStores(urls.appUrl, 1);
  await stores.ledger.append(fullEntry);
  await stores.ledger.append(entryOf({ asked: 'a\u001b[2Jb' }));
  await stores.ledger.append(entryOf());
  const { root } = (await verified(stores.database)).verdict;
  await stores.close();
  return { ...urls, root: Buffer.from(root).toString('hex') };
}

async function asSuperuser(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("set session_replication_role = 'replica'");
  await client.query(statement);
  await client.end();
}

describe('npm run audit', () => {
  it('lists the newest entries as a table, with nothing that moves the cursor', async () => {
    const { appUrl } = await ledgerOfThree();
    const { code, out, err } = await run('audit', ['list', '--last', '2'], { DATABASE_URL: appUrl });
    assert.deepEqual([code, err], [0, '']);
    const [heading, second, third] = out.trim().split('\n');
    assert.match(heading ?? '', /^entry +time \(UTC\) +act +outcome +who/);
    assert.match(second ?? '', /^2 .*asked.*Alex Wilber.*a\\u\{1b\}\[2Jb/);
    assert.match(third ?? '', /^3 /);
    assert.equal(out.includes('\u001b'), false);
  });

  it('lists as JSON, one entry a line, by person and device', async () => {
    const { appUrl } = await ledgerOfThree();
    const { code, out } = await run('audit', ['list', '--json', '--device', 'laptop-42', '--person', fullEntry.person?.id ?? ''], { DATABASE_URL: appUrl });
    assert.deepEqual([code, out.trim().split('\n').map((line) => JSON.parse(line) as unknown)], [0, [{ seq: 1, entry: fullEntry }]]);
  });

  it('says how many entries are intact, and the root', async () => {
    const { appUrl, root } = await ledgerOfThree();
    assert.deepEqual(await run('audit', ['verify'], { DATABASE_URL: appUrl }), { code: 0, out: `3 entries, root ${root}, all intact.\n`, err: '' });
  });

  it('calls erased texts erased', async () => {
    const { appUrl, ownerUrl, root } = await ledgerOfThree();
    await asSuperuser(ownerUrl, 'delete from keydesk.ledger_text where seq = 3');
    assert.deepEqual(await run('audit', ['verify'], { DATABASE_URL: appUrl }), { code: 0, out: `3 entries, root ${root}, all intact (1 personal text was erased, which is no tampering).\n`, err: '' });
  });

  it('ends with 1 and names what was tampered with', async () => {
    const { appUrl, ownerUrl } = await ledgerOfThree();
    await asSuperuser(ownerUrl, "delete from keydesk.ledger_entry where seq = 2; update keydesk.ledger_entry set act = 'hidden' where seq = 3");
    const { code, out } = await run('audit', ['verify'], { DATABASE_URL: appUrl });
    assert.equal(code, 1);
    assert.deepEqual(out.split('\n').slice(0, 4), ['entry 2: removed', 'entry 3: columns differ from its bytes (act)', '', '2 entries, 2 signs of tampering.']);
  });

  it('ends with 2 on wrong usage, and says what it wanted', async () => {
    const wrong = [[], ['burn'], ['verify', 'now'], ['list', '--last', '0'], ['list', '--last', 'x'], ['list', '--person', 'Alex'], ['list', '--bogus'], ['list', 'more']];
    const ended = await Promise.all(wrong.map((args) => run('audit', args, { DATABASE_URL: 'postgres://127.0.0.1:1/x' })));
    for (const [index, { code, err }] of ended.entries()) assert.deepEqual([code, /--help/.test(err)], [2, true], wrong[index]?.join(' '));
  });

  it('explains itself', async () => {
    for (const args of [['--help'], ['help']]) {
      const { code, out } = await run('audit', args);
      assert.deepEqual([code, /npm run audit -- list[^]*npm run audit -- verify[^]*Exit codes/.test(out)], [0, true]);
    }
    for (const args of [['list', '--help'], ['help', 'list']]) {
      const { code, out } = await run('audit', args);
      assert.deepEqual([code, /npm run audit -- list[^]*Exit codes/.test(out), out.includes('-- verify')], [0, true, false]);
    }
  });

  it('ends with 3 and a remedy when there is nothing to look at', async () => {
    const nowhere = await run('audit', ['verify'], { KEYDESK_DATA_DIR: join(tmpdir(), 'keydesk-never-there') });
    assert.deepEqual([nowhere.code, /run "npm run demo" once/.test(nowhere.err)], [3, true]);
    const down = await run('audit', ['verify'], { DATABASE_URL: 'postgres://keydesk_app:Confidential@127.0.0.1:1/keydesk' });
    assert.deepEqual([down.code, /ECONNREFUSED/.test(down.err), down.err.includes('Confidential')], [3, true, false]);
    const empty = new URL((await testServer()).ownerUrl);
    empty.pathname = '/postgres';
    const unmigrated = await run('audit', ['list'], { DATABASE_URL: empty.href });
    assert.deepEqual([unmigrated.code, /npm run migrate/.test(unmigrated.err)], [3, true]);
  });

  it("starts the demo's database for as long as it takes, or joins it", async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'keydesk-test-'));
    chmodSync(dataFolder, 0o711);
    const server = await startPostgres({ dataFolder, fast: true });
    await migrate(server.ownerUrl);
    const env = { KEYDESK_DATA_DIR: dataFolder };
    const joined = await run('audit', ['verify'], env);
    await server.stop();
    const alone = await run('audit', ['list'], env);
    const last = await startPostgres({ dataFolder, ephemeral: true, fast: true });
    await last.stop();
    assert.match(joined.out, /^0 entries, root e3b0c442/);
    assert.deepEqual([alone.code, alone.err, /^1 .* verified +done +system/m.test(alone.out)], [0, '', true]);
  }).timeout(40_000);
});

describe('npm run migrate', () => {
  it('brings the database up to date, with the role of DATABASE_URL', async () => {
    const server = await testServer();
    const admin = new Client({ connectionString: server.ownerUrl });
    await admin.connect();
    await admin.query('create database migrated template template0');
    await admin.end();
    const at = (url: string, more: Partial<URL> = {}): string => Object.assign(new URL(url), { pathname: '/migrated', ...more }).href;
    const env = { DATABASE_OWNER_URL: at(server.ownerUrl), DATABASE_URL: at(server.appUrl, { username: 'command_app', password: 'p%40ss' }) };
    assert.deepEqual(await run('migrate', [], env), { code: 0, out: `Applied: ${migrations.map(({ name }) => name).join(', ')}.\n`, err: '' });
    assert.deepEqual(await run('migrate', [], env), { code: 0, out: 'The database is up to date.\n', err: '' });
    const stores = openStores(env.DATABASE_URL, 1);
    await stores.ledger.append(entryOf());
    await stores.close();
  });

  it('ends with 2 and a remedy without an address, and with one that is none', async () => {
    const { code, err } = await run('migrate', []);
    assert.deepEqual([code, /DATABASE_OWNER_URL is not set/.test(err)], [2, true]);
    for (const owner of ['keydesk', 'http://127.0.0.1/keydesk', 'postgres://o:%zz@127.0.0.1/x']) {
      const none = await run('migrate', [], { DATABASE_OWNER_URL: owner });
      assert.deepEqual([none.code, /DATABASE_OWNER_URL is no address/.test(none.err)], [2, true], owner);
    }
    const wrong = await run('migrate', [], { DATABASE_OWNER_URL: 'postgres://x', DATABASE_URL: 'not an address' });
    assert.deepEqual([wrong.code, /DATABASE_URL is no address/.test(wrong.err)], [2, true]);
    assert.equal((await run('migrate', ['now'])).code, 2);
    assert.equal((await run('migrate', ['--help'])).code, 0);
  });

  it('ends with 1 when nothing answers, and prints no password', async () => {
    const { code, err } = await run('migrate', [], { DATABASE_OWNER_URL: 'postgres://owner:Confidential@127.0.0.1:1/keydesk' });
    assert.deepEqual([code, /cannot be reached/.test(err), err.includes('Confidential')], [1, true, false]);
  });
});
