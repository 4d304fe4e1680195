// npm run migrate: as the owner of the tables, before a new version of the service starts.
import { DatabaseError } from 'pg';
import { commandEnvironment } from './config/command-environment.ts';
import { ConfigError } from './config/read-config.ts';
import { prepareJobs } from './jobs/prepare.ts';
import { migrate, MigrationError } from './store/migrate.ts';

const help = `npm run migrate brings the database to the form that this version wants. Run it before the service starts.

DATABASE_OWNER_URL  postgres:// address of the owner of the tables (needed)
DATABASE_URL        the service's own address: its role gets insert and select on the ledger, and is made with the
                    address's password where it is missing (default: the role keydesk_app, which must be there)

Either may come as a file, DATABASE_OWNER_URL_FILE and DATABASE_URL_FILE; KEYDESK_ENV_FILE names files with variables.`;

/** @returns the exit code */
async function main(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<number> {
  if (args.length > 0) {
    console.log(help);
    return args[0] === '--help' ? 0 : 2;
  }
  const ownerUrl = env['DATABASE_OWNER_URL'];
  if (ownerUrl === undefined || ownerUrl === '') {
    console.error(`DATABASE_OWNER_URL is not set.\n\n${help}`);
    return 2;
  }
  const app = env['DATABASE_URL'] === undefined || env['DATABASE_URL'] === '' ? undefined : addressIn(env['DATABASE_URL']);
  const wrong = addressIn(ownerUrl) === undefined ? 'DATABASE_OWNER_URL' : env['DATABASE_URL'] && app === undefined ? 'DATABASE_URL' : undefined;
  if (wrong !== undefined) {
    console.error(`${wrong} is no address. Expected postgres://role:password@host/database, signs such as # and / in the password percent-encoded.`);
    return 2;
  }
  try {
    const appRole = app === undefined || app.role === '' ? undefined : app.role;
    const applied = await migrate(ownerUrl, {
      ...(appRole !== undefined && { appRole }),
      ...(app !== undefined && app.password !== '' && { appPassword: app.password }),
    });
    // Afterwards, because the role is there by then. Run again, it does what is missing.
    await prepareJobs(ownerUrl, appRole);
    console.log(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}.`);
    return 0;
  } catch (error) {
    console.error(explain(error));
    return 1;
  }
}

/** Undefined for anything that the driver would read in a way of its own. */
function addressIn(text: string): { readonly role: string; readonly password: string } | undefined {
  const url = URL.parse(text);
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) return undefined;
  try {
    return { role: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  } catch {
    return undefined;
  }
}

function explain(error: unknown): string {
  if (error instanceof MigrationError) return error.message;
  if (error instanceof DatabaseError) return `The database refused (${error.code}): ${error.message}`;
  return `The database at DATABASE_OWNER_URL cannot be reached: ${error instanceof Error ? error.message || error.name : String(error)}`;
}

try {
  process.exitCode = await main(process.argv.slice(2), commandEnvironment(process.env));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
