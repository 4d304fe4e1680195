// A patient of the doctor: the simulated tenant, a database of its own, and whatever a test breaks in it.

import { checks } from '../../src/doctor/checks.ts';
import { inUse, patientOf } from '../../src/doctor/installation.ts';
import { examine, type Told } from '../../src/doctor/examine.ts';
import type { IdentityInUse, Patient } from '../../src/doctor/patient.ts';
import type { CredentialSettings } from '../../src/graph/credential.ts';
import type { IdentityPurpose } from '../../src/domain/identity-purpose.ts';
import { parseTenantId } from '../../src/domain/ids.ts';
import { authorityTurnedTo, lastHopTurnedTo } from '../../src/graph/turned.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/sim/simulator.ts';
import { type App, apps } from '../../src/sim/tenant/apps.ts';
import { roleGroups, tenantId } from '../../src/sim/tenant/people.ts';
import { openDatabase } from '../../src/store/database.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { known } from './known.ts';
import { pemOf } from './ledger-keys.ts';

export interface Ward {
  readonly simulator: Simulator;
  readonly database: TestDatabase;
  /** An identity as the installation would have it. */
  readonly identity: (app: App, purposes: readonly IdentityPurpose[], change?: Partial<{ readonly secret: string; readonly certificateFile: string; readonly tenantId: string; readonly clientId: string }>) => IdentityInUse;
}

export interface DoctorCase {
  readonly tenant?: SimulatorOptions;
  /** What is otherwise in the installation; may change tenant and database too. */
  readonly broken?: (ward: Ward) => Partial<Patient> | Promise<Partial<Patient>>;
}

const groups = { agent: roleGroups.agent.id, admin: roleGroups.admin.id, approver: roleGroups.approver.id, auditor: roleGroups.auditor.id };
/** Where the service of these tests is reached; the door below stands in for the internet. */
export const publicUrl = 'https://keydesk.example';

/** What answers where Keydesk should be, by `METHOD /path`: as a service in production does. */
export const serviceThere: Answers = { 'GET /healthz': { status: 200, body: '{"status":"ok"}' }, 'POST /api/messages': { status: 401 } };

export type Answers = Readonly<Record<string, { readonly status: number; readonly body?: string }>>;

/** @param answers by `METHOD /path`; nothing listens for others */
export const reached = (answers: Answers): typeof fetch => (target, init) => {
  const url = new URL(target instanceof Request ? target.url : target);
  const answer = answers[`${init?.method ?? 'GET'} ${url.pathname}`];
  return answer === undefined ? Promise.reject(new TypeError('fetch failed')) : Promise.resolve(new Response(answer.body ?? null, { status: answer.status }));
};

/** All that the doctor finds, and what the tenant was asked. */
export async function examined({ tenant, broken = () => ({}) }: DoctorCase = {}): Promise<{ readonly told: readonly Told[]; readonly simulator: Simulator }> {
  const simulator = await startSimulator({ devices: 0, ...tenant });
  const database = await testDatabase();
  const turned = { authority: { authorityHttp: authorityTurnedTo(simulator.url) }, edge: { lastHop: lastHopTurnedTo(simulator.url) } };
  const identity: Ward['identity'] = (app, purposes, { secret = app.secret, certificateFile, clientId = app.clientId, tenantId: of = tenantId } = {}) => {
    const who: CredentialSettings['identity'] = certificateFile === undefined ? { type: 'secret', clientId, secret: { reveal: () => secret } } : { type: 'certificate', clientId, certificateFile };
    return { ...inUse({ tenantId: of, identity: who }, purposes, groups, turned), apart: purposes.includes('metadata') ? undefined : purposes[0] };
  };
  const well = patientOf({
    tenantId: known(parseTenantId(tenantId)),
    identities: [identity(apps.keydesk, ['metadata', 'reveal']), identity(apps.keydeskRotation, ['rotation'])],
    groups,
    database: openDatabase(database.appUrl, { maxConnections: 2 }),
    ledger: { signingKey: { reveal: () => pemOf(1) } },
    uses: { entraLog: true, selfService: true, rotation: true, delegated: false },
    local: 'http://127.0.0.1:3978',
    endpoint: publicUrl,
    authenticated: true,
  });
  const change = await broken({ simulator, database, identity });
  const patient: Patient = { ...well, fetch: reached(serviceThere), ...change };
  try {
    return { told: await examine(patient, checks, () => undefined), simulator };
  } finally {
    await well.close();
    if (change.database !== undefined) await change.database.close();
    for (const { graph } of change.identities ?? []) graph.stop();
    await simulator.stop();
  }
}

/** `verdict what` of each finding that is not ok. */
export const notWell = (told: readonly Told[]): readonly string[] => told.flatMap(({ finding: { verdict, what } }) => (verdict === 'ok' ? [] : [`${verdict}: ${what}`]));
