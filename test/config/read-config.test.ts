import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ConfigError, readConfig } from '../../src/config/read-config.ts';
import { known } from '../support/known.ts';
import { pemOf } from '../support/ledger-keys.ts';

const tenant = 'c0417050-0000-4000-8000-000000000000';
const client = 'b0700000-0000-4000-8000-000000000001';
const group = '60000000-0000-4000-8000-000000000001';
const whole = {
  KEYDESK_TENANT_ID: tenant,
  MicrosoftAppType: 'SingleTenant',
  MicrosoftAppId: client,
  MicrosoftAppPassword: 'not a real secret',
  KEYDESK_GRAPH_MODE: 'application',
  DATABASE_URL: 'postgres://keydesk_app:pw@127.0.0.1/keydesk',
  KEYDESK_GROUP_AGENTS: group,
  KEYDESK_LEDGER_KEY: pemOf(1),
};

const faultsIn = (env: Record<string, string | undefined>): readonly string[] => {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults.map(({ variable, expected, remedy }) => `${variable}: expected ${expected}. ${remedy}`);
  }
  return [];
};
const faultsOf = (env: Record<string, string | undefined>): readonly string[] => faultsIn(env).map((fault) => fault.slice(0, fault.indexOf(':')));

describe('readConfig', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keydesk-config-'));
  after(() => rmSync(folder, { recursive: true }));
  it('accepts a whole configuration and gives the defaults of the product for the rest', () => {
    const config = readConfig(whole);
    assert.equal(config.port, 3978);
    assert.equal(config.desk.hideSeconds, 300);
    assert.deepEqual(config.desk.revealLimits, [
      { max: 5, seconds: 60 },
      { max: 20, seconds: 3600 },
      { max: 40, seconds: 86_400 },
    ]);
    assert.deepEqual(config.groups, { agent: group });
  });

  it('reads the audit channel, its schedule and its address', () => {
    assert.equal(readConfig(whole).desk.auditChannel, undefined);
    const named = { ...whole, KEYDESK_AUDIT_CHANNEL: '19:audit@thread.tacv2' };
    assert.deepEqual(readConfig(named).desk.auditChannel, { id: '19:audit@thread.tacv2', serviceUrl: 'https://smba.trafficmanager.net/teams/', schedule: { hour: 8, minute: 0, zone: 'UTC' } });
    const more = readConfig({ ...named, KEYDESK_AUDIT_SUMMARY: 'weekly mon 8:30 Europe/Berlin', KEYDESK_AUDIT_SERVICE_URL: 'https://smba.trafficmanager.net/emea/' });
    assert.deepEqual(more.desk.auditChannel, { id: '19:audit@thread.tacv2', serviceUrl: 'https://smba.trafficmanager.net/emea/', schedule: { on: 'mon', hour: 8, minute: 30, zone: 'Europe/Berlin' } });
  });

  it('refuses an audit channel, a schedule or an address that is none, and settings of a channel that is not there', () => {
    const named = { ...whole, KEYDESK_AUDIT_CHANNEL: '19:audit@thread.tacv2' };
    for (const id of ['audit', 'https://teams.microsoft.com/l/channel/19%3a', '19:a b@thread.tacv2', 'a:private']) assert.deepEqual(faultsOf({ ...whole, KEYDESK_AUDIT_CHANNEL: id }), ['KEYDESK_AUDIT_CHANNEL'], id);
    for (const schedule of ['daily 08:00', 'daily 08:00 Mars/Phobos', 'hourly', 'off', 'now', 'weekly 08:00 UTC']) assert.deepEqual(faultsOf({ ...named, KEYDESK_AUDIT_SUMMARY: schedule }), ['KEYDESK_AUDIT_SUMMARY'], schedule);
    for (const url of ['http://smba.trafficmanager.net/teams/', 'https://evil.example/', 'https://smba.trafficmanager.net.evil.example/', 'teams']) assert.deepEqual(faultsOf({ ...named, KEYDESK_AUDIT_SERVICE_URL: url }), ['KEYDESK_AUDIT_SERVICE_URL'], url);
    assert.deepEqual(faultsOf({ ...whole, KEYDESK_AUDIT_SUMMARY: 'daily 08:00 UTC', KEYDESK_AUDIT_SERVICE_URL: 'https://smba.trafficmanager.net/teams/' }), ['KEYDESK_AUDIT_SUMMARY', 'KEYDESK_AUDIT_SERVICE_URL']);
  });

  it('reads what summaries may say and when alerts are raised', () => {
    const { desk } = readConfig({ ...whole, KEYDESK_SUMMARY_NAMES: 'yes', KEYDESK_ALERT_DEVICES_PER_HOUR: '25', KEYDESK_ALERT_REFUSALS_IN_A_ROW: '3' });
    assert.deepEqual([desk.summaryNames, desk.alertDevicesPerHour, desk.alertRefusalsInARow], [true, 25, 3]);
    assert.deepEqual([readConfig(whole).desk.summaryNames, readConfig(whole).desk.alertDevicesPerHour, readConfig(whole).desk.alertRefusalsInARow], [false, 10, 5]);
    for (const value of ['1', '0', '-3', 'many', '2.5']) assert.deepEqual(faultsOf({ ...whole, KEYDESK_ALERT_DEVICES_PER_HOUR: value, KEYDESK_ALERT_REFUSALS_IN_A_ROW: value }), ['KEYDESK_ALERT_DEVICES_PER_HOUR', 'KEYDESK_ALERT_REFUSALS_IN_A_ROW'], value);
  });

  it('names every fault at once, each with a remedy', () => {
    assert.throws(
      () => readConfig({}),
      (error: unknown) => {
        assert.ok(error instanceof ConfigError);
        const named = error.faults.map((fault) => fault.variable);
        assert.deepEqual(named, ['KEYDESK_TENANT_ID', 'MicrosoftAppType', 'MicrosoftAppId', 'KEYDESK_GRAPH_MODE', 'DATABASE_URL', 'KEYDESK_LEDGER_KEY', 'KEYDESK_GROUP_AGENTS']);
        for (const fault of error.faults) {
          assert.ok(error.message.includes(fault.remedy));
          assert.notEqual(fault.remedy, '');
        }
        return true;
      },
    );
  });

  it('refuses the all-zero GUID, which stands for none', () => {
    for (const variable of ['KEYDESK_TENANT_ID', 'MicrosoftAppId', 'KEYDESK_GROUP_AGENTS', 'KEYDESK_GROUP_ADMINS']) {
      assert.deepEqual(faultsOf({ ...whole, [variable]: '00000000-0000-0000-0000-000000000000' }), [variable]);
    }
  });

  it('refuses a database address that is none, and does not repeat it', () => {
    for (const DATABASE_URL of ['keydesk', 'http://127.0.0.1/keydesk', 'postgres://', 'postgres://app:a#b/c@127.0.0.1/keydesk']) {
      assert.deepEqual(faultsOf({ ...whole, DATABASE_URL }), ['DATABASE_URL'], DATABASE_URL);
      assert.throws(() => readConfig({ ...whole, DATABASE_URL }), (error: unknown) => error instanceof ConfigError && !error.message.includes('a#b'));
    }
    for (const DATABASE_URL of ['postgres://app@db/keydesk', 'postgresql://app:p%23w@db:5432/keydesk?sslmode=verify-full', 'postgres:///keydesk?host=/run/postgresql']) {
      assert.deepEqual(faultsOf({ ...whole, DATABASE_URL }), [], DATABASE_URL);
    }
  });

  for (const type of ['', 'MultiTenant', 'Singletenant', 'none']) {
    it(`refuses the app type "${type}"`, () => {
      assert.deepEqual(faultsOf({ ...whole, MicrosoftAppType: type }), ['MicrosoftAppType']);
    });
  }

  it('refuses an empty app id and an empty secret', () => {
    assert.deepEqual(faultsOf({ ...whole, MicrosoftAppId: '  ' }), ['MicrosoftAppId']);
    assert.deepEqual(faultsOf({ ...whole, MicrosoftAppPassword: '' }), ['MicrosoftAppPassword']);
  });

  it('reads a secret from a file, and names what is wrong with one, with the remedy and not with its content', () => {
    const path = join(folder, 'url');
    const { DATABASE_URL: _unused, ...without } = whole;
    const fromFile = (file = path) => faultsIn({ ...without, DATABASE_URL_FILE: file });
    writeFileSync(path, 'postgres://from-file\n', { mode: 0o600 });
    assert.equal(readConfig({ ...without, DATABASE_URL_FILE: path }).databaseUrl.reveal(), 'postgres://from-file');
    writeFileSync(path, '\uFEFFpostgres://from-file \r\n\n');
    assert.equal(readConfig({ ...without, DATABASE_URL_FILE: path }).databaseUrl.reveal(), 'postgres://from-file', 'as a variable is taken, without what stands around it');
    chmodSync(path, 0o440);
    assert.deepEqual(fromFile(), []);
    for (const mode of [0o604, 0o602, 0o601, 0o620]) {
      chmodSync(path, mode);
      assert.match(known(fromFile()[0]), /^DATABASE_URL_FILE: .* open to others.*defaultMode 0440/, mode.toString(8));
    }
    chmodSync(path, 0o600);
    writeFileSync(path, ' \n');
    assert.match(known(fromFile()[0]), /^DATABASE_URL_FILE: .* this one is empty/);
    assert.match(known(fromFile(join(folder, 'absent'))[0]), /^DATABASE_URL_FILE: .* there is no such file/);
    assert.match(known(fromFile(`${path}/below`)[0]), /^DATABASE_URL_FILE: .* there is no such file/);
    mkdirSync(join(folder, 'a-folder'), { mode: 0o700 });
    assert.match(known(fromFile(join(folder, 'a-folder'))[0]), /^DATABASE_URL_FILE: .* cannot be read/);
    assert.deepEqual(faultsOf({ ...whole, DATABASE_URL_FILE: path }), ['DATABASE_URL']);
  });

  for (const [secret, more] of [['MicrosoftAppPassword', {}], ['KEYDESK_REVEAL_CLIENT_SECRET', { KEYDESK_REVEAL_CLIENT_ID: 'b0700000-0000-4000-8000-000000000009' }], ['DATABASE_URL', {}], ['KEYDESK_LEDGER_KEY', {}], ['KEYDESK_LEDGER_FORMER_KEY', {}]] as const) {
    it(`takes ${secret} from a file, and refuses one that is open to others or not there`, () => {
      const path = join(folder, secret);
      const value = Reflect.get(whole, secret) ?? (secret === 'KEYDESK_LEDGER_FORMER_KEY' ? pemOf(2) : 'another');
      writeFileSync(path, String(value), { mode: 0o600 });
      const env = { ...whole, ...more, [secret]: undefined, [`${secret}_FILE`]: path };
      assert.deepEqual(faultsOf(env), []);
      chmodSync(path, 0o644);
      assert.deepEqual(faultsOf(env), [`${secret}_FILE`]);
      rmSync(path);
      assert.deepEqual(faultsOf(env), [`${secret}_FILE`]);
    });
  }

  it('rotates an hour after a reveal unless it is told otherwise', () => {
    const rotateAfter = (minutes?: string) => readConfig({ ...whole, KEYDESK_ROTATE_AFTER_MINUTES: minutes }).desk.rotateAfterSeconds;
    assert.deepEqual([rotateAfter(), rotateAfter('0'), rotateAfter('90'), rotateAfter('10080'), rotateAfter('off')], [3600, 0, 5400, 604_800, undefined]);
    for (const wrong of ['-1', '1.5', '10081', 'never', '1e3']) assert.deepEqual(faultsOf({ ...whole, KEYDESK_ROTATE_AFTER_MINUTES: wrong }), ['KEYDESK_ROTATE_AFTER_MINUTES'], wrong);
    const fingerprints = ['off', '0', '60'].map((minutes) => readConfig({ ...whole, KEYDESK_ROTATE_AFTER_MINUTES: minutes }).fingerprint);
    assert.equal(new Set(fingerprints).size, 3);
  });

  it('is held against Entra’s log every five minutes, under every application of ours, unless it is told otherwise', () => {
    const rotator = 'b0700000-0000-4000-8000-000000000002';
    const rotating = { KEYDESK_ROTATION_CLIENT_ID: rotator, KEYDESK_ROTATION_CLIENT_SECRET: 'another' };
    const entraLog = (minutes?: string, more: Record<string, string> = {}) => readConfig({ ...whole, ...more, KEYDESK_ENTRA_LOG_MINUTES: minutes }).entraLog;
    assert.deepEqual([entraLog(), entraLog('1', rotating), entraLog('60')?.everySeconds, entraLog('off')], [{ everySeconds: 300, ownAppIds: [client] }, { everySeconds: 60, ownAppIds: [client, rotator] }, 3600, undefined]);
    for (const wrong of ['0', '61', '1.5', '-5', 'never']) assert.deepEqual(faultsOf({ ...whole, KEYDESK_ENTRA_LOG_MINUTES: wrong }), ['KEYDESK_ENTRA_LOG_MINUTES'], wrong);
    assert.notEqual(readConfig({ ...whole, KEYDESK_ENTRA_LOG_MINUTES: 'off' }).fingerprint, readConfig(whole).fingerprint);
  });

  it('keeps texts for ever and requests for 30 days unless it is told otherwise, and texts for 30 days at least', () => {
    const { keepTextsDays, keepRequestsDays } = readConfig(whole).desk;
    assert.deepEqual([keepTextsDays, keepRequestsDays], [undefined, 30]);
    const texts = (days: string) => readConfig({ ...whole, KEYDESK_KEEP_TEXTS_DAYS: days }).desk.keepTextsDays;
    assert.deepEqual([texts('30'), texts('3650'), texts('forever')], [30, 3650, undefined]);
    for (const wrong of ['29', '0', '-30', '3651', '30.5', 'never', '1e2']) assert.deepEqual(faultsOf({ ...whole, KEYDESK_KEEP_TEXTS_DAYS: wrong }), ['KEYDESK_KEEP_TEXTS_DAYS'], wrong);
    const requests = (days: string) => readConfig({ ...whole, KEYDESK_KEEP_REQUESTS_DAYS: days }).desk.keepRequestsDays;
    assert.deepEqual([requests('1'), requests('3650')], [1, 3650]);
    for (const wrong of ['0', '3651', 'forever', '1.5']) assert.deepEqual(faultsOf({ ...whole, KEYDESK_KEEP_REQUESTS_DAYS: wrong }), ['KEYDESK_KEEP_REQUESTS_DAYS'], wrong);
    const fingerprints = ['forever', '30', '365'].map((days) => readConfig({ ...whole, KEYDESK_KEEP_TEXTS_DAYS: days }).fingerprint);
    assert.equal(new Set(fingerprints).size, 3);
  });

  it('lets agents rotate only where it is told to', () => {
    const may = (word?: string) => readConfig({ ...whole, KEYDESK_AGENTS_MAY_ROTATE: word }).desk.agentsMayRotate;
    assert.deepEqual([may(), may('no'), may('yes')], [false, false, true]);
    assert.deepEqual(faultsOf({ ...whole, KEYDESK_AGENTS_MAY_ROTATE: 'admins' }), ['KEYDESK_AGENTS_MAY_ROTATE']);
  });

  it('lets owners help themselves only where it is told to, and names whom they may call', () => {
    const { desk } = readConfig(whole);
    assert.deepEqual([desk.selfService, desk.helpdeskContact], [false, undefined]);
    const told = readConfig({ ...whole, KEYDESK_SELF_SERVICE: 'yes', KEYDESK_HELPDESK_CONTACT: ' +1 555 0100, weekdays 8 to 18 ' }).desk;
    assert.deepEqual([told.selfService, told.helpdeskContact], [true, '+1 555 0100, weekdays 8 to 18']);
    assert.deepEqual(faultsOf({ ...whole, KEYDESK_SELF_SERVICE: 'owners' }), ['KEYDESK_SELF_SERVICE']);
    const password = Array.from({ length: 8 }, () => '111111').join('-');
    for (const wrong of ['x'.repeat(121), 'line\nline', `call\u0007`, password]) assert.deepEqual(faultsOf({ ...whole, KEYDESK_HELPDESK_CONTACT: wrong }), ['KEYDESK_HELPDESK_CONTACT'], wrong);
  });

  it('calls a hybrid joined device without a key unknown unless it is told otherwise', () => {
    const hybrid = (word?: string) => readConfig({ ...whole, KEYDESK_HYBRID_WITHOUT_KEY: word }).desk.escrow.hybridWithoutKey;
    assert.deepEqual([hybrid(), hybrid('unknown'), hybrid('failed')], ['unknown', 'unknown', 'failed']);
    assert.deepEqual(faultsOf({ ...whole, KEYDESK_HYBRID_WITHOUT_KEY: 'pending' }), ['KEYDESK_HYBRID_WITHOUT_KEY']);
  });

  it('sweeps once a day and alerts in the summary only, unless it is told otherwise', () => {
    assert.deepEqual(readConfig(whole).sweep, { everySeconds: 86_400, alertNewFailed: false });
    assert.deepEqual(readConfig({ ...whole, KEYDESK_SWEEP_HOURS: '6', KEYDESK_ALERT_NEW_FAILED: 'yes' }).sweep, { everySeconds: 21_600, alertNewFailed: true });
    for (const hours of ['0', '169', '1.5', 'daily']) assert.deepEqual(faultsOf({ ...whole, KEYDESK_SWEEP_HOURS: hours }), ['KEYDESK_SWEEP_HOURS'], hours);
    assert.deepEqual(faultsOf({ ...whole, KEYDESK_ALERT_NEW_FAILED: 'maybe' }), ['KEYDESK_ALERT_NEW_FAILED']);
  });

  it('prints no secret, whatever prints it', () => {
    const config = readConfig(whole);
    for (const text of [JSON.stringify(config), inspect(config, { depth: 9, showHidden: true }), String(config.databaseUrl)]) {
      assert.ok(!text.includes('not a real secret'), text);
      assert.ok(!text.includes('keydesk_app:pw'), text);
    }
  });

  it('has a fingerprint that changes with a setting and not with a secret', () => {
    const before = readConfig(whole).fingerprint;
    assert.equal(readConfig({ ...whole, MicrosoftAppPassword: 'another' }).fingerprint, before);
    assert.notEqual(readConfig({ ...whole, KEYDESK_HIDE_SECONDS: '60' }).fingerprint, before);
    assert.notEqual(readConfig({ ...whole, KEYDESK_SENSITIVE_NAMES: 'VIP-*' }).fingerprint, before);
  });

  it('matches sensitive names whole, with stars, whatever their case', () => {
    const { sensitiveNames } = readConfig({ ...whole, KEYDESK_SENSITIVE_NAMES: 'VIP-*, BOARD.PC' }).desk;
    const sensitive = (name: string): boolean => sensitiveNames.some((pattern) => pattern.test(name));
    assert.deepEqual(['vip-01', 'BOARD.PC', 'AVIP-01', 'BOARDXPC'].map(sensitive), [true, true, false, false]);
  });

  it('refuses numbers, words and patterns that are none', () => {
    const wrong = { PORT: '70000', KEYDESK_HIDE_SECONDS: 'soon', KEYDESK_CALLER_PROOF: 'maybe', KEYDESK_TICKET_PATTERN: '(', KEYDESK_GROUP_ADMINS: 'admins' };
    assert.deepEqual([...faultsOf({ ...whole, ...wrong })].sort(), Object.keys(wrong).sort());
  });

  it('refuses a setting that there is not, and names the one that was meant: mistyped it would do nothing', () => {
    const given = { ...whole, KEYDESK_SENSITIVE_NAME: 'VIP-*', KEYDESK_TICKET_REQUIRD: 'yes', KEYDESK_PORT: '4000', KEYDESK_LEDGER_KEY_FIEL: '' };
    assert.deepEqual(faultsIn(given), [
      'KEYDESK_SENSITIVE_NAME: expected nothing: there is no setting of this name. Is KEYDESK_SENSITIVE_NAMES meant? Correct the name, or remove it.',
      'KEYDESK_TICKET_REQUIRD: expected nothing: there is no setting of this name. Is KEYDESK_TICKET_REQUIRED meant? Correct the name, or remove it.',
      'KEYDESK_PORT: expected nothing: there is no setting of this name. Remove it; docs/operations.md names every setting.',
    ]);
  });

  it('takes what others call after a service named keydesk, and what the demo, the doctor and infra/ have beside it', () => {
    const others = { KEYDESK_SERVICE_HOST: '10.0.0.1', KEYDESK_SERVICE_PORT_HTTP: '80', KEYDESK_PORT: 'tcp://10.0.0.1:80', KEYDESK_PORT_80_TCP_ADDR: '10.0.0.1', KEYDESK_DATA_DIR: 'x', KEYDESK_PUBLIC_URL: 'https://keydesk.example', KEYDESK_VAULT_NAME: 'x' };
    assert.deepEqual(faultsIn({ ...whole, ...others }), []);
  });
});
