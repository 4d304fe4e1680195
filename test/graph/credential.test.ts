import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Secret } from '../../src/config/secret.ts';
import { createCredential } from '../../src/graph/credential.ts';
import { authorityTurnedTo } from '../../src/graph/turned.ts';
import { everythingIn, faultOf, graphAt, never } from '../support/graph-at.ts';
import { known } from '../support/known.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const tenantId = 'c0417050-0000-4000-8000-000000000000';
const clientId = 'c1100000-0000-4000-8000-000000000001';
const scope = 'https://graph.microsoft.com/.default';

describe('graph/credential', () => {
  let upstream: ScriptedUpstream;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => upstream.reset());
  const credential = () => createCredential({ tenantId, identity: { type: 'secret', clientId, secret: new Secret('s3cret-of-the-bot') } }, { authorityHttp: authorityTurnedTo(upstream.origin) });
  const issued = (access_token: string) => ({ body: { token_type: 'Bearer', expires_in: 3600, access_token } });

  it('asks Entra with the secret, once and nothing else', async () => {
    upstream.script(issued('t1'));
    const token = await credential().getToken(scope);
    assert.equal(token?.token, 't1');
    assert.deepEqual(upstream.arrived.map(({ method, url }) => `${method} ${url.split('?')[0]}`), [`POST /${tenantId}/oauth2/v2.0/token`]);
    const form = new URLSearchParams(upstream.arrived[0]?.body);
    assert.deepEqual([form.get('grant_type'), form.get('client_id'), form.get('client_secret')], ['client_credentials', clientId, 's3cret-of-the-bot']);
    assert.ok(form.get('scope')?.split(' ').includes(scope));
  });

  it('gives a new token each time it is asked: how long one is used is decided elsewhere', async () => {
    const one = credential();
    upstream.script(issued('t1'), issued('t2'));
    assert.deepEqual([(await one.getToken(scope))?.token, (await one.getToken(scope))?.token], ['t1', 't2']);
  });

  it('hands claims on to Entra', async () => {
    upstream.script(issued('t1'));
    await credential().getToken(scope, { enableCae: true, claims: '{"access_token":{"acrs":{"essential":true,"value":"cp1"}}}' });
    assert.match(new URLSearchParams(upstream.arrived[0]?.body).get('claims') ?? '', /"acrs".*"xms_cc"/s);
  });

  describe('of an application that trusts another token', () => {
    const federated = (proof: { readonly managedIdentity: string } | { readonly tokenFile: string }, authorityHttp = authorityTurnedTo(upstream.origin)) =>
      createCredential({ tenantId, identity: { type: 'federated', clientId, proof } }, { authorityHttp });
    const sent = () => upstream.arrived.map(({ body }) => new URLSearchParams(body)).map((form) => [form.get('client_id'), form.get('client_assertion_type'), form.get('client_assertion'), form.get('client_secret')]);
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

    it('shows Entra the token of the file, as it is at that moment', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'keydesk-token-'));
      try {
        const tokenFile = join(folder, 'token');
        const one = federated({ tokenFile });
        for (const content of ['first.of.pod', 'second.of.pod']) {
          writeFileSync(tokenFile, `${content}\n`);
          upstream.script(issued(`for ${content}`));
          assert.equal((await one.getToken(scope))?.token, `for ${content}`);
        }
        assert.deepEqual(sent(), [[clientId, type, 'first.of.pod', null], [clientId, type, 'second.of.pod', null]]);
        rmSync(tokenFile);
        await assert.rejects(one.getToken(scope));
        assert.equal(upstream.arrived.length, 2, 'and without one asks nothing');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('shows Entra the token that Azure gives the managed identity for this purpose', async () => {
      const managedIdentity = 'c1100000-0000-4000-8000-000000000007';
      const toEntra = authorityTurnedTo(upstream.origin);
      const asked: URL[] = [];
      // Of Azure's machine: an address that only it has.
      const machine: typeof toEntra = {
        sendRequest: async (request) => {
          if (request.url.startsWith('https://login.microsoftonline.com/')) return toEntra.sendRequest(request);
          asked.push(new URL(request.url));
          return { request, status: 200, headers: request.headers, bodyAsText: JSON.stringify({ access_token: 'token.of.machine', expires_in: '3600', expires_on: String(Math.floor(Date.now() / 1000) + 3600), resource: 'api://AzureADTokenExchange', token_type: 'Bearer' }) };
        },
      };
      upstream.script(issued('t1'));
      assert.equal((await federated({ managedIdentity }, machine).getToken(scope))?.token, 't1');
      assert.deepEqual(sent(), [[clientId, type, 'token.of.machine', null]]);
      const question = known(asked.find(({ pathname }) => pathname.endsWith('/oauth2/token')));
      assert.deepEqual([question.host, question.searchParams.get('resource'), question.searchParams.get('client_id')], ['169.254.169.254', 'api://AzureADTokenExchange', managedIdentity]);
    });
  });

  it('asks for the token of the bot as for that of Graph: of its own tenant', async () => {
    upstream.script(issued('for-teams'));
    assert.equal((await credential().getToken('https://api.botframework.com/.default'))?.token, 'for-teams');
    const [one] = upstream.arrived;
    assert.equal(one?.url.split('?')[0], `/${tenantId}/oauth2/v2.0/token`);
    assert.ok(new URLSearchParams(one?.body).get('scope')?.split(' ').includes('https://api.botframework.com/.default'));
  });

  it('keeps secret, ids and words of Entra out of the fault', async () => {
    upstream.always(() => ({ status: 401, body: { error: 'invalid_client', error_description: `AADSTS7000215: Invalid client secret provided for app '${clientId}'. Trace ID: 0f`, error_codes: [7000215] } }));
    const { graph } = graphAt(upstream.origin, { credential: credential() });
    const fault = await faultOf(graph.directory.devicesNamed('LAPTOP-42', never()));
    graph.stop();
    assert.deepEqual([fault.code, fault.message], ['graph-token', 'no token for Graph (AADSTS7000215)']);
    const all = everythingIn(fault) + inspect(fault, { depth: 9 });
    for (const hidden of ['s3cret', clientId, tenantId, 'Trace ID']) assert.ok(!all.includes(hidden), hidden);
  });

  it('turns nothing but requests to Entra', async () => {
    const { sendRequest } = authorityTurnedTo(upstream.origin);
    type Request = Parameters<typeof sendRequest>[0];
    const request = (url: string): Request => ({ url, method: 'GET', headers: { toJSON: () => ({}), get: () => undefined, has: () => false, set: () => undefined, delete: () => undefined, [Symbol.iterator]: () => [][Symbol.iterator]() }, timeout: 0, withCredentials: false, requestId: '1' });
    await assert.rejects(sendRequest(request('https://evil.example/')), /expected a request to Entra/);
    upstream.script({ body: {} });
    assert.equal((await sendRequest(request('https://login.microsoftonline.com/common/x'))).status, 200);
  });
});
