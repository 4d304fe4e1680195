// Who Keydesk is when it asks Graph. The library is loaded when the first token is asked for, and by `require`: botbuilder
// has loaded its CommonJS form already, and `import` would load the other form beside it (12 MB and 0.14 s more).

import type { ClientSecretCredentialOptions, TokenCredential } from '@azure/identity';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Part of the configuration: the tenant, and an application's proof or an identity that Azure gives to the machine. */
export interface CredentialSettings {
  readonly tenantId: string;
  readonly identity:
    | { readonly type: 'secret'; readonly clientId: string; readonly secret: { reveal(): string } }
    /** PEM file with certificate and private key; read each time, so that a renewed one is taken without a restart. */
    | { readonly type: 'certificate'; readonly clientId: string; readonly certificateFile: string }
    | { readonly type: 'managed-identity'; readonly clientId: string };
}

/** How the credential reaches Entra. */
export type AuthorityHttp = NonNullable<ClientSecretCredentialOptions['httpClient']>;

/**
 * Makes no call. Each token comes from a credential of its own: the library keeps tokens by itself and would hand out
 * again the one that Graph has just refused. How long one is used is decided in tokens.ts.
 * @param authorityHttp only demo and tests, which have no Entra (turned.ts)
 */
export function createCredential({ tenantId, identity }: CredentialSettings, { authorityHttp }: { readonly authorityHttp?: AuthorityHttp } = {}): TokenCredential {
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
        case 'managed-identity':
          return new library.ManagedIdentityCredential({ ...options, clientId }).getToken(scopes, asked);
      }
    },
  };
}
