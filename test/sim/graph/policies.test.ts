import assert from 'node:assert/strict';
import type { Simulator } from '../../../src/sim/simulator.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import type { GraphCaller } from '../support/caller.ts';
import { errorCode, field, graphCaller } from '../support/caller.ts';

const path = '/v1.0/policies/authorizationPolicy';

describe('sim/graph/policies', () => {
  let sim: Simulator;
  let graph: GraphCaller;
  before(async () => {
    sim = await startSimulator({ devices: 0 });
    graph = await graphCaller(sim.url);
  });
  after(() => sim.stop());

  it('says whether owners may read the keys of their devices', async () => {
    for (const ownersMayReadKeys of [true, false, null]) {
      sim.tenant.policy.ownersMayReadKeys = ownersMayReadKeys;
      const { body } = await graph.get(`${path}?$select=defaultUserRolePermissions`);
      assert.deepEqual(Object.keys(Object(body)).sort(), ['@odata.context', 'defaultUserRolePermissions']);
      assert.equal(field(body, 'defaultUserRolePermissions', 'allowedToReadBitlockerKeysForOwnedDevice'), ownersMayReadKeys);
    }
  });

  it('shows all of it without a selection', async () => {
    assert.equal(field((await graph.get(path)).body, 'id'), 'authorizationPolicy');
  });

  it('refuses a property that there is not, and a query that a single entity does not take', async () => {
    for (const query of ['$select=noSuchThing', '$filter=id eq 1', '$top=1']) assert.equal((await graph.get(`${path}?${query}`)).status, 400, query);
  });

  it('refuses an application without the permission', async () => {
    const answered = await (await graphCaller(sim.url, apps.keydeskRotation)).get(path);
    assert.deepEqual([answered.status, errorCode(answered)], [403, 'Authorization_RequestDenied']);
  });
});
