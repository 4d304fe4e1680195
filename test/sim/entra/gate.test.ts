import assert from 'node:assert/strict';
import type { Claims } from '../../../src/sim/entra/signing.ts';
import { createSigner, sharedSigner } from '../../../src/sim/entra/signing.ts';
import { graphAppClaims } from '../../../src/sim/entra/tokens.ts';
import type { Simulator } from '../../../src/sim/simulator.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { call, errorCode, field, graphToken } from '../support/caller.ts';

describe('sim/entra/gate', () => {
  let clock = Date.parse('2026-03-02T09:00:00Z');
  let sim: Simulator;
  before(async () => {
    sim = await startSimulator({ devices: 0, now: () => clock });
  });
  after(() => sim.stop());

  const bring = (authorization: string | undefined) => call(`${sim.url}/v1.0/devices?$top=1`, { headers: authorization === undefined ? {} : { authorization } });
  const good = (): Claims => graphAppClaims(apps.keydesk, { tenant: sim.tenant, audience: 'https://graph.microsoft.com' });
  const signed = async (claims: Claims): Promise<string> => `Bearer ${(await sharedSigner()).sign(claims)}`;

  it('lets a token for Graph in, by either name of Graph', async () => {
    assert.equal((await bring(await signed(good()))).status, 200);
    assert.equal((await bring(await signed({ ...good(), aud: '00000003-0000-0000-c000-000000000000' }))).status, 200);
  });

  const refusals: readonly (readonly [what: string, make: () => Promise<string | undefined> | string | undefined, message: RegExp])[] = [
    ['no token', () => undefined, /token is empty/],
    ['another scheme', () => 'Basic YTpi', /token is empty/],
    ['something that is no token', () => 'Bearer abc', /not well formed/],
    ['a token for another audience', () => signed({ ...good(), aud: apps.keydesk.clientId }), /Invalid audience/],
    ['a token of another tenant', () => signed({ ...good(), tid: '00000000-0000-4000-8000-00000000beef' }), /Invalid issuer/],
    ['a token of another issuer', () => signed({ ...good(), iss: 'https://login.example/' }), /Invalid issuer/],
    ['a token that is over', () => signed({ ...good(), exp: clock / 1000 }), /expired/],
    ['a token that is not valid yet', () => signed({ ...good(), nbf: clock / 1000 + 1 }), /expired/],
    ['a token that somebody else signed', async () => `Bearer ${(await createSigner()).sign(good())}`, /Signature validation failed/],
    ['a token with the signature left out', () => `Bearer ${['{"alg":"none"}', JSON.stringify(good())].map((part) => Buffer.from(part).toString('base64url')).join('.')}.`, /Signature validation failed/],
  ];
  for (const [what, make, message] of refusals) {
    it(`refuses ${what}`, async () => {
      const answered = await bring(await make());
      assert.equal(answered.status, 401);
      assert.equal(errorCode(answered), 'InvalidAuthenticationToken');
      assert.match(String(field(answered.body, 'error', 'message')), message);
      assert.match(answered.headers.get('www-authenticate') ?? '', /^Bearer /);
    });
  }

  it('refuses a token that it let in before, once that is over', async () => {
    const token = `Bearer ${await graphToken(sim.url)}`;
    assert.equal((await bring(token)).status, 200);
    clock += 3600 * 1000;
    assert.equal((await bring(token)).status, 401);
  });
});
