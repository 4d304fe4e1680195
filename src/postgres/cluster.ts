// A database cluster in a data folder: where it lies, its passwords, its first start.
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Account, canEnter, run } from './account.ts';
import type { Binaries } from './binaries.ts';
import { readJson, writePrivate } from './files.ts';

export const ownerRole = 'keydesk_owner';
export const appRole = 'keydesk_app';
export const databaseName = 'keydesk';

const clusterForm = z.object({
  /** Absolute: the cluster itself, owned by the server's account. */
  pgdata: z.string(),
  ownerPassword: z.string(),
  appPassword: z.string(),
  /** The port of the last start, kept where it is free, so that an address noted down stays true. */
  port: z.number().optional(),
});
export type Cluster = z.infer<typeof clusterForm>;

const noteIn = (dataFolder: string): string => join(dataFolder, 'postgres.json');

/** What was noted of the cluster of a data folder; undefined before its first start, or when the cluster is gone. */
export function knownCluster(dataFolder: string): Cluster | undefined {
  const noted = clusterForm.safeParse(readJson(noteIn(dataFolder)));
  return noted.success && existsSync(join(noted.data.pgdata, 'PG_VERSION')) ? noted.data : undefined;
}

export const noteCluster = (dataFolder: string, cluster: Cluster): void => writePrivate(noteIn(dataFolder), JSON.stringify(cluster));

/**
 * A new cluster; half a second. Made under another name and renamed when whole, so that a first start that was cut off
 * leaves nothing that a second one would trust. `fast` leaves out the sync to disk.
 */
export async function makeCluster(dataFolder: string, account: Account, binaries: Binaries, fast: boolean): Promise<Cluster> {
  const home = homeFor(dataFolder, account);
  const making = join(home, `making-${randomBytes(4).toString('hex')}`);
  const password = join(home, `password-${randomBytes(4).toString('hex')}`);
  const cluster = { pgdata: join(home, 'cluster'), ownerPassword: secret(), appPassword: secret() };
  try {
    writeFileSync(password, cluster.ownerPassword, { mode: 0o600, flag: 'wx' });
    giveTo(account, password);
    await run(account, binaries.program('initdb'), [
      `--pgdata=${making}`,
      `--username=${ownerRole}`,
      `--pwfile=${password}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Letters of all languages are folded, and no locale of the machine is needed.
      '--locale-provider=builtin',
      '--locale=C.UTF-8',
      '--no-instructions',
      ...(fast ? ['--no-sync'] : []),
    ]);
    // A cluster whose note is lost cannot be entered any more: its passwords were in the note.
    if (existsSync(cluster.pgdata)) renameSync(cluster.pgdata, `${cluster.pgdata}-without-note-${randomBytes(4).toString('hex')}`);
    renameSync(making, cluster.pgdata);
    noteCluster(dataFolder, cluster);
    return cluster;
  } catch (error) {
    // Outside of the data folder nobody would look for it.
    if (!home.startsWith(dataFolder)) rmSync(home, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(password, { force: true });
    rmSync(making, { recursive: true, force: true });
  }
}

/** URL-safe, 192 bits. */
const secret = (): string => randomBytes(24).toString('base64url');

/**
 * A folder of the server's account: below the data folder, or, when the account cannot get there (a checkout below
 * /root), below /var/tmp, which outlives a restart of the machine. The note in the data folder says where.
 */
function homeFor(dataFolder: string, account: Account): string {
  if (canEnter(account, dataFolder)) {
    const home = join(dataFolder, 'postgres');
    mkdirSync(home, { recursive: true, mode: 0o700 });
    return giveTo(account, home);
  }
  return giveTo(account, mkdtempSync('/var/tmp/keydesk-'));
}

function giveTo(account: Account, path: string): string {
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
  return path;
}

/** For an ephemeral data folder: nothing is left, here or where the cluster was put. */
export function removeAll(dataFolder: string): void {
  const cluster = knownCluster(dataFolder);
  if (cluster !== undefined) rmSync(join(cluster.pgdata, '..'), { recursive: true, force: true });
  rmSync(dataFolder, { recursive: true, force: true });
}
