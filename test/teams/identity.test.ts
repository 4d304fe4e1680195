import assert from 'node:assert/strict';
import { AppCredentials } from 'botframework-connector';
import { credentialsFor, IdentityError } from '../../src/teams/identity.ts';

const clientId = 'b07b07b0-0000-4000-8000-000000000001';
const scopes: string[] = [];
const tokens = (token: string) => ({
  getToken: (scope: string) => {
    scopes.push(scope);
    return Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 });
  },
});

describe('the identity of the bot', () => {
  it('asks for a token, and knows its own id only', async () => {
    const credentials = credentialsFor({ clientId, tokens: tokens('t') });
    assert.ok(!(await credentials.isAuthenticationDisabled()));
    assert.equal(await credentials.isValidAppId(clientId), true);
    assert.equal(await credentials.isValidAppId(''), false);
    assert.equal(await credentials.isValidAppId('b07b07b0-0000-4000-8000-000000000002'), false);
  });

  it('shows the connector a token for the connector, whatever the proof behind it is', async () => {
    const own = 'b07b07b0-0000-4000-8000-000000000003';
    scopes.length = 0;
    const credentials = await credentialsFor({ clientId: own, tokens: tokens('token-of-the-bot') }).createCredentials(own, undefined, '', true);
    assert.ok(credentials instanceof AppCredentials);
    assert.equal(await credentials.getToken(), 'token-of-the-bot');
    assert.deepEqual(scopes, ['https://api.botframework.com/.default']);
  });

  for (const id of ['', ' ', 'keydesk', '00000000-0000-0000-0000-000000000000']) {
    it(`is refused with the client id "${id}"`, () => {
      assert.throws(() => credentialsFor({ clientId: id, tokens: tokens('t') }), IdentityError);
    });
  }
});
