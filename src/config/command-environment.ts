// For commands beside the service (migrate, audit, demo), which read single variables and need no whole configuration.
import { withEnvFiles } from './env-files.ts';
import { ConfigError } from './read-config.ts';
import { type Env, Reader } from './reader.ts';

/** Addresses with a password in them, as the command wants them in the environment. */
const addresses = ['DATABASE_URL', 'DATABASE_OWNER_URL'] as const;

/** The environment with the files that it names: those of KEYDESK_ENV_FILE, and those of addresses. Throws a ConfigError with every fault. */
export function commandEnvironment(given: Env): Env {
  const { env, faults } = withEnvFiles(given);
  const read = new Reader(env);
  const fromFiles = addresses.flatMap((name) => (read.raw(`${name}_FILE`) === undefined ? [] : [[name, read.secret(name, 'a postgres:// address')?.reveal()] as const]));
  const all = [...faults, ...read.faults];
  if (all.length > 0) throw new ConfigError(all, 'Nothing was done');
  return fromFiles.length === 0 ? env : { ...env, ...Object.fromEntries(fromFiles) };
}
