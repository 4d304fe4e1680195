// The file outside of the database that always holds the newest checkpoint. It is whole at every moment: written beside
// it, brought to disk, then put in its place.
import { open, readFile, rename, rm } from 'node:fs/promises';
import { Fault } from '../domain/fault.ts';
import { parseCheckpoint, parseOrigin } from '../ledger/checkpoint.ts';
import { isLater } from '../ledger/anchors.ts';
import type { Random } from './append.ts';

export interface CheckpointFile {
  /** What it holds; undefined when it is not there, or empty. */
  read(): Promise<string | undefined>;
  /** Leaves a later checkpoint there: of two instances the slower one does not put it back. */
  write(note: string): Promise<void>;
}

/** Throws a Fault `ledger-unavailable` with the code of the operating system, and no path. */
export function checkpointFile(path: string, random: Random): CheckpointFile {
  const read = async (): Promise<string | undefined> => {
    try {
      const text = await readFile(path, 'utf8');
      return text.trim() === '' ? undefined : text;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw unusable('read', error);
    }
  };
  return {
    read,
    write: async (note) => {
      const there = await read();
      if (there === note || (there !== undefined && isOlder(note, there))) return;
      const beside = `${path}.${Buffer.from(random(6)).toString('hex')}`;
      try {
        const file = await open(beside, 'wx', 0o644);
        try {
          await file.writeFile(note, 'utf8');
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(beside, path);
      } catch (error) {
        await rm(beside, { force: true }).catch(() => undefined);
        throw unusable('written', error);
      }
    },
  };
}

/** Of the same ledger. What else stands there is not ours to judge here: the look at the ledger has accepted it. */
function isOlder(note: string, than: string): boolean {
  const [one, other] = [note, than].map((text) => {
    const checkpoint = parseCheckpoint(text);
    const origin = checkpoint && parseOrigin(checkpoint.origin);
    return checkpoint && origin && { ...origin, size: checkpoint.size };
  });
  return one !== undefined && other !== undefined && one.tenantId === other.tenantId && isLater(other, one);
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown error');

const unusable = (what: string, error: unknown): Fault => new Fault('ledger-unavailable', 'later', { message: `the file of KEYDESK_CHECKPOINT_FILE cannot be ${what} (${codeOf(error)})` });
