// T2 at the level of HTTP: who gets in with which token. The signing key and its documents are ours.

import assert from 'node:assert/strict';
import { ToBotFromBotOrEmulatorTokenValidationParameters } from 'botframework-connector';
import { createAdapter } from '../../src/teams/adapter.ts';
import type { Inbound } from '../../src/teams/bot.ts';
import { credentialsFor } from '../../src/teams/identity.ts';
import { alex } from '../support/desk/world.ts';
import { type Edge, startEdge } from '../support/edge.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

const clientId = 'b07b07b0-0000-4000-8000-000000000001';
const emulatorTenant = 'd6d49420-f39b-4df7-a1dc-d59a935871db';
const botToken = 'token-of-the-bot';
const tokens = { getToken: () => Promise.resolve({ token: botToken, expiresOnTimestamp: Date.now() + 3_600_000 }) };
const identity = { clientId, tokens };

describe('the token of a request', () => {
  let issuer: TokenIssuer;
  let edge: Edge;
  let authorization = '';
  const said: unknown[] = [];
  const { error, warn } = console;

  before(async () => {
    // The SDK prints what it refuses; the test's own output stays readable, and nothing of a token may be in it.
    console.error = (...given: unknown[]) => void said.push(...given);
    console.warn = (...given: unknown[]) => void said.push(...given);
    issuer = await startTokenIssuer();
    const openIdMetadata = { channelUrl: issuer.metadataUrl, emulatorUrl: issuer.metadataUrl };
    const inbound: Inbound = { mode: 'authenticated', identity, openIdMetadata, serviceUrls: 'loopback' };
    edge = await startEdge({ inbound, authorization: () => authorization });
  });
  after(async () => {
    console.error = error;
    console.warn = warn;
    await edge.stop();
    await issuer.stop();
  });

  const now = (): number => Math.floor(Date.now() / 1000);
  const channelClaims = () => ({ iss: 'https://api.botframework.com', aud: clientId, serviceurl: edge.connector.serviceUrl, nbf: now() - 60, exp: now() + 3600 });
  const ask = async (token: string | undefined) => {
    authorization = token === undefined ? '' : `Bearer ${token}`;
    const before = edge.connector.calls.length;
    const { status, body } = await edge.talk.say('whoami', { as: alex });
    return { status, body, calls: edge.connector.calls.slice(before) };
  };
  const refused = async (token: string | undefined, code: string): Promise<void> => {
    const { status, body, calls } = await ask(token);
    assert.equal(status, 401);
    assert.ok(typeof body === 'object' && body !== null);
    assert.deepEqual(Object.keys(body), ['code', 'reference']);
    assert.equal(Reflect.get(body, 'code'), code);
    assert.deepEqual(calls, []);
  };

  it('lets in what the channel service signed, and the answer carries the token of the bot', async () => {
    const { status, calls } = await ask(issuer.sign(channelClaims()));
    assert.equal(status, 200);
    assert.deepEqual(calls.map((call) => [call.kind, call.headers.authorization]), [['reply', `Bearer ${botToken}`]]);
  });

  it('must be there', () => refused(undefined, 'no-token'));
  it('must be for this bot', () => refused(issuer.sign({ ...channelClaims(), aud: 'b07b07b0-0000-4000-8000-000000000002' }), 'token-refused'));
  it('must be for this serviceUrl', () => refused(issuer.sign({ ...channelClaims(), serviceurl: 'https://smba.trafficmanager.net/emea/' }), 'token-refused'));
  it('must name a serviceUrl', () => refused(issuer.sign({ ...channelClaims(), serviceurl: undefined }), 'token-refused'));
  it('must not have expired', () => refused(issuer.sign({ ...channelClaims(), nbf: now() - 7200, exp: now() - 3600 }), 'token-refused'));
  it('must be valid already', () => refused(issuer.sign({ ...channelClaims(), nbf: now() + 3600, exp: now() + 7200 }), 'token-refused'));
  it('must be signed', () => refused(issuer.sign(channelClaims(), 'none'), 'token-refused'));
  it('must be signed by the key of the service', async () => {
    const other = await startTokenIssuer();
    try {
      await refused(other.sign(channelClaims()), 'token-refused');
    } finally {
      await other.stop();
    }
  });

  const emulatorClaims = () => ({ ...channelClaims(), iss: `https://sts.windows.net/${emulatorTenant}/`, tid: emulatorTenant, ver: '1.0', appid: clientId });

  it('must not be an emulator token, however valid', () => refused(issuer.sign(emulatorClaims()), 'wrong-issuer'));
  it('must not be a token for Graph', () => refused(issuer.sign({ ...emulatorClaims(), aud: 'https://graph.microsoft.com' }), 'wrong-issuer'));
  it('must not be the token of another bot', () => refused(issuer.sign({ ...channelClaims(), ver: '1.0', appid: 'b07b07b0-0000-4000-8000-000000000002' }), 'token-refused'));

  it('is looked at by the adapter again: an emulator token that came past the door gets in nowhere', async () => {
    const metadata = { channelUrl: issuer.metadataUrl, emulatorUrl: issuer.metadataUrl };
    const adapter = createAdapter(credentialsFor(identity), { at: () => Promise.reject(new Error('no call was expected')) }, metadata);
    const turn = async (claims: Readonly<Record<string, unknown>>) => {
      let entered = false;
      let status = 200;
      const response = { status: (code: number) => (status = code), send: () => undefined, header: () => undefined, end: () => undefined, socket: undefined };
      const activity = { type: 'message', channelId: 'msteams', serviceUrl: edge.connector.serviceUrl, conversation: { id: 'a:1' } };
      const request = { method: 'POST', headers: { authorization: `Bearer ${issuer.sign(claims)}` }, body: activity };
      await adapter.process(request, response, async () => void (entered = true));
      return { entered, status };
    };
    assert.deepEqual(await turn(emulatorClaims()), { entered: false, status: 401 });
    // Its twin gets as far as the connector, which this adapter does not have.
    assert.deepEqual(await turn(channelClaims()), { entered: false, status: 500 });
  });

  it('that names a tenant of its own leaves nothing behind, fifty times', async () => {
    const { issuer: list } = ToBotFromBotOrEmulatorTokenValidationParameters;
    assert.ok(Array.isArray(list));
    const before = list.length;
    for (let n = 0; n < 50; n += 1) {
      const tid = `0badc0de-0000-4000-8000-${String(n).padStart(12, '0')}`;
      const { status } = await ask(issuer.sign({ ...channelClaims(), iss: n % 2 === 0 ? `https://sts.windows.net/${tid}/` : 'https://api.botframework.com', tid, aud: 'x' }));
      assert.equal(status, 401);
    }
    assert.equal(list.length, before);
  });

  it('is in no line of the log and in nothing that the SDK prints', async () => {
    const token = issuer.sign({ ...channelClaims(), aud: 'x' });
    await refused(token, 'token-refused');
    const [, payload = '', signature = ''] = token.split('.');
    const everything = [...edge.logged, ...said.map((part) => (part instanceof Error ? `${part.message}\n${part.stack}` : String(part)))].join('\n');
    assert.ok(everything.length > 0);
    for (const part of [payload, signature, botToken]) assert.ok(!everything.includes(part));
  });
});
