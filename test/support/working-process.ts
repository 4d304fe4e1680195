// Keydesk in a process of its own, for tests that need two of them, or one that is killed: real clock, real jobs, Graph's
// last hop turned to the simulated tenant.
//   node src/launch.mjs test/support/working-process.ts <simulator> <database>
// Says its address on the first line, and ends when its standard input does, so that it never outlives the test.

import { createCredential } from '../../src/graph/credential.ts';
import { createGraph } from '../../src/graph/graph.ts';
import { authorityTurnedTo, lastHopTurnedTo } from '../../src/graph/turned.ts';
import { systemClock, systemIds } from '../../src/config/system.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import { startKeydesk } from '../../src/keydesk.ts';
import { createLog } from '../../src/log.ts';
import { apps } from '../../src/sim/tenant/apps.ts';
import { roleGroups } from '../../src/sim/tenant/people.ts';
import { openDatabase } from '../../src/store/database.ts';
import { tenantId } from './keydesk/people.ts';
import { pemOf } from './ledger-keys.ts';

const [simulator = '', database = ''] = process.argv.slice(2);
const log = createLog({ level: 'debug', destination: { write: (line) => void process.stderr.write(line) } });

const graphAs = (app: { readonly clientId: string; readonly secret: string }) =>
  createGraph({
    credential: createCredential({ tenantId, identity: { type: 'secret', clientId: app.clientId, secret: { reveal: () => app.secret } } }, { authorityHttp: authorityTurnedTo(simulator) }),
    roleGroups: { agent: roleGroups.agent.id, admin: roleGroups.admin.id },
    version: '0.1.0',
    clock: systemClock,
    ids: systemIds,
    random: Math.random,
    lastHop: lastHopTurnedTo(simulator),
    observe: (call) => log.debug({ ...call }, 'a call to Graph'),
  });

const keydesk = await startKeydesk({
  host: '127.0.0.1',
  port: 0,
  tenantId,
  settings: { ...defaultSettings, followSeconds: [2] },
  fingerprint: '00'.repeat(32),
  inbound: { mode: 'unauthenticated-loopback' },
  graph: graphAs(apps.keydesk),
  rotationGraph: graphAs(apps.keydeskRotation),
  database: openDatabase(database),
  ledger: { signingKey: { reveal: () => pemOf(1) } },
  log,
  jobPollSeconds: 0.5,
});
console.log(keydesk.url);
process.stdin.resume().once('end', () => void keydesk.stop().then(() => process.exit(0)));
