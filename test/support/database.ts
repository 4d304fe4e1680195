// One PostgreSQL for a run of mocha, started by the first test that needs it; for each test file a database of its own,
// copied from one that was migrated once.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'mocha';
import { Client } from 'pg';
import { prepareJobs } from '../../src/jobs/prepare.ts';
import { type OwnPostgres, startPostgres } from '../../src/postgres/start.ts';
import { migrate } from '../../src/store/migrate.ts';

export interface TestDatabase {
  readonly name: string;
  /** Superuser and owner. */
  readonly ownerUrl: string;
  /** The service's role. */
  readonly appUrl: string;
}

interface Shared {
  readonly server: OwnPostgres;
  readonly admin: Client;
}

let starting: Promise<Shared> | undefined;
let count = 0;

// Outside of any suite: mocha runs it once, at the end of the whole run. On a machine that is busy the server may take its
// time over hundreds of databases.
after(async function () {
  this.timeout(120_000);
  const shared = await starting;
  starting = undefined;
  await shared?.admin.end();
  await shared?.server.stop();
});

/** A database with all tables and no row. About 30 ms; the first of a run about 1 s. */
export async function testDatabase(): Promise<TestDatabase> {
  const { server, admin } = await (starting ??= start());
  count += 1;
  const name = `test_${count}`;
  await admin.query(`create database ${name} template keydesk`);
  return { name, ownerUrl: named(server.ownerUrl, name), appUrl: named(server.appUrl, name) };
}

/** The server that all test databases share: do not stop or kill it. */
export const testServer = async (): Promise<OwnPostgres> => (await (starting ??= start())).server;

async function start(): Promise<Shared> {
  const server = await startPostgres({ dataFolder: mkdtempSync(join(tmpdir(), 'keydesk-test-')), ephemeral: true, fast: true });
  await migrate(server.ownerUrl);
  await prepareJobs(server.ownerUrl);
  const admin = new Client({ connectionString: named(server.ownerUrl, 'postgres') });
  await admin.connect();
  return { server, admin };
}

function named(url: string, database: string): string {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.href;
}
