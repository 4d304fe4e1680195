import assert from 'node:assert/strict';
import type { Simulator } from '../../../src/sim/simulator.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { cast, eveningShift, roleGroups } from '../../../src/sim/tenant/people.ts';
import type { GraphCaller } from '../support/caller.ts';
import { entries, errorCode, field, graphCaller } from '../support/caller.ts';

describe('sim/graph/groups', () => {
  let sim: Simulator;
  let graph: GraphCaller;
  before(async () => {
    sim = await startSimulator({ devices: 40 });
    graph = await graphCaller(sim.url);
  });
  after(() => sim.stop());
  const members = async (group: string, query = '?$select=id,displayName') => entries((await graph.get(`/v1.0/groups/${group}/transitiveMembers${query}`)).body);

  it('lists people and nested groups in one list, each with its type', async () => {
    const listed = await members(roleGroups.agent.id);
    assert.deepEqual(listed.map((entry) => `${String(field(entry, '@odata.type'))} ${String(field(entry, 'id'))}`).toSorted(), [
      `#microsoft.graph.group ${eveningShift.id}`,
      `#microsoft.graph.user ${cast.alex.id}`,
      `#microsoft.graph.user ${cast.isaiah.id}`,
    ]);
  });

  it('pages, and knows no other options', async () => {
    assert.equal((await members(roleGroups.agent.id, '?$select=id&$top=1')).length, 1);
    assert.equal((await graph.get(`/v1.0/groups/${roleGroups.agent.id}/transitiveMembers?$filter=id eq 'x'`)).status, 400);
  });

  it('follows who is put into a role', async () => {
    sim.tenant.directory.setRoles(cast.lee.id, ['auditor']);
    assert.deepEqual((await members(roleGroups.auditor.id)).map((entry) => String(field(entry, 'displayName'))).toSorted(), ['Grady Archie', 'Lee Gu']);
  });

  it('knows no other group, and refuses who may not read groups', async () => {
    const missing = await graph.get(`/v1.0/groups/${cast.lee.id}/transitiveMembers`);
    assert.deepEqual([missing.status, errorCode(missing)], [404, 'Request_ResourceNotFound']);
    const other = await graphCaller(sim.url, apps.keydeskRotation);
    assert.equal((await other.get(`/v1.0/groups/${roleGroups.agent.id}/transitiveMembers`)).status, 403);
  });
});
