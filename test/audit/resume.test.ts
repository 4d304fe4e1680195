import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpoint, originOf, parseCheckpoint } from '../../src/ledger/checkpoint.ts';
import { openKeyChange } from '../../src/ledger/key-change.ts';
import { listEntries } from '../../src/store/stored-entries.ts';
import { audit } from '../support/audit-process.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { fileAt, type Keys, keptOver, misfitIn, rollBackTo, sign, tamper, whole } from '../support/kept-ledgers.ts';
import { known } from '../support/known.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { pemOf, signerOf, tenantId } from '../support/ledger-keys.ts';
import { openStores, type Stores, verified } from '../support/stores.ts';

const megan = 'a1e00000-0000-4000-8000-000000000002';
const grady = 'a1e00000-0000-4000-8000-000000000004';
const byBoth = ['--by', megan, '--by-name', 'Megan Bowen', '--and', grady, '--and-name', 'Grady Archie'];

describe('npm run audit -- resume', function () {
  this.timeout(40_000);
  const folder = mkdtempSync(join(tmpdir(), 'keydesk-resume-'));
  let database: TestDatabase;
  let stores: Stores;
  let count = 0;
  let file: string;

  beforeEach(async () => {
    database = await testDatabase();
    stores = openStores(database.appUrl, 4);
    file = join(folder, `checkpoint-${(count += 1)}.txt`);
  });
  afterEach(() => stores.close());
  after(() => rmSync(folder, { recursive: true }));

  const kept = (keys: Keys = { file }) => keptOver(stores.database, keys);
  /** So many entries more, and a checkpoint over all. */
  const grow = async (times: number, keys: Keys = { file }): Promise<string> => {
    for (let time = 0; time < times; time += 1) await stores.ledger.append(entryOf({ asked: `${time}` }));
    return (await sign(kept(keys))).note;
  };
  const keyFile = (number: number): string => {
    const path = join(folder, `key-${number}.pem`);
    writeFileSync(path, pemOf(number), { mode: 0o600 });
    return path;
  };
  const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ DATABASE_URL: database.appUrl, KEYDESK_LEDGER_KEY_FILE: keyFile(1), KEYDESK_CHECKPOINT_FILE: file, ...more });
  const resume = (args: readonly string[] = [], more: NodeJS.ProcessEnv = {}) => audit(['resume', ...byBoth, ...args], env(more));
  const entries = async () => (await listEntries(stores.database, { last: 100 })).map(({ entry }) => known(entry));
  const size = async (): Promise<number> => (await entries()).length;

  /** Nine entries, rolled back to five, over which there is a checkpoint. */
  async function restored(): Promise<{ readonly good: string; readonly lost: string }> {
    const good = await grow(4);
    const lost = await grow(4);
    await rollBackTo(database.ownerUrl, 5);
    assert.match(await misfitIn(kept()), /over 9 entries, and the ledger has 5/);
    return { good, lost };
  }

  it('begins epoch 2 after a restore: both people, the last good checkpoint, an alert, a checkpoint of the new epoch', async () => {
    const { good } = await restored();
    const { code, out, err } = await resume();
    assert.deepEqual([code, err], [0, 'Does not hold: the checkpoint that was given is over 9 entries, and the ledger has 5: its end was removed, or the database was restored.\n']);
    assert.match(out, /goes on as epoch 2, with 7 entries[^]*holds is over 5 of the 5 entries[^]*One was signed over 9/);
    const [resumed, alert, ...more] = (await entries()).slice(5);
    assert.deepEqual(more, []);
    assert.deepEqual([resumed?.act, resumed?.person, resumed?.subjectId, resumed?.asked, resumed?.note], ['resumed', { id: megan, name: 'Megan Bowen' }, grady, 'Grady Archie', good]);
    assert.match(resumed?.client ?? '', /.@./);
    assert.deepEqual([alert?.act, alert?.alert], ['alert', 'ledger-resumed']);
    const note = fileAt(file);
    assert.ok(out.includes(note));
    const opened = openCheckpoint(note, signerOf(1).publicKey, (origin) => origin === originOf(tenantId, 2));
    assert.ok(typeof opened === 'object' && opened.size === 7);
    assert.ok(await whole(kept()), 'the service may go on');
    assert.equal(parseCheckpoint(await grow(3))?.origin, originOf(tenantId, 2), 'and signs for the new epoch');
    assert.deepEqual((await verified(stores.database)).findings, []);
  });

  it('refuses where every checkpoint that is known holds, until somebody says yes', async () => {
    await grow(4);
    const refused = await resume();
    assert.equal(refused.code, 2);
    assert.match(refused.err, /nothing to resume/);
    assert.equal(await size(), 5);
    assert.equal((await resume(['--yes'])).code, 0);
    assert.match(fileAt(file), new RegExp(originOf(tenantId, 2)));
    assert.equal((await resume()).code, 2, 'and then again there is nothing');
  });

  it('takes a checkpoint as it was copied from a chat, and refuses one that holds, is none, or is signed by somebody else', async () => {
    const { lost, good } = await restored();
    rmSync(file);
    const paste = join(folder, 'paste.txt');
    for (const [text, words] of [[good, /nothing to resume/], ['a shopping list', /holds no checkpoint/], [lost.replace(/^(— \S+ ....)./m, '$1x'), /not signed by the key/]] as const) {
      writeFileSync(paste, text);
      const { code, err } = await resume(['--checkpoint', paste]);
      assert.deepEqual([code, words.test(err)], [2, true], err);
    }
    assert.equal(await size(), 5);
    writeFileSync(paste, lost.replaceAll('\n', '\r\n\r\n'));
    const { code, out } = await resume(['--checkpoint', paste]);
    assert.equal(code, 0);
    assert.match(out, /epoch 2/);
  });

  it('wants two people, named, and not the same one twice', async () => {
    await restored();
    const wrong: readonly (readonly string[])[] = [
      [],
      byBoth.slice(0, 4),
      byBoth.map((word) => (word === grady ? megan : word)),
      byBoth.map((word) => (word === grady ? 'grady' : word)),
      byBoth.map((word) => (word === 'Grady Archie' ? ' ' : word)),
      [...byBoth, '--force'],
    ];
    for (const args of wrong) assert.equal((await audit(['resume', ...args], env())).code, 2, args.join(' '));
    assert.equal(await size(), 5);
    assert.equal((await resume()).code, 0);
  });

  it('refuses a ledger that is not whole in itself', async () => {
    await restored();
    await tamper(database.ownerUrl, `update keydesk.ledger_entry set body = convert_to(replace(convert_from(body, 'UTF8'), '"done"', '"failed"'), 'UTF8') where seq = 3`);
    const { code, err } = await resume(['--yes']);
    assert.equal(code, 1);
    assert.match(err, /entry 3: changed[^]*not whole in itself/);
    assert.equal(await size(), 5);
  });

  it('refuses a database whose entries were cut off and whose checkpoints were not, and says what its owner can do', async () => {
    await grow(4);
    await grow(4);
    await tamper(database.ownerUrl, 'delete from keydesk.ledger_entry where seq > 5', 'delete from keydesk.ledger_text where seq > 5');
    const { code, err } = await resume();
    assert.equal(code, 1);
    const [remedy = ''] = /begin;[^]*commit;/.exec(err) ?? [];
    await tamper(database.ownerUrl, remedy);
    assert.equal((await resume()).code, 0);
    assert.ok(await whole(kept()));
  });

  it('goes on from a ledger that was written anew: the last good checkpoint is the newest one that holds', async () => {
    const good = await grow(4);
    await grow(4);
    await tamper(database.ownerUrl, 'create temporary table late as select * from keydesk.ledger_entry where seq > 5', 'delete from keydesk.ledger_entry where seq > 5', 'delete from keydesk.ledger_text where seq > 5');
    for (let time = 0; time < 6; time += 1) await stores.ledger.append(entryOf({ asked: `other ${time}` }));
    assert.match(await misfitIn(kept()), /first 9 entries are not those/);
    assert.equal((await resume()).code, 0);
    assert.equal((await entries()).find(({ act }) => act === 'resumed')?.note, good);
    assert.ok(await whole(kept()));
  });

  it('uses no number of an epoch twice, also when the beginning of one was lost', async () => {
    await grow(4);
    await grow(4);
    await rollBackTo(database.ownerUrl, 5);
    assert.equal((await resume()).code, 0);
    await grow(2);
    await rollBackTo(database.ownerUrl, 5);
    const { code, out } = await resume();
    assert.equal(code, 0);
    assert.match(out, /goes on as epoch 3/);
    assert.equal((await entries()).filter(({ act }) => act === 'resumed').length, 2, 'the number of an epoch is one more than there are such entries');
    assert.ok(await whole(kept()));
  });

  it('lets both keys sign when the restored ledger is of before a change of key, and refuses without the former', async () => {
    await grow(4);
    await grow(2, { own: 2, former: 1, file });
    await rollBackTo(database.ownerUrl, 5);
    const refused = await resume([], { KEYDESK_LEDGER_KEY_FILE: keyFile(2) });
    assert.equal(refused.code, 1);
    assert.match(refused.err, /Set KEYDESK_LEDGER_FORMER_KEY/);
    assert.equal(await size(), 5);
    assert.equal((await resume([], { KEYDESK_LEDGER_KEY_FILE: keyFile(2), KEYDESK_LEDGER_FORMER_KEY_FILE: keyFile(1) })).code, 0);
    const change = known(openKeyChange(known((await entries()).findLast(({ act }) => act === 'ledger-key')?.note)));
    assert.deepEqual([change.origin, Buffer.from(known(change.former).publicKey)], [originOf(tenantId, 2), Buffer.from(signerOf(1).publicKey)]);
    assert.ok(await whole(kept({ own: 2, file })));
  });

  it('has nothing to resume where nothing was signed, and needs the signing key', async () => {
    await stores.ledger.append(entryOf());
    assert.match((await resume()).err, /nothing was signed yet/);
    await grow(1);
    const { code, err } = await audit(['resume', ...byBoth, '--yes'], { DATABASE_URL: database.appUrl });
    assert.deepEqual([code, /KEYDESK_LEDGER_KEY_FILE is not set/.test(err)], [2, true]);
  });
});
