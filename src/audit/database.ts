// The ledger's database as the commands reach it: the service's, or the demo's.
import { Fault } from '../domain/fault.ts';
import { hasCluster, startPostgres } from '../postgres/start.ts';
import { type Database, openDatabase } from '../store/database.ts';
import type { Env } from './command.ts';

/** Where the demo keeps what is its own. */
export const dataFolderOf = (env: Env): string => env['KEYDESK_DATA_DIR'] || '.keydesk';

/**
 * The database of DATABASE_URL, else the demo's, started for as long as the work takes. One connection unless more are
 * asked for. Throws an Error with the remedy when there is none.
 */
export async function withDatabase<T>(env: Env, work: (database: Database) => Promise<T>, maxConnections = 1): Promise<T> {
  const own = env['DATABASE_URL'] ? undefined : await demoDatabase(dataFolderOf(env), env['KEYDESK_POSTGRES_PORT']);
  const database = openDatabase(own?.appUrl ?? env['DATABASE_URL'] ?? '', { applicationName: 'keydesk audit', maxConnections });
  try {
    return await work(database);
  } finally {
    await database.close();
    await own?.stop();
  }
}

/** Throws an Error with the remedy when there is none. */
export function demoDatabase(dataFolder: string, port: string | undefined) {
  if (!hasCluster(dataFolder)) {
    throw new Error(`There is no ledger to look at: DATABASE_URL is not set, and ${dataFolder} holds no database of the demo. Set one of them, or run "npm run demo" once.`);
  }
  return startPostgres({ dataFolder, ...(port !== undefined && /^\d+$/.test(port) && { port: Number(port) }) });
}

/** What went wrong, and what to do about it. */
export function remedyFor(error: unknown): string {
  if (!(error instanceof Fault)) return error instanceof Error ? error.message : String(error);
  if (/ 42P01| 42883| 3F000/.test(error.message)) return `There are no tables in this database (${error.message}). Run "npm run migrate", or set DATABASE_URL to the database of the service.`;
  if (/ 28| 42501/.test(error.message)) return `The database does not let this role in or read (${error.message}). DATABASE_URL wants the role of the service, or the owner.`;
  return `The ledger could not be read (${error.message}). Is the database of DATABASE_URL there?`;
}
