import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Whole or not at all, and for nobody else's eyes. */
export function writePrivate(file: string, text: string): void {
  const making = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(making, text, { mode: 0o600, flag: 'wx' });
  renameSync(making, file);
}

/** Undefined when there is no such file. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The JSON in a file, or undefined when there is none or it is not JSON. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readIfThere(file) ?? 'null') ?? undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
