import assert from 'node:assert/strict';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverAccount } from '../../src/postgres/account.ts';
import { findPackage, reachableBinaries } from '../../src/postgres/binaries.ts';

const root = process.getuid?.() === 0;

const notRoot = (test: Mocha.Context): void => {
  console.log('      skipped: only as root is the server somebody else, who cannot enter everywhere');
  test.skip();
};

describe('postgres/binaries', function () {
  this.timeout(40_000);
  let folder: string;
  let shelter: string;
  const account = serverAccount();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keydesk-test-'));
    chmodSync(folder, 0o755);
    shelter = join(folder, 'shelter');
    mkdirSync(shelter, { mode: 0o755 });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The package as npm unpacks it without running scripts: no links, and no mode for programs. */
  function unpacked(below: string): { native: string; version: string } {
    const { native, version } = findPackage();
    const copy = join(below, 'native');
    mkdirSync(below, { recursive: true });
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    for (const name of readdirSync(join(copy, 'lib'))) if (/\.so\.\d+$/.test(name) && existsSync(`${join(copy, 'lib', name)}.18`)) unlinkSync(join(copy, 'lib', name));
    chmodSync(join(copy, 'bin', 'postgres'), 0o644);
    return { native: copy, version };
  }

  it('makes the links and modes that an install script would, where the package lies', async () => {
    const found = unpacked(join(folder, 'open'));
    assert.equal(existsSync(join(found.native, 'lib', 'libpq.so.5')), false);
    const { folder: used } = await reachableBinaries(account, [shelter], found);
    assert.equal(used, found.native);
    assert.equal(existsSync(join(found.native, 'lib', 'libpq.so.5')), true);
    assert.deepEqual(readdirSync(shelter), []);
  });

  it('copies the programs once, where the server can get at them, from below a closed folder', async function () {
    // Only root runs the server as somebody else, who cannot enter.
    if (!root) return notRoot(this);
    const found = unpacked(join(folder, 'closed', 'package'));
    chmodSync(join(folder, 'closed'), 0o700);
    const first = await reachableBinaries(account, [shelter], found);
    assert.equal(first.folder.startsWith(shelter), true);
    const { ctimeMs } = statSync(first.folder);
    const second = await reachableBinaries(account, [shelter], found);
    assert.deepEqual([second.folder, statSync(second.folder).ctimeMs], [first.folder, ctimeMs]);
    assert.equal(readdirSync(shelter).length, 1);
  });

  it('runs nothing that somebody else put where the copy would be', async function () {
    if (!root) return notRoot(this);
    const found = unpacked(join(folder, 'closed', 'package'));
    chmodSync(join(folder, 'closed'), 0o700);
    const { folder: copy } = await reachableBinaries(account, [shelter], found);
    chmodSync(copy, 0o777);
    await assert.rejects(reachableBinaries(account, [shelter], found), /belongs to somebody else/);
  });

  it('takes the next shelter where the first does not let programs run, and says so when none does', async function () {
    if (!root) return notRoot(this);
    const found = unpacked(join(folder, 'closed', 'package'));
    chmodSync(join(folder, 'closed'), 0o700);
    const file = join(folder, 'no-folder');
    writeFileSync(file, '');
    assert.equal((await reachableBinaries(account, [file, shelter], found)).folder.startsWith(shelter), true);
    await assert.rejects(reachableBinaries(account, [file], found), /Set TMPDIR to a folder that everybody can enter/);
  });
});
