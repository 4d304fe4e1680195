import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandEnvironment } from '../../src/config/command-environment.ts';
import { withEnvFiles } from '../../src/config/env-files.ts';
import { ConfigError, readConfig } from '../../src/config/read-config.ts';
import { pemOf } from '../support/ledger-keys.ts';

const whole = {
  KEYDESK_TENANT_ID: 'c0417050-0000-4000-8000-000000000000',
  MicrosoftAppType: 'SingleTenant',
  MicrosoftAppId: 'b0700000-0000-4000-8000-000000000001',
  MicrosoftAppPassword: 'not a real secret',
  DATABASE_URL: 'postgres://keydesk_app:pw@127.0.0.1/keydesk',
  KEYDESK_GROUP_AGENTS: '60000000-0000-4000-8000-000000000001',
  KEYDESK_LEDGER_KEY: pemOf(1),
  // Of the other mode, where there is one.
  KEYDESK_GRAPH_MODE: 'application',
};

describe('files with settings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keydesk-env-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, ...lines: readonly string[]): string => {
    writeFileSync(join(folder, name), lines.join('\n'), { mode: 0o600 });
    return join(folder, name);
  };
  const faultsOf = (env: Record<string, string | undefined>): readonly string[] => withEnvFiles(env).faults.map(({ variable, expected }) => `${variable}: ${expected}`);

  it('are read only where KEYDESK_ENV_FILE names them, and then beside the environment', () => {
    const { KEYDESK_GROUP_AGENTS, MicrosoftAppPassword, ...rest } = whole;
    const [dev, user] = [file('dev', '# said', `KEYDESK_GROUP_AGENTS=${KEYDESK_GROUP_AGENTS}`, 'KEYDESK_HIDE_SECONDS=60 # short', 'KEYDESK_HELPDESK_CONTACT="+1 555 0100, 8 to 18"', 'DATABASE_OWNER_URL='), file('dev.user', `SECRET_MicrosoftAppPassword=${MicrosoftAppPassword}`)];
    assert.throws(() => readConfig(rest), ConfigError);
    const { desk, identity, groups } = readConfig({ ...rest, KEYDESK_ENV_FILE: `${dev}, ${user}` });
    assert.deepEqual([desk.hideSeconds, desk.helpdeskContact, groups.agent, identity.type === 'secret' && identity.secret.reveal()], [60, '+1 555 0100, 8 to 18', KEYDESK_GROUP_AGENTS, MicrosoftAppPassword]);
  });

  it('that contradict each other are refused, with both named and no value repeated', () => {
    const [one, two] = [file('one', 'KEYDESK_HIDE_SECONDS=60', 'KEYDESK_LOG_LEVEL=warn'), file('two', 'KEYDESK_HIDE_SECONDS=90', 'KEYDESK_LOG_LEVEL=warn')];
    assert.deepEqual(faultsOf({ KEYDESK_ENV_FILE: `${one},${two}` }), [`KEYDESK_HIDE_SECONDS: one value; ${one} and ${two} give two`]);
    assert.deepEqual(faultsOf({ KEYDESK_ENV_FILE: one }), []);
  });

  it('that contradict themselves are refused: a name that is there twice, with one value and another', () => {
    const one = file('one', 'KEYDESK_HIDE_SECONDS=60', 'KEYDESK_LOG_LEVEL=warn', 'export KEYDESK_HIDE_SECONDS = 90', 'KEYDESK_LOG_LEVEL=warn', "KEYDESK_HELPDESK_CONTACT='", 'KEYDESK_LOG_LEVEL=info', "'");
    assert.deepEqual(faultsOf({ KEYDESK_ENV_FILE: one }), [`KEYDESK_HIDE_SECONDS: one value; ${one} gives two`]);
  });

  const asItStands = ['A=x', 'A="x # y" # why', "A='it\"s'", 'A=`a"b\'c`', 'A=x # y # z', 'A= # nothing', 'A=', "A='two\nlines # of it'", 'A=it\'s', 'A="x"\r', '# A=x#y', 'A = "x"'];
  const cut = ['A=x#y', 'A=#42', 'A=pass#', 'A="x', "A='x\" # y", 'A="x"y', 'A="a\\"b"', 'A="a"b"', 'A="x" y'];
  it('are taken as they stand, or refused: what quotes or a # would cut off in silence is no value', () => {
    for (const line of asItStands) assert.deepEqual(faultsOf({ KEYDESK_ENV_FILE: file('line', line, 'B=1') }), [], line);
    for (const line of cut) {
      const path = file('line', line, 'B=1');
      assert.deepEqual(faultsOf({ KEYDESK_ENV_FILE: path }), [`A: a value that is taken as it stands; in ${path} its quotes, or a # in it, cut it off`], line);
    }
  });

  it('keep their first line whatever an editor puts before it', () => {
    assert.equal(withEnvFiles({ KEYDESK_ENV_FILE: file('bom', '\uFEFFKEYDESK_HIDE_SECONDS=60') }).env['KEYDESK_HIDE_SECONDS'], '60');
  });

  it('that contradict the environment are refused: neither wins', () => {
    const one = file('one', 'KEYDESK_HIDE_SECONDS=60', 'SECRET_DATABASE_URL=postgres://a:hidden-1@db/k');
    assert.deepEqual(faultsOf({ KEYDESK_ENV_FILE: one, KEYDESK_HIDE_SECONDS: '90', DATABASE_URL: 'postgres://a:hidden-2@db/k' }), [`KEYDESK_HIDE_SECONDS: one value; the environment and ${one} give two`, `DATABASE_URL: one value; the environment and ${one} give two`]);
    assert.deepEqual(faultsOf({ KEYDESK_ENV_FILE: one, KEYDESK_HIDE_SECONDS: '60' }), []);
    assert.deepEqual(faultsOf({ KEYDESK_ENV_FILE: one, KEYDESK_HIDE_SECONDS: '' }), [], 'an empty one is not given');
  });

  it('are named together with every other fault', () => {
    const one = file('one', 'KEYDESK_HIDE_SECONDS=soon', 'KEYDESK_LOG_LEVEL=warn');
    assert.throws(
      () => readConfig({ ...whole, MicrosoftAppType: 'MultiTenant', KEYDESK_ENV_FILE: `${one},${join(folder, 'absent')}`, KEYDESK_LOG_LEVEL: 'error' }),
      (error: unknown) => error instanceof ConfigError && assert.deepEqual(error.faults.map(({ variable }) => variable), ['KEYDESK_LOG_LEVEL', 'KEYDESK_ENV_FILE', 'MicrosoftAppType', 'KEYDESK_HIDE_SECONDS']) === undefined,
    );
  });

  it('with secrets are refused when others may read them; without, anybody may', () => {
    const secret = file('secret', 'SECRET_MicrosoftAppPassword=x');
    const plain = file('plain', 'KEYDESK_HIDE_SECONDS=60');
    for (const path of [secret, plain]) chmodSync(path, 0o644);
    assert.deepEqual(faultsOf({ KEYDESK_ENV_FILE: `${secret},${plain}` }), [`KEYDESK_ENV_FILE: files with secrets that nobody but the service may read; ${secret} is open to others`]);
    chmodSync(secret, 0o600);
    assert.deepEqual(faultsOf({ KEYDESK_ENV_FILE: `${secret},${plain}` }), []);
    for (const name of ['MicrosoftAppPassword', 'KEYDESK_REVEAL_CLIENT_SECRET', 'DATABASE_URL', 'DATABASE_OWNER_URL', 'KEYDESK_LEDGER_KEY', 'KEYDESK_LEDGER_FORMER_KEY']) {
      const unmarked = file('unmarked', `${name}=x`);
      chmodSync(unmarked, 0o644);
      assert.equal(faultsOf({ KEYDESK_ENV_FILE: unmarked }).length, 1, `${name}, without the Toolkit’s mark`);
    }
  });

  it('with a secret that the Toolkit has encrypted are refused', () => {
    assert.match(faultsOf({ KEYDESK_ENV_FILE: file('encrypted', 'SECRET_MicrosoftAppPassword=crypto_0f0f') }).join('\n'), /^SECRET_MicrosoftAppPassword: its plain value in .*; this one the Toolkit has encrypted/);
  });

  it('serve the commands beside the service too, and addresses may come as files there', () => {
    const [settings, url] = [file('settings', 'KEYDESK_POSTGRES_PORT=5555'), file('url', 'postgres://owner:pw@db/keydesk\n')];
    const env = commandEnvironment({ KEYDESK_ENV_FILE: settings, DATABASE_OWNER_URL_FILE: url });
    assert.deepEqual([env['KEYDESK_POSTGRES_PORT'], env['DATABASE_OWNER_URL']], ['5555', 'postgres://owner:pw@db/keydesk']);
    assert.throws(() => commandEnvironment({ KEYDESK_ENV_FILE: settings, KEYDESK_POSTGRES_PORT: '1', DATABASE_URL_FILE: join(folder, 'absent') }), (error: unknown) => error instanceof ConfigError && error.faults.length === 2 && error.message.startsWith('Nothing was done; 2 settings'));
  });
});
