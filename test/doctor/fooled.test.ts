// What looks well and is not: the doctor must not be green over it.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { isRed, type Told } from '../../src/doctor/examine.ts';
import { installationIn } from '../../src/doctor/installation.ts';
import { instantAt } from '../../src/domain/instant.ts';
import { createLastHop } from '../../src/graph/last-hop.ts';
import { createGraph } from '../../src/graph/graph.ts';
import { apps } from '../../src/sim/tenant/apps.ts';
import { systemIds } from '../../src/config/system.ts';
import { examined } from '../support/doctor.ts';
import { pemOf } from '../support/ledger-keys.ts';

const of = (told: readonly Told[], what: string) => told.flatMap(({ finding }) => (finding.what === what ? [finding] : []))[0];

describe('doctor: is not fooled', () => {
  it('by a Graph that does not take the token that Entra gives: nothing works then, and it says where to look', async () => {
    const { told } = await examined({ broken: ({ simulator }) => (simulator.faults.add({ path: /^\/(?:v1\.0|beta)\/./, status: 401 }), {}) });
    assert.equal(isRed(told), true);
    const found = of(told, 'Microsoft Graph');
    assert.equal(found?.found, 'answered none of these questions: Graph does not take the token');
    assert.match(JSON.stringify(found), /Service principal sign-ins/);
  });

  it('by a Graph that cannot be reached, while Entra can', async () => {
    const unreachable = createLastHop('http://127.0.0.1:1');
    const { told } = await examined({
      broken: ({ identity }) => {
        const own = identity(apps.keydesk, ['metadata', 'reveal', 'rotation']);
        const graph = createGraph({ credential: own.credential, roleGroups: {}, version: '0', clock: { now: () => instantAt(Date.now()) }, ids: systemIds, random: Math.random, lastHop: unreachable });
        own.graph.stop();
        return { identities: [{ ...own, graph }], deadline: () => AbortSignal.timeout(200) };
      },
    });
    assert.equal(isRed(told), true);
    assert.match(of(told, 'Microsoft Graph')?.found ?? '', /none of these questions: Graph (?:cannot be reached|did not answer in time)/);
    assert.match(of(told, 'clock (Microsoft Graph)')?.found ?? '', /Graph cannot be reached/);
  });

  it('and is not red for one question that came to nothing', async () => {
    const { told } = await examined({ broken: ({ simulator }) => (simulator.faults.add({ path: /directoryAudits/, status: 503 }), {}) });
    assert.deepEqual([isRed(told), of(told, 'AuditLog.Read.All')?.verdict, of(told, 'Microsoft Graph')], [false, 'not checked', undefined]);
  });

  it('by a file of the checkpoint that cannot be read, over which the service shows nothing', async () => {
    const path = mkdtempSync(join(tmpdir(), 'keydesk-doctor-'));
    const { told } = await examined({ broken: () => ({ ledger: { signingKey: { reveal: () => pemOf(1) }, checkpointFile: path } }) });
    const found = of(told, 'checkpoint file');
    assert.deepEqual([found?.verdict, found?.found], ['broken', 'the file of KEYDESK_CHECKPOINT_FILE cannot be read (EISDIR)']);
  });

  for (const [how, grant] of [
    ['set itself in the place of the owner', 'grant owner_of_ledger to keydesk_app with inherit false; alter table keydesk.ledger_text owner to owner_of_ledger'],
    ['change one column', 'grant update (body) on keydesk.ledger_entry to keydesk_app'],
    ['put a trigger on it', 'grant trigger on keydesk.ledger_entry to keydesk_app'],
  ] as const) {
    it(`by a role that has no right of the table and may ${how}`, async () => {
      const { told } = await examined({
        broken: async ({ database }) => {
          const owner = new Client({ connectionString: database.ownerUrl });
          await owner.connect();
          await owner.query(grant.includes('owner_of_ledger') ? `create role owner_of_ledger; ${grant}` : grant);
          await owner.end();
          return {};
        },
      });
      assert.match(of(told, 'database role')?.found ?? '', /may change the ledger/);
    });
  }

  it('by a policy of rotation whose value nobody can read', async () => {
    const { told } = await examined({ broken: ({ simulator }) => (simulator.faults.add({ path: /configurationPolicies/, status: 200, headers: { 'content-type': 'application/json' }, body: policies('_9') }), {}) });
    assert.deepEqual([of(told, 'rotation policy')?.verdict, of(told, 'rotation policy')?.found], ['not checked', 'what Laptops says of it cannot be read']);
    const { told: good } = await examined({ broken: ({ simulator }) => (simulator.faults.add({ path: /configurationPolicies/, status: 200, headers: { 'content-type': 'application/json' }, body: policies('_1', 'https://graph.microsoft.com/beta/more') }), {}) });
    assert.equal(of(good, 'rotation policy')?.found, 'on for Entra joined devices (Laptops; not every policy was looked at)');
  });

  it('by an Entra that never answers for the token of Teams', async () => {
    const { told } = await examined({
      broken: ({ identity }) => {
        const own = identity(apps.keydesk, ['metadata', 'reveal', 'rotation']);
        const getToken: typeof own.credential.getToken = (scope, options) =>
          String(scope).includes('botframework') ? new Promise((_resolve, reject) => options?.abortSignal?.addEventListener('abort', () => reject(new Error('given up')))) : own.credential.getToken(scope, options);
        return { identities: [{ ...own, credential: { getToken } }], deadline: () => AbortSignal.timeout(1000) };
      },
    });
    assert.equal(of(told, 'token (Teams)')?.verdict, 'broken');
  });

  it('by where a setting stands: the address in a file of KEYDESK_ENV_FILE is the one that is tried', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'keydesk-doctor-')), '.env');
    writeFileSync(path, 'KEYDESK_PUBLIC_URL=https://keydesk.example\n');
    const given = { KEYDESK_TENANT_ID: 'c0417050-0000-4000-8000-000000000000', MicrosoftAppType: 'SingleTenant', MicrosoftAppId: apps.keydesk.clientId, MicrosoftAppPassword: 'x', KEYDESK_GRAPH_MODE: 'application', DATABASE_URL: 'postgres://keydesk_app:x@127.0.0.1:1/keydesk', KEYDESK_GROUP_AGENTS: '60000000-0000-4000-8000-000000000001', KEYDESK_LEDGER_KEY: pemOf(1) };
    for (const [more, endpoint] of [[{ KEYDESK_ENV_FILE: path }, 'https://keydesk.example'], [{}, undefined]] as const) {
      const patient = installationIn({ ...given, ...more }, undefined);
      assert.equal(patient.endpoint, endpoint);
      await patient.close();
    }
  });

  it('and says in delegated mode what it cannot see, with where to look', async () => {
    const uses = { entraLog: false, selfService: false, rotation: true };
    const { told } = await examined({ broken: () => ({ uses: { ...uses, delegated: true } }) });
    assert.equal(of(told, 'in the name of people')?.verdict, 'not checked');
    assert.match(JSON.stringify(of(told, 'in the name of people')), /delegated permissions/);
    const { told: application } = await examined({ broken: () => ({ uses: { ...uses, delegated: false } }) });
    assert.equal(of(application, 'in the name of people'), undefined);
  });
});

const policies = (ending: string, next?: string): string =>
  JSON.stringify({
    value: [{ id: '1', name: 'Laptops', settings: [{ settingInstance: { settingDefinitionId: 'device_vendor_msft_bitlocker_configurerecoverypasswordrotation', choiceSettingValue: { value: `device_vendor_msft_bitlocker_configurerecoverypasswordrotation${ending}` } } }] }],
    ...(next !== undefined && { '@odata.nextLink': next }),
  });
