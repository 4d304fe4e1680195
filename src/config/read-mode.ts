// In whose name keys are read: an explicit choice, because the two guarantee different things (docs/threat-model.md).
import { z } from 'zod';
import type { Reader } from './reader.ts';
import type { Identity } from './read-identity.ts';

export type GraphMode =
  | { readonly mode: 'application' }
  | {
      readonly mode: 'delegated';
      /** The OAuth connection of the bot's registration that Teams signs people in with. */
      readonly connection: string;
      /** Where the browsers of people reach Keydesk; no slash at the end. */
      readonly publicUrl: string;
    };

const connectionVariable = 'KEYDESK_OAUTH_CONNECTION';
const urlVariable = 'KEYDESK_PUBLIC_URL';

export function readMode(read: Reader, identity: Identity | undefined): GraphMode | undefined {
  const mode = read.required(
    'KEYDESK_GRAPH_MODE',
    z.enum(['delegated', 'application']),
    'delegated or application',
    'delegated: keys are read in the name of who pressed, and Entra decides too (recommended). application: Keydesk reads them itself, and could read every one.',
  );
  if (mode === undefined) return undefined;
  if (mode === 'application') return onlyApplication(read);
  const connection = read.required(connectionVariable, z.string().regex(/^[\w-]{1,80}$/), 'the name of the OAuth connection of the bot', 'Azure portal → your bot → Configuration → OAuth connection settings.');
  const publicUrl = read.required(urlVariable, origin, 'the https:// address at which browsers reach Keydesk, without a path', 'The host of the messaging endpoint. Entra must know <address>/signin/done as a redirect URI of the bot’s registration.');
  if (identity?.type === 'managed-identity') {
    read.faults.push({ variable: 'MicrosoftAppType', expected: 'an application that can act for people, in delegated mode', remedy: 'A managed identity cannot. Use SingleTenant with a certificate or a federated credential, or set KEYDESK_GRAPH_MODE to application.' });
  }
  return connection === undefined || publicUrl === undefined ? undefined : { mode, connection, publicUrl };
}

/** A connection that nobody uses says that somebody expected people to be signed in. */
function onlyApplication(read: Reader): GraphMode | undefined {
  if (read.raw(connectionVariable) === undefined) return { mode: 'application' };
  read.faults.push({ variable: connectionVariable, expected: 'nothing in application mode, where nobody signs in', remedy: 'Remove it, or set KEYDESK_GRAPH_MODE to delegated.' });
  return undefined;
}

const origin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '') return url.origin;
  context.addIssue({ code: 'custom', message: 'no https origin' });
  return z.NEVER;
});
