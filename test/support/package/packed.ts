// App packages for tests: the one of this repository with values filled in, and any other with something broken in it.

import { strToU8, unzipSync, zipSync } from 'fflate';
import { fileURLToPath } from 'node:url';
import { buildPackage } from '../../../src/package/build.ts';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

export const values: ReadonlyMap<string, string> = new Map([
  ['APP_NAME_SUFFIX', ' (dev)'],
  ['APP_PUBLISHER_NAME', 'Contoso "IT" & Söhne'],
  ['APP_WEBSITE_URL', 'https://it.contoso.com/keydesk'],
  ['APP_PRIVACY_URL', 'https://it.contoso.com/keydesk/privacy'],
  ['APP_TERMS_URL', 'https://it.contoso.com/keydesk/terms'],
  ['TEAMS_APP_ID', '7ea30000-0000-4000-8000-000000000001'],
  ['BOT_ID', 'ac1d0000-0000-4000-8000-000000000001'],
  ['BOT_DOMAIN', 'keydesk.contoso.com'],
]);

/** With some values changed, or (undefined) taken out. */
export const packed = (change: Readonly<Record<string, string | undefined>> = {}): Uint8Array =>
  buildPackage(`${root}appPackage`, new Map([...values, ...Object.entries(change)].flatMap(([name, value]) => (value === undefined || (name in change && change[name] === undefined) ? [] : [[name, value] as const]))), 'dev');

export const filesOf = (zip: Uint8Array): Readonly<Record<string, Uint8Array>> => unzipSync(zip);

export const textOf = (zip: Uint8Array, name: string): string => Buffer.from(filesOf(zip)[name] ?? []).toString('utf8');

/** The package with some of its files replaced, added or (undefined) taken out. */
export function repacked(change: Readonly<Record<string, Uint8Array | string | undefined>>): Uint8Array {
  const files = Object.entries({ ...filesOf(packed()), ...change }).flatMap(([name, content]) => (content === undefined ? [] : [[name, typeof content === 'string' ? strToU8(content) : content] as const]));
  return zipSync(Object.fromEntries(files));
}

/** The package with its manifest as JSON put through a change of its text. */
export const withManifest = (change: (text: string) => string): Uint8Array => repacked({ 'manifest.json': change(textOf(packed(), 'manifest.json')) });
