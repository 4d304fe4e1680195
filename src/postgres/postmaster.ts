// The server process of one cluster: found, started, waited for, stopped.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Account, run, spawnOptions } from './account.ts';
import type { Binaries } from './binaries.ts';
import { type Cluster, ownerRole } from './cluster.ts';
import { readIfThere } from './files.ts';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/**
 * The living server of a cluster, whoever started it. postmaster.pid alone proves nothing: after a crash its number may
 * belong to another process, or to the dead server itself that nobody has collected (containers).
 */
export function livingPostmaster(pgdata: string): Postmaster | undefined {
  const file = join(pgdata, 'postmaster.pid');
  // https://www.postgresql.org/docs/18/storage-file-layout.html: pid, data directory, start time, port, …
  const lines = (readIfThere(file) ?? '').split('\n');
  const [pid = 0, , , port = 0] = lines.map(Number);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (commandOf(pid)?.includes(pgdata) === true) return { pid, port };
  // PostgreSQL would refuse to start over that number for ever. The rest of the file stays: by it PostgreSQL finds out
  // whether children of the dead server still write, and waits for them.
  writeFileSync(file, [String(nobodysPid), ...lines.slice(1)].join('\n'));
  return undefined;
}

/** Above what any system gives out. */
const nobodysPid = 2 ** 31 - 2;

/** How a process was started; undefined when there is none. Unknown (Windows) reads as "something else". */
function commandOf(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  if (process.platform === 'linux') return commandLine(pid);
  if (process.platform === 'win32') return '';
  return spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout;
}

/** Empty for a process that has ended and that nobody has collected, as happens in containers. */
function commandLine(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return process.platform !== 'linux' || commandLine(pid) !== '';
}

const settings = (port: number, fast: boolean): Record<string, string> => ({
  listen_addresses: '127.0.0.1',
  port: String(port),
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '64MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  jit: 'off',
  // Nothing replicates from it: fewer processes, less to write.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  io_method: 'sync',
  // Statements and their values hold names and reasons; they do not belong into a log file.
  log_statement: 'none',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length_on_error: '0',
  ...(fast && { fsync: 'off', full_page_writes: 'off' }),
});

/** Starts the server; its words go to `log`. */
export function startPostmaster(account: Account, binaries: Binaries, cluster: Cluster, port: number, fast: boolean, log: string): ChildProcess {
  const flags = Object.entries(settings(port, fast)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const words = openSync(log, 'a', 0o600);
  try {
    return spawn(binaries.program('postgres'), ['-D', cluster.pgdata, ...flags], { ...spawnOptions(account), stdio: ['ignore', words, words] });
  } finally {
    closeSync(words);
  }
}

export const urlOf = (role: string, password: string, port: number, database: string): string => `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;

/** Waits until the server takes a connection of the owner, as long as `lives` says that it may. */
export async function answers(cluster: Cluster, port: number, lives: () => boolean, withinMs = 20_000): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (lives() && Date.now() < end) {
    const client = new Client({ connectionString: urlOf(ownerRole, cluster.ownerPassword, port, 'postgres'), connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } catch {
      await sleep(20);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return false;
}

/** Ends the server: connections are cut, open transactions rolled back, everything durable. Harder when it lingers. */
export async function stopPostmaster(account: Account, binaries: Binaries, pgdata: string): Promise<void> {
  const stop = (mode: 'fast' | 'immediate') => run(account, binaries.program('pg_ctl'), ['stop', '-D', pgdata, '-m', mode, '-w', '-t', '10']);
  if (livingPostmaster(pgdata) === undefined) return;
  await stop('fast').catch(async (error: unknown) => {
    if (livingPostmaster(pgdata) === undefined) return;
    await stop('immediate').catch(() => {
      throw error;
    });
  });
}
