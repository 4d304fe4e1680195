// Brings a database to the form that this program wants, and gives the service's role what it needs and no more.
import { Client, DatabaseError, escapeIdentifier, escapeLiteral } from 'pg';
import { z } from 'zod';
import { type Migration, migrations } from './migrations.ts';

export interface MigrateOptions {
  /** The role of the service; `keydesk_app` unless the installation has another. */
  readonly appRole?: string;
  /** With it the role is made where it is missing. Without it, it must be there. */
  readonly appPassword?: string;
}

/** What to do about it stands in the message. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

// Any number that nobody else takes: two migrations at once come one after the other.
const migrationLock = 75_836_100_002;

// A service of the version before runs on meanwhile. What a migration alters it locks until it commits, which is a moment;
// but while it waits for somebody who reads a table for minutes (a verify, a dump), everybody else waits behind it. So it
// does not wait long, and gives up whole.
const lockSeconds = 3;
const lockNotAvailable = '55P03';

/**
 * Run by the owner, before a new version starts; does nothing when all is done. All migrations and grants are one
 * transaction. Throws a MigrationError with the remedy, or the driver's error when the server says no.
 * @returns the names of the migrations that were applied
 */
export async function migrate(ownerUrl: string, options: MigrateOptions = {}): Promise<readonly string[]> {
  const client = new Client({ connectionString: ownerUrl, connectionTimeoutMillis: 5000, application_name: 'keydesk migrate' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1::bigint)', [migrationLock]);
    await client.query(`set local lock_timeout = '${lockSeconds}s'`);
    const applied = await applyAll(client);
    await grant(client, options.appRole ?? 'keydesk_app', options.appPassword);
    await client.query('commit');
    return applied;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== lockNotAvailable) throw error;
    throw new MigrationError(`Somebody has held a table for more than ${lockSeconds} s (a verify, a dump, an open psql): nothing was changed, and the service was not kept waiting. Run it again when that has ended.`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const appliedForm = z.array(z.object({ name: z.string(), checksum: z.string() }));

async function applyAll(client: Client): Promise<readonly string[]> {
  await client.query('create schema if not exists keydesk');
  await client.query('create table if not exists keydesk.migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())');
  const { rows } = await client.query('select name, checksum from keydesk.migration order by name');
  const missing = missingOf(appliedForm.parse(rows));
  for (const { name, sql, checksum } of missing) {
    await client.query(sql);
    await client.query('insert into keydesk.migration (name, checksum) values ($1, $2)', [name, checksum]);
  }
  return missing.map(({ name }) => name);
}

/** Migrations that came after all of ours: of a newer program, which only adds. This one goes on beside it. */
export function newerIn(applied: readonly { readonly name: string }[]): readonly string[] {
  const last = migrations.at(-1)?.name ?? '';
  return applied.map(({ name }) => name).filter((name) => name > last);
}

/** Throws when the database is of another or a newer program. */
export function missingOf(applied: readonly { readonly name: string; readonly checksum: string }[]): readonly Migration[] {
  for (const { name, checksum } of applied) {
    const known = migrations.find((migration) => migration.name === name);
    if (known === undefined) throw new MigrationError(`The database has the migration ${name}, which this version of Keydesk does not know. Start the version that made it, or a newer one.`);
    if (known.checksum !== checksum) throw new MigrationError(`The migration ${name} was applied in another form than the one of this version. An applied migration is never edited: restore its file.`);
  }
  return migrations.filter(({ name }) => applied.every((other) => other.name !== name));
}

/** Insert and select on the ledger; on the rest what its work needs. Given anew each time, so that a missing grant is mended. */
async function grant(client: Client, role: string, password: string | undefined): Promise<void> {
  await ensureRole(client, role, password);
  const app = escapeIdentifier(role);
  await client.query(`
    revoke all on all tables in schema keydesk from ${app}, public;
    revoke all on all routines in schema keydesk from ${app}, public;
    grant usage on schema keydesk to ${app};
    grant select on keydesk.ledger_entry, keydesk.ledger_text, keydesk.ledger_checkpoint, keydesk.migration to ${app};
    grant insert (body) on keydesk.ledger_entry to ${app};
    grant insert on keydesk.ledger_text to ${app};
    grant insert on keydesk.ledger_checkpoint to ${app};
    grant execute on procedure keydesk.append_entry to ${app};
    grant execute on function keydesk.inner_nodes to ${app};
    grant execute on function keydesk.erase_texts, keydesk.forget_closed to ${app};
    grant select, insert, delete on keydesk.alert_raised to ${app};
    grant select, insert, update, delete on keydesk.refusal_tally to ${app};
    grant select, insert, delete on keydesk.ask to ${app};
    grant select, insert, update, delete on keydesk.sign_in to ${app};
    grant select, insert, update on keydesk.request to ${app};
    grant select, insert, update, delete on keydesk.rotation to ${app};
    grant select, insert, update, delete on keydesk.entra_read, keydesk.entra_log to ${app};
    grant select, insert, update, delete on keydesk.reading, keydesk.export_offer to ${app};
    grant select, insert, update on keydesk.channel to ${app};
    grant select, insert, update, delete on keydesk.posting to ${app};
    grant select, insert, update, delete on keydesk.api_once to ${app};
    grant select, update on keydesk.watch to ${app};
    ${fleetGrants(app)}`);
}

/** The index of the fleet, which the service fills itself. */
const fleetGrants = (app: string): string => `
    grant select, insert, update, delete on keydesk.sweep, keydesk.sweep_stream, keydesk.device, keydesk.device_item, keydesk.managed_device, keydesk.encryption_report, keydesk.device_key, keydesk.fleet_day to ${app};
    grant usage on sequence keydesk.sweep_mark to ${app};`;

const roleForm = z.tuple([z.object({ there: z.boolean(), superuser: z.boolean().nullable(), owner: z.boolean().nullable() })]);

async function ensureRole(client: Client, role: string, password: string | undefined): Promise<void> {
  const look = `select r.oid is not null as there, r.rolsuper as superuser, pg_has_role(r.oid, n.nspowner, 'member') as owner
    from pg_namespace n left join pg_roles r on r.rolname = $1 where n.nspname = 'keydesk'`;
  const [found] = roleForm.parse((await client.query(look, [role])).rows);
  if (found.superuser === true || found.owner === true) {
    throw new MigrationError(`The service's role "${role}" owns the tables or is a superuser, and could change the ledger. Let DATABASE_URL log in as a role of its own.`);
  }
  if (found.there) return;
  if (password === undefined) {
    throw new MigrationError(`The service's role "${role}" is missing. Create it (create role ${role} login …), or set DATABASE_URL with its password while migrating, and it is made.`);
  }
  await client.query(`create role ${escapeIdentifier(role)} login password ${escapeLiteral(password)}`);
}
