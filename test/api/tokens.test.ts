// Every token that is not one for this API: none of them reads a key, and each gets its code.

import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { sharedSigner, type Signer } from '../../src/sim/entra/signing.ts';
import { clientOf, codeOf, keysPath, laptop, laptopKey, script, type Answered, type ApiClient } from '../support/api.ts';
import { alex, tenantId } from '../support/keydesk/people.ts';
import { apps } from '../../src/sim/tenant/apps.ts';
import { startTestKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { sendRaw, statusesIn } from '../support/raw-http.ts';

const path = `${keysPath}/${laptop}/reveal`;
const body = { keyId: laptopKey, reason: 'firmware-update' };
const issuer = `https://login.microsoftonline.com/${tenantId}/v2.0`;
type Claims = Readonly<Record<string, unknown>>;

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signedBy = (key: typeof stranger.privateKey, header: Claims, claims: Claims): string => {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
};

describe('api: a token', () => {
  let keydesk: TestKeydesk;
  let api: ApiClient;
  let signer: Signer;
  before(async () => {
    keydesk = await startTestKeydesk({ api: { appsMayReveal: true, requestsPerMinute: 10_000 } });
    api = clientOf(keydesk);
    signer = await sharedSigner();
  });
  after(async () => {
    await keydesk.stop();
    await keydesk.leave();
  });

  const good = (more: Claims = {}): Claims => {
    const now = Math.floor(Date.now() / 1000);
    const claims: Record<string, unknown> = { aud: apps.keydesk.clientId, iss: issuer, iat: now, nbf: now - 300, exp: now + 3599, azp: script.clientId, oid: alex.id, sub: 'pairwise', name: 'Alex Wilber', scp: 'Keys.List Keys.Reveal', tid: tenantId, ver: '2.0', ...more };
    return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  };
  const seconds = (from: number): number => Math.floor(Date.now() / 1000) + from;
  const header = () => ({ typ: 'JWT', alg: 'RS256', kid: signer.keyId });
  const publicPem = (): string => createPublicKey({ key: signer.jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
  const hmac = (claims: Claims): string => {
    const text = `${encode({ ...header(), alg: 'HS256' })}.${encode(claims)}`;
    return `${text}.${createHmac('sha256', publicPem()).update(text).digest('base64url')}`;
  };

  const refused: readonly (readonly [what: string, token: () => string, code: string, status?: number])[] = [
    ['that is not there', () => '', 'token-missing'],
    ['without a signature, alg none', () => `${encode({ typ: 'JWT', alg: 'none' })}.${encode(good())}.`, 'token-malformed'],
    ['with alg none and a signature', () => `${encode({ typ: 'JWT', alg: 'none' })}.${encode(good())}.AAAA`, 'token-malformed'],
    ['signed by HS256 with the public key', () => hmac(good()), 'token-malformed'],
    ['with the key in its own header (jwk)', () => signedBy(stranger.privateKey, { ...header(), jwk: stranger.publicKey.export({ format: 'jwk' }) }, good()), 'token-malformed'],
    ['that says where to find its key (jku)', () => signedBy(stranger.privateKey, { ...header(), jku: 'https://evil.example/keys' }, good()), 'token-malformed'],
    ['that says where to find its certificate (x5u)', () => signedBy(stranger.privateKey, { ...header(), x5u: 'https://evil.example/cert' }, good()), 'token-malformed'],
    ['that brings its certificate along (x5c)', () => signedBy(stranger.privateKey, { ...header(), x5c: ['MIIB'] }, good()), 'token-malformed'],
    ['that says its claims are not encoded (b64), signed by the tenant’s key', () => signer.sign(good(), { b64: false }), 'token-malformed'],
    ['that says its claims are packed (zip), signed by the tenant’s key', () => signer.sign(good(), { zip: 'DEF' }), 'token-malformed'],
    ['with a header that must be understood (crit)', () => signedBy(stranger.privateKey, { ...header(), crit: ['exp'] }, good()), 'token-malformed'],
    ['signed by a stranger under the tenant’s key id', () => signedBy(stranger.privateKey, header(), good()), 'token-untrusted'],
    ['of a key that nobody knows', () => signedBy(stranger.privateKey, { ...header(), kid: 'unknown' }, good()), 'token-untrusted'],
    ['that was changed behind its signature', () => signer.sign(good()).replace(/\.[^.]+\./, `.${encode(good({ scp: 'Keys.Reveal Keys.Rotate' }))}.`), 'token-untrusted'],
    ['of another tenant’s issuer', () => signer.sign(good({ iss: 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0' })), 'token-tenant'],
    ['whose tenant is another than its issuer', () => signer.sign(good({ tid: '11111111-2222-4333-8444-555555555555' })), 'token-tenant'],
    ['for another audience', () => signer.sign(good({ aud: 'https://graph.microsoft.com' })), 'token-audience'],
    ['of version 1.0', () => signer.sign(good({ ver: '1.0', iss: `https://sts.windows.net/${tenantId}/` })), 'token-version'],
    ['of version 1.0 with an issuer of version 2.0', () => signer.sign(good({ ver: '1.0' })), 'token-version'],
    ['that has expired', () => signer.sign(good({ exp: seconds(-120) })), 'token-expired'],
    ['that never expires', () => signer.sign(good({ exp: undefined })), 'token-kind'],
    ['that is not valid yet', () => signer.sign(good({ nbf: seconds(120) })), 'token-early'],
    ['that is an ID token', () => signer.sign(good({ scp: undefined, azp: undefined, nonce: 'n' })), 'token-kind'],
    ['that is an ID token with roles', () => signer.sign(good({ scp: undefined, roles: ['Keys.Reveal'] })), 'token-kind'],
    ['of an application that says it is a user', () => signer.sign(good({ scp: undefined, idtyp: 'user', sub: alex.id, roles: ['Keys.Reveal'] })), 'token-kind'],
    ['without a person', () => signer.sign(good({ oid: undefined })), 'token-kind'],
    ['whose scope only begins like the right', () => signer.sign(good({ scp: 'Keys.RevealAll Keys.Lists' })), 'no-right', 403],
    ['whose scope is of another case', () => signer.sign(good({ scp: 'keys.reveal' })), 'no-right', 403],
    ['of a person with the app role in place of the scope', () => signer.sign(good({ scp: 'Keys.List', roles: ['Keys.Reveal'] })), 'no-right', 403],
    ['of an application without roles', () => signer.sign(good({ scp: undefined, name: undefined, idtyp: 'app', oid: script.servicePrincipalId, sub: script.servicePrincipalId })), 'no-right', 403],
  ];
  for (const [what, token, code, status = 401] of refused) {
    it(`${what} is refused`, async () => {
      const before = keydesk.reads().length;
      const answer = await api.call(path, { token: token(), body: { ...body, requestedBy: 'Adele Vance' } });
      assert.deepEqual([answer.status, codeOf(answer)], [status, code], answer.text);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      if (status === 401) assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer realm="keydesk"/);
      assert.equal(keydesk.reads().length, before);
    });
  }

  it('that is as it should be is taken: a minute early or late is the difference of clocks', async () => {
    for (const more of [{}, { exp: seconds(-30) }, { nbf: seconds(30) }, { idtyp: 'user' }, { groups: undefined, hasgroups: true }]) {
      const answer = await api.call(`${keysPath}/${laptop}`, { token: signer.sign(good(more)) });
      assert.equal(answer.status, 200, answer.text);
    }
  });

  it('of an application by itself is taken, also where its registration does not ask for `idtyp`', async () => {
    const app = { scp: undefined, name: undefined, oid: script.servicePrincipalId, sub: script.servicePrincipalId, roles: ['Keys.List'] };
    for (const more of [app, { ...app, idtyp: 'app' }]) assert.equal((await api.call(`${keysPath}/${laptop}`, { token: signer.sign(good(more)) })).status, 200);
  });

  it('that comes twice is none, and one of 100 KB ends the request', async () => {
    const token = signer.sign(good());
    const port = Number(new URL(keydesk.url).port);
    const get = (headers: string): string => `GET ${keysPath}/${laptop} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n${headers}\r\n`;
    const doubled = await sendRaw(port, [get(`authorization: Bearer ${token}\r\nauthorization: Bearer ${token}\r\n`)]);
    assert.deepEqual(statusesIn(doubled), [401]);
    assert.match(doubled, /token-malformed/);
    assert.deepEqual(statusesIn(await sendRaw(port, [get(`authorization: Bearer ${'a'.repeat(100_000)}\r\n`)])), [431]);
    assert.equal((await fetch(`${keydesk.url}/healthz`)).status, 200);
  });

  it('names its groups, and Graph is asked of them only where it does not', async () => {
    const asked = (): number => keydesk.simulator.requests.list().filter(({ url }) => url.includes('checkMemberGroups')).length;
    const token = await api.token({});
    const before = asked();
    assert.equal((await api.call(`${keysPath}/${laptop}`, { token })).status, 200);
    assert.equal(asked(), before);
    keydesk.clock.forward(120);
    assert.equal((await api.call(`${keysPath}/${laptop}`, { token: signer.sign(good({ _claim_names: { groups: 'src1' } })) })).status, 200);
    assert.equal(asked(), before + 1);
  });

  it('has its signature looked at once a minute, for what gives power every time, and is good for nothing when it ends', async () => {
    const looks = mock.method(crypto.subtle, 'verify');
    const looked = async (call: () => Promise<Answered>): Promise<readonly [number, number, unknown]> => {
      looks.mock.resetCalls();
      const answer = await call();
      return [looks.mock.callCount(), answer.status, codeOf(answer)];
    };
    try {
      const token = signer.sign(good({ scp: 'Keys.List', exp: Math.floor(Date.parse(keydesk.clock.now()) / 1000) + 100 }));
      const list = () => api.call(`${keysPath}/${laptop}`, { token });
      assert.deepEqual([await looked(list), await looked(list)], [[1, 200, undefined], [0, 200, undefined]]);
      assert.deepEqual(await looked(() => api.call(path, { token, body })), [1, 403, 'no-right']);
      keydesk.clock.forward(61);
      assert.deepEqual([await looked(list), await looked(list)], [[1, 200, undefined], [0, 200, undefined]], 'a minute later');
      keydesk.clock.forward(89);
      assert.deepEqual(await looked(list), [1, 200, undefined], 'its last seconds');
      keydesk.clock.forward(11);
      assert.deepEqual((await looked(list)).slice(1), [401, 'token-expired']);
    } finally {
      looks.mock.restore();
    }
  });

  it('of an unknown key makes Keydesk ask Entra once, and not again for a while', async () => {
    const asked = (): number => keydesk.simulator.requests.list().filter(({ url }) => url.endsWith('/discovery/v2.0/keys')).length;
    const before = asked();
    for (const kid of ['a', 'b', 'c']) await api.call(path, { token: signedBy(stranger.privateKey, { ...header(), kid }, good()), body });
    assert.ok(asked() - before <= 1);
  });
});

describe('api: the keys of the tenant', () => {
  it('that cannot be read are a fault of ours, not of the caller', async () => {
    const keydesk = await startTestKeydesk({ api: {} });
    try {
      keydesk.simulator.faults.add({ path: /discovery\/v2\.0\/keys/, status: 500, times: 1 });
      const api = clientOf(keydesk);
      const answer = await api.call(`${keysPath}/${laptop}`);
      assert.deepEqual([answer.status, codeOf(answer)], [503, 'token-keys-unavailable']);
      assert.equal((await api.call(`${keysPath}/${laptop}`)).status, 200);
    } finally {
      await keydesk.stop();
      await keydesk.leave();
    }
  });
});
