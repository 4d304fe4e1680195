// What Keydesk needs around it in a benchmark: a database that waits for the disk, and a tenant; each in processes of
// its own.

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareJobs } from '../../src/jobs/prepare.ts';
import { startPostgres } from '../../src/postgres/start.ts';
import { migrate } from '../../src/store/migrate.ts';
import { start, type Started } from './processes.ts';

export interface Surroundings {
  readonly simUrl: string;
  readonly databaseUrl: string;
  /** For looking at the database, never for Keydesk. */
  readonly ownerUrl: string;
  stop(): Promise<void>;
}

/** @param devices of the tenant; as many as the simulator has by itself when absent */
export async function startSurroundings(devices?: number): Promise<Surroundings> {
  const folder = await mkdtemp(join(tmpdir(), 'keydesk-bench-'));
  const database = await startPostgres({ dataFolder: folder, ephemeral: true });
  const stopDatabase = async (): Promise<void> => {
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await migrate(database.ownerUrl);
    await prepareJobs(database.ownerUrl);
    const tenant = await start({ file: new URL('../../src/sim/main.ts', import.meta.url), args: (port) => ['--port', String(port), ...(devices === undefined ? [] : ['--devices', String(devices)])], health: '/_sim/requests' });
    return {
      simUrl: tenant.origin,
      databaseUrl: database.appUrl,
      ownerUrl: database.ownerUrl,
      stop: async () => {
        await tenant.stop();
        await stopDatabase();
      },
    };
  } catch (error) {
    await stopDatabase();
    throw error;
  }
}

export interface KeydeskOptions {
  readonly nodeFlags?: readonly string[];
  /** Begins to sweep at once; not at all when absent. */
  readonly sweeps?: boolean;
  /** With the REST API, under limits that nobody reaches. */
  readonly api?: boolean;
}

/** What `npm start` gives to Node. */
function flagsOfStart(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return String(Object(scripts).start).split(' ').filter((word) => word.startsWith('--'));
}

/** Keydesk in a process of its own, with its compile cache and its flags as `npm start` has them. */
export const startKeydesk = ({ simUrl, databaseUrl }: Surroundings, { nodeFlags = [], sweeps = false, api = false }: KeydeskOptions = {}): Promise<Started> =>
  start({ file: new URL('./keydesk-process.ts', import.meta.url), args: (port) => [String(port), simUrl], env: { DATABASE_URL: databaseUrl, ...(sweeps && { KEYDESK_BENCH_SWEEP: 'yes' }), ...(api && { KEYDESK_BENCH_API: 'yes' }) }, nodeFlags: [...flagsOfStart(), ...nodeFlags] });
