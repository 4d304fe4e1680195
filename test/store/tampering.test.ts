import assert from 'node:assert/strict';
import { Client } from 'pg';
import type { Finding } from '../../src/ledger/findings.ts';
import { readinessOf } from '../../src/store/readiness.ts';
import { testDatabase } from '../support/database.ts';
import { entryOf, fullEntry } from '../support/ledger-entries.ts';
import { openStores, verified } from '../support/stores.ts';

/** Six entries, then what somebody with all power over the database does to them, past all triggers. */
async function afterwards(...statements: readonly string[]): Promise<{ findings: readonly Finding[]; size: number; erased: number; root: string; ready: string }> {
  const { appUrl, ownerUrl } = await testDatabase();
  const stores = openStores(appUrl, 1);
  const intruder = new Client({ connectionString: ownerUrl });
  await intruder.connect();
  try {
    for (const attempt of [1, 2, 3, 4, 5]) await stores.ledger.append({ ...fullEntry, attempt });
    await stores.ledger.append(entryOf());
    await intruder.query("set session_replication_role = 'replica'");
    for (const statement of statements) await intruder.query(statement);
    const { findings, verdict } = await verified(stores.database);
    return { findings, size: verdict.size, erased: verdict.erased, root: Buffer.from(verdict.root).toString('hex'), ready: (await readinessOf(stores.database)).ledger };
  } finally {
    await stores.close();
    await intruder.end();
  }
}

const swap = (columns: string): string =>
  `update keydesk.ledger_entry e set (${columns}) = (select ${columns} from keydesk.ledger_entry o where o.seq = 7 - e.seq) where e.seq in (3, 4)`;

describe('store: tampering by a superuser', () => {
  it('finds nothing where nothing was done', async () => {
    const { findings, size, ready } = await afterwards();
    assert.deepEqual([findings, size, ready], [[], 6, 'ok']);
  });

  const oneEntry: Readonly<Record<string, readonly [string, Finding]>> = {
    'bytes that were changed': [
      `update keydesk.ledger_entry set body = convert_to(replace(convert_from(body, 'UTF8'), '"attempt":3', '"attempt":8'), 'UTF8') where seq = 3`,
      { kind: 'changed', seq: 3 },
    ],
    'a hash that was changed': ["update keydesk.ledger_entry set leaf_hash = sha256('x') where seq = 3", { kind: 'changed', seq: 3 }],
    'a column that was changed': [
      "update keydesk.ledger_entry set person_id = 'a1e00000-0000-4000-8000-000000000005' where seq = 3",
      { kind: 'columns-differ', seq: 3, columns: ['person_id'] },
    ],
    'a time that was moved by a millisecond': [
      "update keydesk.ledger_entry set time = time + interval '1 millisecond' where seq = 3",
      { kind: 'columns-differ', seq: 3, columns: ['time'] },
    ],
    'an entry that was removed': ['delete from keydesk.ledger_entry where seq = 3', { kind: 'removed', seq: 3, to: 3 }],
    'entries that were removed with their texts': ['delete from keydesk.ledger_entry where seq in (2, 3); delete from keydesk.ledger_text where seq in (2, 3)', { kind: 'removed', seq: 2, to: 3 }],
    'a last entry that was removed without its texts': ['delete from keydesk.ledger_entry where seq = 6', { kind: 'removed', seq: 6, to: 6 }],
    'a name that was changed': [
      `update keydesk.ledger_text set texts = jsonb_set(texts, '{personName,text}', '"Grady Archie"') where seq = 3`,
      { kind: 'text-differs', seq: 3, texts: ['personName'] },
    ],
    'an entry that was put in between by hand': [
      'insert into keydesk.ledger_entry (seq, body, leaf_hash, time, act, outcome, source) select 9, body, leaf_hash, time, act, outcome, source from keydesk.ledger_entry where seq = 1; delete from keydesk.ledger_entry where seq = 9; update keydesk.ledger_entry set seq = 7 where seq = 6',
      { kind: 'removed', seq: 6, to: 6 },
    ],
  };
  for (const [what, [statement, finding]] of Object.entries(oneEntry)) {
    it(`names ${what}`, async () => {
      const { findings } = await afterwards(statement);
      assert.deepEqual(findings[0], finding);
    });
  }

  it('names both of two entries whose bytes were swapped', async () => {
    const { findings } = await afterwards(swap('body'));
    assert.deepEqual(findings.at(-1), { kind: 'swapped', seq: 3, with: 4 });
  });

  it('names both, and their texts, when hashes and columns were swapped too', async () => {
    const { findings } = await afterwards(swap('body, leaf_hash, time, act, outcome, source, code, reason, person_id, device_id, key_id, request_id'));
    assert.deepEqual(
      findings.map(({ kind, seq }) => [kind, seq]),
      [
        ['text-differs', 3],
        ['text-differs', 4],
        ['swapped', 3],
      ],
    );
  });

  it('calls erased texts erased', async () => {
    const { findings, erased } = await afterwards('delete from keydesk.ledger_text where seq = 3', "update keydesk.ledger_text set texts = texts - 'ticket' where seq = 4");
    assert.deepEqual([findings, erased], [[], 6]);
  });

  it('says on /readyz that the head does not fit', async () => {
    assert.match((await afterwards("update keydesk.ledger_entry set leaf_hash = sha256('x') where seq = 6")).ready, /entry 6 .* audit -- verify/);
    assert.match((await afterwards('delete from keydesk.ledger_entry where seq = 5')).ready, /entry 6 .* audit -- verify/);
  });
});
