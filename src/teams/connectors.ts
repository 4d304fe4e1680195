// Clients of the Bot connector, one for each serviceUrl, made once and kept: the SDK would make one a turn. The
// egress guard stands at the bottom of each, on the bytes that leave.

import { AuthenticationConstants, ConnectorClient, type ServiceClientCredentialsFactory } from 'botframework-connector';
import { Fault } from '../domain/fault.ts';
import type { EgressGuard } from './egress-guard.ts';
import { isAllowedServiceUrl, type ServiceUrls } from './service-url.ts';

export interface Connectors {
  /** Throws a Fault `teams-unreachable`, before any call, for an address that is not Teams' own. */
  at(serviceUrl: string): Promise<ConnectorClient>;
}

export interface ConnectorSettings {
  readonly credentials: ServiceClientCredentialsFactory;
  /** Empty where nobody is asked for a token. */
  readonly clientId: string;
  readonly serviceUrls: ServiceUrls;
  readonly guard: EgressGuard;
}

/** Teams uses a handful; the store may hold older ones. */
const mostKept = 50;

export function createConnectors(settings: ConnectorSettings): Connectors {
  const clients = new Map<string, Promise<ConnectorClient>>();
  return {
    async at(serviceUrl) {
      // One that is kept was let through before.
      const kept = clients.get(serviceUrl);
      if (kept !== undefined) return kept;
      if (!isAllowedServiceUrl(serviceUrl, settings.serviceUrls)) {
        throw new Fault('teams-unreachable', 'never', { message: 'the serviceUrl is not one of Teams' });
      }
      const [oldest] = clients.keys();
      if (clients.size >= mostKept && oldest !== undefined) clients.delete(oldest);
      const made = connect(serviceUrl, settings);
      clients.set(serviceUrl, made);
      // One that could not be made is made anew at the next turn.
      made.catch(() => clients.delete(serviceUrl));
      return made;
    },
  };
}

async function connect(serviceUrl: string, settings: ConnectorSettings): Promise<ConnectorClient> {
  const credentials = await settings.credentials.createCredentials(
    settings.clientId,
    AuthenticationConstants.ToChannelFromBotOAuthScope,
    AuthenticationConstants.ToChannelFromBotLoginUrl,
    true,
  );
  const connector = new ConnectorClient(credentials, { baseUri: serviceUrl, userAgent: 'Keydesk' });
  const pipeline = parsePipeline(connector);
  // T4: it repeats POSTs up to four times over six seconds, which doubles messages and outlasts an invoke. What may be
  // repeated is decided in sender.ts. A redirect would carry the bot's token to an address that nobody checked.
  pipeline.removePolicy({ name: 'defaultRetryPolicy' });
  pipeline.removePolicy({ name: 'redirectPolicy' });
  // The SDK reads HTTP_PROXY from the environment, which is right towards Teams and wrong towards this machine.
  if (settings.serviceUrls === 'loopback') pipeline.removePolicy({ name: 'proxyPolicy' });
  pipeline.addPolicy({
    name: 'keydeskEgressGuard',
    sendRequest: async (request, next) => {
      if (request.body !== undefined && request.body !== null) settings.guard.connector(parseBody(request.body));
      return next(request);
    },
  });
  return connector;
}

/** The SDK serialises before policies without a phase run; what is no text cannot be looked into and does not leave. */
function parseBody(body: unknown): string {
  if (typeof body !== 'string') throw new Fault('internal', 'never', { message: 'egress refused: a body that is no text' });
  return body;
}

interface OutgoingRequest {
  readonly body?: unknown;
}

interface Pipeline {
  removePolicy(options: { readonly name: string }): readonly unknown[];
  addPolicy(policy: { readonly name: string; sendRequest(request: OutgoingRequest, next: (request: OutgoingRequest) => Promise<unknown>): Promise<unknown> }): void;
}

/**
 * The SDK keeps its pipeline private, and offers no other door to it. A version that keeps it elsewhere fails here, at
 * the first turn of any test, and never by repeating in silence.
 */
function parsePipeline(connector: object): Pipeline {
  const client: unknown = Reflect.get(connector, 'client');
  const pipeline: unknown = typeof client === 'object' && client !== null ? Reflect.get(client, 'pipeline') : undefined;
  const isPipeline = typeof pipeline === 'object' && pipeline !== null && 'removePolicy' in pipeline && 'addPolicy' in pipeline;
  if (!isPipeline) throw new Error('the connector client keeps its pipeline elsewhere than in botframework-connector 4.23.3');
  return pipeline as Pipeline;
}
