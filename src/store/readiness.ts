import { sql } from 'kysely';
import { type Instant, parseInstant, secondsBetween } from '../domain/instant.ts';
import { parseBody } from '../ledger/entry.ts';
import { leafHash } from '../ledger/tree.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';

/** `ok`, or in words what is wrong and what to do. Holds no secret and no name; may be shown on /readyz. */
export interface StoreReadiness {
  readonly database: string;
  readonly ledger: string;
  /** Migrations of a newer version that this one works beside; absent when there are none. */
  readonly newer?: readonly string[];
}

/**
 * Whether the service can write down what it does. Looks at the head of the ledger only (audit verify looks at all of
 * it), and at what this role may do to it. Never throws.
 */
export async function readinessOf(database: Database): Promise<StoreReadiness> {
  try {
    return await orFault('store-unavailable', () => look(database));
  } catch (error) {
    const said = error instanceof Error ? error.message : 'unknown';
    return { database: said, ledger: 'unknown: the database does not answer' };
  }
}

/** Less than a claim lasts (30 s) and a limit counts (a minute). */
const mostSecondsApart = 5;

/**
 * Whether our clock goes with the database's, the one that all instances share: limits over several instances and claims
 * are kept in step by their clocks. `ok`, also where nobody can say, or in words by how much it differs.
 */
export async function clockOf({ db }: Database, now: () => Instant): Promise<string> {
  try {
    const ahead = await secondsAhead({ db }, now);
    if (Math.abs(ahead) <= mostSecondsApart) return 'ok';
    return `${Math.abs(ahead).toFixed(0)} s ${ahead > 0 ? 'ahead of' : 'behind'} the database's: keep both in step`;
  } catch {
    return 'ok';
  }
}

/** How far our clock is ahead of the database's; negative: behind. Only what the time that the answer took does not explain. */
export async function secondsAhead({ db }: Pick<Database, 'db'>, now: () => Instant): Promise<number> {
  const before = now();
  const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db);
  const at = parseInstant(rows[0]?.at) ?? before;
  return Math.max(0, secondsBetween(at, before)) + Math.min(0, secondsBetween(at, now()));
}

async function look({ db }: Database): Promise<StoreReadiness> {
  const { rows } = await sql<{ migrated: boolean }>`select to_regclass('keydesk.migration') is not null as migrated`.execute(db);
  const migrate = 'run "npm run migrate"';
  if (rows[0]?.migrated !== true) return { database: `no tables: ${migrate}`, ledger: 'missing' };
  // Loaded when somebody asks: a start need not read every migration there was.
  const { MigrationError, missingOf, newerIn } = await import('./migrate.ts');
  let newer: readonly string[] = [];
  try {
    const applied = await db.selectFrom('keydesk.migration').select(['name', 'checksum']).execute();
    newer = newerIn(applied);
    const missing = missingOf(applied.filter(({ name }) => !newer.includes(name)));
    if (missing.length > 0) return { database: `migrations missing (${missing.map(({ name }) => name).join(', ')}): ${migrate}`, ledger: 'unknown' };
  } catch (error) {
    if (error instanceof MigrationError) return { database: error.message, ledger: 'unknown' };
    throw error;
  }
  return { database: 'ok', ledger: await lookAtHead({ db }), ...(newer.length > 0 && { newer }) };
}

async function lookAtHead({ db }: Pick<Database, 'db'>): Promise<string> {
  const { rows } = await sql<{ powerful: boolean }>`
    select has_table_privilege('keydesk.ledger_entry', 'update, delete, truncate') as powerful`.execute(db);
  if (rows[0]?.powerful === true) return 'this role may change the ledger: let DATABASE_URL log in as keydesk_app';
  const newest = await db.selectFrom('keydesk.ledger_entry').select(['seq', 'body', 'leaf_hash']).orderBy('seq', 'desc').limit(2).execute();
  const [head, before] = newest;
  if (head === undefined) return 'ok';
  const intact =
    newest.every((row) => Buffer.compare(leafHash(row.body), row.leaf_hash) === 0 && parseBody(row.body) !== undefined) &&
    (before === undefined ? head.seq === '1' : Number(before.seq) === Number(head.seq) - 1);
  return intact ? 'ok' : `entry ${head.seq} or the one before it was changed or removed: run "npm run audit -- verify"`;
}
