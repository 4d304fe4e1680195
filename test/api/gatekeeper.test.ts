// The keys of the tenant, as they change.

import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { mock } from 'node:test';
import { createGatekeeper } from '../../src/api/gatekeeper.ts';
import { instantAt } from '../../src/domain/instant.ts';
import { script } from '../support/api.ts';
import { alex, tenantId } from '../support/keydesk/people.ts';

const audience = 'ac1d0000-0000-4000-8000-0000000000aa';
const noon = Date.UTC(2026, 10, 25, 12);

describe('api: a key of the tenant', () => {
  it('that is new is taken, and one that was taken back is not, when Entra was asked again: for an unknown one after 30 seconds, for all after an hour', async () => {
    const pairs = ['one', 'two'].map((kid) => ({ kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) }));
    const [one, two] = pairs;
    assert.ok(one !== undefined && two !== undefined);
    let published = [one];
    let asked = 0;
    const entra = createServer((_request, response) => {
      asked += 1;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published.map(({ kid, publicKey }) => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' })) }));
    });
    await new Promise<void>((resolve) => void entra.listen(0, '127.0.0.1', resolve));
    const address = entra.address();
    assert.ok(typeof address === 'object' && address !== null);
    const gate = createGatekeeper({ tenantId, audience, keysUrl: `http://127.0.0.1:${address.port}/`, clock: { now: () => instantAt(noon) } });
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const answer = async ({ kid, privateKey }: typeof one): Promise<string> => {
      const claims = { aud: audience, iss: `https://login.microsoftonline.com/${tenantId}/v2.0`, nbf: noon / 1000, exp: noon / 1000 + 3600, azp: script.clientId, oid: alex.id, sub: 'pairwise', scp: 'Keys.List', tid: tenantId, ver: '2.0' };
      const text = `${encode({ alg: 'RS256', kid })}.${encode(claims)}`;
      const token = `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
      const found = await gate({ headers: { authorization: `Bearer ${token}` }, doubled: new Set() }, true);
      return typeof found === 'string' ? found : 'taken';
    };
    const began = Date.now();
    const at = (seconds: number): void => {
      mock.timers.reset();
      mock.timers.enable({ apis: ['Date'], now: began + seconds * 1000 });
    };
    try {
      at(0);
      assert.deepEqual([await answer(one), await answer(two), asked], ['taken', 'token-untrusted', 1]);
      published = [one, two];
      at(20);
      assert.deepEqual([await answer(two), asked], ['token-untrusted', 1], 'whoever makes up key ids does not make us ask all the time');
      at(31);
      assert.deepEqual([await answer(two), asked], ['taken', 2]);
      published = [two];
      at(3000);
      assert.deepEqual([await answer(one), asked], ['taken', 2]);
      at(3700);
      assert.deepEqual([await answer(one), await answer(two), asked], ['token-untrusted', 'taken', 3]);
    } finally {
      mock.timers.reset();
      entra.closeAllConnections();
      entra.close();
    }
  });
});
