import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { encryptionStateRoutes } from '../../../src/sim/intune/encryption-states.ts';
import { managedDeviceRoutes } from '../../../src/sim/intune/managed-devices.ts';
import { deviceRoutes } from '../../../src/sim/graph/devices.ts';
import { directoryAuditRoutes } from '../../../src/sim/graph/directory-audits.ts';
import { recoveryKeyRoutes } from '../../../src/sim/graph/recovery-keys.ts';
import { segmentsOf } from '../../../src/sim/graph/routes.ts';
import { userRoutes } from '../../../src/sim/graph/users.ts';
import type { Simulator } from '../../../src/sim/simulator.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import type { GraphCaller } from '../support/caller.ts';
import { call, clientHeaders, field, graphCaller, graphToken } from '../support/caller.ts';

const material = new URL('../../../../shared/material/graph/graph-permissions-slice.json', import.meta.url);

describe('sim/graph/endpoint', () => {
  let sim: Simulator;
  let graph: GraphCaller;
  before(async () => {
    sim = await startSimulator({ devices: 0 });
    graph = await graphCaller(sim.url);
  });
  after(() => sim.stop());

  it('answers an unknown path with 404 and a known one with another method with 405', async () => {
    assert.equal((await graph.get('/v1.0/nothing')).status, 404);
    assert.equal((await graph.get('/v1.0/devices/a/b/c')).status, 404);
    assert.equal((await graph.get('/v1.0')).status, 404);
    assert.equal((await graph.post('/v1.0/devices', {})).status, 405);
    assert.equal((await graph.get('/v2.0/devices')).status, 404);
  });

  it('asks for a bearer before it says whether there is such a path', async () => {
    assert.equal((await call(`${sim.url}/v1.0/nothing`)).status, 401);
  });

  it('takes paths in any case', async () => {
    assert.equal((await graph.get('/v1.0/DeviceManagement/ManagedDevices')).status, 200);
  });

  it('gives every answer a request id, and gives back that of the client', async () => {
    const mine = { 'client-request-id': '7c1e0f0e-0000-4000-8000-000000000001' };
    for (const path of ['/v1.0/devices', '/v1.0/nothing']) {
      const answered = await graph.get(path, mine);
      assert.match(answered.headers.get('request-id') ?? '', /^[0-9a-f-]{36}$/);
      assert.equal(answered.headers.get('client-request-id'), mine['client-request-id']);
    }
    const without = await graph.get('/v1.0/nothing');
    assert.equal(without.headers.get('client-request-id'), without.headers.get('request-id'));
  });

  it('writes errors as Graph does', async () => {
    const { headers, body } = await graph.get('/v1.0/nothing');
    assert.equal(field(body, 'error', 'innerError', 'request-id'), headers.get('request-id'));
    assert.equal(field(body, 'error', 'innerError', 'client-request-id'), headers.get('client-request-id'));
    assert.match(String(field(body, 'error', 'innerError', 'date')), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  });

  it('takes JSON only, and not too much of it', async () => {
    const headers = { authorization: `Bearer ${await graphToken(sim.url)}`, ...clientHeaders };
    const check = (type: string, body: string) => call(`${sim.url}/v1.0/users/lee@contoso.com/checkMemberGroups`, { method: 'POST', headers: { ...headers, 'content-type': type }, body });
    assert.equal((await check('application/json', '{"groupIds":[]}')).status, 200);
    assert.equal((await check('text/plain', '{"groupIds":[]}')).status, 400);
  });

  it('reads keys in brackets as segments', () => {
    assert.deepEqual(segmentsOf("devices(deviceId='a')/registeredOwners"), ['devices', "deviceId='a'", 'registeredOwners']);
    assert.deepEqual(segmentsOf("devices('a')"), ['devices', 'a']);
    assert.deepEqual(segmentsOf('users/a%40b'), ['users', 'a@b']);
    assert.deepEqual(segmentsOf('users/%zz'), ['users', '%zz']);
  });

  it('asks for permissions that Microsoft names for the route, and knows the least of them', function (this: Mocha.Context) {
    if (!existsSync(material)) {
      console.log('      skipped: ../shared/material/graph is not there');
      this.skip();
    }
    const slice: unknown = JSON.parse(readFileSync(material, 'utf8'));
    const seen: string[] = [];
    for (const route of [...deviceRoutes, ...userRoutes, ...recoveryKeyRoutes, ...directoryAuditRoutes, ...managedDeviceRoutes, ...encryptionStateRoutes]) {
      const path = `/${route.path.replaceAll('{}', '{id}').toLowerCase().replace(/\/microsoft\.graph\.\w+$/, '')}`;
      const application = field(slice, 'paths', `${route.method} ${path}`, 'Application');
      if (typeof application !== 'object' || application === null) continue;
      seen.push(path);
      const named = Object.entries(application);
      assert.deepEqual(route.anyOf.filter((permission) => !named.some(([name]) => name.toLowerCase() === permission.toLowerCase())), [], path);
      const least = named.flatMap(([name, facts]: [string, unknown]) => (field(facts, 'least') === true ? [name] : []));
      assert.ok(least.some((name) => route.anyOf.includes(name)), path);
    }
    assert.ok(seen.length >= 15, seen.join());
  });
});
