import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import type { Simulator } from '../../../src/sim/simulator.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import type { App } from '../../../src/sim/tenant/apps.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { call, field, tokenForm, tokenPath } from '../support/caller.ts';
import { decoded } from '../support/jwt.ts';

describe('sim/entra/token-endpoint', () => {
  const registered = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let sim: Simulator;
  before(async () => {
    const certificate = String(registered.publicKey.export({ type: 'spki', format: 'pem' }));
    sim = await startSimulator({ devices: 0, certificates: { [apps.keydesk.clientId]: certificate } });
  });
  after(() => sim.stop());

  const ask = (fields: Readonly<Record<string, string | undefined>>, app: App = apps.keydesk) => call(`${sim.url}${tokenPath}`, { method: 'POST', body: tokenForm(app, fields) });
  const number = (body: unknown): unknown => field(body, 'error_codes', 0);

  it('gives the app with the right secret a token for Graph', async () => {
    const { status, body } = await ask({});
    assert.equal(status, 200);
    assert.equal(field(body, 'token_type'), 'Bearer');
    assert.equal(field(body, 'expires_in'), 3599);
    const { header, claims } = decoded(field(body, 'access_token'));
    assert.equal(header['alg'], 'RS256');
    assert.equal(claims['aud'], 'https://graph.microsoft.com');
    assert.equal(claims['iss'], `https://sts.windows.net/${sim.tenant.id}/`);
    assert.equal(claims['appid'], apps.keydesk.clientId);
    assert.deepEqual(claims['roles'], apps.keydesk.permissions);
  });

  it('refuses a wrong secret in the words of Entra', async () => {
    const { status, body } = await ask({ client_secret: 'guessed' });
    assert.equal(status, 401);
    assert.equal(field(body, 'error'), 'invalid_client');
    assert.equal(number(body), 7_000_215);
    assert.match(String(field(body, 'error_description')), /^AADSTS7000215: Invalid client secret provided\. .*Trace ID: \S+ Correlation ID: \S+ Timestamp: /s);
  });

  it('refuses a request without any proof', async () => {
    const { status, body } = await ask({ client_secret: undefined });
    assert.deepEqual([status, number(body)], [401, 7_000_216]);
  });

  it('refuses an app that is not registered', async () => {
    const { status, body } = await ask({ client_id: 'ac1d0000-0000-4000-8000-0000000000ff' });
    assert.deepEqual([status, field(body, 'error'), number(body)], [400, 'unauthorized_client', 700_016]);
  });

  it('refuses another tenant', async () => {
    const { status, body } = await call(`${sim.url}/00000000-0000-4000-8000-00000000beef/oauth2/v2.0/token`, { method: 'POST', body: tokenForm(apps.keydesk) });
    assert.deepEqual([status, number(body)], [400, 90_002]);
  });

  it('takes the tenant by its domain too', async () => {
    const { status } = await call(`${sim.url}/contoso.com/oauth2/v2.0/token`, { method: 'POST', body: tokenForm(apps.keydesk) });
    assert.equal(status, 200);
  });

  it('knows client credentials and on-behalf-of only', async () => {
    const { status, body } = await ask({ grant_type: 'password' });
    assert.deepEqual([status, field(body, 'error')], [400, 'unsupported_grant_type']);
  });

  it('refuses a scope without /.default', async () => {
    const { status, body } = await ask({ scope: 'https://graph.microsoft.com/Device.Read.All' });
    assert.deepEqual([status, field(body, 'error'), number(body)], [400, 'invalid_scope', 1_002_012]);
  });

  it('refuses a resource that the tenant does not have', async () => {
    const { status, body } = await ask({ scope: 'api://nobody/.default' });
    assert.deepEqual([status, field(body, 'error')], [400, 'invalid_resource']);
  });

  it('gives a version 2 token for an API of the tenant', async () => {
    const { status, body } = await ask({ scope: `api://${apps.keydesk.clientId}/.default` }, apps.helpdeskScript);
    assert.equal(status, 200);
    const { claims } = decoded(field(body, 'access_token'));
    assert.deepEqual([claims['aud'], claims['ver'], claims['azp']], [apps.keydesk.clientId, '2.0', apps.helpdeskScript.clientId]);
  });

  it('refuses a body that is no form', async () => {
    const { status } = await call(`${sim.url}${tokenPath}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(Object.fromEntries(tokenForm(apps.keydesk))) });
    assert.equal(status, 400);
  });

  it('takes POST only', async () => {
    assert.equal((await call(`${sim.url}${tokenPath}`)).status, 405);
  });

  describe('with a client assertion', () => {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const good = () => ({ iss: apps.keydesk.clientId, sub: apps.keydesk.clientId, aud: `https://login.microsoftonline.com${tokenPath}`, exp: Math.floor(Date.now() / 1000) + 300 });
    const assertion = (claims: Readonly<Record<string, unknown>>, pair = registered): string => {
      const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), pair.privateKey).toString('base64url')}`;
    };
    const askWith = (token: string, app: App = apps.keydesk) =>
      ask({ client_id: app.clientId, client_secret: undefined, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: token });

    it('believes one that the registered certificate signed', async () => {
      assert.equal((await askWith(assertion(good()))).status, 200);
    });

    it('refuses one that another key signed', async () => {
      const { status, body } = await askWith(assertion(good(), foreign));
      assert.deepEqual([status, number(body)], [401, 700_027]);
    });

    it('refuses one of an app without a certificate', async () => {
      const { clientId } = apps.keydeskMetadata;
      const { status, body } = await askWith(assertion({ ...good(), iss: clientId, sub: clientId }), apps.keydeskMetadata);
      assert.deepEqual([status, number(body)], [401, 700_027]);
    });

    it('refuses one that is over', async () => {
      const { status, body } = await askWith(assertion({ ...good(), exp: Math.floor(Date.now() / 1000) - 1 }));
      assert.deepEqual([status, number(body)], [401, 700_024]);
    });

    it('refuses one made for somebody else', async () => {
      const { status, body } = await askWith(assertion({ ...good(), aud: 'https://login.example/token' }));
      assert.deepEqual([status, number(body)], [401, 700_023]);
    });

    it('refuses one of another app', async () => {
      const { status, body } = await askWith(assertion({ ...good(), iss: apps.keydeskMetadata.clientId }));
      assert.deepEqual([status, number(body)], [401, 700_021]);
    });
  });
});
