import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { ClientSecretCredential } from '@azure/identity';
import type { Simulator } from '../../../src/sim/simulator.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { tenantId } from '../../../src/sim/tenant/people.ts';
import { call, entries, errorCode, field, graphCaller, graphToken } from '../support/caller.ts';
import { readJwt } from '../../../src/sim/entra/signing.ts';

describe('sim/entra/discovery', () => {
  let sim: Simulator;
  before(async () => {
    sim = await startSimulator({ devices: 0 });
  });
  after(() => sim.stop());

  it('publishes the key that signs its tokens', async () => {
    const parts = readJwt(await graphToken(sim.url));
    assert.ok(parts);
    const { body } = await call(`${sim.url}/${tenantId}/discovery/v2.0/keys`);
    const keys = field(body, 'keys');
    assert.ok(Array.isArray(keys));
    const jwk: unknown = keys.find((key: unknown) => field(key, 'kid') === parts.header['kid']);
    const key = createPublicKey({ format: 'jwk', key: { kty: String(field(jwk, 'kty')), n: String(field(jwk, 'n')), e: String(field(jwk, 'e')) } });
    assert.ok(verify('sha256', Buffer.from(parts.signed), key, parts.signature));
  });

  it('names issuer and key set as Entra does', async () => {
    const { body } = await call(`${sim.url}/${tenantId}/v2.0/.well-known/openid-configuration`);
    assert.equal(field(body, 'issuer'), `https://login.microsoftonline.com/${tenantId}/v2.0`);
    assert.equal(field(body, 'jwks_uri'), `https://login.microsoftonline.com/${tenantId}/discovery/v2.0/keys`);
  });

  it('answers the discovery of clouds', async () => {
    const { body } = await call(`${sim.url}/common/discovery/instance?api-version=1.1&authorization_endpoint=x`);
    assert.match(String(field(body, 'tenant_discovery_endpoint')), /openid-configuration$/);
    assert.ok(Array.isArray(field(body, 'metadata')));
  });

  it('answers 404 elsewhere, and 405 to a POST', async () => {
    assert.equal((await call(`${sim.url}/${tenantId}/elsewhere`)).status, 404);
    assert.equal((await call(`${sim.url}/${tenantId}/discovery/v2.0/keys`, { method: 'POST' })).status, 405);
  });

  describe('to the identity library of Microsoft', () => {
    // The library speaks https only; the last hop is turned here, as the demo turns it.
    const credential = (secret: string) =>
      new ClientSecretCredential(tenantId, apps.keydesk.clientId, secret, {
        httpClient: {
          sendRequest: async (request) => {
            const { pathname, search } = new URL(request.url);
            const response = await fetch(`${sim.url}${pathname}${search}`, { method: request.method, headers: request.headers.toJSON(), ...(typeof request.body === 'string' ? { body: request.body } : {}) });
            return { request, status: response.status, headers: request.headers, bodyAsText: await response.text() };
          },
        },
      });

    it('gives a token that Graph takes', async () => {
      const { token } = await credential(apps.keydesk.secret).getToken('https://graph.microsoft.com/.default');
      const { status, body } = await call(`${sim.url}/v1.0/devices?$top=1`, { headers: { authorization: `Bearer ${token}` } });
      assert.equal(status, 200);
      assert.equal(entries(body).length, 1);
    });

    it('gives none for a wrong secret, and the library says why', async () => {
      await assert.rejects(credential('guessed').getToken('https://graph.microsoft.com/.default'), /AADSTS7000215|7000215/);
    });
  });

  it('gives an app without permissions a token that opens nothing', async () => {
    const graph = await graphCaller(sim.url, apps.helpdeskScript);
    const answered = await graph.get('/v1.0/devices');
    assert.deepEqual([answered.status, errorCode(answered)], [403, 'Authorization_RequestDenied']);
  });
});
