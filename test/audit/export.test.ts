// `npm run audit -- export`, as a process: what it prints, what it writes, and how it ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { testDatabase } from '../support/database.ts';
import { asOwner } from '../support/keydesk/surroundings.ts';
import { at, entryOf, fullEntry, person } from '../support/ledger-entries.ts';
import { known } from '../support/known.ts';
import { entriesIn, openStores } from '../support/stores.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const program = fileURLToPath(new URL('../../src/audit.ts', import.meta.url));

function run(args: readonly string[], databaseUrl: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'export', ...args], { env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl }, stdio: ['ignore', 'pipe', 'pipe'], cwd: tmpdir() });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** Three entries: one with everything, one of Megan a day later, one of no device. */
async function ledgerOfThree() {
  const urls = await testDatabase();
  const stores = openStores(urls.appUrl, 1);
  await stores.ledger.append({ ...fullEntry, reasonText: '=1+1' });
  await stores.ledger.append(entryOf({ time: at('2026-11-23T09:14:07.112Z'), person: { id: person(2), name: 'Megan Bowen' }, act: 'refused', outcome: 'refused', code: 'no-role' }));
  await stores.ledger.append(entryOf({ time: at('2026-11-24T09:14:07.112Z'), source: 'system', act: 'started' }));
  await stores.close();
  return urls;
}

const newestIn = async (url: string): Promise<LedgerEntry> => {
  const stores = openStores(url, 1);
  const entries = await entriesIn(stores);
  await stores.close();
  return known(entries.at(-1));
};

const numbers = (out: string): readonly number[] => out.trimEnd().split('\n').map((line) => (JSON.parse(line) as { entry: number }).entry);

describe('npm run audit -- export', () => {
  it('writes all entries oldest first, and is then an entry itself', async () => {
    const { appUrl } = await ledgerOfThree();
    const { code, out, err } = await run(['--format', 'jsonl'], appUrl);
    assert.deepEqual([code, numbers(out)], [0, [1, 2, 3]]);
    assert.match(err, /^3 entries\. The export is in the ledger\.\n$/);
    const { time: _time, ...entry } = await newestIn(appUrl);
    assert.deepEqual(entry, { act: 'exported', outcome: 'done', source: 'system', format: 'jsonl', count: 3, asked: 'all entries', client: `${userInfo().username}@${hostname()}` });
  });

  it('is safe to open in a spreadsheet as CSV, and holds events as OCSF', async () => {
    const { appUrl } = await ledgerOfThree();
    const csv = await run(['--format', 'csv'], appUrl);
    assert.ok(csv.out.startsWith('\ufeffentry,time,'));
    assert.match(csv.out, /,'=1\+1,/);
    const [first] = (await run(['--format', 'ocsf'], appUrl)).out.split('\n');
    assert.equal((JSON.parse(known(first)) as { class_uid: number }).class_uid, 6003);
  });

  const filters: readonly (readonly [readonly string[], readonly number[], string])[] = [
    [['--person', person(2)], [2], `person ${person(2)}`],
    [['--device', 'laptop-42'], [1], 'device laptop-42'],
    [['--device', known(fullEntry.device).deviceId], [1], `device ${known(fullEntry.device).deviceId}`],
    [['--key', '1A2B3C4D'], [1], 'key 1A2B3C4D'],
    [['--act', 'refused', '--act', 'started'], [2, 3], 'act refused started'],
    [['--source', 'teams', '--from', '2026-11-23', '--to', '2026-11-24'], [2], 'source teams'],
  ];
  for (const [args, found, words] of filters) {
    it(`narrows by ${args.join(' ')}, and writes down by what`, async () => {
      const { appUrl } = await ledgerOfThree();
      const { code, out } = await run(['--format', 'jsonl', ...args], appUrl);
      assert.deepEqual([code, numbers(out)], [0, found]);
      const entry = await newestIn(appUrl);
      assert.deepEqual([entry.asked, entry.count, entry.from, entry.to], [words, found.length, ...(args.includes('--from') ? ['2026-11-23T00:00:00.000Z', '2026-11-24T00:00:00.000Z'] : [undefined, undefined])]);
    });
  }

  it('makes a file that only its owner can read, and never writes over one', async () => {
    const { appUrl } = await ledgerOfThree();
    const file = join(mkdtempSync(join(tmpdir(), 'keydesk-export-')), 'ledger.csv');
    const { code, out, err } = await run(['--format', 'csv', '--out', file], appUrl);
    assert.deepEqual([code, out], [0, '']);
    assert.match(err, /3 entries in .*ledger\.csv/);
    assert.equal(readFileSync(file, 'utf8').trimEnd().split('\r\n').length, 4);
    assert.equal(statSync(file).mode & 0o777, 0o600);

    writeFileSync(file, 'mine');
    const again = await run(['--format', 'csv', '--out', file], appUrl);
    assert.deepEqual([again.code, readFileSync(file, 'utf8')], [2, 'mine']);
    assert.equal((await newestIn(appUrl)).act, 'exported');
    assert.equal((await newestIn(appUrl)).count, 3, 'nothing was written down for the export that was none');
  });

  it('exports nothing where it may not write down that it did', async () => {
    const { appUrl, ownerUrl } = await ledgerOfThree();
    const role = new URL(appUrl).username;
    await asOwner({ ownerUrl }, [`revoke insert on keydesk.ledger_entry from ${role}`, `revoke insert (body) on keydesk.ledger_entry from ${role}`]);
    const { code, out, err } = await run(['--format', 'jsonl'], appUrl);
    assert.deepEqual([code, out], [3, '']);
    assert.match(err, /42501/);
  });

  it('stops at an entry with a recovery password in it, and does not show it (law 1)', async () => {
    const { appUrl, ownerUrl } = await ledgerOfThree();
    const password = Array.from({ length: 8 }, (_, block) => String(110_000 + block * 11)).join('-');
    await asOwner({ ownerUrl }, ["set session_replication_role = 'replica'", `update keydesk.ledger_text set texts = jsonb_set(texts, '{reasonText,text}', '"${password}"') where seq = 1`]);
    for (const format of ['csv', 'jsonl', 'ocsf']) {
      const { code, out, err } = await run(['--format', format], appUrl);
      assert.equal(code, 3);
      assert.doesNotMatch(out + err, /110000/);
    }
  });

  const wrong: readonly (readonly string[])[] = [
    [],
    ['--format', 'xlsx'],
    ['--format', 'csv', '--from', '2026-02-30'],
    ['--format', 'csv', '--from', '2026-11-02', '--to', '2026-11-01'],
    ['--format', 'csv', '--person', 'alex'],
    ['--format', 'csv', '--key', '1A2B'],
    ['--format', 'csv', '--act', 'stolen'],
    ['--format', 'csv', '--source', 'nowhere'],
    ['--format', 'csv', '--device', 'NO-SUCH'],
    ['--format', 'csv', '--out', '/no/such/folder/file.csv'],
    ['--format', 'csv', 'all'],
    ['--all'],
  ];
  let one: Awaited<ReturnType<typeof ledgerOfThree>>;
  before(async () => (one = await ledgerOfThree()));
  for (const args of wrong) {
    it(`says what is wrong with: ${args.join(' ') || 'nothing at all'}; and exports nothing`, async () => {
      const { appUrl } = one;
      const { code, out, err } = await run(args, appUrl);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /--help/);
      assert.equal((await newestIn(appUrl)).act, 'started');
    });
  }
});
