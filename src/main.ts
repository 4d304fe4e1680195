// Production: the configuration of the environment, Microsoft's Graph, a PostgreSQL that is there already.

import { readFileSync } from 'node:fs';
import { type Config, ConfigError, readConfig } from './config/read-config.ts';
import type { Identity } from './config/read-identity.ts';
import { systemClock, systemIds } from './config/system.ts';
import { createCredential } from './graph/credential.ts';
import { createGraph } from './graph/graph.ts';
import { createOnBehalfOf } from './graph/on-behalf-of.ts';
import { type DelegatedParts, startKeydesk } from './keydesk.ts';
import { createLog } from './log.ts';
import { openDatabase } from './store/database.ts';
import type { BotIdentity } from './teams/identity.ts';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog({ level: config.logLevel });
  const credential = createCredential(config);
  const graphOf = (who: typeof credential) =>
    createGraph({ credential: who, roleGroups: config.groups, version: '0.1.0', clock: systemClock, ids: systemIds, random: Math.random, observe: (call) => log.debug({ ...call }, 'a call to Graph') });
  const keydesk = await startKeydesk({
    ...config,
    settings: config.desk,
    inbound: { mode: 'authenticated', identity: botOf(config, credential) },
    database: openDatabase(config.databaseUrl.reveal(), { onConnectionLost: (code) => log.warn({ code }, 'a database connection broke') }),
    graph: graphOf(credential),
    ...(config.rotationIdentity && { rotationGraph: graphOf(createCredential({ tenantId: config.tenantId, identity: config.rotationIdentity })) }),
    ...delegatedOf(config),
    log,
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping');
      keydesk.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'did not stop cleanly');
          process.exit(1);
        },
      );
    });
  }
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
