// `npm run audit -- verify` on a real database: what it prints and how it ends, before and after what somebody with all
// power over the database does to it.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { originOf, signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { vkeyOf } from '../../src/ledger/signed-note.ts';
import { audit, type Ended } from '../support/audit-process.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { keptOver, rollBackTo, sign, tamper } from '../support/kept-ledgers.ts';
import { entryOf, fullEntry } from '../support/ledger-entries.ts';
import { pemOf, signerOf, tenantId } from '../support/ledger-keys.ts';
import { actsIn, entriesIn, openStores } from '../support/stores.ts';
import { innerNodes } from '../support/inner-nodes.ts';

const folder = mkdtempSync(join(tmpdir(), 'keydesk-test-'));
let files = 0;

/** A file with this text. */
function fileWith(text: string): string {
  files += 1;
  const path = join(folder, `${files}.txt`);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/** Entry 1 is about the key; signed over 1, 7 and 11 entries. */
async function signedLedger(): Promise<TestDatabase & { readonly seventh: string; readonly newest: string }> {
  const urls = await testDatabase();
  const stores = openStores(urls.appUrl, 2);
  const kept = keptOver(stores.database);
  await sign(kept);
  for (const attempt of [1, 2, 3, 4, 5, 6]) await stores.ledger.append({ ...fullEntry, attempt });
  const { note: seventh } = await sign(kept);
  for (const attempt of [7, 8, 9, 10]) await stores.ledger.append(entryOf({ attempt }));
  const { note: newest } = await sign(kept);
  await stores.close();
  return { ...urls, seventh, newest };
}

const key = vkeyOf(signerOf(1));
const verify = ({ appUrl }: TestDatabase, ...args: readonly string[]): Promise<Ended> => audit(['verify', '--no-entry', '--key', key, ...args], { DATABASE_URL: appUrl });

/** The findings, one a line. */
async function named(ledger: TestDatabase, ...args: readonly string[]): Promise<readonly string[]> {
  const { code, out } = await verify(ledger, ...args);
  assert.equal(code, 1, out);
  return out.slice(0, out.indexOf('\n\n')).split('\n');
}

describe('npm run audit -- verify', () => {
  it('says that all is intact, and which checkpoints hold', async () => {
    const { code, out, err } = await verify(await signedLedger());
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^11 entries, root [0-9a-f]{64}, all intact\.\n3 stored checkpoints hold, the newest over 11 entries\.\n$/);
  });

  it('holds a checkpoint that somebody kept against it, as it was copied out of a chat', async () => {
    const ledger = await signedLedger();
    const pasted = `  ${ledger.seventh.replaceAll('\n', ' \r\n\r\n')}`;
    const { code, out } = await verify(ledger, '--checkpoint', fileWith(pasted));
    assert.deepEqual([code, /The given checkpoint over 7 entries holds/.test(out)], [0, true]);
  });

  it('notes in the ledger that it was verified, with its outcome, and does so no more with --no-entry', async () => {
    const ledger = await signedLedger();
    const env = { DATABASE_URL: ledger.appUrl };
    await audit(['verify', '--key', key], env);
    await verify(ledger);
    await tamper(ledger.ownerUrl, "update keydesk.ledger_entry set act = 'hidden' where seq = 3");
    await audit(['verify', '--key', key], env);
    const stores = openStores(ledger.appUrl, 1);
    const entries = (await entriesIn(stores)).slice(11);
    assert.deepEqual((await actsIn(stores)).slice(11), ['verified done', 'verified failed']);
    await stores.close();
    assert.deepEqual([entries.map(({ count }) => count), entries.map(({ source }) => source)], [[11, 12], ['system', 'system']]);
    assert.match(entries[0]?.client ?? '', /^audit verify by .+@.+/);
  });

  it('verifies all the same where it may not write', async () => {
    const ledger = await signedLedger();
    await tamper(ledger.ownerUrl, 'revoke insert on keydesk.ledger_entry from keydesk_app; revoke insert (body) on keydesk.ledger_entry from keydesk_app');
    const { code, out, err } = await audit(['verify', '--key', key], { DATABASE_URL: ledger.appUrl });
    assert.deepEqual([code, /all intact/.test(out), /could not be noted/.test(err)], [0, true, true]);
  });

  it('says where the key is known from', async () => {
    const ledger = await signedLedger();
    const env = { DATABASE_URL: ledger.appUrl };
    const warned = await audit(['verify', '--no-entry'], env);
    assert.deepEqual([warned.code, /taken from the ledger itself/.test(warned.err)], [0, true]);
    for (const [args, more] of [
      [['--key', fileWith(pemOf(1))], {}],
      [['--key', fileWith(`${key}\n`)], {}],
      [[], { KEYDESK_LEDGER_KEY: pemOf(1) }],
      [[], { KEYDESK_LEDGER_KEY_FILE: fileWith(pemOf(1)) }],
    ] as const) {
      const { code, err } = await audit(['verify', '--no-entry', ...args], { ...env, ...more });
      assert.deepEqual([code, err], [0, '']);
    }
    const other = await audit(['verify', '--no-entry', '--key', vkeyOf(signerOf(2))], env);
    assert.deepEqual([other.code, /entry 1: the ledger's newest signing key is not the trusted one/.test(other.out)], [1, true]);
  });

  const edit = (seq: number, from: string, to: string): string =>
    `update keydesk.ledger_entry set body = convert_to(replace(convert_from(body, 'UTF8'), '${from}', '${to}'), 'UTF8') where seq = ${seq}`;
  const everything = 'body, leaf_hash, time, act, outcome, source, code, reason, person_id, device_id, key_id, request_id';
  const swap = (columns: string, one: number, other: number): string =>
    `update keydesk.ledger_entry e set (${columns}) = (select ${columns} from keydesk.ledger_entry o where o.seq = ${one + other} - e.seq) where e.seq in (${one}, ${other})`;
  const renumber = (table: string, from: number, by: number): string => `update keydesk.${table} set seq = -seq where seq >= ${from}; update keydesk.${table} set seq = -seq + ${by} where seq < 0`;
  const renumberBoth = (from: number, by: number): string => `${renumber('ledger_entry', from, by)}; ${renumber('ledger_text', from, by)}`;
  const removed = (seq: number): string => `delete from keydesk.ledger_entry where seq = ${seq}; delete from keydesk.ledger_text where seq = ${seq}`;
  const copyOf = (from: number, seq: number): string =>
    `insert into keydesk.ledger_entry (seq, ${everything}) select ${seq}, ${everything} from keydesk.ledger_entry where seq = ${from}`;
  const hashAgain = (seq: number): string => `update keydesk.ledger_entry set leaf_hash = sha256('\\x00'::bytea || body) where seq = ${seq}; update keydesk.ledger_entry e set nodes = ${innerNodes} where e.seq = ${seq}`;
  const rewrittenFrom = (seq: number): string => [edit(seq, '"attempt":', '"attempt":9'), ...Array.from({ length: 12 - seq }, (_, more) => hashAgain(seq + more))].join('; ');

  const ways: Readonly<Record<string, readonly [statement: string, lines: readonly string[]]>> = {
    'a row that was changed': [edit(4, '"attempt":3', '"attempt":8'), ['entry 4: changed; its bytes do not fit the hash that was stored with them']],
    'a text that was changed': [
      `update keydesk.ledger_text set texts = jsonb_set(texts, '{ticket,text}', '"INC0000000"') where seq = 4`,
      ['entry 4: text differs from what was committed to (ticket)'],
    ],
    'a row that was removed from the middle': [removed(5), ['entry 5: removed']],
    'a last row that was removed': [removed(11), ['entry 11: cut off; a stored checkpoint has 11 entries']],
    'a row that was removed, with all behind numbered anew': [`${removed(5)}; ${renumberBoth(6, -1)}`, ['entry 5: an entry before it removed, and all from here on numbered anew']],
    'two rows that were swapped': [swap('body', 3, 4), ['entry 3: text differs', 'entry 4: text differs', 'entry 3: swapped with entry 4']],
    'a row that was inserted, with all behind numbered anew': [`${renumberBoth(6, 1)}; ${copyOf(2, 6)}`, ['entry 6: inserted, and all behind numbered anew']],
    'a tail that was cut off with the checkpoints over it but one': [
      'delete from keydesk.ledger_entry where seq > 5; delete from keydesk.ledger_text where seq > 5; delete from keydesk.ledger_checkpoint where size = 11',
      ['entries 6 to 7: cut off; a stored checkpoint has 7 entries'],
    ],
    'a tail that was written anew, with everything that fits it': [
      `update keydesk.ledger_text set texts = texts; ${rewrittenFrom(9)}`,
      ['entries 8 to 11: rewritten; all fits in itself, and a stored checkpoint over 11 entries does not fit'],
    ],
    'a checkpoint whose columns were changed': ['update keydesk.ledger_checkpoint set root = sha256(root) where size = 7', ['a stored checkpoint over 7 entries does not say what the columns beside it say']],
    'a checkpoint with bytes behind its signature': ["update keydesk.ledger_checkpoint set note = note || 'x' where size = 7", ['a stored checkpoint over 7 entries is no checkpoint to the letter']],
    'a checkpoint of another tenant': [
      `update keydesk.ledger_checkpoint set note = replace(note, '${tenantId}', 'c0417050-0000-4000-8000-000000000009') where size = 7`,
      ['a stored checkpoint over 7 entries is of another ledger'],
    ],
    'a checkpoint with the signature of another one': [
      "update keydesk.ledger_checkpoint c set note = split_part(c.note, E'\\n\\n', 1) || E'\\n\\n' || split_part(o.note, E'\\n\\n', 2) from keydesk.ledger_checkpoint o where o.size = 11 and c.size = 7",
      ['a stored checkpoint over 7 entries is not signed by the key that was in force'],
    ],
    'a change of key that nobody but the new key signed': [edit(1, 'ledger-key', 'posted'), ['entry 1: columns differ from its bytes (act)', 'entry 1: changed']],
  };
  for (const [what, [statement, lines]] of Object.entries(ways)) {
    it(`names ${what}`, async () => {
      const ledger = await signedLedger();
      await tamper(ledger.ownerUrl, statement);
      const found = await named(ledger);
      for (const line of lines) assert.ok(found.some((one) => one.startsWith(line)), `${line}\n— found:\n${found.join('\n')}`);
    });
  }

  it('names nothing but what was done: a changed row is one finding, and every checkpoint still holds for the others', async () => {
    const ledger = await signedLedger();
    await tamper(ledger.ownerUrl, edit(4, '"attempt":3', '"attempt":8'));
    assert.deepEqual(await named(ledger), ['entry 4: changed; its bytes do not fit the hash that was stored with them']);
    const { out } = await verify(ledger, '--checkpoint', fileWith(ledger.newest));
    assert.match(out, /stored checkpoints fit the stored hashes/);
    assert.match(out, /The given checkpoint over 11 entries fits the hashes that are stored: what was done to the entries is said above/);
    assert.doesNotMatch(out, /holds?\b/, 'nothing is said to hold');
  });

  it('calls erased texts erased, and the checkpoints hold', async () => {
    const ledger = await signedLedger();
    await tamper(ledger.ownerUrl, 'delete from keydesk.ledger_text where seq = 3');
    const { code, out } = await verify(ledger, '--checkpoint', fileWith(ledger.newest));
    assert.deepEqual([code, /all intact \(5 personal texts were erased, which is no tampering\)/.test(out)], [0, true]);
  });

  it('finds that the database was rolled back, which fits in itself, by a checkpoint that was kept', async () => {
    const ledger = await signedLedger();
    await rollBackTo(ledger.ownerUrl, 8);
    assert.equal((await verify(ledger)).code, 0);
    assert.deepEqual(await named(ledger, '--checkpoint', fileWith(ledger.newest)), ['entries 9 to 11: cut off; the given checkpoint has 11 entries']);
    assert.equal((await verify(ledger, '--checkpoint', fileWith(ledger.seventh))).code, 0);
  });

  it('finds a tail that was written anew together with its checkpoints, by one that was kept', async () => {
    const ledger = await signedLedger();
    await tamper(ledger.ownerUrl, `delete from keydesk.ledger_checkpoint where size > 1; ${rewrittenFrom(5)}`);
    const found = await named(ledger, '--checkpoint', fileWith(ledger.seventh), '--checkpoint', fileWith(ledger.newest));
    assert.deepEqual(found.filter((line) => line.includes('rewritten')), [
      'entries 2 to 7: rewritten; all fits in itself, and the given checkpoint over 7 entries does not fit',
      'entries 2 to 11: rewritten; all fits in itself, and the given checkpoint over 11 entries does not fit',
    ]);
  });

  it('does not believe a given checkpoint that is foreign, wrongly signed, or none', async () => {
    const ledger = await signedLedger();
    const foreign = signCheckpoint({ origin: originOf('c0417050-0000-4000-8000-000000000009', 1), size: 7, root: Buffer.alloc(32) }, signerOf(1, originOf('c0417050-0000-4000-8000-000000000009', 1)));
    const forged = signCheckpoint({ origin: originOf(tenantId, 1), size: 7, root: Buffer.alloc(32) }, signerOf(2));
    assert.deepEqual(await named(ledger, '--checkpoint', fileWith(foreign)), ['the given checkpoint over 7 entries is of another ledger, or of an epoch that this one did not have then']);
    assert.deepEqual(await named(ledger, '--checkpoint', fileWith(forged)), ['the given checkpoint over 7 entries is not signed by the key that was in force']);
    assert.deepEqual(await named(ledger, '--checkpoint', fileWith(`${ledger.seventh}more`)), ['the given checkpoint is no checkpoint to the letter (bytes were added, removed or changed)']);
  });

  it('ends with 2 for a file that is not there and a key that is none', async () => {
    const ledger = await signedLedger();
    for (const args of [['--checkpoint', join(folder, 'nowhere')], ['--key', join(folder, 'nowhere')], ['--key', fileWith('hello')], ['--key', `${key}x`]]) {
      const { code, err } = await audit(['verify', ...args], { DATABASE_URL: ledger.appUrl });
      assert.deepEqual([code, /--help/.test(err)], [2, true], args.join(' '));
    }
  });

  it('prints a hundred findings and counts the rest', async () => {
    const ledger = await signedLedger();
    const stores = openStores(ledger.appUrl, 1);
    for (let one = 0; one < 110; one += 1) await stores.ledger.append(entryOf({ attempt: one + 1 }));
    await stores.close();
    await tamper(ledger.ownerUrl, "update keydesk.ledger_entry set source = 'api' where seq > 11");
    const { out } = await verify(ledger);
    assert.deepEqual([out.match(/^entry \d+: columns/gm)?.length, /^… and 10 more$/m.test(out), /110 signs of tampering/.test(out)], [100, true, true]);
  });
}).timeout(60_000);
