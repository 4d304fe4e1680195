// Production: the configuration of the environment, Microsoft's Graph, a PostgreSQL that is there already.

import { readFileSync } from 'node:fs';
import { identitiesIn } from './config/identities.ts';
import { type Config, ConfigError, readConfig } from './config/read-config.ts';
import type { Identity } from './config/read-identity.ts';
import { systemClock, systemDeadlines, systemIds } from './config/system.ts';
import { createCredential } from './graph/credential.ts';
import type { CallRecord } from './graph/ask.ts';
import { endsOf } from './graph/credential-end.ts';
import { createGraph } from './graph/graph.ts';
import { createOnBehalfOf } from './graph/on-behalf-of.ts';
import { type DelegatedParts, startKeydesk } from './keydesk.ts';
import { createLog } from './log.ts';
import { stopOnSignals } from './stop-on-signals.ts';
import { openDatabase } from './store/database.ts';
import type { BotIdentity } from './teams/identity.ts';
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
  const graph = graphOf(credential);
  const identities = identitiesIn(config).map((one) => ({ ...one, graph: one.identity === config.identity ? graph : graphOf(createCredential({ tenantId: config.tenantId, identity: one.identity })) }));
  const rotationGraph = identities.find(({ purposes }) => purposes.includes('rotation'))?.graph;
  const keydesk = await startKeydesk({
    ...config,
    settings: config.desk,
    inbound: { mode: 'authenticated', identity: botOf(config, credential) },
    database: openDatabase(config.databaseUrl.reveal(), { onConnectionLost: (code) => log.warn({ code }, 'a database connection broke'), ...(telemetry && { onLent: telemetry.connectionLent }) }),
    graph,
    ...(rotationGraph && { rotationGraph }),
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

function botOf({ identity, tenantId }: Config, credential: ReturnType<typeof createCredential>): BotIdentity {
  const { clientId } = identity;
  switch (identity.type) {
    case 'secret':
      return { type: 'secret', clientId, tenantId, secret: identity.secret.reveal() };
    case 'certificate':
      return { type: 'certificate', clientId, tenantId, thumbprint: identity.thumbprint, privateKey: pemOf(identity) };
    case 'managed-identity':
      return { type: 'managed-identity', clientId, tenantId, tokens: { getToken: (scope) => credential.getToken(scope) } };
  }
}

/** The bot's registration proves itself at the exchange as it does for itself. */
function delegatedOf({ graphMode, identity, tenantId }: Config): { readonly delegated?: DelegatedParts } {
  if (graphMode.mode === 'application') return {};
  // The configuration refuses it: a managed identity cannot act for people.
  if (identity.type === 'managed-identity') throw new Error('delegated mode needs an application');
  const { connection, publicUrl } = graphMode;
  return { delegated: { clientId: identity.clientId, connection, publicUrl, exchange: createOnBehalfOf({ tenantId, identity }) } };
}

const pemOf = (identity: Extract<Identity, { type: 'certificate' }>): string => readFileSync(identity.certificateFile, 'utf8');

main().catch((error: unknown) => {
  // A ConfigError names every fault with its remedy and holds no secret; of anything else only the kind is told.
  console.error(error instanceof ConfigError ? error.message : `Keydesk could not start: ${error instanceof Error ? error.message : 'unknown error'}`);
  process.exit(1);
});
