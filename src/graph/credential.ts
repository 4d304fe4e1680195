// Who Keydesk is when it asks Graph, or Entra for the bot's own token. The library is loaded when the first token is asked for, and by `require`: botbuilder
// has loaded its CommonJS form already, and `import` would load the other form beside it (12 MB and 0.14 s more).

import type { ClientSecretCredentialOptions, TokenCredential } from '@azure/identity';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Part of the configuration: the tenant, and an application's proof or an identity that Azure gives to the machine. */
export interface CredentialSettings {
  readonly tenantId: string;
  readonly identity:
    | { readonly type: 'secret'; readonly clientId: string; readonly secret: { reveal(): string } }
    /** PEM file with certificate and private key; read each time, so that a renewed one is taken without a restart. */
    | { readonly type: 'certificate'; readonly clientId: string; readonly certificateFile: string }
    /** An application that trusts a managed identity's token (by its client id), or one in a file, read each time because it changes every hour. */
    | { readonly type: 'federated'; readonly clientId: string; readonly proof: { readonly managedIdentity: string } | { readonly tokenFile: string } }
    | { readonly type: 'managed-identity'; readonly clientId: string };
}

/** How the credential reaches Entra. */
export type AuthorityHttp = NonNullable<ClientSecretCredentialOptions['httpClient']>;

/** Only demo and tests, which have no Entra (turned.ts). */
export interface CredentialDoors {
  readonly authorityHttp?: AuthorityHttp | undefined;
}

/**
 * Makes no call. Each token comes from a credential of its own: the library keeps tokens by itself and would hand out
 * again the one that Graph has just refused. How long one is used is decided in tokens.ts.
 */
export function createCredential({ tenantId, identity }: CredentialSettings, { authorityHttp }: CredentialDoors = {}): TokenCredential {
  // One quick repeat and no more: somebody is waiting, with a deadline of a few seconds.
  const options = { retryOptions: { maxRetries: 1, retryDelayInMs: 200, maxRetryDelayInMs: 1000 }, ...(authorityHttp !== undefined && { httpClient: authorityHttp }) };
  const { clientId } = identity;
  return {
    async getToken(scopes, asked) {
      const library: typeof import('@azure/identity') = require('@azure/identity');
      switch (identity.type) {
        case 'secret':
          return new library.ClientSecretCredential(tenantId, clientId, identity.secret.reveal(), options).getToken(scopes, asked);
        case 'certificate':
          return new library.ClientCertificateCredential(tenantId, clientId, { certificatePath: identity.certificateFile }, options).getToken(scopes, asked);
        case 'federated':
          return new library.ClientAssertionCredential(tenantId, clientId, assertionOf(identity.proof, { authorityHttp }), options).getToken(scopes, asked);
        case 'managed-identity':
          return new library.ManagedIdentityCredential({ ...options, clientId }).getToken(scopes, asked);
      }
    },
  };
}

/** Fixed by Entra: for what a token is that proves an application in another's place. */
const exchangeScope = 'api://AzureADTokenExchange/.default';

/**
 * The token by which somebody else proves an application. The SDK's own federated credentials take one and keep it: after
 * its hour the bot would be nobody until it is started again. Here each proof is a fresh one.
 */
export function assertionOf(proof: { readonly managedIdentity: string } | { readonly tokenFile: string }, { authorityHttp }: CredentialDoors = {}): () => Promise<string> {
  if ('tokenFile' in proof) return async () => (await readFile(proof.tokenFile, 'utf8')).trim();
  const credential = createCredential({ tenantId: '', identity: { type: 'managed-identity', clientId: proof.managedIdentity } }, { authorityHttp });
  return async () => {
    const token = await credential.getToken(exchangeScope);
    if (token === null) throw new Error('the managed identity gave no token');
    return token.token;
  };
}
