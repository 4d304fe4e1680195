// The demo that runs on this machine, as a patient: its simulated tenant, its database, its Keydesk.

import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { parseTenantId } from '../domain/ids.ts';
import { demoDesk, demoIdentity, demoRoleGroups, demoRotationIdentity } from '../demo/settings.ts';
import { authorityTurnedTo, lastHopTurnedTo } from '../graph/turned.ts';
import { hasCluster, startPostgres } from '../postgres/start.ts';
import { openDatabase } from '../store/database.ts';
import { type Env, inUse, patientOf } from './installation.ts';
import type { Patient } from './patient.ts';

/** Throws an Error with the remedy when there is no demo to look at. */
export async function demoIn(env: Env): Promise<Patient> {
  const dataFolder = env['KEYDESK_DATA_DIR'] || '.keydesk';
  if (!hasCluster(dataFolder)) throw new Error(`There is no demo to look at: ${dataFolder} holds no database. Run "npm run demo" in another terminal, or name its folder with KEYDESK_DATA_DIR.`);
  const simulator = `http://127.0.0.1:${env['KEYDESK_SIM_PORT'] || '3979'}`;
  if (!(await answers(`${simulator}/_sim/requests`))) throw new Error(`There is no demo to look at: the simulated tenant does not answer at ${simulator}. Run "npm run demo" in another terminal, or name its port with KEYDESK_SIM_PORT.`);
  const tenantId = parseTenantId(demoIdentity.tenantId);
  if (tenantId === undefined) throw new Error('the tenant of the demo is no GUID: a defect');
  // The one that the demo has started is shared; this lets go of it again.
  const postgres = await startPostgres({ dataFolder });
  const turned = { authority: { authorityHttp: authorityTurnedTo(simulator) }, edge: { lastHop: lastHopTurnedTo(simulator) } };
  const key = readFileSync(join(dataFolder, 'ledger-key.pem'), 'utf8');
  const patient = patientOf({
    tenantId,
    identities: [inUse(demoIdentity, ['metadata', 'reveal'], demoRoleGroups, turned), { ...inUse(demoRotationIdentity, ['rotation'], demoRoleGroups, turned), apart: 'rotation' }],
    groups: demoRoleGroups,
    database: openDatabase(postgres.appUrl, { applicationName: 'keydesk doctor', maxConnections: 2 }),
    ledger: { signingKey: { reveal: () => key }, checkpointFile: join(dataFolder, 'checkpoint.txt') },
    uses: { entraLog: true, selfService: demoDesk.selfService, rotation: true, delegated: false },
    local: `http://127.0.0.1:${env['PORT'] || '3978'}`,
    endpoint: undefined,
    authenticated: false,
  });
  return {
    ...patient,
    close: async () => {
      await patient.close();
      await postgres.stop();
    },
  };
}

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(3000) })).ok;
  } catch {
    return false;
  }
};
