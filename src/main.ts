// Production: the configuration of the environment, Microsoft's Graph, a PostgreSQL that is there already.

import { identitiesIn } from './config/identities.ts';
import { type Config, ConfigError, readConfig } from './config/read-config.ts';
import { systemClock, systemDeadlines, systemIds } from './config/system.ts';
import type { IdentityPurpose } from './domain/identity-purpose.ts';
import { assertionOf, createCredential } from './graph/credential.ts';
import type { CallRecord } from './graph/ask.ts';
import { endsOf } from './graph/credential-end.ts';
import { createGraph } from './graph/graph.ts';
import { createOnBehalfOf } from './graph/on-behalf-of.ts';
import { askForToken } from './graph/tokens.ts';
import { type DelegatedParts, startKeydesk } from './keydesk.ts';
import { createLog } from './log.ts';
import { stopOnSignals } from './stop-on-signals.ts';
import { openDatabase } from './store/database.ts';
import { startTelemetry } from './telemetry/start.ts';

const version = '0.1.0';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog({ level: config.logLevel });
  const telemetry = await startTelemetry({ env: process.env, version, instance: systemIds.clientRequest(), now: Date.now, log });
  const observe = (call: CallRecord): void => {
    log.debug({ ...call }, 'a call to Graph');
    telemetry?.graphCall(call);
  };
  const credential = createCredential(config);
  const graphOf = (who: typeof credential) =>
    createGraph({ credential: who, roleGroups: config.groups, version, clock: systemClock, ids: systemIds, random: Math.random, observe });
  const [own, ...apart] = identitiesIn(config);
  const graph = graphOf(credential);
  const identities = [{ ...own, graph }, ...apart.map((one) => ({ ...one, graph: graphOf(createCredential({ tenantId: config.tenantId, identity: one.identity })) }))];
  const graphFor = (purpose: IdentityPurpose) => identities.find(({ purposes }) => purposes.includes(purpose))?.graph ?? graph;
  const keydesk = await startKeydesk({
    ...config,
    settings: config.desk,
    inbound: { mode: 'authenticated', identity: { clientId: config.identity.clientId, tokens: { getToken: (scope) => askForToken(credential, scope, { patience: systemDeadlines.press }) } } },
    database: openDatabase(config.databaseUrl.reveal(), { onConnectionLost: (code) => log.warn({ code }, 'a database connection broke'), ...(telemetry && { onLent: telemetry.connectionLent }) }),
    graph: graphFor('metadata'),
    revealGraph: graphFor('reveal'),
    rotationGraph: graphFor('rotation'),
    ...delegatedOf(config),
    credentialEnds: () => endsOf(identities, systemClock.now(), systemDeadlines.work),
    log,
    ...(telemetry && { telemetry }),
  });
  const stop = async (): Promise<void> => {
    await keydesk.stop();
    await telemetry?.stop();
  };
  stopOnSignals(stop, log);
}

/** The bot's registration proves itself at the exchange as it does for itself. */
function delegatedOf({ graphMode, identity, tenantId }: Config): { readonly delegated?: DelegatedParts } {
  if (graphMode.mode === 'application') return {};
  // The configuration refuses it: a managed identity cannot act for people.
  if (identity.type === 'managed-identity') throw new Error('delegated mode needs an application');
  const { connection, publicUrl } = graphMode;
  const proven = identity.type === 'federated' ? { type: 'assertion', clientId: identity.clientId, assertion: assertionOf(identity.proof) } as const : identity;
  return { delegated: { clientId: identity.clientId, connection, publicUrl, exchange: createOnBehalfOf({ tenantId, identity: proven }) } };
}

main().catch((error: unknown) => {
  // A ConfigError names every fault with its remedy and holds no secret. What else can be is a port, an address or a file.
  console.error(error instanceof ConfigError ? error.message : `Keydesk could not start: ${error instanceof Error ? error.message : 'unknown error'}`);
  process.exit(1);
});
