// The source as text: what each file imports and what its code says without comments. TypeScript 7 has no stable
// parser for programs, and the house is written so regularly that patterns at the beginning of a line suffice.

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface Import {
  /** As it resolves: `src/domain/ids.ts`, `node:fs`, `pg`. */
  readonly target: string;
  readonly typeOnly: boolean;
}

export interface Source {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments, so that a word in a comment counts for nothing. */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** All files below a folder, without what is not ours. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(posix.relative(root, entry.parentPath.replaceAll('\\', '/')), entry.name))
    .sort();
}

export const readText = (path: string): string => readFileSync(join(root, path), 'utf8');

export const readSources = (): readonly Source[] =>
  filesBelow('src')
    .filter((path) => /\.(?:ts|mjs)$/.test(path))
    .map((path) => sourceOf(path, readText(path)));

export function sourceOf(path: string, text: string): Source {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
  return { path, text, code, imports: importsOf(path, code) };
}

const statement = /^(?:import|export)\s+(?<typeOnly>type\s)?[^;'"]*?\bfrom\s*['"](?<spec>[^'"]+)['"]/gm;
const bare = /^import\s*['"](?<spec>[^'"]+)['"]/gm;
/** `import('x')`, `require('x')`, `….resolve('x')`; `typeof import('x')` is a type. */
const called = /(?<typeOnly>typeof\s+)?\b(?:import|require|resolve)\(\s*['"](?<spec>[^'"]+)['"]/g;

const importsOf = (path: string, code: string): readonly Import[] =>
  [statement, bare, called].flatMap((pattern) =>
    [...code.matchAll(pattern)].map(({ groups }) => ({ target: targetOf(path, groups?.['spec'] ?? ''), typeOnly: groups?.['typeOnly'] !== undefined })),
  );

function targetOf(path: string, spec: string): string {
  if (spec.startsWith('.')) return posix.join(posix.dirname(path), spec);
  if (spec.startsWith('node:')) return spec;
  return spec.split('/').slice(0, spec.startsWith('@') ? 2 : 1).join('/');
}

/** `teams` of `src/teams/bot.ts`, `main.ts` of `src/main.ts`. */
export const roomOf = (path: string): string => path.split('/')[1] ?? path;

export const isOurs = ({ target }: Import): boolean => target.startsWith('src/') || target.startsWith('test/');
export const isPackage = (one: Import): boolean => !isOurs(one) && !one.target.startsWith('node:');
