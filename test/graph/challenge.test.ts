import assert from 'node:assert/strict';
import { parseChallenge } from '../../src/graph/challenge.ts';

const json = '{"access_token":{"acrs":{"essential":true,"value":"cp1"}}}';
const claims = Buffer.from(json).toString('base64');

describe('graph/challenge', () => {
  it('reads quoted claims with their padding', () => {
    assert.ok(claims.endsWith('=='));
    const header = `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${claims}"`;
    assert.deepEqual(parseChallenge(header), { claims, json });
  });

  it('reads claims without quotes, in any case, after other challenges', () => {
    assert.deepEqual(parseChallenge(`Basic realm="a, claims=b", Bearer error=insufficient_claims, Claims=${claims}`), { claims, json });
  });

  it('undoes escapes inside quotes', () => {
    assert.deepEqual(parseChallenge(`Bearer claims="${claims.slice(0, 3)}\\${claims.slice(3)}"`), { claims, json });
  });

  it('finds nothing where there is nothing', () => {
    for (const header of [undefined, '', 'Bearer', 'Bearer error="invalid_token"', 'Bearer claims=""', 'Bearer claims="!!!"', `Bearer claims="${Buffer.from('[1]').toString('base64')}"`]) {
      assert.equal(parseChallenge(header), undefined);
    }
  });
});
