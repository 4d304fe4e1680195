// Who Keydesk is when it asks Graph. The library is loaded when the first token is asked for: it takes 0.2 s to load,
// and a bot that starts has other things to do first.

import type { ClientSecretCredentialOptions, TokenCredential } from '@azure/identity';

/** An application's proof, or an identity that Azure gives to the machine it runs on. */
export type CredentialSettings =
  | { readonly kind: 'client-secret'; readonly tenantId: string; readonly clientId: string; readonly secret: string }
  /** PEM: certificate and private key in one text. */
  | { readonly kind: 'certificate'; readonly tenantId: string; readonly clientId: string; readonly pem: string }
  /** Without a client id the machine's own, system-assigned identity. */
  | { readonly kind: 'managed-identity'; readonly clientId?: string };

/** How the credential reaches Entra. */
export type AuthorityHttp = NonNullable<ClientSecretCredentialOptions['httpClient']>;

/**
 * Makes no call. Each token comes from a credential of its own: the library keeps tokens by itself and would hand out
 * again the one that Graph has just refused. How long one is used is decided in tokens.ts.
 * @param authorityHttp only demo and tests, which have no Entra (turned.ts)
 */
export function createCredential(settings: CredentialSettings, { authorityHttp }: { readonly authorityHttp?: AuthorityHttp } = {}): TokenCredential {
  // One quick repeat and no more: somebody is waiting, with a deadline of a few seconds.
  const options = { retryOptions: { maxRetries: 1, retryDelayInMs: 200, maxRetryDelayInMs: 1000 }, ...(authorityHttp !== undefined && { httpClient: authorityHttp }) };
  return {
    async getToken(scopes, asked) {
      const identity = await import('@azure/identity');
      switch (settings.kind) {
        case 'client-secret':
          return new identity.ClientSecretCredential(settings.tenantId, settings.clientId, settings.secret, options).getToken(scopes, asked);
        case 'certificate':
          return new identity.ClientCertificateCredential(settings.tenantId, settings.clientId, { certificate: settings.pem }, options).getToken(scopes, asked);
        case 'managed-identity':
          return new identity.ManagedIdentityCredential({ ...options, ...(settings.clientId !== undefined && { clientId: settings.clientId }) }).getToken(scopes, asked);
      }
    },
  };
}
