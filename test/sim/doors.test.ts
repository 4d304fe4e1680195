import assert from 'node:assert/strict';
import type { Simulator } from '../../src/sim/simulator.ts';
import { startSimulator } from '../../src/sim/simulator.ts';
import { apps } from '../../src/sim/tenant/apps.ts';
import { cast, roleGroups, tenantId } from '../../src/sim/tenant/people.ts';
import { sendRaw, statusesIn } from '../support/raw-http.ts';
import { call, errorCode, field, graphCaller } from './support/caller.ts';
import { decoded } from './support/jwt.ts';

describe('sim/doors', () => {
  let sim: Simulator;
  before(async () => {
    sim = await startSimulator({ devices: 0 });
  });
  after(() => sim.stop());

  const post = (path: string, body: unknown) => call(`${sim.url}/_sim/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  describe('requests', () => {
    it('tells what was asked, how it was answered and who asked, and forgets it on demand', async () => {
      const graph = await graphCaller(sim.url);
      await call(`${sim.url}/_sim/requests`, { method: 'DELETE' });
      await graph.get('/v1.0/devices?$top=1');
      await call(`${sim.url}/v1.0/devices`);
      const { body } = await call(`${sim.url}/_sim/requests`);
      assert.ok(Array.isArray(body));
      assert.deepEqual(body.map((entry: unknown) => Object.keys(Object(entry))), [['method', 'url', 'status', 'time', 'claims'], ['method', 'url', 'status', 'time', 'claims']]);
      assert.deepEqual(body.map((entry: unknown) => [field(entry, 'method'), field(entry, 'url'), field(entry, 'status'), field(entry, 'claims', 'appid')]), [
        ['GET', '/v1.0/devices?$top=1', 200, apps.keydesk.clientId],
        ['GET', '/v1.0/devices', 401, undefined],
      ]);
      assert.ok(Math.abs(Date.parse(String(field(body, 0, 'time'))) - Date.now()) < 60_000);
      assert.equal((await call(`${sim.url}/_sim/requests`, { method: 'DELETE' })).status, 204);
      assert.deepEqual((await call(`${sim.url}/_sim/requests`)).body, []);
    });

    it('holds no token', async () => {
      await graphCaller(sim.url).then((graph) => graph.get('/v1.0/devices'));
      assert.doesNotMatch(JSON.stringify(sim.requests.list()), /eyJ/);
    });
  });

  describe('latency', () => {
    it('delays Graph and tokens', async () => {
      assert.equal((await post('latency', { ms: 60 })).status, 204);
      const started = performance.now();
      await graphCaller(sim.url);
      const between = performance.now();
      await call(`${sim.url}/v1.0/devices`);
      assert.ok(between - started >= 59 && performance.now() - between >= 59);
      await post('latency', { ms: 0 });
    });

    it('delays no door, and nothing any more once it is taken back', async () => {
      // A minute: if either were delayed, this test would run out of its time.
      await post('latency', { ms: 60_000 });
      await post('latency', { ms: 0 });
      assert.equal((await call(`${sim.url}/v1.0/devices`)).status, 401);
    });

    it('takes whole milliseconds only', async () => {
      for (const ms of [-1, 1.5, '50', undefined]) assert.equal((await post('latency', { ms })).status, 400);
    });
  });

  describe('token', () => {
    const tokenOf = async (wanted: unknown) => decoded(field((await post('token', wanted)).body, 'access_token')).claims;

    it('gives what a person brings to the API of Keydesk', async () => {
      const claims = await tokenOf({ as: cast.isaiah.id, scopes: ['Keys.List', 'Keys.Reveal'] });
      assert.deepEqual(
        ['iss', 'aud', 'tid', 'oid', 'ver', 'scp', 'roles', 'idtyp'].map((name) => claims[name]),
        [`https://login.microsoftonline.com/${tenantId}/v2.0`, apps.keydesk.clientId, tenantId, cast.isaiah.id, '2.0', 'Keys.List Keys.Reveal', undefined, undefined],
      );
      assert.ok(Array.isArray(claims['groups']) && claims['groups'].includes(roleGroups.agent.id));
    });

    it('gives what an app brings', async () => {
      const claims = await tokenOf({ as: 'app', roles: ['Keys.List'], audience: 'api://elsewhere' });
      assert.deepEqual([claims['aud'], claims['roles'], claims['scp'], claims['idtyp'], claims['azp'], claims['groups']], ['api://elsewhere', ['Keys.List'], undefined, 'app', apps.helpdeskScript.clientId, undefined]);
    });

    it('gives none for nobody', async () => {
      assert.equal((await post('token', { as: 'somebody' })).status, 404);
      assert.equal((await post('token', {})).status, 400);
      assert.equal((await post('token', { as: 'app', roles: 'Keys.List' })).status, 400);
    });

    it('gives a person nothing at Graph: what a person may do there is not simulated', async () => {
      const { body } = await post('token', { as: cast.alex.id, scopes: ['Device.Read.All'], audience: 'https://graph.microsoft.com' });
      const answered = await call(`${sim.url}/v1.0/devices`, { headers: { authorization: `Bearer ${String(field(body, 'access_token'))}` } });
      assert.deepEqual([answered.status, errorCode(answered)], [403, 'Authorization_RequestDenied']);
    });
  });

  it('stay shut to a web page, and open to a program on this machine', async () => {
    const roles = JSON.stringify({ roles: ['admin'] });
    const evil = { method: 'POST', headers: { 'content-type': 'text/plain', origin: 'https://evil.example' }, body: roles };
    assert.equal((await call(`${sim.url}/_sim/people/${cast.lee.id}/roles`, evil)).status, 403);
    const rebound = await sendRaw(sim.port, ['GET /_sim/requests HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n']);
    assert.deepEqual(statusesIn(rebound), [403]);
    const own = await sendRaw(sim.port, [`GET /_sim/requests HTTP/1.1\r\nhost: localhost:${sim.port}\r\nconnection: close\r\n\r\n`]);
    assert.deepEqual(statusesIn(own), [200]);
  });

  it('answers 404 to what is no door, 400 to what is no JSON', async () => {
    assert.equal((await call(`${sim.url}/_sim/secrets`)).status, 404);
    assert.equal((await call(`${sim.url}/_sim/requests`, { method: 'PUT' })).status, 404);
    assert.equal((await call(`${sim.url}/_sim/latency`, { method: 'POST', body: '{' })).status, 400);
    assert.equal((await call(`${sim.url}/_sim/devices/%zz/checkin`, { method: 'POST' })).status, 400);
    assert.equal((await post('people/nobody/roles', { roles: [] })).status, 404);
  });
});
