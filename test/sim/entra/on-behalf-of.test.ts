import assert from 'node:assert/strict';
import { createSigner } from '../../../src/sim/entra/signing.ts';
import { apiPersonClaims } from '../../../src/sim/entra/tokens.ts';
import { type Simulator, startSimulator } from '../../../src/sim/simulator.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { cast } from '../../../src/sim/tenant/people.ts';
import { call, clientHeaders, errorCode, field, tokenForm, tokenPath } from '../support/caller.ts';
import { decoded } from '../support/jwt.ts';

describe('sim/entra/on-behalf-of', () => {
  let sim: Simulator;
  before(async () => (sim = await startSimulator({ devices: 0 })));
  after(() => sim.stop());
  afterEach(() => {
    Object.assign(sim.tenant.acting, { consented: true, challenge: undefined });
    sim.tenant.directory.setEntraRoles(cast.alex.id, ['Helpdesk Administrator']);
  });

  const door = (path: string, body: object) => call(`${sim.url}/_sim/${path}`, { method: 'POST', body: JSON.stringify(body) });
  const signIn = async (change: object = {}): Promise<string> => String(field((await door('token', { as: cast.alex.id, scopes: ['access_as_user'], ...change })).body, 'access_token'));
  const exchange = async (fields: Readonly<Record<string, string | undefined>> = {}) =>
    call(`${sim.url}${tokenPath}`, { method: 'POST', body: tokenForm(apps.keydesk, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', requested_token_use: 'on_behalf_of', assertion: await signIn(), ...fields }) });
  const bearer = async (): Promise<string> => `Bearer ${String(field((await exchange()).body, 'access_token'))}`;
  const key = () => sim.tenant.fleet.keys.find(({ deviceId }) => sim.tenant.fleet.byDeviceId(deviceId)?.ownerId === cast.adele.id);
  const read = async () => call(`${sim.url}/v1.0/informationProtection/bitlocker/recoveryKeys/${key()?.id}?$select=key`, { headers: { authorization: await bearer(), ...clientHeaders } });

  it('gives a token for Graph that names the person and holds delegated permissions', async () => {
    const { status, body } = await exchange();
    assert.equal(status, 200);
    const { claims } = decoded(field(body, 'access_token'));
    assert.deepEqual([claims['oid'], claims['appid'], claims['idtyp'], claims['scp'], claims['roles']], [cast.alex.id, apps.keydesk.clientId, 'user', apps.keydesk.delegated.join(' '), undefined]);
  });

  const refusals: readonly (readonly [what: string, fields: () => Promise<Readonly<Record<string, string | undefined>>>, number: number])[] = [
    ['a wrong proof of the application', async () => ({ client_secret: 'guessed' }), 7_000_215],
    ['no use', async () => ({ requested_token_use: undefined }), 900_144],
    ['no sign-in', async () => ({ assertion: undefined }), 900_144],
    ['a sign-in to another application', async () => ({ assertion: await signIn({ audience: apps.helpdeskScript.clientId }) }), 500_131],
    ['a sign-in that is over', async () => ({ assertion: await signIn({ change: { exp: 1 } }) }), 500_133],
    ['a sign-in of another tenant', async () => ({ assertion: await signIn({ change: { tid: 'elsewhere' } }) }), 50_013],
    ['a sign-in that somebody else signed', async () => ({ assertion: (await createSigner()).sign(apiPersonClaims(cast.alex, { roles: [], scopes: [] }, { tenant: sim.tenant, audience: apps.keydesk.clientId })) }), 50_013],
    ['an application’s token', async () => ({ assertion: String(field((await door('token', { as: 'app' })).body, 'access_token')) }), 50_058],
    ['a resource that is not Graph', async () => ({ scope: 'https://vault.azure.net/.default' }), 500_011],
  ];
  for (const [what, fields, number] of refusals) {
    it(`refuses ${what}`, async () => {
      const { status, body } = await exchange(await fields());
      assert.deepEqual([status >= 400, field(body, 'error_codes', 0)], [true, number]);
    });
  }

  it('refuses without consent, and as Conditional Access says, until told otherwise', async () => {
    await door('acting', { consented: false });
    const missing = (await exchange()).body;
    assert.deepEqual([field(missing, 'error'), field(missing, 'suberror'), field(missing, 'error_codes', 0)], ['invalid_grant', 'consent_required', 65_001]);
    await door('acting', { challenge: { number: 50_079, claims: '{}' } });
    const challenged = (await exchange()).body;
    assert.deepEqual([field(challenged, 'error'), field(challenged, 'claims'), field(challenged, 'error_codes', 0)], ['interaction_required', '{}', 50_079]);
    await door('acting', {});
    assert.equal((await exchange()).status, 200);
  });

  it('lets the person read a key by a role that is active, and not without one; the log names the person', async () => {
    assert.equal((await read()).status, 200);
    const [row] = sim.tenant.audit.rows();
    assert.ok(row?.by.kind === 'person' && row.by.id === cast.alex.id);
    await door(`people/${cast.alex.id}/entra-roles`, { roles: [] });
    const refused = await read();
    assert.deepEqual([refused.status, errorCode(refused)], [403, 'accessDenied']);
    assert.equal(sim.tenant.audit.rows().length, 1);
  });

  it('opens nothing to a person but the key and the rotation', async () => {
    for (const path of ['informationProtection/bitlocker/recoveryKeys', 'deviceManagement/managedDevices', 'devices']) {
      assert.equal((await call(`${sim.url}/v1.0/${path}`, { headers: { authorization: await bearer(), ...clientHeaders } })).status, 403, path);
    }
  });

  it('refuses a rotation to a person without the role in Intune, and takes it with it', async () => {
    const managed = sim.tenant.fleet.machinesNamed('LAPTOP-42')[0]?.managed;
    const rotate = async () => (await call(`${sim.url}/beta/deviceManagement/managedDevices/${managed?.id}/rotateBitLockerKeys`, { method: 'POST', headers: { authorization: await bearer() } })).status;
    assert.equal(await rotate(), 403);
    sim.tenant.directory.setEntraRoles(cast.alex.id, ['Help Desk Operator']);
    assert.equal(await rotate(), 204);
  });

  it('has a door for roles and for acting that refuses what it does not know', async () => {
    assert.equal((await door('people/nobody/entra-roles', { roles: [] })).status, 404);
    assert.equal((await door(`people/${cast.alex.id}/entra-roles`, { roles: ['King'] })).status, 400);
    assert.equal((await door('acting', { consented: 'yes' })).status, 400);
    assert.equal((await door('acting', { challenge: { number: 'x' } })).status, 400);
  });
});
