// One server for one data folder: adopted where it lives, started where it does not, prepared for Keydesk.
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, escapeLiteral } from 'pg';
import { type Account, serverAccount } from './account.ts';
import { type Binaries, reachableBinaries } from './binaries.ts';
import { appRole, type Cluster, databaseName, knownCluster, makeCluster, noteCluster, ownerRole } from './cluster.ts';
import { readIfThere, writePrivate } from './files.ts';
import { answers, isAlive, livingPostmaster, startPostmaster, stopPostmaster, urlOf } from './postmaster.ts';

export interface ServeOrders {
  readonly dataFolder: string;
  readonly port?: number | undefined;
  readonly fast: boolean;
}

export interface Served {
  readonly address: { readonly ownerUrl: string; readonly appUrl: string; readonly port: number };
  /** When the server process is gone, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly port: number;
  readonly ended: Promise<void>;
}

export const urlFile = (dataFolder: string): string => join(dataFolder, 'postgres.url');

/** Throws an Error with the remedy; then no server of ours runs. */
export async function serve(order: ServeOrders): Promise<Served> {
  const { dataFolder, fast } = order;
  const account = serverAccount();
  const binaries = await reachableBinaries(account, [tmpdir(), '/var/tmp', dataFolder]);
  const cluster = knownCluster(dataFolder) ?? (await makeCluster(dataFolder, account, binaries, fast));
  const stop = async (): Promise<void> => {
    rmSync(urlFile(dataFolder), { force: true });
    await stopPostmaster(account, binaries, cluster.pgdata);
  };
  const { port, ended } = (await adopt(cluster)) ?? (await start(order, account, binaries, cluster));
  try {
    await furnish(cluster, port);
  } catch (error) {
    await stop();
    throw error;
  }
  noteCluster(dataFolder, { ...cluster, port });
  const address = { ownerUrl: urlOf(ownerRole, cluster.ownerPassword, port, databaseName), appUrl: urlOf(appRole, cluster.appPassword, port, databaseName), port };
  writePrivate(urlFile(dataFolder), `${address.ownerUrl}\n`);
  return { address, ended, stop };
}

/** A server whose helper was killed goes on by itself; it is taken over as it is, whatever port was asked for. */
async function adopt(cluster: Cluster): Promise<Running | undefined> {
  const living = livingPostmaster(cluster.pgdata);
  if (living === undefined || !(await answers(cluster, living.port, () => isAlive(living.pid)))) return undefined;
  return { port: living.port, ended: untilGone(living.pid) };
}

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(500, undefined, { ref: false });
}

async function start(order: ServeOrders, account: Account, binaries: Binaries, cluster: Cluster): Promise<Running> {
  const log = join(order.dataFolder, 'postgres.log');
  if (order.port !== undefined && !(await isFree(order.port))) {
    throw new Error(`Port ${order.port} on 127.0.0.1 is in use. Set KEYDESK_POSTGRES_PORT to a free one, or leave it unset.`);
  }
  // Twice more: a free port may be taken between the look and the start, and the last children of a killed server may
  // still be leaving, which PostgreSQL rightly refuses to overlap with.
  for (let tries = 1; ; tries += 1) {
    const port = order.port ?? (await freePort(cluster.port));
    const child = startPostmaster(account, binaries, cluster, port, order.fast, log);
    let gone = false;
    const ended = new Promise<void>((resolve) => {
      const end = (): void => {
        gone = true;
        resolve();
      };
      child.on('exit', end);
      child.on('error', end);
    });
    if (await answers(cluster, port, () => !gone)) return { port, ended };
    child.kill('SIGQUIT');
    await ended;
    if (tries === 3) throw new Error(`PostgreSQL did not start. ${log} ends with:\n${(readIfThere(log) ?? '').slice(-1000).trim()}`);
    await sleep(300);
  }
}

/** The role and the database of Keydesk; nothing when they are there. Tables come by migration (store/migrate). */
async function furnish(cluster: Cluster, port: number): Promise<void> {
  const client = new Client({ connectionString: urlOf(ownerRole, cluster.ownerPassword, port, 'postgres') });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      'select exists(select from pg_roles where rolname = $1) as role, exists(select from pg_database where datname = $2) as database',
      [appRole, databaseName],
    );
    if (rows[0]?.role !== true) await client.query(`create role ${appRole} login password ${escapeLiteral(cluster.appPassword)}`);
    if (rows[0]?.database !== true) await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
}

const isFree = (port: number): Promise<boolean> => listenOnce(port).then((got) => got !== undefined);

async function freePort(wished: number | undefined): Promise<number> {
  const port = (wished === undefined ? undefined : await listenOnce(wished)) ?? (await listenOnce(0));
  if (port === undefined) throw new Error('No port is free on 127.0.0.1.');
  return port;
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address === null || typeof address === 'string' ? undefined : address.port));
    });
  });
}
