// Settings may stand in files as well: KEYDESK_ENV_FILE names them, as env/.env.dev,env/.env.dev.user. Nothing is loaded
// by itself, and no place wins over another: a setting to which two places give different values is refused, with both
// places named. Whoever changed the one that loses would otherwise look for hours.
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { oddNamesIn } from './env-lines.ts';
import type { ConfigFault, Env } from './reader.ts';
import { isOpenToOthers } from './secret.ts';

const variable = 'KEYDESK_ENV_FILE';
/** Microsoft 365 Agents Toolkit writes secrets with this before their names, and keeps them out of its logs. */
const secretPrefix = 'SECRET_';
/** And what it wrote there itself has this before its value, and can be read by it alone. */
const encryptedPrefix = 'crypto_';

/** The variables that hold a secret, with that before their names or without. */
export const holdsSecret = (name: string): boolean => /(?:_SECRET|Password)$|^DATABASE_(?:OWNER_)?URL$|^KEYDESK_LEDGER_(?:FORMER_)?KEY$/.test(name);

type Setting = readonly [name: string, value: string];

/** Never throws, and no fault repeats a value. @param env `process.env` */
export function withEnvFiles(env: Env): { readonly env: Env; readonly faults: readonly ConfigFault[] } {
  const paths = (env[variable] ?? '').split(',').map((path) => path.trim()).filter((path) => path !== '');
  if (paths.length === 0) return { env, faults: [] };
  const faults: ConfigFault[] = [];
  const from = new Map<string, { readonly value: string; readonly place: string }>();
  const take = (settings: readonly Setting[], place: string): void => {
    for (const [name, value] of settings) {
      const other = from.get(name);
      if (other === undefined) from.set(name, { value, place });
      else if (other.value !== value) faults.push({ variable: name, expected: `one value; ${other.place} and ${place} give two`, remedy: 'Remove it from one of them, or give both the same.' });
    }
  };
  take(filledIn(env), 'the environment');
  for (const path of paths) take(settingsIn(path, faults), path);
  return { env: Object.fromEntries([...from].map(([name, { value }]) => [name, value])), faults };
}

/** An empty one is not given: samples name what nobody has filled in. */
const filledIn = (values: Env): readonly Setting[] => Object.entries(values).flatMap(([name, value = '']) => (value.trim() === '' ? [] : [[name, value.trim()] as const]));

function settingsIn(path: string, faults: ConfigFault[]): readonly Setting[] {
  const written = filledIn(parsed(path, faults));
  const marked = written.filter(([name]) => name.startsWith(secretPrefix));
  if (written.some(([name]) => name.startsWith(secretPrefix) || holdsSecret(name)) && isOpenToOthers(path)) faults.push({ variable, expected: `files with secrets that nobody but the service may read; ${path} is open to others`, remedy: `chmod u=rw,g=r,o= ${path}` });
  for (const [name, value] of marked) {
    if (value.startsWith(encryptedPrefix)) faults.push({ variable: name, expected: `its plain value in ${path}; this one the Toolkit has encrypted, and it alone can read that`, remedy: 'Give it in the environment, or in a file of its own.' });
  }
  return written.map(([name, value]) => [name.startsWith(secretPrefix) ? name.slice(secretPrefix.length) : name, value]);
}

function parsed(path: string, faults: ConfigFault[]): Env {
  try {
    // An editor's mark of UTF-8 would become a part of the first name.
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    const { cut, twice } = oddNamesIn(text);
    for (const name of cut) faults.push({ variable: name, expected: `a value that is taken as it stands; in ${path} its quotes, or a # in it, cut it off`, remedy: 'Put all of it into quotes of a kind that it does not hold: "…", \'…\' or `…`.' });
    for (const name of twice) faults.push({ variable: name, expected: `one value; ${path} gives two`, remedy: 'Remove one of the two lines.' });
    return parseEnv(text);
  } catch {
    faults.push({ variable, expected: `files that can be read; ${path} cannot`, remedy: 'Paths are separated by commas and start from where Keydesk was started.' });
    return {};
  }
}
