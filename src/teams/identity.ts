// Who the bot is towards the Bot Framework: one of a closed set. The SDK takes an empty or misspelled type for
// MultiTenant and an empty app id for "accept everybody" (facts on botbuilder, T3); neither can be said here.

import {
  AppCredentials,
  type AuthenticatorResult,
  CertificateServiceClientCredentialsFactory,
  PasswordServiceClientCredentialFactory,
  ServiceClientCredentialsFactory,
} from 'botframework-connector';
import { parseGuid } from '../domain/ids.ts';

/** A token for one scope. @azure/identity's credentials have this form. */
export interface TokenSource {
  getToken(scope: string): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

export type BotIdentity =
  | { readonly type: 'secret'; readonly clientId: string; readonly tenantId: string; readonly secret: string }
  | { readonly type: 'certificate'; readonly clientId: string; readonly tenantId: string; readonly thumbprint: string; readonly privateKey: string }
  /**
   * User-assigned. The token comes from `tokens`, made where the managed identity is known: the SDK itself would also
   * try the credentials of developer tools on the machine.
   */
  | { readonly type: 'managed-identity'; readonly clientId: string; readonly tenantId: string; readonly tokens: TokenSource };

export class IdentityError extends Error {
  override readonly name = 'IdentityError';
}

/** Throws an IdentityError that says what is missing; never the value of a secret. */
export function credentialsFor(identity: BotIdentity): ServiceClientCredentialsFactory {
  const clientId = guid(identity.clientId, 'the application (client) id of the bot');
  const tenantId = guid(identity.tenantId, 'the id of the tenant that the bot is registered in');
  switch (identity.type) {
    case 'secret':
      return new PasswordServiceClientCredentialFactory(clientId, filled(identity.secret, 'the client secret of the bot'), tenantId);
    case 'certificate':
      return new CertificateServiceClientCredentialsFactory(
        clientId,
        filled(identity.thumbprint, 'the thumbprint of the certificate'),
        filled(identity.privateKey, 'the private key of the certificate'),
        tenantId,
      );
    case 'managed-identity':
      return new TokenSourceFactory(clientId, identity.tokens);
    default:
      return unknownType(identity);
  }
}

/** For the demo and tests: nobody is asked for a token, and none is sent. Only `unauthenticated-loopback` uses it. */
export const noCredentials = (): ServiceClientCredentialsFactory => new PasswordServiceClientCredentialFactory('', '', '');

function unknownType(identity: never): never {
  const type: unknown = typeof identity === 'object' && identity !== null ? Reflect.get(identity, 'type') : identity;
  throw new IdentityError(`The bot's identity has the type ${JSON.stringify(type)}; expected secret, certificate or managed-identity. MultiTenant bots are refused.`);
}

function guid(value: string, what: string): string {
  const parsed = parseGuid(value);
  if (parsed === undefined) throw new IdentityError(`The bot's identity lacks ${what}: a GUID is expected.`);
  return parsed;
}

function filled(value: string, what: string): string {
  if (value.trim() === '') throw new IdentityError(`The bot's identity lacks ${what}.`);
  return value;
}

class TokenSourceFactory extends ServiceClientCredentialsFactory {
  readonly #clientId: string;
  readonly #tokens: TokenSource;

  constructor(clientId: string, tokens: TokenSource) {
    super();
    this.#clientId = clientId;
    this.#tokens = tokens;
  }

  override isValidAppId(appId: string): Promise<boolean> {
    return Promise.resolve(appId === this.#clientId);
  }

  override isAuthenticationDisabled(): Promise<boolean> {
    return Promise.resolve(false);
  }

  override createCredentials(appId: string, audience: string | undefined): Promise<AppCredentials> {
    return Promise.resolve(new TokenSourceCredentials(appId, audience, this.#tokens));
  }
}

/** The base class keeps the token until five minutes before its end. */
class TokenSourceCredentials extends AppCredentials {
  readonly #tokens: TokenSource;

  constructor(appId: string, audience: string | undefined, tokens: TokenSource) {
    super(appId, undefined, audience);
    this.#tokens = tokens;
  }

  protected override async refreshToken(): Promise<AuthenticatorResult> {
    const token = await this.#tokens.getToken(`${this.oAuthScope}/.default`);
    if (token === null) throw new IdentityError('The managed identity gave no token.');
    return { accessToken: token.token, expiresOn: new Date(token.expiresOnTimestamp) };
  }
}
