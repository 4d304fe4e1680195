// Keydesk as it runs in production, for the benchmark: Graph's last hop and the credential turned to the simulated
// tenant, messages let in without a token (the echo bot asks for none either), and limits under which a handful of
// people may ask for hundreds.
//   DATABASE_URL=postgres://… [KEYDESK_BENCH_SWEEP=yes] [KEYDESK_BENCH_API=yes] node src/launch.mjs test/bench/keydesk-process.ts <port> <simulator>

import { createHash } from 'node:crypto';
import { Secret } from '../../src/config/secret.ts';
import { systemClock, systemIds } from '../../src/config/system.ts';
import { tenantId } from '../../src/demo/cast.ts';
import { parseTenantId } from '../../src/domain/ids.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import { defaultSweepSettings } from '../../src/domain/sweep-desk.ts';
import { createCredential } from '../../src/graph/credential.ts';
import { createGraph } from '../../src/graph/graph.ts';
import { authorityTurnedTo, lastHopTurnedTo } from '../../src/graph/turned.ts';
import { startKeydesk } from '../../src/keydesk.ts';
import { createLog } from '../../src/log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { pemOf } from '../support/ledger-keys.ts';

const [port, simulator = ''] = process.argv.slice(2);
const database = process.env['DATABASE_URL'] ?? '';
const tenant = parseTenantId(tenantId);
if (tenant === undefined) throw new Error('the tenant of the cast is no GUID');

// The application and the role groups that the simulated tenant knows.
const identity = { type: 'secret', clientId: 'ac1d0000-0000-4000-8000-000000000001', secret: new Secret('sim-secret-of-keydesk') } as const;
const roleGroups = { agent: '6a0c0000-0000-4000-8000-000000000001', admin: '6a0c0000-0000-4000-8000-000000000002' };

// Counting goes on as ever, over no more rows than a busy person has in the window of the real limit.
const plenty = { max: 1_000_000, seconds: 1 };
const settings = { ...defaultSettings, askLimit: plenty, revealLimits: [plenty, plenty, plenty] };

const log = createLog({ level: 'info' });
const graph = createGraph({
  credential: createCredential({ tenantId: tenant, identity }, { authorityHttp: authorityTurnedTo(simulator) }),
  roleGroups,
  version: '0.1.0',
  clock: systemClock,
  ids: systemIds,
  random: Math.random,
  observe: (call) => log.debug({ ...call }, 'a call to Graph'),
  lastHop: lastHopTurnedTo(simulator),
  // Microsoft's limits are not the simulator's; what is measured is the work.
  sweepPagesPerSecond: 100_000,
});
const keydesk = await startKeydesk({
  host: '127.0.0.1',
  port: Number(port),
  tenantId: tenant,
  settings,
  fingerprint: createHash('sha256').update('benchmark').digest('hex'),
  inbound: { mode: 'unauthenticated-loopback' },
  graph,
  database: openDatabase(database),
  ledger: { signingKey: { reveal: () => pemOf(1) } },
  ...(process.env['KEYDESK_BENCH_SWEEP'] === 'yes' && { sweep: defaultSweepSettings }),
  ...(process.env['KEYDESK_BENCH_API'] !== undefined && { api: { audience: identity.clientId, appsMayReveal: false, requestsPerMinute: 1e9, addressRequestsPerMinute: 1e9, keysUrl: `${simulator}/${tenant}/discovery/v2.0/keys` } }),
  log,
});
const stop = (): void => {
  keydesk.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
