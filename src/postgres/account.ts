import { spawn, spawnSync } from 'node:child_process';

/** Whom the server runs as. PostgreSQL refuses to run as root. Empty: as whoever runs us. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

const name = 'postgres';

/**
 * The account for the server: ourselves, or, when we are root, the user `postgres`, which is made when it is missing
 * (a system user without a home and a shell, as Debian's own package does). Throws an Error with the remedy.
 */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const known = lookUp();
  if (known !== undefined) return known;
  const made = spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name]);
  const account = lookUp();
  if (account !== undefined) return account;
  throw new Error(
    `PostgreSQL does not run as root, and the user "${name}" could not be made ` +
      `(useradd: ${made.error?.message ?? made.stderr.toString().trim()}). Create it, or start Keydesk as another user.`,
  );
}

function lookUp(): Account | undefined {
  const id = (flag: string): number | undefined => {
    const answer = spawnSync('id', [flag, name], { encoding: 'utf8' });
    return answer.status === 0 ? Number(answer.stdout.trim()) : undefined;
  };
  const [uid, gid] = [id('-u'), id('-g')];
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** Little of our environment: PGPORT, PGDATA and the like would change what the server does, and secrets stay here. */
export const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'] ?? '',
  ...(process.env['TMPDIR'] !== undefined && { TMPDIR: process.env['TMPDIR'] }),
  LC_ALL: 'C',
  TZ: 'UTC',
  ...(process.platform === 'win32' && { SystemRoot: process.env['SystemRoot'] ?? '', TEMP: process.env['TEMP'] ?? '' }),
});

/** `cwd` is the root: the server's account may not enter the folder that we were started in. */
export const spawnOptions = (account: Account) => ({ ...account, cwd: '/', env: environment() });

/** Runs a program to its end. Rejects with the last of what it said. */
export function run(account: Account, program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...spawnOptions(account), stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const hear = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-2000);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(said);
      else reject(new Error(`${program} ended with ${code ?? signal}: ${said.trim()}`));
    });
  });
}

/** Whether the account can enter a folder: asked of the system, since modes alone do not know of ACLs and mounts. */
export const canEnter = (account: Account, folder: string): boolean =>
  account.uid === undefined || spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...spawnOptions(account), stdio: 'ignore' }).status === 0;
