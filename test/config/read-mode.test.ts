import assert from 'node:assert/strict';
import { ConfigError, readConfig } from '../../src/config/read-config.ts';
import { Reader } from '../../src/config/reader.ts';
import { readMode } from '../../src/config/read-mode.ts';
import { Secret } from '../../src/config/secret.ts';
import { pemOf } from '../support/ledger-keys.ts';

const application = { type: 'secret', clientId: 'b0700000-0000-4000-8000-000000000001', secret: new Secret('x') } as const;
const delegated = { KEYDESK_GRAPH_MODE: 'delegated', KEYDESK_OAUTH_CONNECTION: 'keydesk-sso', KEYDESK_PUBLIC_URL: 'https://keydesk.contoso.com/' };

function reading(env: Readonly<Record<string, string>>, identity: Parameters<typeof readMode>[1] = application) {
  const read = new Reader(env);
  return { mode: readMode(read, identity), faults: read.faults.map(({ variable }) => variable) };
}

describe('config/read-mode', () => {
  it('refuses to choose: unset, or another word, is a fault', () => {
    for (const env of [{}, { KEYDESK_GRAPH_MODE: '' }, { KEYDESK_GRAPH_MODE: 'Delegated' }, { KEYDESK_GRAPH_MODE: 'both' }]) assert.deepEqual(reading(env), { mode: undefined, faults: ['KEYDESK_GRAPH_MODE'] });
  });

  it('takes each of the two', () => {
    assert.deepEqual(reading({ KEYDESK_GRAPH_MODE: 'application' }), { mode: { mode: 'application' }, faults: [] });
    assert.deepEqual(reading(delegated), { mode: { mode: 'delegated', connection: 'keydesk-sso', publicUrl: 'https://keydesk.contoso.com' }, faults: [] });
  });

  it('names all that delegated mode lacks, at once', () => {
    assert.deepEqual(reading({ KEYDESK_GRAPH_MODE: 'delegated' }).faults, ['KEYDESK_OAUTH_CONNECTION', 'KEYDESK_PUBLIC_URL']);
  });

  it('sends browsers to no address but an https one without a path', () => {
    for (const url of ['http://keydesk.contoso.com', 'keydesk.contoso.com', 'https://keydesk.contoso.com/bot', 'https://a:b@keydesk.contoso.com', 'https://keydesk.contoso.com/?x=1', 'javascript:alert(1)']) {
      assert.deepEqual(reading({ ...delegated, KEYDESK_PUBLIC_URL: url }).faults, ['KEYDESK_PUBLIC_URL'], url);
    }
    assert.equal(Object(reading({ ...delegated, KEYDESK_PUBLIC_URL: 'https://keydesk.contoso.com:8443' }).mode).publicUrl, 'https://keydesk.contoso.com:8443');
  });

  it('finds the contradiction: a connection to sign in with, and nobody who signs in', () => {
    assert.deepEqual(reading({ ...delegated, KEYDESK_GRAPH_MODE: 'application' }).faults, ['KEYDESK_OAUTH_CONNECTION']);
  });

  it('refuses a managed identity, which cannot act for people', () => {
    assert.deepEqual(reading(delegated, { type: 'managed-identity', clientId: application.clientId }).faults, ['MicrosoftAppType']);
    assert.deepEqual(reading({ KEYDESK_GRAPH_MODE: 'application' }, { type: 'managed-identity', clientId: application.clientId }).faults, []);
  });

  const whole = {
    ...delegated,
    KEYDESK_TENANT_ID: 'c0417050-0000-4000-8000-000000000000',
    MicrosoftAppType: 'SingleTenant',
    MicrosoftAppId: application.clientId,
    MicrosoftAppPassword: 'x',
    DATABASE_URL: 'postgres://keydesk_app:pw@127.0.0.1/keydesk',
    KEYDESK_GROUP_AGENTS: '60000000-0000-4000-8000-000000000001',
    KEYDESK_LEDGER_KEY: pemOf(1),
  };

  it('refuses an application that reads keys where people read them themselves', () => {
    assert.equal(readConfig(whole).graphMode.mode, 'delegated');
    const reading = { ...whole, KEYDESK_REVEAL_CLIENT_ID: 'b0700000-0000-4000-8000-000000000002', KEYDESK_REVEAL_CLIENT_SECRET: 'y' };
    assert.throws(() => readConfig(reading), (error: unknown) => error instanceof ConfigError && assert.deepEqual(error.faults.map(({ variable }) => variable), ['KEYDESK_REVEAL_CLIENT_ID']) === undefined);
  });

  it('is in the fingerprint that the ledger has of a configuration', () => {
    const { KEYDESK_OAUTH_CONNECTION: _connection, ...application } = { ...whole, KEYDESK_GRAPH_MODE: 'application' };
    assert.notEqual(readConfig(application).fingerprint, readConfig(whole).fingerprint);
  });
});
