import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { originOf, signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { checkpointFile } from '../../src/store/checkpoint-file.ts';
import { signerOf, tenantId } from '../support/ledger-keys.ts';

const noteOf = (size: number, epoch = 1): string => signCheckpoint({ origin: originOf(tenantId, epoch), size, root: Buffer.alloc(32, size) }, signerOf(1, originOf(tenantId, epoch)));

describe('store/checkpoint-file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keydesk-checkpoint-'));
  const path = join(folder, 'checkpoint.txt');
  const file = checkpointFile(path, randomBytes);
  afterEach(() => rmSync(path, { force: true, recursive: true }));
  after(() => rmSync(folder, { recursive: true }));

  it('holds nothing at first, and then what was written last', async () => {
    assert.equal(await file.read(), undefined);
    for (const size of [1, 2, 30]) {
      await file.write(noteOf(size));
      assert.equal(await file.read(), noteOf(size));
    }
    assert.deepEqual(readdirSync(folder), ['checkpoint.txt'], 'nothing is left beside it');
  });

  it('is not put back by the slower of two instances, and goes on with a new epoch', async () => {
    await file.write(noteOf(30));
    await file.write(noteOf(29));
    assert.equal(await file.read(), noteOf(30));
    await file.write(noteOf(12, 2));
    assert.equal(await file.read(), noteOf(12, 2));
    await file.write(noteOf(31));
    assert.equal(await file.read(), noteOf(12, 2));
  });

  it('is whole at every moment, for whoever reads while it is written', async () => {
    const known = new Set<string | undefined>([undefined, ...Array.from({ length: 40 }, (_, size) => noteOf(size + 1))]);
    for (let size = 1; size <= 40; size += 1) {
      const [, ...seen] = await Promise.all([file.write(noteOf(size)), ...Array.from({ length: 12 }, () => file.read())]);
      for (const text of seen) assert.ok(known.has(text));
    }
  });

  it('is a fault without a path in it when it cannot be read or written', async () => {
    mkdirSync(path);
    await assert.rejects(file.read(), { code: 'ledger-unavailable', message: 'the file of KEYDESK_CHECKPOINT_FILE cannot be read (EISDIR)' });
    await assert.rejects(checkpointFile(join(folder, 'nowhere', 'checkpoint.txt'), randomBytes).write(noteOf(1)), { code: 'ledger-unavailable', message: /cannot be written \(ENOENT\)/ });
  });

  it('takes an empty file for none', async () => {
    writeFileSync(path, '');
    assert.equal(await file.read(), undefined);
    await file.write(noteOf(1));
    assert.equal(readFileSync(path, 'utf8'), noteOf(1));
  });
});
