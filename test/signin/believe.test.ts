import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { inspect } from 'node:util';
import { Token } from '../../src/domain/authority.ts';
import { Fault } from '../../src/domain/fault.ts';
import { instantAt } from '../../src/domain/instant.ts';
import { createBelief } from '../../src/signin/believe.ts';
import { alex, isaiah } from '../support/desk/world.ts';

const clientId = 'b0700000-0000-4000-8000-000000000001';
const now = Date.parse('2026-11-25T09:00:00Z') / 1000;
const { tenantId } = alex;
const good = {
  aud: clientId,
  iss: `https://login.microsoftonline.com/${tenantId}/v2.0`,
  iat: now - 10,
  nbf: now - 10,
  exp: now + 3600,
  oid: alex.id,
  tid: tenantId,
  scp: 'access_as_user',
  ver: '2.0',
};

/** A tenant's keys, which may change; `fetched` counts how often they were. */
function entra() {
  const pairs = new Map<string, { readonly publicKey: KeyObject; readonly privateKey: KeyObject }>();
  const state = { fetched: 0, answer: undefined as (() => Response) | undefined };
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  return {
    state,
    addKey: (kid: string) => void pairs.set(kid, generateKeyPairSync('rsa', { modulusLength: 2048 })),
    token: (claims: object, kid = 'k1', header: object = {}) => {
      const body = `${encode({ alg: 'RS256', typ: 'JWT', kid, ...header })}.${encode(claims)}`;
      return new Token(`${body}.${sign('sha256', Buffer.from(body), pairs.get(kid)?.privateKey ?? '').toString('base64url')}`);
    },
    fetchKeys: async () => {
      state.fetched += 1;
      return state.answer?.() ?? Response.json({ keys: [...pairs].map(([kid, { publicKey }]) => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' })) });
    },
  };
}

describe('signin/believe', () => {
  const never = (): AbortSignal => new AbortController().signal;
  const believing = (tenant = entra()) => {
    tenant.addKey('k1');
    const believe = createBelief({ tenantId, clientId, clock: { now: () => instantAt(now * 1000) }, fetchKeys: tenant.fetchKeys });
    return { tenant, believe, of: (change: object = {}, person = alex) => believe(tenant.token({ ...good, ...change }), person, never()) };
  };

  it('takes a token of the person for this bot, under both of its names, fetching Entra’s keys once', async () => {
    const { of, tenant } = believing();
    assert.equal(await of(), 'good');
    assert.equal(await of({ aud: `api://botid-${clientId}`, scp: 'email access_as_user' }), 'good');
    assert.equal(tenant.state.fetched, 1);
  });

  it('takes a token of nobody else', async () => {
    const { of } = believing();
    assert.deepEqual([await of({}, isaiah), await of({ oid: isaiah.id }), await of({ oid: isaiah.id }, isaiah)], ['of-another', 'of-another', 'good']);
  });

  it('tells a token of somebody else, or for something else, from one that is merely over', async () => {
    const { of } = believing();
    const over = { exp: now - 61 };
    assert.deepEqual([await of(over), await of(over, isaiah), await of({ ...over, aud: 'https://graph.microsoft.com' }), await of({ ...over, scp: 'User.Read' })], ['ended', 'of-another', 'refused', 'refused']);
  });

  it('believes no younger token than its own clock allows: ten minutes behind Entra it takes none, ten minutes ahead it takes those that are still good', async () => {
    // As Entra writes them: from five minutes ago, for an hour or a little more.
    const at = (minutes: number) => ({ iat: now - 60 * minutes - 300, nbf: now - 60 * minutes - 300, exp: now - 60 * minutes + 3900 });
    const { of } = believing();
    assert.deepEqual([await of(at(-10)), await of(at(0)), await of(at(10))], ['refused', 'good', 'good']);
  });

  const wrong: readonly (readonly [what: string, change: object])[] = [
    ['another audience', { aud: `api://${clientId}` }],
    ['Graph’s audience', { aud: 'https://graph.microsoft.com' }],
    ['another issuer', { iss: 'https://login.microsoftonline.com/common/v2.0' }],
    ['version 1', { ver: '1.0' }],
    ['another tenant in it', { tid: clientId }],
    ['no scope', { scp: undefined }],
    ['another scope', { scp: 'access_as_users' }],
    ['an application’s type', { idtyp: 'app' }],
    ['no end', { exp: undefined }],
    ['no beginning', { nbf: undefined }],
    ['a beginning too far ahead', { nbf: now + 61 }],
    ['no person', { oid: undefined }],
  ];
  for (const [what, change] of wrong) {
    it(`refuses one with ${what}`, async () => assert.equal(await believing().of(change), 'refused'));
  }

  it('bears sixty seconds between two clocks, and no more', async () => {
    const { of } = believing();
    assert.deepEqual([await of({ exp: now - 59 }), await of({ exp: now - 60 }), await of({ nbf: now + 60 })], ['good', 'ended', 'good']);
  });

  it('refuses other algorithms and signatures', async () => {
    const { tenant, believe } = believing();
    const [header, body, signature] = tenant.token(good).reveal().split('.');
    const tries = [`${header}.${Buffer.from(JSON.stringify({ ...good, oid: isaiah.id })).toString('base64url')}.${signature}`, `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`, `${header}.${body}.AAAA`, 'a.b.c', tenant.token(good, 'k1', { alg: 'PS256' }).reveal(), tenant.token(good, 'k1', { alg: 'HS256' }).reveal()];
    for (const token of tries) assert.equal(await believe(new Token(token), alex, never()), 'refused', token.slice(0, 30));
  });

  it('fetches the keys anew for a token that is signed with one it does not know, and not for every such token', async () => {
    const { tenant, believe, of } = believing();
    await of();
    tenant.addKey('k2');
    // jose waits half a minute between fetches that it was led to by a token.
    assert.equal(await believe(tenant.token(good, 'k2'), alex, never()), 'refused');
    assert.equal(tenant.state.fetched, 1);
    const fresh = createBelief({ tenantId, clientId, clock: { now: () => instantAt(now * 1000) }, fetchKeys: tenant.fetchKeys });
    assert.equal(await fresh(tenant.token(good, 'k2'), alex, never()), 'good');
  });

  it('is a fault without keys, never a yes or a no; nothing of the token is in it', async () => {
    const { tenant, believe, of } = believing();
    const token = tenant.token(good);
    for (const answer of [() => new Response('', { status: 503 }), () => new Response('<html>'), () => Response.json({ keys: 'none' }), () => Response.error()]) {
      tenant.state.answer = answer;
      const fault: unknown = await believe(token, alex, never()).catch((error: unknown) => error);
      assert.ok(fault instanceof Fault, String(fault));
      assert.equal(fault.code, 'graph-token');
      assert.ok(!inspect(fault, { depth: 9 }).includes(token.reveal()));
    }
    tenant.state.answer = undefined;
    assert.equal(await of(), 'good');
  });

  it('waits no longer than the press may', async () => {
    const tenant = entra();
    tenant.addKey('k1');
    const believe = createBelief({ tenantId, clientId, clock: { now: () => instantAt(now * 1000) }, fetchKeys: () => new Promise(() => undefined) });
    const controller = new AbortController();
    const asking = believe(tenant.token(good), alex, controller.signal).catch((error: unknown) => error);
    controller.abort();
    const fault: unknown = await asking;
    assert.ok(fault instanceof Fault && fault.code === 'graph-timeout');
  });
});

describe('a token', () => {
  it('prints as nothing but its kind', () => {
    const token = new Token('aa.bb.cc');
    assert.deepEqual([String(token), JSON.stringify({ token }), inspect({ token }), inspect(new Error('x', { cause: token })).includes('aa.bb')], ['«token»', '{"token":"«token»"}', '{ token: «token» }', false]);
    assert.equal(token.reveal(), 'aa.bb.cc');
  });
});
