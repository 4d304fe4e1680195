import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type LedgerConfig, readLedger } from '../../src/config/read-ledger.ts';
import { type ConfigFault, Reader } from '../../src/config/reader.ts';
import { pemOf } from '../support/ledger-keys.ts';

function read(env: Readonly<Record<string, string | undefined>>): { readonly ledger: LedgerConfig | undefined; readonly faults: readonly ConfigFault[] } {
  const reader = new Reader(env);
  const ledger = readLedger(reader);
  return { ledger, faults: reader.faults };
}
const faultsOf = (env: Readonly<Record<string, string | undefined>>): readonly string[] => read(env).faults.map(({ variable }) => variable);

describe('the configuration of the ledger', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keydesk-config-ledger-'));
  const file = join(folder, 'key.pem');
  before(() => writeFileSync(file, `${pemOf(1)}\n`, { mode: 0o600 }));
  after(() => rmSync(folder, { recursive: true }));

  it('wants a key: without one nothing starts, and the remedy says how to make one', () => {
    const { ledger, faults } = read({});
    assert.equal(ledger, undefined);
    assert.deepEqual(faults.map(({ variable }) => variable), ['KEYDESK_LEDGER_KEY']);
    assert.match(JSON.stringify(faults), /audit -- new-key FILE/);
    assert.match(JSON.stringify(faults), /KEYDESK_LEDGER_KEY_FILE/);
  });

  it('takes the key itself or a file that holds it, and signs every minute', () => {
    for (const env of [{ KEYDESK_LEDGER_KEY: pemOf(1) }, { KEYDESK_LEDGER_KEY_FILE: file }]) {
      const { ledger, faults } = read(env);
      assert.deepEqual(faults, []);
      assert.equal(ledger?.signingKey.reveal().trim(), pemOf(1).trim());
      assert.deepEqual([ledger?.checkpointSeconds, ledger?.checkpointFile, ledger?.formerKey], [60, undefined, undefined]);
    }
  });

  it('refuses what is no Ed25519 key, and repeats nothing of it', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const publicHalf = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
    for (const wrong of [rsa, publicHalf, 'a secret', pemOf(1).slice(0, -40)]) {
      const { faults } = read({ KEYDESK_LEDGER_KEY: wrong });
      assert.deepEqual(faults.map(({ variable }) => variable), ['KEYDESK_LEDGER_KEY']);
      assert.ok(!JSON.stringify(faults).includes(wrong.slice(0, 60)));
    }
    assert.deepEqual(faultsOf({ KEYDESK_LEDGER_KEY_FILE: join(folder, 'nowhere') }), ['KEYDESK_LEDGER_KEY_FILE']);
    assert.deepEqual(faultsOf({ KEYDESK_LEDGER_KEY: pemOf(1), KEYDESK_LEDGER_KEY_FILE: file }), ['KEYDESK_LEDGER_KEY']);
  });

  it('takes the former key beside it, and refuses one that is none', () => {
    assert.equal(read({ KEYDESK_LEDGER_KEY: pemOf(2), KEYDESK_LEDGER_FORMER_KEY_FILE: file }).ledger?.formerKey?.reveal().trim(), pemOf(1).trim());
    assert.deepEqual(faultsOf({ KEYDESK_LEDGER_KEY: pemOf(2), KEYDESK_LEDGER_FORMER_KEY: 'x' }), ['KEYDESK_LEDGER_FORMER_KEY']);
  });

  it('takes a checkpoint file in a folder that can be written to, and refuses any other', () => {
    const key = { KEYDESK_LEDGER_KEY: pemOf(1) };
    assert.equal(read({ ...key, KEYDESK_CHECKPOINT_FILE: join(folder, 'checkpoint.txt') }).ledger?.checkpointFile, join(folder, 'checkpoint.txt'));
    for (const path of [join(folder, 'nowhere', 'checkpoint.txt'), folder]) assert.deepEqual(faultsOf({ ...key, KEYDESK_CHECKPOINT_FILE: path }), ['KEYDESK_CHECKPOINT_FILE'], path);
    assert.deepEqual(faultsOf({ ...key, KEYDESK_CHECKPOINT_SECONDS: '0' }), ['KEYDESK_CHECKPOINT_SECONDS']);
    assert.equal(read({ ...key, KEYDESK_CHECKPOINT_SECONDS: '5' }).ledger?.checkpointSeconds, 5);
  });

  it('prints no key, however it is printed', () => {
    const { ledger } = read({ KEYDESK_LEDGER_KEY: pemOf(1), KEYDESK_LEDGER_FORMER_KEY: pemOf(2) });
    const printed = inspect(ledger, { depth: 9 }) + JSON.stringify(ledger) + String(ledger?.signingKey);
    assert.doesNotMatch(printed, /BEGIN|MC4C/);
  });
});
