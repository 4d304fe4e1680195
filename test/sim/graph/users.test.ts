import assert from 'node:assert/strict';
import type { Simulator } from '../../../src/sim/simulator.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { cast, eveningShift, roleGroups } from '../../../src/sim/tenant/people.ts';
import type { GraphCaller } from '../support/caller.ts';
import { call, clientHeaders, entries, errorCode, field, graphCaller, graphToken } from '../support/caller.ts';

describe('sim/graph/users', () => {
  let sim: Simulator;
  let graph: GraphCaller;
  before(async () => {
    sim = await startSimulator({ devices: 150 });
    graph = await graphCaller(sim.url);
  });
  after(() => sim.stop());

  const found = async (filter: string) => entries((await graph.get(`/v1.0/users?$filter=${filter}`)).body).map((entry) => field(entry, 'userPrincipalName'));

  it('finds people by name and address, in any case', async () => {
    assert.deepEqual(await found("userPrincipalName eq 'Adele@Contoso.com'"), ['adele@contoso.com']);
    assert.deepEqual(await found("displayName eq 'adele vance'"), ['adele@contoso.com']);
    assert.deepEqual(await found("startswith(displayName,'A') and startswith(userPrincipalName,'al')"), ['alex@contoso.com']);
    assert.deepEqual(await found("displayName eq 'Nobody'"), []);
  });

  it('refuses a filter that Graph does not have', async () => {
    const answered = await graph.get("/v1.0/users?$filter=aboutMe eq 'x'");
    assert.deepEqual([answered.status, errorCode(answered)], [400, 'Request_UnsupportedQuery']);
  });

  it('gives a person by id and by address', async () => {
    assert.equal(field((await graph.get(`/v1.0/users/${cast.megan.id}`)).body, 'displayName'), 'Megan Bowen');
    assert.equal(field((await graph.get('/v1.0/users/megan@contoso.com')).body, 'id'), cast.megan.id);
    const answered = await graph.get('/v1.0/users/nobody@contoso.com');
    assert.deepEqual([answered.status, errorCode(answered)], [404, 'Request_ResourceNotFound']);
  });

  it('shows more than the default only when it is selected', async () => {
    assert.equal(field((await graph.get('/v1.0/users/megan@contoso.com')).body, 'accountEnabled'), undefined);
    assert.equal(field((await graph.get('/v1.0/users/megan@contoso.com?$select=accountEnabled')).body, 'accountEnabled'), true);
  });

  it('lists the devices of a person, typed unless the path names the type', async () => {
    for (const relation of ['ownedDevices', 'registeredDevices']) {
      const cast = await graph.get(`/v1.0/users/adele@contoso.com/${relation}/microsoft.graph.device?$select=displayName`);
      assert.deepEqual(entries(cast.body), [{ displayName: 'LAPTOP-42' }, { displayName: "O'BRIEN-PC" }, { displayName: "Adele's phone" }]);
      const plain = await graph.get(`/v1.0/users/adele@contoso.com/${relation}?$select=displayName`);
      assert.equal(field(plain.body, 'value', 0, '@odata.type'), '#microsoft.graph.device');
    }
  });

  it('tells owned devices from registered ones', async () => {
    const names = async (who: string, relation: string) => entries((await graph.get(`/v1.0/users/${who}@contoso.com/${relation}?$select=displayName`)).body).map((entry) => field(entry, 'displayName'));
    assert.deepEqual(await names('isaiah', 'ownedDevices'), ['LAPTOP-PEND']);
    assert.deepEqual(await names('isaiah', 'registeredDevices'), ['LAPTOP-PEND', 'DESKTOP-7']);
  });

  describe('groups', () => {
    const check = (ids: unknown, property = 'groupIds') => graph.post(`/v1.0/users/${cast.isaiah.id}/checkMember${property === 'ids' ? 'Objects' : 'Groups'}`, { [property]: ids });
    const all = Object.values(roleGroups).map(({ id }) => id);

    it('says in which of the groups a person is, nested ones too', async () => {
      assert.deepEqual(entries((await check(all)).body), [roleGroups.agent.id, roleGroups.approver.id]);
      assert.deepEqual(entries((await check(all, 'ids')).body), [roleGroups.agent.id, roleGroups.approver.id]);
    });

    it('takes 20 ids and refuses 21, none at all, and what is no GUID', async () => {
      const many = Array.from({ length: 20 }, () => roleGroups.agent.id);
      assert.equal((await check(many)).status, 200);
      assert.equal((await check([...many, roleGroups.agent.id])).status, 400);
      assert.equal((await check(undefined)).status, 400);
      assert.equal((await check(['agents'])).status, 400);
    });

    it('refuses a body that is no JSON', async () => {
      const headers = { ...clientHeaders, authorization: `Bearer ${await graphToken(sim.url)}`, 'content-type': 'application/json' };
      assert.equal((await call(`${sim.url}/v1.0/users/${cast.isaiah.id}/checkMemberGroups`, { method: 'POST', headers, body: '{"groupIds":' })).status, 400);
    });

    it('lists them with their names', async () => {
      const { body } = await graph.get(`/v1.0/users/${cast.isaiah.id}/transitiveMemberOf?$select=id,displayName`);
      assert.deepEqual(new Set(entries(body).map((entry) => field(entry, 'displayName'))), new Set(['Helpdesk evening shift', 'Keydesk agents', 'Keydesk approvers', 'Contoso office']));
      const cast2 = await graph.get(`/v1.0/users/${cast.isaiah.id}/transitiveMemberOf/microsoft.graph.group?$select=id`);
      assert.ok(entries(cast2.body).some((entry) => field(entry, 'id') === eveningShift.id));
    });

    it('changes with the roles door at once', async () => {
      const headers = { 'content-type': 'application/json' };
      const door = (roles: readonly string[]) => call(`${sim.url}/_sim/people/${cast.lee.id}/roles`, { method: 'POST', headers, body: JSON.stringify({ roles }) });
      const now = async () => entries((await graph.post(`/v1.0/users/${cast.lee.id}/checkMemberGroups`, { groupIds: all })).body);
      assert.deepEqual(await now(), []);
      assert.equal((await door(['agent', 'auditor'])).status, 204);
      assert.deepEqual(await now(), [roleGroups.agent.id, roleGroups.auditor.id]);
      assert.equal((await door([])).status, 204);
      assert.deepEqual(await now(), []);
      assert.equal((await door(['owner'])).status, 400);
    });
  });
});
