import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Secret } from '../../src/config/secret.ts';
import { Token } from '../../src/domain/authority.ts';
import { createOnBehalfOf, type OnBehalfOfSettings } from '../../src/graph/on-behalf-of.ts';
import { authorityTurnedTo } from '../../src/graph/turned.ts';
import { everythingIn, faultOf, never } from '../support/graph-at.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { selfSigned } from '../support/self-signed.ts';

const tenantId = 'c0417050-0000-4000-8000-000000000000';
const clientId = 'c1100000-0000-4000-8000-000000000001';
const secret = { type: 'secret', clientId, secret: new Secret('s3cret-of-the-bot') } as const;

describe('graph/on-behalf-of', () => {
  let upstream: ScriptedUpstream;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => upstream.reset());

  const exchange = (identity: OnBehalfOfSettings['identity'] = secret, token = new Token('aa.bb.cc')) => createOnBehalfOf({ tenantId, identity }, { authorityHttp: authorityTurnedTo(upstream.origin) })(token, never());
  const issued = (access_token: string) => ({ body: { token_type: 'Bearer', expires_in: 3600, access_token } });
  const refused = (error: string, more: object = {}, status = 400) => upstream.always(() => ({ status, body: { error, error_description: `for ${clientId}`, ...more } }));
  const form = () => new URLSearchParams(upstream.arrived.at(-1)?.body);

  it('exchanges the sign-in that it is given, and nothing else', async () => {
    upstream.script(issued('for-graph'));
    const granted = await exchange();
    assert.ok(granted.kind === 'granted');
    assert.equal(granted.token.reveal(), 'for-graph');
    assert.deepEqual(upstream.arrived.map(({ method, url }) => `${method} ${url.split('?')[0]}`), [`POST /${tenantId}/oauth2/v2.0/token`]);
    const sent = form();
    assert.deepEqual(
      ['grant_type', 'client_id', 'client_secret', 'assertion', 'requested_token_use'].map((name) => sent.get(name)),
      ['urn:ietf:params:oauth:grant-type:jwt-bearer', clientId, 's3cret-of-the-bot', 'aa.bb.cc', 'on_behalf_of'],
    );
    assert.ok(sent.get('scope')?.split(' ').includes('https://graph.microsoft.com/.default'));
    assert.match(sent.get('claims') ?? '', /xms_cc/, 'and says that it understands challenges');
  });

  it('remembers neither: the same sign-in again is asked for again', async () => {
    upstream.script(issued('one'), issued('two'));
    const both = [await exchange(), await exchange()];
    assert.deepEqual(both.map((one) => one.kind === 'granted' && one.token.reveal()), ['one', 'two']);
  });

  it('proves itself by a certificate, or by somebody else’s assertion', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keydesk-obo-'));
    try {
      const certificateFile = join(folder, 'bot.pem');
      writeFileSync(certificateFile, selfSigned().file);
      upstream.script(issued('one'), issued('two'));
      assert.equal((await exchange({ type: 'certificate', clientId, certificateFile })).kind, 'granted');
      assert.match(form().get('client_assertion') ?? '', /^[\w-]+\.[\w-]+\.[\w-]+$/);
      assert.equal((await exchange({ type: 'assertion', clientId, assertion: () => Promise.resolve('from.managed.identity') })).kind, 'granted');
      assert.equal(form().get('client_assertion'), 'from.managed.identity');
      assert.equal(form().get('client_secret'), null);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('takes a certificate that was renewed in its file, and is a fault that names no path while there is none to read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keydesk-obo-'));
    try {
      const certificateFile = join(folder, 'bot.pem');
      const exchangeWith = (content: string) => (writeFileSync(certificateFile, content), exchange({ type: 'certificate', clientId, certificateFile }));
      const headerSent = (): unknown => JSON.parse(Buffer.from(form().get('client_assertion')?.split('.')[0] ?? '', 'base64url').toString());
      upstream.always(() => issued('for-graph'));
      const renewed = selfSigned();
      await exchangeWith(selfSigned().file);
      const before = headerSent();
      for (const content of ['', 'half of a certif', renewed.certificate]) {
        const fault = await faultOf(exchangeWith(content));
        assert.deepEqual([fault.code, fault.retry], ['graph-token', 'later'], 'somebody may be writing it');
        assert.ok(!everythingIn(fault).includes(folder) && !inspect(fault, { depth: 9 }).includes(folder));
      }
      assert.equal((await exchangeWith(renewed.file)).kind, 'granted');
      assert.notDeepEqual(headerSent(), before);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
  const meanings: readonly (readonly [what: string, error: string, more: object, meaning: object])[] = [
    ['no consent', 'invalid_grant', { error_codes: [65_001], suberror: 'consent_required' }, { kind: 'consent-missing' }],
    ['a consent that was declined', 'invalid_grant', { error_codes: [65_004] }, { kind: 'consent-missing' }],
    ['a policy, with claims', 'interaction_required', { error_codes: [50_079], claims }, { kind: 'sign-in-needed', claims: Buffer.from(claims).toString('base64') }],
    ['claims under another name of the error', 'invalid_grant', { error_codes: [50_076], claims }, { kind: 'sign-in-needed', claims: Buffer.from(claims).toString('base64') }],
    ['a policy, without', 'interaction_required', { error_codes: [53_003] }, { kind: 'sign-in-needed' }],
    ['a session that was ended', 'invalid_grant', { error_codes: [50_173] }, { kind: 'sign-in-needed' }],
    ['a sign-in that is over', 'invalid_grant', { error_codes: [500_133] }, { kind: 'ended' }],
    ['a sign-in that is none', 'invalid_grant', { error_codes: [50_013] }, { kind: 'refused' }],
    ['a person who is disabled', 'invalid_grant', { error_codes: [50_057] }, { kind: 'refused' }],
    ['no number at all', 'invalid_grant', {}, { kind: 'refused' }],
  ];
  for (const [what, error, more, meaning] of meanings) {
    it(`understands ${what}`, async () => {
      refused(error, more);
      assert.deepEqual(await exchange(), meaning);
    });
  }

  it('calls a fault what is not about the person, with Entra’s number and nothing of what it said', async () => {
    const codeOf = async (): Promise<unknown> => {
      const fault = await faultOf(exchange());
      const all = everythingIn(fault) + inspect(fault, { depth: 9 });
      for (const hidden of ['aa.bb.cc', 's3cret', clientId]) assert.ok(!all.includes(hidden), hidden);
      return [fault.code, fault.retry, fault.message];
    };
    refused('invalid_client', { error_codes: [7_000_222] }, 401);
    assert.deepEqual(await codeOf(), ['graph-token', 'never', 'no token in a person’s name: 401 (AADSTS7000222)']);
    refused('temporarily_unavailable', { error_codes: [90_033] }, 503);
    assert.deepEqual(await codeOf(), ['graph-token', 'later', 'no token in a person’s name: 503 (AADSTS90033)']);
    upstream.always(() => ({ status: 500, body: 'aa.bb.cc' }));
    assert.deepEqual(await codeOf(), ['graph-token', 'later', 'no token in a person’s name: 500']);
    upstream.reset();
    upstream.script(issued('for-graph'));
    assert.equal((await exchange()).kind, 'granted');
  });

  it('waits no longer than the deadline', async () => {
    upstream.always(() => () => undefined);
    const controller = new AbortController();
    const asking = createOnBehalfOf({ tenantId, identity: secret }, { authorityHttp: authorityTurnedTo(upstream.origin) })(new Token('aa.bb.cc'), controller.signal);
    controller.abort();
    assert.equal((await faultOf(asking)).code, 'graph-timeout');
  });
});
