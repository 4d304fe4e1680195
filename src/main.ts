// Production: the configuration of the environment, Microsoft's Graph, a PostgreSQL that is there already.

import { identitiesIn } from './config/identities.ts';
import { ConfigError, readConfig } from './config/read-config.ts';
import { systemClock, systemIds } from './config/system.ts';
import type { IdentityPurpose } from './domain/identity-purpose.ts';
import { createCredential } from './graph/credential.ts';
import { createGraph } from './graph/graph.ts';
import { startKeydesk } from './keydesk.ts';
import { createLog } from './log.ts';
import { openDatabase } from './store/database.ts';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog({ level: config.logLevel });
  const credential = createCredential(config);
  const graphOf = (who: typeof credential) =>
    createGraph({ credential: who, roleGroups: config.groups, version: '0.1.0', clock: systemClock, ids: systemIds, random: Math.random, observe: (call) => log.debug({ ...call }, 'a call to Graph') });
  const [own, ...apart] = identitiesIn(config);
  const graph = graphOf(credential);
  const graphs = [{ ...own, graph }, ...apart.map((one) => ({ ...one, graph: graphOf(createCredential({ tenantId: config.tenantId, identity: one.identity })) }))];
  const graphFor = (purpose: IdentityPurpose) => graphs.find(({ purposes }) => purposes.includes(purpose))?.graph ?? graph;
  const keydesk = await startKeydesk({
    ...config,
    settings: config.desk,
    inbound: { mode: 'authenticated', identity: { clientId: config.identity.clientId, tokens: { getToken: (scope) => credential.getToken(scope) } } },
    database: openDatabase(config.databaseUrl.reveal(), { onConnectionLost: (code) => log.warn({ code }, 'a database connection broke') }),
    graph: graphFor('metadata'),
    revealGraph: graphFor('reveal'),
    rotationGraph: graphFor('rotation'),
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

main().catch((error: unknown) => {
  // A ConfigError names every fault with its remedy and holds no secret; of anything else only the kind is told.
  console.error(error instanceof ConfigError ? error.message : `Keydesk could not start: ${error instanceof Error ? error.message : 'unknown error'}`);
  process.exit(1);
});
