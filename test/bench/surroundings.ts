// What Keydesk needs around it in a benchmark: a database that waits for the disk, and a tenant; each in processes of
// its own.

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

export async function startSurroundings(): Promise<Surroundings> {
  const folder = await mkdtemp(join(tmpdir(), 'keydesk-bench-'));
  const database = await startPostgres({ dataFolder: folder, ephemeral: true });
  const stopDatabase = async (): Promise<void> => {
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await migrate(database.ownerUrl);
    await prepareJobs(database.ownerUrl);
    const tenant = await start({ file: new URL('../../src/sim/main.ts', import.meta.url), args: (port) => ['--port', String(port)], health: '/_sim/requests' });
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
}

/** Keydesk in a process of its own, with its compile cache as `npm start` has it. */
export const startKeydesk = ({ simUrl, databaseUrl }: Surroundings, { nodeFlags = [] }: KeydeskOptions = {}): Promise<Started> =>
  start({ file: new URL('./keydesk-process.ts', import.meta.url), args: (port) => [String(port), simUrl], env: { DATABASE_URL: databaseUrl }, nodeFlags });
