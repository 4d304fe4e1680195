// The same database as the owner of its tables, for what the service's role may not do.
import { openDatabase, type Database } from '../store/database.ts';
import type { Env } from './command.ts';
import { demoDatabase, dataFolderOf } from './database.ts';

/** All of the ledger may be read by one statement. */
const answerMs = 3_600_000;

/**
 * The database of DATABASE_OWNER_URL; the demo's, as its superuser, where neither that nor DATABASE_URL is set. Throws an
 * Error with the remedy when there is none.
 */
export async function withOwnersDatabase<T>(env: Env, work: (database: Database) => Promise<T>): Promise<T> {
  const url = env['DATABASE_OWNER_URL'] || undefined;
  if (url === undefined && env['DATABASE_URL']) throw new Error('DATABASE_OWNER_URL is not set: only the owner of the tables may do this, and the role of DATABASE_URL is not the owner.');
  const own = url === undefined ? await demoDatabase(dataFolderOf(env), env['KEYDESK_POSTGRES_PORT']) : undefined;
  const database = openDatabase(own?.ownerUrl ?? url ?? '', { applicationName: 'keydesk audit', maxConnections: 1, answerMs });
  try {
    return await work(database);
  } finally {
    await database.close();
    await own?.stop();
  }
}
