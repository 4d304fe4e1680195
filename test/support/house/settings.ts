// Variables: which the code reads, which the papers tell of, which the samples in env/ name. Each function takes text, so
// that a test can show it a bad sample.

import { ConfigError, readConfig } from '../../../src/config/read-config.ts';
import type { Env } from '../../../src/config/reader.ts';

/** Of Microsoft 365 Agents Toolkit: it writes them, or its files and the app package want them. Keydesk reads none of them. */
export const toolkitNames: ReadonlySet<string> = new Set([
  'TEAMSFX_ENV', 'APP_NAME_SUFFIX', 'APP_PUBLISHER_NAME', 'APP_WEBSITE_URL', 'APP_PRIVACY_URL', 'APP_TERMS_URL', 'TEAMS_APP_ID',
  'BOT_ID', 'BOT_OBJECT_ID', 'BOT_TENANT_ID', 'BOT_DOMAIN', 'BOT_ENDPOINT', 'BOT_PASSWORD', 'RESOURCE_SUFFIX', 'AZURE_SUBSCRIPTION_ID', 'AZURE_RESOURCE_GROUP_NAME',
  'DATABASE_OWNERS_GROUP_ID', 'DATABASE_OWNERS_GROUP_NAME', 'DATABASE_ADMIN_PASSWORD', 'BOT_AZURE_APP_SERVICE_RESOURCE_ID', 'AAD_APP_ACCESS_AS_USER_PERMISSION_ID',
]);

/** Names the samples themselves, and so cannot stand in one. */
export const onlyInEnvironment = ['KEYDESK_ENV_FILE'] as const;

/** Every way through the configuration, so that each variable is asked for once. */
const ways: readonly Env[] = [
  {},
  { MicrosoftAppType: 'SingleTenant', KEYDESK_GRAPH_MODE: 'application', KEYDESK_AUDIT_CHANNEL: '19:x@thread.tacv2' },
  { MicrosoftAppType: 'UserAssignedMsi', KEYDESK_GRAPH_MODE: 'delegated' },
];

/** Names that readConfig asks for; it fails on the way, and asks for all of them all the same. */
export function namesReadAtStart(): readonly string[] {
  const names = new Set<string>();
  const noting = (env: Env): Env => new Proxy(env, {
    get: (target, name) => {
      if (typeof name === 'string') names.add(name);
      return typeof name === 'string' ? target[name] : undefined;
    },
  });
  for (const env of ways) faultsOfConfig(noting(env));
  return [...names];
}

/** Variables that the configuration finds fault with. */
export function faultsOfConfig(env: Env): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ variable }) => variable);
    throw error;
  }
}

/** Names in quotes: how every other file asks for one. */
export const namesInCode = (texts: readonly string[]): readonly string[] =>
  [...new Set(texts.flatMap((text) => [...text.matchAll(/'((?:KEYDESK|DATABASE)_[A-Z_]*[A-Z]|MicrosoftApp[A-Z]\w+|AZURE_[A-Z_]+|PORT)'/g)].map(([, name]) => name ?? '')))];

/** `NAME_FILE` is another way to say `NAME`, where there is that. */
export const namesWithoutFiles = (names: readonly string[]): readonly string[] => [...new Set(names)].filter((name) => !names.includes(name.replace(/_FILE$/, '')) || !name.endsWith('_FILE'));

/** First column of the tables under "Settings". */
export function settingsTold(markdown: string): readonly string[] {
  const section = markdown.split(/^## /m).find((part) => part.startsWith('Settings\n')) ?? '';
  return [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name ?? '');
}

/** Lines of an env file; `marked`: with the Toolkit's mark for secrets, which is not part of the name. */
export function settingsIn(text: string): readonly { readonly name: string; readonly value: string; readonly comment: string; readonly marked: boolean }[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const [, mark, name, value = ''] = /^(SECRET_)?(\w+)=(.*)$/.exec(line) ?? [];
    const before = lines[index - 1] ?? '';
    return name === undefined ? [] : [{ name, value, comment: before.startsWith('#') ? before : '', marked: mark !== undefined }];
  });
}
