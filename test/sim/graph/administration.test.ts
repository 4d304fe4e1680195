// What an administrator of the tenant would look at: groups, roles of Entra, app registrations, policies of Intune.
import assert from 'node:assert/strict';
import { type Simulator, startSimulator } from '../../../src/sim/simulator.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { assignment, roleTemplates } from '../../../src/sim/tenant/directory-roles.ts';
import { cast, office, roleGroups } from '../../../src/sim/tenant/people.ts';
import { call, clientHeaders, entries, errorCode, field, graphCaller, graphToken, tokenForm, tokenPath } from '../support/caller.ts';

describe('sim: the administration of the tenant', () => {
  let sim: Simulator;

  beforeEach(async () => (sim = await startSimulator({ devices: 0 })));
  afterEach(() => sim.stop());

  const readers = (role: string, expand = ''): string => `/v1.0/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '${role}'${expand}`;

  it('lists groups and shows one, and says 404 of one that does not exist', async () => {
    const graph = await graphCaller(sim.url);
    assert.equal(entries((await graph.get('/v1.0/groups?$select=id&$top=1')).body).length, 1);
    const { status, body } = await graph.get(`/v1.0/groups/${roleGroups.agent.id}?$select=id,displayName`);
    assert.deepEqual([status, field(body, 'displayName')], [200, 'Keydesk agents']);
    const none = await graph.get('/v1.0/groups/6a0c0000-0000-4000-8000-0000000000ff');
    assert.deepEqual([none.status, errorCode(none)], [404, 'Request_ResourceNotFound']);
    const refused = await (await graphCaller(sim.url, apps.keydeskRotation)).get(`/v1.0/groups/${roleGroups.agent.id}`);
    assert.deepEqual([refused.status, errorCode(refused)], [403, 'Authorization_RequestDenied']);
  });

  it('lists who holds a role, people, groups and applications, only with a filter and the permission', async () => {
    const graph = await graphCaller(sim.url);
    sim.tenant.roleAssignments.push(assignment(10, roleTemplates.securityReader, office.id), assignment(11, roleTemplates.securityReader, apps.helpdeskScript.servicePrincipalId, '/administrativeUnits/x'));
    const { body } = await graph.get(readers(roleTemplates.securityReader, '&$expand=principal'));
    assert.deepEqual(
      entries(body).map((one) => [field(one, 'principalId'), field(one, 'principal', '@odata.type')]),
      [
        [cast.grady.id, '#microsoft.graph.user'],
        [office.id, '#microsoft.graph.group'],
        [apps.helpdeskScript.servicePrincipalId, '#microsoft.graph.servicePrincipal'],
      ],
    );
    assert.equal(field(entries((await graph.get(readers(roleTemplates.securityReader))).body)[0], 'principal'), undefined);
    assert.equal((await graph.get('/v1.0/roleManagement/directory/roleAssignments')).status, 400);
    assert.equal((await graph.get(readers(roleTemplates.securityReader, '&$expand=roleDefinition'))).status, 400);
    assert.equal((await (await graphCaller(sim.url, apps.keydeskMetadata)).get(readers(roleTemplates.securityReader))).status, 403);
  });

  it('shows of a client secret its end and its first three characters, to whom may read applications', async () => {
    const path = `/v1.0/applications(appId='${apps.keydesk.clientId}')?$select=passwordCredentials`;
    assert.equal((await (await graphCaller(sim.url)).get(path)).status, 403);
    sim.tenant.registrations.setPermissions(apps.keydesk, ['Application.Read.All']);
    sim.tenant.registrations.endSecret(apps.keydesk, Date.parse('2027-01-01T00:00:00Z'));
    const { status, body } = await (await graphCaller(sim.url)).get(path);
    assert.equal(status, 200);
    const [only] = [field(body, 'passwordCredentials', 0)];
    assert.deepEqual([field(only, 'hint'), field(only, 'endDateTime'), field(only, 'secretText')], ['sim', '2027-01-01T00:00:00Z', null]);
    assert.ok(!JSON.stringify(body).includes(apps.keydesk.secret));
    assert.equal((await (await graphCaller(sim.url)).get("/v1.0/applications(appId='ac1d0000-0000-4000-8000-0000000000ff')")).status, 404);
  });

  it('gives no token for a secret that has ended', async () => {
    sim.tenant.registrations.endSecret(apps.keydesk, Date.now() - 1000);
    const refused = await call(`${sim.url}${tokenPath}`, { method: 'POST', body: tokenForm(apps.keydesk) });
    assert.deepEqual([refused.status, field(refused.body, 'error_codes', 0)], [401, 7_000_222]);
    sim.tenant.registrations.endSecret(apps.keydesk, Date.now() + 60_000);
    assert.equal((await call(`${sim.url}${tokenPath}`, { method: 'POST', body: tokenForm(apps.keydesk) })).status, 200);
  });

  it('gives a bot a token for the connector of Teams, which Graph does not take', async () => {
    const { status, body } = await call(`${sim.url}${tokenPath}`, { method: 'POST', body: tokenForm(apps.keydesk, { scope: 'https://api.botframework.com/.default' }) });
    assert.equal(status, 200);
    const refused = await call(`${sim.url}/v1.0/devices?$top=1`, { headers: { authorization: `Bearer ${String(field(body, 'access_token'))}`, ...clientHeaders } });
    assert.equal(refused.status, 401);
  });

  it('has a policy for BitLocker, in beta alone, that says whether devices rotate by themselves', async () => {
    const graph = await graphCaller(sim.url);
    const path = 'deviceManagement/configurationPolicies?$expand=settings';
    const ids = async () => JSON.stringify(entries((await graph.get(`/beta/${path}`)).body));
    assert.match(await ids(), /device_vendor_msft_bitlocker_configurerecoverypasswordrotation_1/);
    delete sim.tenant.intune.passwordRotation;
    assert.doesNotMatch(await ids(), /configurerecoverypasswordrotation/);
    assert.equal((await graph.get(`/v1.0/${path}`)).status, 404);
    assert.equal((await (await graphCaller(sim.url, apps.keydeskRotation)).get(`/beta/${path}`)).status, 403);
  });

  it('lets a door change what an application may do, in tokens that come after', async () => {
    const before = await graphToken(sim.url);
    const change = (id: string, body: object) => call(`${sim.url}/_sim/apps/${id}`, { method: 'POST', body: JSON.stringify(body) });
    assert.equal((await change(apps.keydesk.clientId, { without: ['device.read.all'] })).status, 204);
    const devices = (token: string) => call(`${sim.url}/v1.0/devices?$top=1`, { headers: { authorization: `Bearer ${token}`, ...clientHeaders } });
    assert.equal((await devices(before)).status, 200);
    assert.equal((await devices(await graphToken(sim.url))).status, 403);
    assert.equal((await change(apps.keydesk.clientId, { permissions: ['Device.Read.All'], secretEnds: '2020-01-01T00:00:00Z' })).status, 204);
    assert.equal((await call(`${sim.url}${tokenPath}`, { method: 'POST', body: tokenForm(apps.keydesk) })).status, 401);
    assert.equal((await change('nobody', {})).status, 404);
    assert.equal((await change(apps.keydesk.clientId, { without: 'all' })).status, 400);
    assert.equal((await change(apps.keydesk.clientId, { secretEnds: 'soon' })).status, 400);
  });

  it('dates its answers by its own clock', async () => {
    const skewed = await startSimulator({ devices: 0, clockSkewSeconds: 600 });
    try {
      const ahead = Date.parse((await call(`${skewed.url}/v1.0/`)).headers.get('date') ?? '') - Date.now();
      assert.ok(ahead > 590_000 && ahead < 610_000, String(ahead));
    } finally {
      await skewed.stop();
    }
  });
});
