import assert from 'node:assert/strict';
import { type BotIdentity, credentialsFor, IdentityError } from '../../src/teams/identity.ts';
import { tenantId } from '../support/desk/world.ts';

const clientId = 'b07b07b0-0000-4000-8000-000000000001';
const tokens = { getToken: () => Promise.resolve({ token: 'x', expiresOnTimestamp: 0 }) };
const good: readonly BotIdentity[] = [
  { type: 'secret', clientId, tenantId, secret: 's3cret' },
  { type: 'certificate', clientId, tenantId, thumbprint: 'a'.repeat(40), privateKey: '-----BEGIN PRIVATE KEY-----' },
  { type: 'managed-identity', clientId, tenantId, tokens },
];

describe('the identity of the bot', () => {
  for (const identity of good) {
    it(`may be a ${identity.type}, asks for a token, and knows its own id only`, async () => {
      const credentials = credentialsFor(identity);
      assert.ok(!(await credentials.isAuthenticationDisabled()));
      assert.equal(await credentials.isValidAppId(clientId), true);
      assert.equal(await credentials.isValidAppId(''), false);
      assert.equal(await credentials.isValidAppId('b07b07b0-0000-4000-8000-000000000002'), false);
    });
  }

  for (const [what, identity] of [
    ['an empty client id', { type: 'secret', clientId: '', tenantId, secret: 's3cret' }],
    ['a client id that is no GUID', { type: 'secret', clientId: 'keydesk', tenantId, secret: 's3cret' }],
    ['an empty tenant', { type: 'secret', clientId, tenantId: ' ', secret: 's3cret' }],
    ['an empty secret', { type: 'secret', clientId, tenantId, secret: ' ' }],
    ['no private key', { type: 'certificate', clientId, tenantId, thumbprint: 'a'.repeat(40), privateKey: '' }],
    ['no thumbprint', { type: 'certificate', clientId, tenantId, thumbprint: '', privateKey: 'k' }],
  ] as const satisfies readonly (readonly [string, BotIdentity])[]) {
    it(`is refused with ${what}, and the error shows no secret`, () => {
      assert.throws(
        () => credentialsFor(identity),
        (error: Error) => error instanceof IdentityError && !error.message.includes('s3cret') && /lacks/.test(error.message),
      );
    });
  }

  for (const type of ['MultiTenant', 'SingleTennant', '', undefined]) {
    it(`is refused with the type ${JSON.stringify(type)}`, () => {
      // What a configuration that is not ours may hold; the compiler would not let it through.
      const identity: BotIdentity = JSON.parse(JSON.stringify({ type, clientId, tenantId, secret: 's3cret' }));
      assert.throws(() => credentialsFor(identity), IdentityError);
    });
  }
});
