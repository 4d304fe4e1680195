// Names, reasons and tickets go when their time is over or somebody asks for it; what was done stays on record, and the
// ledger proves it all the same.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { openDatabase } from '../../src/store/database.ts';
import { ledgerIn } from '../../src/store/ledger.ts';
import { audit } from '../support/audit-command.ts';
import { at, entryOf } from '../support/ledger-entries.ts';
import { blocksIn, standing } from '../support/keydesk/cards.ts';
import { alex, megan } from '../support/keydesk/people.ts';
import { hideByClock } from '../support/keydesk/rotating.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';

/** What another year left behind, written by a Keydesk of that time. */
async function lastYears({ database }: TestKeydesk): Promise<void> {
  const store = openDatabase(database.appUrl, { maxConnections: 1 });
  const ledger = ledgerIn(store, randomBytes);
  for (const day of [1, 2, 3]) await ledger.append(entryOf({ time: at(`2025-02-0${day}T08:00:00.000Z`), ticket: 'INC0000001' }));
  await store.close();
}

const requestsIn = async ({ database }: TestKeydesk): Promise<number> => {
  const store = openDatabase(database.appUrl, { maxConnections: 1 });
  try {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from keydesk.request`.execute(store.db);
    return rows[0]?.count ?? 0;
  } finally {
    await store.close();
  }
};

describe('erasing', () => {
  it('goes by the hour: old texts are gone, younger ones are there, and the list and verify say so', inKeydesk({ settings: { keepTextsDays: 90 } }, async (keydesk) => {
    await lastYears(keydesk);
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'), { ticket: 'INC0012345' });
    await keydesk.runChores();
    // The chore also runs at the start, and may have met the first of them.
    const erased = (await keydesk.ledger()).filter(({ act }) => act === 'erased');
    assert.deepEqual([...new Set(erased.map(({ source, erased: what }) => `${source} ${what}`))], ['system texts']);
    assert.equal(erased.reduce((sum, { count = 0 }) => sum + count, 0), 3);

    const env = { DATABASE_URL: keydesk.database.appUrl };
    const { out } = await audit(['list', '--person', alex.id], env);
    const rows = out.split('\n').slice(1).filter((row) => row !== '');
    assert.deepEqual(rows.map((row) => row.includes('(erased) a1e00000')), rows.map((row) => row.includes('2025-02-0')));
    assert.equal(rows.filter((row) => row.includes('2025-02-0')).length, 3);
    assert.deepEqual([out.includes('INC0000001'), out.includes('INC0012345')], [false, true]);
    const verified = await audit(['verify'], env);
    assert.deepEqual([verified.code, /all intact \(6 personal texts were erased, which is no tampering\)/.test(verified.out)], [0, true]);
  })).timeout(60_000);

  it('is never done by itself where texts are kept for ever', inKeydesk(async (keydesk) => {
    await lastYears(keydesk);
    await keydesk.runChores();
    assert.deepEqual((await keydesk.ledger()).filter(({ act }) => act === 'erased'), []);
    assert.match((await audit(['list'], { DATABASE_URL: keydesk.database.appUrl })).out, /INC0000001/);
  })).timeout(60_000);

  it('of one person takes the words of what was done, and leaves a card that is in use', inKeydesk(async (keydesk) => {
    const env = { DATABASE_OWNER_URL: keydesk.database.ownerUrl, DATABASE_URL: keydesk.database.appUrl };
    await keydesk.ask('key for DESKTOP-7', { as: megan });
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm, { ticket: 'INC0012345' });
    const erased = await audit(['erase', '--person', alex.id, '--yes'], env);
    assert.deepEqual([erased.code, /Left, because they are not over yet: 2 requests or rotations/.test(erased.out)], [0, true], 'the request and the rotation that is planned');

    const { out } = await audit(['list'], env);
    assert.match(out, /intended.*\(erased\) a1e00000.*\(erased\)/);
    assert.deepEqual([out.includes('Megan Bowen'), out.includes('Alex Wilber'), out.includes('INC0012345')], [true, false, false]);
    const verified = await audit(['verify'], env);
    assert.deepEqual([verified.code, /all intact \(\d+ personal texts were erased/.test(verified.out)], [0, true]);
    await hideByClock(keydesk);
    const again = await keydesk.press(standing(keydesk.now(confirm)), 'again');
    assert.equal(blocksIn(again.card).length, 8);
    assert.equal(await requestsIn(keydesk), 2);
  })).timeout(60_000);

  it('of a request that is over makes its card unknown, and no more', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.press(confirm, 'cancel');
    await expireAll(keydesk);
    const { code, out } = await audit(['erase', '--person', alex.id, '--yes'], { DATABASE_OWNER_URL: keydesk.database.ownerUrl });
    assert.deepEqual([code, /1 request that is over/.test(out)], [0, true]);
    assert.equal(await requestsIn(keydesk), 0);
    await keydesk.reveal(confirm);
    assert.equal((await keydesk.acts()).at(-1), 'refused refused request-unknown');
  })).timeout(60_000);
});

async function expireAll({ database }: TestKeydesk): Promise<void> {
  const store = openDatabase(database.appUrl, { maxConnections: 1 });
  await sql`update keydesk.request set expires_at = opened_at`.execute(store.db);
  await store.close();
}
