// The values of one environment, in the form of the Agents Toolkit: `env/.env.NAME`, and what belongs to one person or is
// secret in `env/.env.NAME.user`, which is never committed.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { PackageError } from './package-error.ts';

export type Values = ReadonlyMap<string, string>;

/** @param environment `dev`, `local`, … Throws a PackageError for one that is not there. */
export function readValues(folder: string, environment: string): Values {
  if (!/^[\w-]+$/.test(environment)) throw new PackageError(`"${environment}" is no name of an environment.`, 'Names are made of letters, digits, - and _.');
  const shared = contentOf(join(folder, `.env.${environment}`));
  if (shared === undefined) throw new PackageError(`There is no env/.env.${environment}.`, 'Make it after env/.env.dev, or name another environment with --env.');
  const own = contentOf(join(folder, `.env.${environment}.user`)) ?? '';
  return new Map(Object.entries({ ...parseEnv(shared), ...parseEnv(own) }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
