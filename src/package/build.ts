// The package of one environment: the manifest and its languages filled, the icons as they are, all at the top of a zip.

import { zipSync } from 'fflate';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PackageError } from './package-error.ts';
import { fill } from './placeholders.ts';
import type { Values } from './values.ts';

const templates = ['manifest.json', 'de.json'] as const;
const pictures = ['color.png', 'outline.png'] as const;

/** Written into the zip for each file, so that equal contents are an equal zip. */
const written = '2026-01-01T00:00:00';

/**
 * @param folder appPackage/
 * @param environment only for words: where a value is missing
 * Throws a PackageError when a value is not set, and when a secret would go in.
 */
export function buildPackage(folder: string, values: Values, environment: string): Uint8Array {
  const filled = templates.map((name) => ({ name, ...fill(readFileSync(join(folder, name), 'utf8'), values) }));
  const [secret, unset] = [namesOf(filled, 'secret'), namesOf(filled, 'unset')];
  if (secret.length > 0) throw new PackageError(`A package may hold no secret: ${secret.join(', ')}.`, 'Everybody who may install the app can read it. Take the placeholder out of appPackage/.');
  if (unset.length > 0) {
    throw new PackageError(`There is no value for ${unset.join(', ')}.`, `Set ${unset.length === 1 ? 'it' : 'them'} in env/.env.${environment}; "provision" of the Agents Toolkit writes TEAMS_APP_ID, BOT_ID and BOT_DOMAIN, the others are yours.`);
  }
  const files = [...filled.map(({ name, text }) => [name, Buffer.from(text)] as const), ...pictures.map((name) => [name, readFileSync(join(folder, name))] as const)];
  return zipSync(Object.fromEntries(files), { level: 9, mtime: written });
}

const namesOf = (filled: readonly { readonly unset: readonly string[]; readonly secret: readonly string[] }[], which: 'unset' | 'secret'): readonly string[] => [...new Set(filled.flatMap((one) => one[which]))];
