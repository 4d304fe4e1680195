// An installation as its environment configures it: the same configuration that the service starts with.

import { withEnvFiles } from '../config/env-files.ts';
import { identitiesIn } from '../config/identities.ts';
import { readConfig, type Config } from '../config/read-config.ts';
import { systemClock, systemDeadlines, systemIds } from '../config/system.ts';
import { createCredential, type CredentialSettings } from '../graph/credential.ts';
import type { GraphSettings } from '../graph/graph.ts';
import { createGraph } from '../graph/graph.ts';
import { openDatabase } from '../store/database.ts';
import type { IdentityPurpose } from '../domain/identity-purpose.ts';
import type { IdentityInUse, Patient } from './patient.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** @param endpoint where Teams reaches the service; KEYDESK_PUBLIC_URL when absent. Throws a ConfigError. */
export function installationIn(env: Env, endpoint: string | undefined): Patient {
  const config = readConfig(env);
  const { tenantId, groups, ledger, desk, entraLog } = config;
  const database = openDatabase(config.databaseUrl.reveal(), { applicationName: 'keydesk doctor', maxConnections: 2 });
  const [own, ...others] = identitiesIn(config);
  const edgeOf = ({ purposes, identity }: typeof own, apart?: IdentityPurpose): IdentityInUse => ({ ...inUse({ tenantId, identity }, purposes, groups), apart });
  return patientOf({
    tenantId,
    identities: [edgeOf(own), ...others.map((one) => edgeOf(one, one.purposes[0]))],
    groups,
    database,
    ledger,
    uses: { entraLog: entraLog !== undefined, selfService: desk.selfService, rotation: true, delegated: config.graphMode.mode === 'delegated' },
    local: `http://127.0.0.1:${config.port}`,
    endpoint: endpoint ?? (withEnvFiles(env).env['KEYDESK_PUBLIC_URL'] || undefined),
    authenticated: true,
  });
}

/** @param turned only for the demo: where Graph and Entra are there */
export function inUse(who: CredentialSettings, purposes: readonly IdentityPurpose[], roleGroups: Config['groups'], turned: { readonly authority?: Parameters<typeof createCredential>[1]; readonly edge?: Pick<GraphSettings, 'lastHop'> } = {}): IdentityInUse {
  const credential = createCredential(who, turned.authority);
  return { purposes, apart: undefined, identity: who.identity, credential, graph: createGraph({ credential, roleGroups, version: '0.1.0', clock: systemClock, ids: systemIds, random: Math.random, ...turned.edge }) };
}

/** With the doors that every patient has, and an end to all that was opened. */
export function patientOf(parts: Omit<Patient, 'fetch' | 'clock' | 'deadline' | 'close'>): Patient {
  return {
    ...parts,
    fetch,
    clock: systemClock,
    deadline: systemDeadlines.ask,
    close: async () => {
      for (const { graph } of parts.identities) graph.stop();
      await parts.database.close();
    },
  };
}
