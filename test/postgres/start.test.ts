import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { knownCluster } from '../../src/postgres/cluster.ts';
import { readControl } from '../../src/postgres/control.ts';
import { isAlive, livingPostmaster } from '../../src/postgres/postmaster.ts';
import { hasCluster, type OwnPostgres, type PostgresOptions, startPostgres } from '../../src/postgres/start.ts';
import { known } from '../support/known.ts';

const root = process.getuid?.() === 0;
const holderFile = new URL('./holder.ts', import.meta.url).pathname;

async function ask(url: string, question = 'select 1 as answer'): Promise<unknown> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(question)).rows;
  } finally {
    await client.end();
  }
}

/** Waits for something that another process does; there is no clock of ours in it. */
async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (holds()) return;
    await sleep(20);
  }
  assert.fail(`still not: ${what}`);
}

/** Another process that holds the server of a data folder; ready when it has printed the address. */
async function holderOf(options: PostgresOptions, holders: ChildProcess[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [holderFile, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  holders.push(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the holder ended with ${code}`)));
  });
  return child;
}

const addressOf = ({ ownerUrl, appUrl, port }: OwnPostgres): unknown => ({ ownerUrl, appUrl, port });
const postmasterOf = (dataFolder: string): number => known(livingPostmaster(known(knownCluster(dataFolder)).pgdata)).pid;
const helperOf = (dataFolder: string): number => known(readControl(dataFolder)).pid;

const notRoot = (test: Mocha.Context): void => {
  console.log('      skipped: only as root is the server somebody else, who cannot enter everywhere');
  test.skip();
};

describe('postgres/start', function () {
  this.timeout(40_000);
  let folder: string;
  let dataFolder: string;
  const started: OwnPostgres[] = [];
  const holders: ChildProcess[] = [];
  const start = async (more: Partial<PostgresOptions> = {}): Promise<OwnPostgres> => {
    const server = await startPostgres({ dataFolder, fast: true, ...more });
    started.push(server);
    return server;
  };

  const holder = (options: PostgresOptions): Promise<ChildProcess> => holderOf(options, holders);

  let model: string;

  const newFolder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'keydesk-test-'));
    if (root) chmodSync(made, 0o755);
    return made;
  };

  before(async () => {
    model = newFolder();
    await (await startPostgres({ dataFolder: join(model, 'data'), fast: true })).stop();
  });
  after(() => rmSync(model, { recursive: true, force: true }));

  beforeEach(() => {
    folder = newFolder();
    dataFolder = join(folder, 'data');
  });

  /** A data folder that was started before: a copy, because making one takes half a second. */
  const copyModel = (): void => {
    spawnSync('cp', ['-a', join(model, 'data'), dataFolder]);
    const note = readFileSync(join(dataFolder, 'postgres.json'), 'utf8');
    writeFileSync(join(dataFolder, 'postgres.json'), note.replace(model, folder));
  };
  afterEach(async () => {
    for (const child of holders.splice(0)) child.kill('SIGKILL');
    await Promise.all(started.splice(0).map((server) => server.stop()));
    const home = knownCluster(dataFolder)?.pgdata;
    if (home !== undefined) rmSync(join(home, '..'), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  it('starts, serves both roles, keeps its address for nobody else, and ends', async () => {
    assert.equal(hasCluster(dataFolder), false);
    const server = await start();
    assert.deepEqual(await ask(server.ownerUrl, 'select current_user as who, current_database() as at'), [{ who: 'keydesk_owner', at: 'keydesk' }]);
    assert.deepEqual(await ask(server.appUrl, 'select current_user as who, current_database() as at'), [{ who: 'keydesk_app', at: 'keydesk' }]);
    assert.equal(readFileSync(join(dataFolder, 'postgres.url'), 'utf8'), `${server.ownerUrl}\n`);
    for (const file of ['postgres.url', 'postgres.json', 'postgres.helper', 'postgres.log']) assert.equal(statSync(join(dataFolder, file)).mode & 0o777, 0o600, file);

    const [pid, helper] = [postmasterOf(dataFolder), helperOf(dataFolder)];
    await server.stop();
    assert.equal(isAlive(pid), false);
    await until('the helper has ended', () => !isAlive(helper));
    assert.equal(existsSync(join(dataFolder, 'postgres.url')), false);
    assert.equal(hasCluster(dataFolder), true);
  });

  it('lets nobody in without the password, and listens on this machine only', async () => {
    copyModel();
    const { ownerUrl } = await start();
    const url = new URL(ownerUrl);
    url.password = 'guess';
    await assert.rejects(ask(url.href), { code: '28P01' });
    assert.deepEqual(await ask(ownerUrl, "select current_setting('listen_addresses') as at, current_setting('unix_socket_directories') as sockets"), [{ at: '127.0.0.1', sockets: '' }]);
  });

  it('waits for the disk unless told to be fast', async () => {
    copyModel();
    const settings = "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit";
    assert.deepEqual(await ask((await start({ fast: false })).ownerUrl, settings), [{ fsync: 'on', commit: 'on' }]);
  });

  it('keeps data, passwords and port from start to start', async () => {
    copyModel();
    const first = await start();
    await ask(first.ownerUrl, 'create table kept as select 7 as seven');
    await first.stop();
    const second = await start();
    assert.deepEqual(addressOf(second), addressOf(first));
    assert.deepEqual(await ask(second.ownerUrl, 'select * from kept'), [{ seven: 7 }]);
  });

  it('leaves nothing of an ephemeral data folder', async () => {
    copyModel();
    const server = await start({ ephemeral: true });
    const { pgdata } = known(knownCluster(dataFolder));
    await server.stop();
    assert.deepEqual([existsSync(dataFolder), existsSync(pgdata)], [false, false]);
  });

  it('is one server for all who start it at once, and ends with the last', async () => {
    const servers = await Promise.all([start(), start(), start()]);
    assert.equal(new Set(servers.map(({ ownerUrl }) => ownerUrl)).size, 1);
    const pid = postmasterOf(dataFolder);
    await servers[0].stop();
    await servers[1].stop();
    assert.deepEqual(await ask(servers[2].ownerUrl), [{ answer: 1 }]);
    await servers[2].stop();
    assert.equal(isAlive(pid), false);
  });

  it('ends, and cleans up, when the only one who held it is killed', async () => {
    copyModel();
    const child = await holder({ dataFolder, ephemeral: true, fast: true });
    const [pid, helper] = [postmasterOf(dataFolder), helperOf(dataFolder)];
    child.kill('SIGKILL');
    await until('the server and its helper are gone', () => !isAlive(pid) && !isAlive(helper));
    assert.equal(existsSync(dataFolder), false);
  });

  it('goes on when one of two holders is killed', async () => {
    copyModel();
    const child = await holder({ dataFolder, fast: true });
    const server = await start();
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    assert.deepEqual(await ask(server.ownerUrl), [{ answer: 1 }]);
  });

  it('starts again right after its holder was killed, with all that was committed', async () => {
    copyModel();
    const child = await holder({ dataFolder, fast: true });
    await ask(readFileSync(join(dataFolder, 'postgres.url'), 'utf8').trim(), 'create table kept as select 7 as seven');
    child.kill('SIGKILL');
    const server = await start();
    assert.deepEqual(await ask(server.ownerUrl, 'select * from kept'), [{ seven: 7 }]);
  });

  it('adopts a living server whose helper was killed, and ends it', async () => {
    copyModel();
    await holder({ dataFolder, fast: true });
    const pid = postmasterOf(dataFolder);
    process.kill(helperOf(dataFolder), 'SIGKILL');
    const server = await start();
    assert.equal(postmasterOf(dataFolder), pid);
    assert.deepEqual(await ask(server.ownerUrl), [{ answer: 1 }]);
    await server.stop();
    assert.equal(isAlive(pid), false);
  });

  it('starts after the server itself was killed', async () => {
    copyModel();
    const first = await start();
    await ask(first.ownerUrl, 'create table kept as select 7 as seven');
    const helper = helperOf(dataFolder);
    process.kill(postmasterOf(dataFolder), 'SIGKILL');
    await until('the helper has noticed', () => !isAlive(helper));
    const second = await start();
    assert.equal(second.port, first.port);
    assert.deepEqual(await ask(second.ownerUrl, 'select * from kept'), [{ seven: 7 }]);
  });

  for (const [what, pid] of [
    ['of nobody', 2 ** 22 - 3],
    ['of another process', process.pid],
  ] as const) {
    it(`starts although a crash left a pid file that now names the number ${what}`, async () => {
      copyModel();
      const { pgdata } = known(knownCluster(dataFolder));
      writeFileSync(join(pgdata, 'postmaster.pid'), `${pid}\n${pgdata}\n1700000000\n5432\n\n127.0.0.1\n  1 1\nready   \n`);
      assert.deepEqual(await ask((await start()).ownerUrl), [{ answer: 1 }]);
    });
  }

  it('starts although a crash left the file of a helper', async () => {
    copyModel();
    writeFileSync(join(dataFolder, 'postgres.helper'), JSON.stringify({ pid: process.pid, port: 1, token: 'gone' }));
    assert.deepEqual(await ask((await start()).ownerUrl), [{ answer: 1 }]);
  });

  it('starts although the file of a helper is half written', async () => {
    copyModel();
    writeFileSync(join(dataFolder, 'postgres.helper'), '{"pid":');
    assert.deepEqual(await ask((await start()).ownerUrl), [{ answer: 1 }]);
  });

  it('says which port is in use, and runs on that port when it is free', async () => {
    copyModel();
    const door = createServer();
    const port = await new Promise<number>((resolve) => {
      door.listen(0, '127.0.0.1', () => {
        const address = door.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    await assert.rejects(start({ port }), new RegExp(`Port ${port} on 127.0.0.1 is in use. Set KEYDESK_POSTGRES_PORT`));
    await new Promise((resolve) => door.close(resolve));
    assert.equal((await start({ port })).port, port);
  });

  it('serves a data folder that its own user cannot enter', async function () {
    // Only root runs the server as somebody else.
    if (!root) return notRoot(this);
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    dataFolder = join(closed, 'data');
    const server = await start({ ephemeral: true });
    const { pgdata } = known(knownCluster(dataFolder));
    assert.match(pgdata, /^\/var\/tmp\/keydesk-/);
    assert.deepEqual(await ask(server.ownerUrl), [{ answer: 1 }]);
    await server.stop();
    assert.deepEqual([existsSync(pgdata), existsSync(join(pgdata, '..')), existsSync(dataFolder)], [false, false, false]);
  });
});
