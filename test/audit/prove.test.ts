// `npm run audit -- prove`, `check-proof` and `new-key`, as processes.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseVkey, vkeyOf } from '../../src/ledger/signed-note.ts';
import { audit } from '../support/audit-process.ts';
import { testDatabase } from '../support/database.ts';
import { keptOver, sign, tamper } from '../support/kept-ledgers.ts';
import { entryOf, fullEntry } from '../support/ledger-entries.ts';
import { origin, signerOf, tenantId } from '../support/ledger-keys.ts';
import { openStores } from '../support/stores.ts';

const folder = mkdtempSync(join(tmpdir(), 'keydesk-test-'));
const key = vkeyOf(signerOf(1));

/** Entry 1 is about the key, 2 to 6 are signed with it, 7 came later. */
async function ledger() {
  const urls = await testDatabase();
  const stores = openStores(urls.appUrl, 2);
  const kept = keptOver(stores.database);
  await sign(kept);
  for (const attempt of [1, 2, 3, 4, 5]) await stores.ledger.append({ ...fullEntry, attempt });
  await sign(kept);
  await stores.ledger.append(entryOf());
  await stores.close();
  return { ...urls, env: { DATABASE_URL: urls.appUrl } };
}

describe('npm run audit -- prove and check-proof', () => {
  it('writes a proof that holds without the database, and holds no personal text', async () => {
    const { env } = await ledger();
    const file = join(folder, 'entry-4.tlog-proof');
    assert.deepEqual(await audit(['prove', '4', '--out', file], env), { code: 0, out: '', err: '' });
    const text = readFileSync(file, 'utf8');
    assert.match(text, /^c2sp\.org\/tlog-proof@v1\nextra [A-Za-z0-9+/=]+\nindex 3\n(?:[A-Za-z0-9+/=]{44}\n)+\nkeydesk\//);
    assert.equal(Buffer.from(/^extra (.+)$/m.exec(text)?.[1] ?? '', 'base64').includes('Alex'), false);
    const checked = await audit(['check-proof', file, '--key', key]);
    assert.deepEqual([checked.code, checked.err], [0, '']);
    assert.match(checked.out, /^\{"seq":4,"entry":\{"v":1,.*"attempt":3.*\n\nIt is entry 4 of the ledger keydesk\/.*\/1, whose head over 6 entries was signed with this key\.\n$/);
  });

  it('prints the proof when no file is named, and never writes over one', async () => {
    const { env } = await ledger();
    const { code, out } = await audit(['prove', '1'], env);
    assert.deepEqual([code, out.startsWith('c2sp.org/tlog-proof@v1\n')], [0, true]);
    const file = join(folder, 'there.tlog-proof');
    writeFileSync(file, 'mine');
    assert.deepEqual([(await audit(['prove', '1', '--out', file], env)).code, readFileSync(file, 'utf8')], [2, 'mine']);
  });

  it('says what to do about an entry that no checkpoint covers, and one that is not there', async () => {
    const { env } = await ledger();
    const later = await audit(['prove', '7'], env);
    assert.deepEqual([later.code, /No checkpoint covers entry 7 yet: the newest is over 6 entries\. The running service signs one within a minute/.test(later.err)], [3, true]);
    const missing = await audit(['prove', '99'], env);
    assert.deepEqual([missing.code, /no entry 99; the newest is 7/.test(missing.err)], [3, true]);
  });

  it('proves nothing about an entry that was changed', async () => {
    const { env, ownerUrl } = await ledger();
    await tamper(ownerUrl, `update keydesk.ledger_entry set body = convert_to(replace(convert_from(body, 'UTF8'), '"attempt":3', '"attempt":8'), 'UTF8') where seq = 4`);
    const { code, err } = await audit(['prove', '4'], env);
    assert.deepEqual([code, /Run verify/.test(err)], [1, true]);
  });

  it('does not believe a proof under another key, or one that was touched', async () => {
    const { env } = await ledger();
    const { out } = await audit(['prove', '3'], env);
    const file = (text: string): string => {
      const path = join(folder, `${Math.abs(text.length)}-${text.slice(30, 60).replaceAll(/\W/g, '')}.tlog-proof`);
      writeFileSync(path, text);
      return path;
    };
    const other = await audit(['check-proof', file(out), '--key', vkeyOf(signerOf(2))]);
    assert.deepEqual([other.code, /not signed by this key/.test(other.out)], [1, true]);
    const moved = await audit(['check-proof', file(out.replace('index 2', 'index 3')), '--key', key]);
    assert.deepEqual([moved.code, /not in the tree that was signed, at this place/.test(moved.out)], [1, true]);
    const none = await audit(['check-proof', file('hello'), '--key', key]);
    assert.deepEqual([none.code, /none to the letter/.test(none.out)], [1, true]);
  });

  it('ends with 2 on wrong usage: no number, no file, no key', async () => {
    const wrong = [['prove'], ['prove', '0'], ['prove', 'x'], ['prove', '1', '2'], ['check-proof'], ['check-proof', join(folder, 'nowhere'), '--key', key], ['check-proof', join(folder, 'nowhere')], ['new-key'], ['new-key', join(folder, 'a'), '--tenant', 'x']];
    const ended = await Promise.all(wrong.map((args) => audit(args, { DATABASE_URL: 'postgres://127.0.0.1:1/x' })));
    for (const [index, { code, err }] of ended.entries()) assert.deepEqual([code, /--help/.test(err)], [2, true], wrong[index]?.join(' '));
  });
}).timeout(60_000);

describe('npm run audit -- new-key', () => {
  it('makes a key that only its owner can read, and prints the verifier key that goes with it', async () => {
    const file = join(folder, 'ledger-key.pem');
    const { code, out, err } = await audit(['new-key', file, '--tenant', tenantId]);
    assert.deepEqual([code, err, parseVkey(out.trim())?.name], [0, '', origin]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const pem = readFileSync(file, 'utf8');
    assert.match(pem, /^-----BEGIN PRIVATE KEY-----\n/);
    assert.equal(out.includes(pem.split('\n')[1] ?? ''), false);
    const again = await audit(['new-key', file, '--tenant', tenantId]);
    assert.deepEqual([again.code, readFileSync(file, 'utf8')], [2, pem]);
  });

  it('prints a public key in PEM when it is not known whose ledger it is for', async () => {
    assert.match((await audit(['new-key', join(folder, 'nobodys.pem')])).out, /^-----BEGIN PUBLIC KEY-----\n/);
  });
}).timeout(60_000);
