import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { KeptLedger } from '../../src/domain/kept-ledger.ts';
import { openCheckpoint, originOf, signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { openKeyChange } from '../../src/ledger/key-change.ts';
import { renamed } from '../../src/ledger/signed-note.ts';
import { openDatabase } from '../../src/store/database.ts';
import { listEntries } from '../../src/store/stored-entries.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { fileAt, type Keys, keptOver, misfitIn, openKept, rollBackTo, sign, signedAt, tamper, whole } from '../support/kept-ledgers.ts';
import { known } from '../support/known.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { origin, signerOf } from '../support/ledger-keys.ts';
import { openStores, type Stores, verified } from '../support/stores.ts';

describe('store/kept-ledger', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keydesk-kept-'));
  let database: TestDatabase;
  let stores: Stores;
  let kept: KeptLedger;
  let count = 0;
  let file: string;

  beforeEach(async () => {
    database = await testDatabase();
    stores = openStores(database.appUrl, 8);
    kept = keptOver(stores.database);
    file = join(folder, `checkpoint-${(count += 1)}.txt`);
  });
  afterEach(() => stores.close());
  after(() => rmSync(folder, { recursive: true }));

  const append = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) await stores.ledger.append(entryOf({ asked: `${time}` }));
  };
  /** As after a restart: nothing in memory. */
  const restarted = (keys: Keys = {}): KeptLedger => keptOver(stores.database, keys);
  const keyEntries = async () => (await listEntries(stores.database, { last: 100 })).filter(({ entry }) => entry?.act === 'ledger-key');
  const checkpoints = async () => (await sql<{ size: string; root: Buffer; note: string }>`select size, root, note from keydesk.ledger_checkpoint order by size`.execute(stores.database.db)).rows;

  it('begins with an entry that names the key, and a checkpoint that covers it', async () => {
    await append(3);
    const head = await sign(kept);
    assert.equal(head.size, 4);
    const [entry] = await keyEntries();
    const change = known(openKeyChange(known(entry?.entry?.note)));
    assert.deepEqual([entry?.seq, change.origin, change.former, Buffer.from(change.next.publicKey).equals(signerOf(1).publicKey)], [4, origin, undefined, true]);
    const opened = openCheckpoint(head.note, signerOf(1).publicKey, (name) => name === origin);
    assert.ok(typeof opened === 'object');
    assert.deepEqual([opened.size, Buffer.from(opened.root)], [4, Buffer.from((await verified(stores.database)).verdict.root)]);
    assert.equal((await whole(restarted())).sign, undefined, 'a restart writes nothing more');
  });

  it('signs what is new and nothing else, and finds it whole again, from memory and after a restart', async () => {
    await sign(kept);
    assert.equal((await whole(kept)).sign, undefined);
    for (const times of [1, 6, 1, 30]) {
      await append(times);
      const head = await sign(kept);
      assert.deepEqual([(await whole(kept)).newest, (await whole(restarted())).newest], [head, head]);
    }
    assert.deepEqual((await checkpoints()).map(({ size }) => Number(size)), [1, 2, 8, 9, 39]);
    assert.deepEqual((await verified(stores.database)).findings, []);
  });

  it('is signed once by two instances that look at one head, and both have the same checkpoint', async () => {
    const other = openKept(database.appUrl);
    try {
      await sign(kept);
      await append(5);
      const [one, two] = await Promise.all([whole(kept), whole(other.kept)]);
      const heads = await Promise.all([one.sign?.(signedAt), two.sign?.(signedAt)]);
      assert.deepEqual(heads[0], heads[1]);
      assert.equal((await checkpoints()).length, 2);
    } finally {
      await other.database.close();
    }
  });

  it('gets one entry for its key when four instances start at once, while others write', async () => {
    const others = [1, 2, 3].map(() => openKept(database.appUrl));
    try {
      const looks = await Promise.all([kept, ...others.map((other) => other.kept)].map(whole));
      const writing = append(20);
      const heads = await Promise.all(looks.map((found) => known(found.sign)(signedAt)));
      await writing;
      assert.equal((await keyEntries()).length, 1);
      assert.equal(new Set(heads.map((head) => known(head).note)).size, 1);
      await sign(kept);
    } finally {
      for (const other of others) await other.database.close();
    }
  });

  it('keeps the file outside of the database up to date, and brings it there after a crash between the two', async () => {
    const withFile = restarted({ file });
    const first = await sign(withFile);
    assert.equal(fileAt(file), first.note);
    await append(2);
    const signed = known(await (await whole(withFile)).sign?.(signedAt));
    assert.equal(fileAt(file), first.note, 'the process ends here');
    const next = restarted({ file });
    assert.deepEqual((await whole(next)).newest, signed);
    await sign(next);
    assert.equal(fileAt(file), signed.note);
  });

  it('cannot be looked at without its database, which is no mismatch', async () => {
    const nowhere = openDatabase('postgres://keydesk_app:x@127.0.0.1:1/keydesk');
    await assert.rejects(keptOver(nowhere).check(), { code: 'store-unavailable', retry: 'later' });
    await nowhere.close();
  });

  describe('whose tail was tampered with', () => {
    const last = 12;
    const tampered: Readonly<Record<string, readonly [string, RegExp]>> = {
      'bytes changed': [`update keydesk.ledger_entry set body = convert_to(replace(convert_from(body, 'UTF8'), '"done"', '"failed"'), 'UTF8') where seq = 11`, /entry 11 was changed/],
      'bytes and hash changed': [`update keydesk.ledger_entry set body = b, leaf_hash = sha256('\\x00'::bytea || b) from (select convert_to(replace(convert_from(body, 'UTF8'), '"done"', '"failed"'), 'UTF8') b from keydesk.ledger_entry where seq = 11) x where seq = 11`, /nodes stored with entry 12/],
      'an entry removed': ['delete from keydesk.ledger_entry where seq = 10', /entry 10 is missing/],
      'inner nodes changed': ["update keydesk.ledger_entry set nodes = sha256('x') where seq = 10", /nodes stored with entry 10/],
      'an entry before the checkpoint removed': ['delete from keydesk.ledger_entry where seq = 8', /first 9 entries are not those/],
      'the leaf under a checkpoint changed': ["update keydesk.ledger_entry set leaf_hash = sha256('x') where seq = 9", /first 9 entries are not those/],
      'inner nodes under a checkpoint changed': ["update keydesk.ledger_entry set nodes = nodes || sha256('x') where seq = 8; update keydesk.ledger_entry set nodes = overlay(nodes placing sha256('x') from 65) where seq = 8", /first 9 entries are not those/],
      'entries cut off, the checkpoint left': ['delete from keydesk.ledger_entry where seq > 6', /over 9 entries, and the ledger has 6/],
      'the size beside a checkpoint changed': ['update keydesk.ledger_checkpoint set size = 10 where size = 9', /size or root beside the stored checkpoint over 10/],
      'the root beside a checkpoint changed': ["update keydesk.ledger_checkpoint set root = sha256('x') where size = 9", /size or root beside the stored checkpoint over 9/],
      'a checkpoint replaced by something else': ["update keydesk.ledger_checkpoint set note = 'x' where size = 9", /newest checkpoint in the database is no checkpoint/],
      'trailing bytes behind a checkpoint': ["update keydesk.ledger_checkpoint set note = note || 'x' where size = 9", /newest checkpoint in the database is no checkpoint/],
      'all checkpoints removed': ['delete from keydesk.ledger_checkpoint', /entry 1 \(ledger-key\) is covered by no signed checkpoint/],
    };
    for (const [what, [statement, words]] of Object.entries(tampered)) {
      it(`is a mismatch: ${what}`, async () => {
        await sign(kept);
        await append(8);
        await sign(kept);
        await append(last - 9);
        assert.ok((await whole(restarted())).sign, 'whole before');
        await tamper(database.ownerUrl, statement);
        assert.match(await misfitIn(restarted()), words);
      });
    }

    it('is a mismatch when somebody else signs a checkpoint over it', async () => {
      await sign(kept);
      await append(1);
      const { root } = (await verified(stores.database)).verdict;
      const forge = async (note: string): Promise<string> => {
        await tamper(database.ownerUrl, 'delete from keydesk.ledger_checkpoint where size = 2');
        await stores.database.db.insertInto('keydesk.ledger_checkpoint').values({ size: 2, root, note, at: signedAt }).execute();
        return misfitIn(restarted());
      };
      assert.match(await forge(signCheckpoint({ origin, size: 2, root }, signerOf(6))), /not signed by the key of KEYDESK_LEDGER_KEY/);
      const foreign = originOf('c0417050-0000-4000-8000-00000000000f', 1);
      assert.match(await forge(signCheckpoint({ origin: foreign, size: 2, root }, renamed(signerOf(1), foreign))), /of another ledger/);
    });

    it('is a mismatch when the service’s role writes an entry that changes the key or begins an epoch', async () => {
      for (const act of ['ledger-key', 'resumed'] as const) {
        const one = openStores((await testDatabase()).appUrl);
        try {
          await sign(keptOver(one.database));
          await one.ledger.append(entryOf({ act, source: 'system' }));
          assert.match(await misfitIn(keptOver(one.database)), new RegExp(`entry 2 \\(${act}\\) is covered by no signed checkpoint`));
        } finally {
          await one.close();
        }
      }
    });
  });

  it('names one thing alike, whoever finds it and whatever they hold', async () => {
    const withFile = restarted({ file });
    await sign(withFile);
    await append(3);
    await sign(kept);
    await append(4);
    const subjects = async (): Promise<readonly (string | undefined)[]> => {
      const found = await Promise.all([kept, withFile, restarted(), restarted({ file })].map((one) => one.check()));
      return found.map((one) => (one.kind === 'mismatch' ? one.subject : undefined));
    };
    await tamper(database.ownerUrl, 'update keydesk.ledger_entry set nodes = null where seq = 8');
    assert.deepEqual(await subjects(), Array.from({ length: 4 }, () => 'epoch 1, entry 8: nodes'));
    await tamper(database.ownerUrl, 'update keydesk.ledger_entry set nodes = null where seq = 4');
    assert.deepEqual(await subjects(), Array.from({ length: 4 }, () => 'epoch 1, checkpoint over 4: rewritten'));
  });

  describe('that was rolled back', () => {
    it('is a mismatch for a process that has seen more, whether or not as many entries came since', async () => {
      await append(4);
      await sign(kept);
      await append(4);
      await sign(kept);
      await rollBackTo(database.ownerUrl, 5);
      assert.match(await misfitIn(kept), /newest checkpoint that this process has seen is over 9 entries, and the ledger has 5/);
      await append(6);
      assert.match(await misfitIn(kept), /first 9 entries are not those of the newest checkpoint that this process has seen/);
      assert.ok(await whole(restarted()), 'nobody else can know');
    });

    it('is a mismatch for the file outside of the database, and is not without one', async () => {
      const withFile = restarted({ file });
      await append(4);
      await sign(withFile);
      await append(4);
      const { note } = await sign(withFile);
      await rollBackTo(database.ownerUrl, 5);
      const found = await restarted({ file }).check();
      assert.ok(found.kind === 'mismatch');
      assert.match(found.words, /checkpoint in KEYDESK_CHECKPOINT_FILE is over 9 entries, and the ledger has 5/);
      assert.equal(found.note, note);
      await append(6);
      const later = await restarted({ file }).check();
      assert.ok(later.kind === 'mismatch');
      assert.match(later.words, /first 9 entries are not those of the checkpoint in KEYDESK_CHECKPOINT_FILE/);
      assert.equal(later.subject, found.subject, 'one alert for one thing');
      assert.ok(await whole(restarted()));
    });

    it('is whole for an older copy of the file', async () => {
      const withFile = restarted({ file });
      const { note } = await sign(withFile);
      await append(4);
      const newest = await sign(withFile);
      writeFileSync(file, note);
      assert.deepEqual((await whole(restarted({ file }))).newest, newest);
    });

    it('says so of a file with something else in it, and takes an empty one for none', async () => {
      await sign(kept);
      for (const [text, words] of [['a shopping list\n', /KEYDESK_CHECKPOINT_FILE is no checkpoint/], [signCheckpoint({ origin, size: 1, root: Buffer.alloc(32) }, signerOf(6)), /KEYDESK_CHECKPOINT_FILE is not signed by the key/]] as const) {
        writeFileSync(file, text);
        assert.match(await misfitIn(restarted({ file })), words);
      }
      writeFileSync(file, '\n');
      assert.ok(await whole(restarted({ file })));
    });
  });

  describe('whose key is changed', () => {
    it('is refused without the former key, with the remedy', async () => {
      await sign(kept);
      assert.match(await misfitIn(restarted({ own: 2 })), /not signed by the key of KEYDESK_LEDGER_KEY; where the key was changed, set KEYDESK_LEDGER_FORMER_KEY/);
      assert.match(await misfitIn(restarted({ own: 2, former: 3 })), /not signed/, 'nor with a wrong one');
    });

    it('gets an entry signed by both, covered by the first checkpoint of the new key, and no second one', async () => {
      await sign(restarted({ file }));
      await append(3);
      const head = await sign(restarted({ own: 2, former: 1, file }));
      assert.equal(head.size, 5);
      const entries = await keyEntries();
      const change = known(openKeyChange(known(entries.at(-1)?.entry?.note)));
      assert.deepEqual([entries.length, Buffer.from(known(change.former).publicKey), Buffer.from(change.next.publicKey)], [2, Buffer.from(signerOf(1).publicKey), Buffer.from(signerOf(2).publicKey)]);
      assert.ok(typeof openCheckpoint(head.note, signerOf(2).publicKey, () => true) === 'object');
      assert.equal(fileAt(file), head.note);
      for (const keys of [{ own: 2, former: 1, file }, { own: 2, file }, { own: 2 }]) assert.deepEqual((await whole(restarted(keys))).newest, head);
      assert.equal((await keyEntries()).length, 2);
      await append(1);
      assert.equal((await sign(restarted({ own: 2 }))).size, 6);
    });

    it('goes on being served by an instance that still has the old key, which signs nothing more', async () => {
      const old = restarted({ file });
      await append(2);
      await sign(old);
      const renewed = await sign(restarted({ own: 2, former: 1 }));
      await append(2);
      const found = await whole(old);
      assert.deepEqual([found.newest, found.sign], [renewed, undefined]);
      await sign(old);
      assert.equal(fileAt(file), renewed.note);
      const third = await sign(restarted({ own: 3, former: 2 }));
      assert.deepEqual((await whole(old)).newest, third, 'also over a second change');
      assert.match(await misfitIn(restarted({ file })), /not signed/, 'and is refused when it starts again');
    });

    it('takes nothing more from the former key once the new one has signed', async () => {
      await sign(kept);
      const renewed = restarted({ own: 2, former: 1 });
      await sign(renewed);
      await append(1);
      const { root } = (await verified(stores.database)).verdict;
      await stores.database.db.insertInto('keydesk.ledger_checkpoint').values({ size: 3, root, note: signCheckpoint({ origin, size: 3, root }, signerOf(1)), at: signedAt }).execute();
      assert.match(await misfitIn(renewed), /not signed by the key/);
    });
  });
});
