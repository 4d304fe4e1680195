import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { Client, DatabaseError } from 'pg';
import type { Fault } from '../../src/domain/fault.ts';
import { type Instant, plusSeconds } from '../../src/domain/instant.ts';
import type { Keeping } from '../../src/domain/ports.ts';
import { keepingIn } from '../../src/store/keeping.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { at, entryOf } from '../support/ledger-entries.ts';
import { afterReveal, byPerson, claimed, deviceOf, openToRotate, reveal } from '../support/rotation-plans.ts';
import { claimOf, entriesIn, openStores, requestOf, shownOf, type Stores, untilWaiting, verified } from '../support/stores.ts';

// Old by every clock that this test may meet.
const limit = at('2025-03-01T00:00:00.000Z');
const old = (day: number): Instant => at(`2025-02-0${day}T08:00:00.000Z`);
const young = at('2025-03-01T00:00:00.000Z');

const textsOf = async ({ database }: Stores): Promise<readonly number[]> =>
  (await sql<{ seq: string }>`select seq from keydesk.ledger_text order by seq`.execute(database.db)).rows.map(({ seq }) => Number(seq));
const denied = (error: unknown): boolean => error instanceof DatabaseError && error.code === '42501';

describe('store/keeping', () => {
  let urls: TestDatabase;
  let stores: Stores;
  let keeping: Keeping;

  beforeEach(async () => {
    urls = await testDatabase();
    stores = openStores(urls.appUrl);
    keeping = keepingIn(stores.database);
  });
  afterEach(() => stores.close());

  describe('erases texts', () => {
    beforeEach(async () => {
      for (const day of [1, 2, 3, 4, 5]) await stores.ledger.append(entryOf({ time: old(day) }));
      for (const _ of [6, 7]) await stores.ledger.append(entryOf({ time: young }));
    });

    it('in batches, the oldest first, up to the limit and no further, each batch with an entry that says how many', async () => {
      const gone = [await keeping.eraseTexts(limit, 2), await textsOf(stores), await keeping.eraseTexts(limit, 2), await keeping.eraseTexts(limit, 2), await keeping.eraseTexts(limit, 2)];
      assert.deepEqual(gone, [2, [3, 4, 5, 6, 7], 2, 1, 0]);
      assert.deepEqual(await textsOf(stores), [6, 7]);
      const entries = (await entriesIn(stores)).slice(7);
      assert.deepEqual(entries.map((entry) => Object.fromEntries(Object.entries(entry).filter(([name]) => name !== 'time'))), [2, 2, 1].map((count) => ({ act: 'erased', outcome: 'done', source: 'system', erased: 'texts', count, to: limit })));
      const { rows } = await sql<{ recent: boolean }>`select bool_and(time between now() - interval '1 minute' and now() + interval '1 second') as recent from keydesk.ledger_entry where act = 'erased'`.execute(stores.database.db);
      assert.deepEqual(rows, [{ recent: true }], 'by the clock of the database');
      const { findings, verdict } = await verified(stores.database);
      assert.deepEqual([findings, verdict.size, verdict.erased], [[], 10, 5]);
    });

    it('also those of an entry that was recorded late', async () => {
      await stores.ledger.append(entryOf({ time: old(2) }));
      await stores.ledger.append(entryOf({ time: young }));
      assert.equal(await keeping.eraseTexts(limit, 100), 6);
      assert.deepEqual(await textsOf(stores), [6, 7, 9]);
    });

    it('once, when two instances do it at the same time', async () => {
      const other = openStores(urls.appUrl);
      try {
        const gone = await Promise.all([keeping, keepingIn(other.database), keeping, keepingIn(other.database)].map((one) => one.eraseTexts(limit, 100)));
        assert.equal(gone.reduce((sum, count) => sum + count), 5);
        const written = (await entriesIn(stores)).filter(({ act }) => act === 'erased').map(({ count }) => count);
        const inOrder = (counts: readonly (number | undefined)[]) => counts.map(Number).toSorted((a, b) => a - b);
        assert.deepEqual(inOrder(written), inOrder(gone.filter((count) => count > 0)));
      } finally {
        await other.close();
      }
    });

    it('and their entry, or neither: a connection that dies in between leaves the texts to the next', async () => {
      const owner = new Client({ connectionString: urls.ownerUrl });
      await owner.connect();
      try {
        // Whoever appends waits for this lock, and then has deleted the texts already.
        await owner.query('select pg_advisory_lock(75836100001)');
        const erasing = keeping.eraseTexts(limit, 100);
        const lost = assert.rejects(erasing, (error: Fault) => error.code === 'store-unavailable');
        await untilWaiting(stores.database, 1);
        await owner.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
        await lost;
        await owner.query('select pg_advisory_unlock(75836100001)');
      } finally {
        await owner.end();
      }
      assert.deepEqual(await textsOf(stores), [1, 2, 3, 4, 5, 6, 7]);
      assert.equal(await keeping.eraseTexts(limit, 100), 5);
      assert.equal((await entriesIn(stores)).length, 8);
    });

    it('without looking at those that are too young, however many they are', async () => {
      const owner = new Client({ connectionString: urls.ownerUrl });
      await owner.connect();
      try {
        const body = JSON.stringify({ v: 1, time: young, act: 'asked', outcome: 'done', source: 'teams' });
        await owner.query(`insert into keydesk.ledger_entry (body) select convert_to('${body}', 'UTF8') from generate_series(1, 3000)`);
        await owner.query("insert into keydesk.ledger_text (seq, texts) select seq, '{}' from keydesk.ledger_entry where seq > 7");
        await owner.query('analyze keydesk.ledger_entry, keydesk.ledger_text');
      } finally {
        await owner.end();
      }
      const looked = await stores.database.db.transaction().execute(async (tx) => {
        await sql`select keydesk.erase_texts(${limit}::timestamptz, 100)`.execute(tx);
        return sql<{ rows: number }>`select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables where schemaname = 'keydesk'`.execute(tx);
      });
      assert.deepEqual(await textsOf(stores), [6, 7, ...Array.from({ length: 3000 }, (_, index) => index + 8)]);
      const rows = looked.rows[0]?.rows ?? 0;
      assert.ok(rows >= 5 && rows < 100, `${rows} rows`);
    });
  });

  describe('lets the service', () => {
    let app: Client;

    beforeEach(async () => {
      app = new Client({ connectionString: urls.appUrl });
      await app.connect();
      await stores.ledger.append(entryOf({ time: old(1) }));
      await stores.ledger.append(entryOf({ time: plusSeconds(at(new Date().toISOString()), -40 * 86_400) }));
    });
    afterEach(() => app.end());

    it('erase what is older than 30 days, by the clock of the database', async () => {
      const { rows } = await app.query("select keydesk.erase_texts(now() - interval '30 days', 100) as gone");
      assert.deepEqual(rows, [{ gone: 2 }]);
      assert.deepEqual((await entriesIn(stores)).map(({ act, count }) => [act, count]), [['asked', undefined], ['asked', undefined], ['erased', 2]], 'and not without an entry');
    });

    for (const before of ["now() - interval '30 days' + interval '1 second'", 'now()', "'infinity'", 'null']) {
      it(`erase nothing up to ${before}`, async () => {
        await assert.rejects(app.query(`select keydesk.erase_texts(${before}, 100)`), denied);
        assert.deepEqual(await textsOf(stores), [1, 2]);
      });
    }

    it('forget what was over a day ago, and nothing later', async () => {
      await assert.rejects(app.query("select keydesk.forget_closed(now() - interval '23 hours', 100)"), denied);
      await assert.rejects(app.query('select keydesk.forget_closed(null, 100)'), denied);
      const { rows } = await app.query("select requests, rotations from keydesk.forget_closed(now() - interval '1 day', 100)");
      assert.deepEqual(rows, [{ requests: 0, rotations: 0 }]);
    });

    for (const statement of [
      'delete from keydesk.ledger_text',
      'delete from keydesk.request',
      'select keydesk.delete_texts(now(), 100)',
      'select keydesk.delete_closed(now(), 100)',
      'select keydesk.closed_requests(now(), null)',
      "select keydesk.erased_body('texts', 1, now())",
      'create or replace function keydesk.erase_texts(before timestamptz, most integer) returns integer language sql as $$ select 1 $$',
      'alter function keydesk.erase_texts reset all',
    ]) {
      it(`do nothing past them: ${statement}`, () => assert.rejects(app.query(statement), denied));
    }

    it('lend the functions no table of its own', async () => {
      await app.query('create temporary table ledger_text (seq bigint); create temporary table ledger_entry (seq bigint, time timestamptz)');
      await app.query("set search_path = pg_temp, keydesk, pg_catalog; select keydesk.erase_texts(now() - interval '30 days', 100)");
      assert.deepEqual(await textsOf(stores), []);
    });
  });

  describe('forgets what is over', () => {
    const past = plusSeconds(limit, -86_400);
    const ids = async (): Promise<readonly string[]> => (await sql<{ id: string }>`select id from keydesk.request order by id`.execute(stores.database.db)).rows.map(({ id }) => id.slice(-2));

    it('requests in every state in which nobody can press any more, and no other', async () => {
      const open = (number: number, openedAt: Instant, more: Parameters<typeof requestOf>[1] = {}) => stores.requests.open(requestOf(number, { openedAt, expiresAt: plusSeconds(openedAt, 600), ...more }), entryOf());
      await open(10, past);
      await open(11, past, { state: 'choosing' });
      await open(12, past);
      await stores.requests.close(requestOf(12).id, 'cancelled', entryOf());
      await open(13, past);
      await stores.requests.claim(claimOf(requestOf(13)));
      await open(14, past);
      await stores.requests.claim(claimOf(requestOf(14)));
      await stores.requests.revealed(shownOf(requestOf(14), 1, past));
      await open(15, past);
      await stores.requests.claim(claimOf(requestOf(15)));
      await stores.requests.revealed(shownOf(requestOf(15), 1, past));
      await stores.requests.hidden(requestOf(15).id, 1, plusSeconds(past, 300), entryOf());
      await open(16, limit);
      await open(17, past, { expiresAt: plusSeconds(limit, 60) });
      assert.deepEqual(await keeping.forgetClosed(limit, 3), { requests: 3, rotations: 0 });
      assert.deepEqual(await keeping.forgetClosed(limit, 3), { requests: 1, rotations: 0 });
      assert.deepEqual(await keeping.forgetClosed(limit, 3), { requests: 0, rotations: 0 });
      assert.deepEqual(await ids(), ['13', '14', '16', '17'], 'being read, not hidden yet, too young, not expired by then');
      assert.deepEqual((await entriesIn(stores)).filter(({ act }) => act === 'erased').map(({ count, erased }) => `${erased} ${count}`), ['requests 3', 'requests 1']);
    });

    it('a rotation after its request, and neither while it is under way', async () => {
      const request = await openToRotate(stores, 21);
      const started = await stores.rotations.start(request.id, byPerson(request, { number: 21, device: deviceOf(21) }));
      assert.ok(started.kind === 'started');
      const { rotation } = started;
      await sql`update keydesk.request set opened_at = ${past}::timestamptz, expires_at = ${past}::timestamptz`.execute(stores.database.db);
      assert.deepEqual(await keeping.forgetClosed(limit, 9), { requests: 0, rotations: 0 }, 'under way');
      await stores.rotations.move(rotation, 'failed', { set: { endedAt: limit, failure: 'policy-os' } });
      assert.deepEqual(await keeping.forgetClosed(limit, 9), { requests: 0, rotations: 0 }, 'over, but not long enough for the card to have been told');
      assert.deepEqual(await keeping.forgetClosed(plusSeconds(limit, 1), 9), { requests: 1, rotations: 1 });
      assert.equal(await stores.rotations.find(rotation.id), undefined);
    });

    it('a rotation only with the last request that speaks of it', async () => {
      const request = await claimed(stores, 31);
      const shown = await reveal(stores, request, afterReveal(request, 1, { number: 31, device: deviceOf(31) }));
      assert.ok(shown !== 'lost' && shown.rotation !== undefined);
      await stores.rotations.move(shown.rotation, 'failed', { set: { endedAt: past, failure: 'policy-os' } });
      assert.deepEqual(await keeping.forgetClosed(limit, 9), { requests: 0, rotations: 0 });
      assert.notEqual(await stores.rotations.find(shown.rotation.id), undefined);
    });
  });
});
