import { readFileSync, statSync } from 'node:fs';

/** A value that prints as «secret» however it is printed. Only {@link reveal} gives it away. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '«secret»';
  }

  toJSON(): string {
    return '«secret»';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '«secret»';
  }
}

/** Why a secret's file is not used. */
export type FileFault = 'missing' | 'unreadable' | 'empty' | 'open-to-others';

/** The content of a secret's file without blanks and line breaks around it, as of a variable; or why not. Never throws. */
export function readSecretFile(path: string): Secret | FileFault {
  try {
    if (isOpenToOthers(path)) return 'open-to-others';
    // An editor's mark of UTF-8 goes with the blanks.
    const content = readFileSync(path, 'utf8').trim();
    return content === '' ? 'empty' : new Secret(content);
  } catch (error) {
    return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR') ? 'missing' : 'unreadable';
  }
}

/** The group may read, because Kubernetes gives a mounted secret to a service by its group. Windows says nothing here. */
export const isOpenToOthers = (path: string): boolean => process.platform !== 'win32' && (statSync(path).mode & 0o027) !== 0;

/** For a file that somebody else writes and that changes: its rights and its content are theirs. */
export function isReadableFile(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').trim() !== '';
  } catch {
    return false;
  }
}
