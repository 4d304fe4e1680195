// The SDK's adapter, built so that its loose defaults cannot be reached (facts on botbuilder, T2, T3, T4). Everything
// it sends goes through the shared connector clients of connectors.ts.

import { CloudAdapter, ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import {
  type AuthenticateRequestResult,
  AuthenticationConfiguration,
  AuthenticationConstants,
  AuthenticationError,
  BotFrameworkAuthentication,
  type ClaimsIdentity,
  ConnectorFactory,
  type ServiceClientCredentialsFactory,
  ToBotFromBotOrEmulatorTokenValidationParameters,
  type UserTokenClient,
} from 'botframework-connector';
import type { Connectors } from './connectors.ts';

/** The documents that name the signing keys. Only tests bring their own. */
export interface OpenIdMetadata {
  readonly channelUrl: string;
  readonly emulatorUrl: string;
}

const microsoftMetadata: OpenIdMetadata = {
  channelUrl: AuthenticationConstants.ToBotFromChannelOpenIdMetadataUrl,
  emulatorUrl: AuthenticationConstants.ToBotFromEmulatorOpenIdMetadataUrl,
};

export function createAdapter(credentials: ServiceClientCredentialsFactory, connectors: Connectors, metadata: OpenIdMetadata = microsoftMetadata): CloudAdapter {
  closeIssuerList();
  const inner = new ConfigurationBotFrameworkAuthentication(publicCloud(metadata), credentials, new AuthenticationConfiguration([], onlyChannelTokens));
  return new CloudAdapter(new SharedClients(inner, connectors));
}

/** All of it said here: with one value left out the SDK would take undefined for it, with none a default of its own. */
const publicCloud = (metadata: OpenIdMetadata) => ({
  ValidateAuthority: true,
  ToChannelFromBotLoginUrl: AuthenticationConstants.ToChannelFromBotLoginUrl,
  ToChannelFromBotOAuthScope: AuthenticationConstants.ToChannelFromBotOAuthScope,
  ToBotFromChannelTokenIssuer: AuthenticationConstants.ToBotFromChannelTokenIssuer,
  OAuthUrl: AuthenticationConstants.OAuthUrl,
  ToBotFromChannelOpenIdMetadataUrl: metadata.channelUrl,
  ToBotFromEmulatorOpenIdMetadataUrl: metadata.emulatorUrl,
  CallerId: 'urn:botframework:azure',
});

/**
 * T2: the SDK also accepts tokens of the Bot Framework Emulator, which are Entra tokens of any tenant, and believes
 * any serviceUrl beside them. Here the verified issuer must be the channel service.
 */
function onlyChannelTokens(claims: readonly { readonly type: string; readonly value: string }[]): Promise<void> {
  const issuer = claims.find((claim) => claim.type === AuthenticationConstants.IssuerClaim)?.value;
  if (issuer !== AuthenticationConstants.ToBotFromChannelTokenIssuer) throw new AuthenticationError('not a channel token', 401);
  return Promise.resolve();
}

/**
 * T2, its other half: for each new tenant id in a token, verified or not, the SDK adds four issuers to a list of its
 * own, without end. No such token is accepted here, therefore the list need not grow.
 */
function closeIssuerList(): void {
  const { issuer } = ToBotFromBotOrEmulatorTokenValidationParameters;
  if (Array.isArray(issuer)) Object.defineProperty(issuer, 'push', { value: () => issuer.length, configurable: true });
}

const tokenErrors: ReadonlySet<string> = new Set(['JsonWebTokenError', 'NotBeforeError', 'TokenExpiredError']);

/** A wrong signature is the caller's fault; the SDK answers 500 to it. What else fails (no signing keys to be had) stays ours. */
const unauthorised = (error: unknown): unknown => (error instanceof Error && tokenErrors.has(error.name) ? new AuthenticationError('not a valid token', 401) : error);

/** The SDK makes two HTTP clients a turn; these are made once. Verification of tokens is the SDK's own. */
class SharedClients extends BotFrameworkAuthentication {
  readonly #inner: BotFrameworkAuthentication;
  readonly #factory: ConnectorFactory;
  #userTokens: Promise<UserTokenClient> | undefined;

  constructor(inner: BotFrameworkAuthentication, connectors: Connectors) {
    super();
    this.#inner = inner;
    this.#factory = { create: (serviceUrl) => connectors.at(serviceUrl) };
  }

  override async authenticateRequest(...given: Parameters<BotFrameworkAuthentication['authenticateRequest']>): Promise<AuthenticateRequestResult> {
    const result = await this.#inner.authenticateRequest(...given).catch((error: unknown) => Promise.reject(unauthorised(error)));
    return { ...result, connectorFactory: this.#factory };
  }

  override authenticateStreamingRequest(): Promise<AuthenticateRequestResult> {
    return Promise.reject(new AuthenticationError('streaming is not offered', 401));
  }

  override createConnectorFactory(): ConnectorFactory {
    return this.#factory;
  }

  override createUserTokenClient(identity: ClaimsIdentity): Promise<UserTokenClient> {
    return (this.#userTokens ??= this.#inner.createUserTokenClient(identity));
  }
}
