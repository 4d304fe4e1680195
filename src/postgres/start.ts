// A PostgreSQL of our own: for the demo, the tests and the audit command. Production brings its own.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { environment } from './account.ts';
import { knownCluster } from './cluster.ts';
import { type Hold, hold, readControl } from './control.ts';
import { readIfThere } from './files.ts';
import type { HelperOrders } from './helper.ts';

export interface PostgresOptions {
  /** Made when missing. Holds the cluster, `postgres.url` (mode 0600) and `postgres.log`. */
  readonly dataFolder: string;
  /** On 127.0.0.1. Without it the port of the last start where it is free, else any free one. */
  readonly port?: number;
  /** The data folder is removed at the end. */
  readonly ephemeral?: boolean;
  /** Nothing survives a power cut: for tests that do not look at durability. */
  readonly fast?: boolean;
}

export interface OwnPostgres {
  /** Superuser of this cluster, owner of the database `keydesk`; also in `<data folder>/postgres.url`. */
  readonly ownerUrl: string;
  /** The role `keydesk_app`, which may do what a migration grants. */
  readonly appUrl: string;
  readonly port: number;
  /** Lets go. Ends the server, and waits for it, when nobody else holds it. */
  stop(): Promise<void>;
}

/** Whether a server was ever started in this data folder. */
export const hasCluster = (dataFolder: string): boolean => knownCluster(resolve(dataFolder)) !== undefined;

const helperFile = fileURLToPath(new URL('./helper.ts', import.meta.url));

/**
 * Starts the server of a data folder, or joins it when it runs already (then `port`, `ephemeral` and `fast` are those of
 * the first). It ends with its last holder, also when that is killed. Half a second; the first time of a data folder
 * about one and a half. Throws an Error with the remedy.
 */
export async function startPostgres(options: PostgresOptions): Promise<OwnPostgres> {
  const dataFolder = resolve(options.dataFolder);
  // 0711 for root: the server's account must pass through to its own folder inside.
  mkdirSync(dataFolder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const orders = { dataFolder, ephemeral: options.ephemeral ?? false, fast: options.fast ?? false, ...(options.port !== undefined && { port: options.port }) };
  const held = await holdHelper(orders);
  const answer = await held.answer;
  if (answer === undefined || 'failed' in answer) {
    held.socket.destroy();
    throw new Error(answer?.failed ?? `PostgreSQL ended while it started; see ${join(dataFolder, 'postgres.log')}.`);
  }
  // The connection alone must not keep a process alive that has done its work.
  held.socket.unref();
  return { ...answer, stop: () => letGo(held) };
}

/** A helper that lives, or one started now. Several starters at once end up at the same one. */
async function holdHelper(orders: HelperOrders): Promise<Hold> {
  const end = Date.now() + 30_000;
  let starting: Promise<void> | undefined;
  while (Date.now() < end) {
    const control = readControl(orders.dataFolder);
    const held = control && (await hold(control));
    if (held !== undefined) return held;
    starting ??= startHelper(orders).finally(() => (starting = undefined));
    await Promise.race([starting, sleep(20)]);
  }
  throw new Error(`The server of ${orders.dataFolder} neither started nor ended within 30 s; see ${join(orders.dataFolder, 'postgres.log')}.`);
}

/** Resolves when the helper ends by itself, because another one has the data folder. Rejects when it could not begin. */
function startHelper(orders: HelperOrders): Promise<void> {
  const log = join(orders.dataFolder, 'postgres.log');
  const words = openSync(log, 'a', 0o600);
  // Detached: Ctrl-C reaches a whole process group, and the server is to end after those who use it, not with them.
  const child = spawn(process.execPath, [helperFile, JSON.stringify(orders)], { detached: true, stdio: ['ignore', words, words], cwd: '/', env: environment() });
  closeSync(words);
  child.unref();
  const started = new Promise<void>((done, fail) => {
    child.on('error', fail);
    child.on('exit', (code) => {
      if (code === 0) done();
      else fail(new Error(`PostgreSQL's helper did not start. ${log} ends with:\n${(readIfThere(log) ?? '').slice(-1000).trim()}`));
    });
  });
  started.catch(() => undefined);
  return started;
}

function letGo(held: Hold): Promise<void> {
  return new Promise((done) => {
    if (held.socket.destroyed) {
      done();
      return;
    }
    held.socket.ref();
    held.socket.on('close', () => done());
    held.socket.end();
  });
}
