// Who the bot is towards the Bot Framework. The SDK takes an empty or misspelled type for MultiTenant and an empty app id
// for "accept everybody" (facts on botbuilder, T3); neither can be said here. Its own ways to a token are not used: with
// a managed identity it would also try the credentials of developer tools on the machine, a certificate it reads once,
// and a federated proof it keeps for ever although that ends within the hour. The token comes from where Graph's does.

import { AppCredentials, type AuthenticatorResult, PasswordServiceClientCredentialFactory, ServiceClientCredentialsFactory } from 'botframework-connector';
import { Fault } from '../domain/fault.ts';
import { parseGuid } from '../domain/ids.ts';

/** A token for one scope; it throws where there is none. */
export interface TokenSource {
  getToken(scope: string): Promise<{ readonly token: string; readonly expiresOnTimestamp: number }>;
}

/** Of one tenant: which one, and by which proof, is decided where `tokens` is made. */
export interface BotIdentity {
  readonly clientId: string;
  readonly tokens: TokenSource;
}

export class IdentityError extends Error {
  override readonly name = 'IdentityError';
}

/** Throws an IdentityError when the client id is none. */
export function credentialsFor({ clientId, tokens }: BotIdentity): ServiceClientCredentialsFactory {
  const parsed = parseGuid(clientId);
  if (parsed === undefined) throw new IdentityError("The bot's identity lacks the application (client) id of the bot: a GUID is expected.");
  return new TokenSourceFactory(parsed, tokens);
}

/** For the demo and tests: nobody is asked for a token, and none is sent. Only `unauthenticated-loopback` uses it. */
export const noCredentials = (): ServiceClientCredentialsFactory => new PasswordServiceClientCredentialFactory('', '', '');

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

  /** Throws a Fault: without a token nothing is sent, so nobody has to wonder whether it arrived. */
  protected override async refreshToken(): Promise<AuthenticatorResult> {
    try {
      const { token, expiresOnTimestamp } = await this.#tokens.getToken(`${this.oAuthScope}/.default`);
      return { accessToken: token, expiresOn: new Date(expiresOnTimestamp) };
    } catch (error) {
      throw new Fault('teams-unreachable', 'later', { message: 'no token for the connector', cause: error });
    }
  }
}
