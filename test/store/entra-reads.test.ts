import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { randomBytes } from 'node:crypto';
import type { EntraClaim } from '../../src/domain/entra-log.ts';
import type { EntraReads, JudgedRead } from '../../src/domain/entra-ports.ts';
import { Fault } from '../../src/domain/fault.ts';
import { parseKeyId } from '../../src/domain/ids.ts';
import { type Instant, plusSeconds } from '../../src/domain/instant.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { entraReadsIn, withoutReadQuery } from '../../src/store/entra-reads.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { entraDevice, entraKey, keydesk, readOf } from '../support/entra.ts';
import { asOwner } from '../support/keydesk/surroundings.ts';
import { known } from '../support/known.ts';
import { entryOf, person, requestId } from '../support/ledger-entries.ts';
import { actsIn, entriesIn, noon, openStores, type Stores, verified } from '../support/stores.ts';

const otherKey = known(parseKeyId('1a2b3c4d-0000-4000-8000-000000000002'));
const later = (seconds: number): Instant => plusSeconds(noon, seconds);

describe('store/entra-reads', () => {
  let stores: Stores;
  let others: Stores;
  let reads: EntraReads;
  let elsewhere: EntraReads;

  let database: TestDatabase;

  before(async () => {
    database = await testDatabase();
    [stores, others] = [openStores(database.appUrl), openStores(database.appUrl)];
    [reads, elsewhere] = [entraReadsIn(stores.database, randomBytes), entraReadsIn(others.database, randomBytes)];
  });
  after(() => Promise.all([stores.close(), others.close()]));
  beforeEach(() => asOwner(database, ['set session_replication_role = replica', 'truncate keydesk.ledger_entry, keydesk.ledger_text, keydesk.alert_raised, keydesk.entra_read, keydesk.entra_log']));

  const judged = (number: number, more: Partial<JudgedRead> = {}): JudgedRead => ({ read: readOf(number, noon, keydesk), verdict: { kind: 'external' }, at: later(60), entries: [], ...more });
  const external = (number: number, more: Partial<LedgerEntry> = {}): LedgerEntry => ({ time: later(60), act: 'external-access', outcome: 'done', source: 'entra', keyId: entraKey, auditId: `row ${number}`, ...more });
  const alert = (number: number) => ({ subject: `entra:${number}`, entry: { ...external(number), act: 'alert', alert: 'unexplained-read' } as const });

  describe('a row', () => {
    it('is recorded once, with its entries and its alert', async () => {
      const unexplained = judged(1, { verdict: { kind: 'unexplained' }, entries: [external(1)], alert: alert(1) });
      assert.deepEqual([await reads.record(unexplained), await reads.record(unexplained)], [true, false]);
      assert.deepEqual(await actsIn(stores), ['external-access done', 'alert done']);
      assert.deepEqual((await verified(stores.database)).findings, []);
    });

    it('is recorded once by two instances at the same moment', async () => {
      for (let round = 0; round < 5; round += 1) {
        const one = judged(round, { verdict: { kind: 'unexplained' }, entries: [external(round)], alert: alert(round) });
        assert.deepEqual((await Promise.all([reads.record(one), elsewhere.record(one)])).toSorted(), [false, true]);
      }
      assert.equal((await entriesIn(stores)).length, 10);
    });

    it('is not recorded without its entry: one that cannot be written leaves nothing behind', async () => {
      const digits = '011000-022000-033000-044000-055000-066000-077000-088000';
      for (const broken of [{ entries: [external(1, { auditId: digits })] }, { entries: [external(1)], alert: { ...alert(1), subject: digits } }]) {
        await assert.rejects(reads.record(judged(1, { verdict: { kind: 'unexplained' }, ...broken })), (error) => error instanceof Fault && error.code === 'internal');
        assert.deepEqual([await actsIn(stores), (await reads.unseen([readOf(1, noon, keydesk)])).length], [[], 1]);
      }
      assert.equal(await reads.record(judged(1, { entries: [external(1)] })), true);
    });

    it('is told from those that are new', async () => {
      await reads.record(judged(1));
      const rows = [1, 2, 3].map((number) => readOf(number, noon, keydesk));
      assert.deepEqual([(await elsewhere.unseen(rows)).map(({ id }) => id), await reads.unseen([])], [rows.slice(1).map(({ id }) => id), []]);
    });

    it('is forgotten when it is old enough, and its entry stays', async () => {
      await reads.record(judged(1, { at: noon, entries: [external(1)] }));
      await reads.record(judged(2, { at: later(1) }));
      assert.deepEqual([await reads.prune(later(1)), (await reads.unseen([1, 2].map((number) => readOf(number, noon, keydesk)))).length, await actsIn(stores)], [1, 1, ['external-access done']]);
    });

    it('keeps blanks in its id in the ledger, so that it is found in Entra again', async () => {
      await reads.record(judged(1, { entries: [external(1, { auditId: 'Device Registration Service_1' })] }));
      assert.equal((await entriesIn(stores))[0]?.auditId, 'Device Registration Service_1');
    });
  });

  describe('what was intended', () => {
    it('is found by key and time, both ends included', async () => {
      const intended = (seconds: number, more: Partial<LedgerEntry> = {}) => stores.ledger.append(entryOf({ time: later(seconds), act: 'intended', keyId: entraKey, ...more }));
      for (const seconds of [-601, -600, 0, 600, 601]) await intended(seconds);
      await intended(0, { keyId: otherKey });
      await intended(0, { act: 'revealed' });
      const found = await reads.intentions({ keyIds: [entraKey], from: later(-600), to: later(600) });
      assert.deepEqual(found.map(({ seq, at, personId, keyId }) => [seq, at, personId, keyId]), [-600, 0, 600].map((seconds, index) => [index + 2, later(seconds), person(), entraKey]));
      assert.deepEqual((await reads.intentions({ keyIds: [entraKey, otherKey], from: noon, to: noon })).length, 2);
      assert.deepEqual(await reads.intentions({ keyIds: [], from: noon, to: noon }), []);
    });
  });

  describe('reveals without a read', () => {
    const reveal = async (number: number, seconds: number, outcome: LedgerEntry['outcome'], more: Partial<LedgerEntry> = {}) => {
      const about = { requestId: requestId(number), attempt: 1, keyId: entraKey, device: { deviceId: entraDevice, name: 'LAPTOP-42' }, ...more };
      await stores.ledger.append(entryOf({ ...about, time: later(seconds), act: 'intended' }));
      // Settled long after, as after a crash: what Entra says is looked for around the intention.
      await stores.ledger.append(entryOf({ ...about, time: later(seconds + (outcome === 'unknown' ? 9000 : 1)), act: 'revealed', outcome }));
    };
    const matched = (number: number, seconds: number, keyId = entraKey) => reads.record(judged(number, { read: readOf(number, later(seconds), keydesk, { keyId }), verdict: { kind: 'matched', seq: 1 } }));
    const found = async (from = -10_000, to = 10_000, after = 0, most = 100) => (await reads.withoutRead({ from: later(from), to: later(to), after, most })).map(({ intended, outcome }) => [intended.requestId, intended.attempt, outcome]);

    it('are those that were shown, or of which nobody knows, and that no matched row explains', async () => {
      await reveal(1, 0, 'done');
      await reveal(2, 3000, 'unknown');
      await reveal(3, 6000, 'failed');
      assert.deepEqual(await found(), [[requestId(1), 1, 'done'], [requestId(2), 1, 'unknown']]);
      await matched(1, 600);
      assert.deepEqual(await found(), [[requestId(2), 1, 'unknown']]);
      await matched(2, 2400);
      assert.deepEqual(await found(), []);
    });

    it('are not explained by a row of another key, from another time, or by somebody else', async () => {
      await reveal(1, 0, 'done');
      await matched(1, 0, otherKey);
      await matched(2, 601);
      await matched(3, -601);
      await reads.record(judged(4));
      assert.deepEqual(await found(), [[requestId(1), 1, 'done']]);
    });

    it('are told one showing from the other', async () => {
      await reveal(1, 0, 'done');
      await reveal(1, 3000, 'failed', { attempt: 2 });
      await reveal(1, 6000, 'done', { attempt: 3 });
      await matched(1, 0);
      assert.deepEqual(await found(), [[requestId(1), 3, 'done']]);
    });

    it('come from a period, its end not included, in their order and some at a time', async () => {
      for (let number = 1; number <= 5; number += 1) await reveal(number, number * 1000, 'done');
      const ids = async (...given: Parameters<typeof found>) => (await found(...given)).map(([id]) => id);
      assert.deepEqual(await ids(2000, 4000), [requestId(2), requestId(3)]);
      const [first, second, ...none] = await reads.withoutRead({ from: noon, to: later(9000), after: 0, most: 2 });
      assert.deepEqual([first?.seq, second?.seq, none.length], [1, 3, 0]);
      assert.deepEqual(await ids(0, 9000, 3, 2), [requestId(3), requestId(4)]);
    });

    it('bring the names that stand beside the entry, and do without those that were erased', async () => {
      await reveal(1, 0, 'done');
      const intended = async () => (await reads.withoutRead({ from: noon, to: later(1), after: 0, most: 1 }))[0]?.intended;
      assert.equal((await intended())?.device?.name, 'LAPTOP-42');
      await asOwner(database, ['delete from keydesk.ledger_text']);
      assert.deepEqual((await intended())?.device, { deviceId: entraDevice });
    });
  });

  describe('how far it was read', () => {
    const claim = (by = reads, seconds = 0) => by.claim({ now: later(seconds), until: later(seconds + 120), nextAt: later(seconds + 300) });
    const claimed = async (by = reads, seconds = 0): Promise<EntraClaim> => known(await claim(by, seconds));

    it('is claimed by one instance, the next time when it is time', async () => {
      for (let round = 0; round < 5; round += 1) {
        const both = await Promise.all([claim(reads, round * 300), claim(elsewhere, round * 300)]);
        const [winner, ...more] = both.filter((one) => one !== undefined);
        assert.deepEqual([winner?.taken, more], [round + 1, []]);
        assert.equal(await claim(elsewhere, round * 300 + 1), undefined);
        assert.ok(await reads.succeeded(known(winner), { at: later(round * 300), unreadable: 0 }));
        assert.equal(await claim(elsewhere, round * 300 + 299), undefined);
      }
    });

    it('is lost by an instance that stays away, and then says nothing any more', async () => {
      const first = await claimed();
      assert.equal(await claim(elsewhere, 119), undefined);
      assert.equal(await reads.renew(first, later(400)), true);
      assert.equal(await claim(elsewhere, 399), undefined);
      const second = await claimed(elsewhere, 400);
      const end = { at: later(401), unreadable: 0 };
      assert.deepEqual([await reads.renew(first, later(900)), await reads.advance(first, { readTo: later(900) }), await reads.succeeded(first, end), await reads.failed(first, { ...end, fault: 'graph-cut', nextAt: later(900) }), await reads.release(first)], [false, false, false, false, false]);
      assert.equal(await elsewhere.advance(second, { readTo: later(400) }), true);
    });

    it('stands in the row for whoever is next', async () => {
      await stores.ledger.append(entryOf({ time: later(-9) }));
      await stores.ledger.append(entryOf({ time: later(-8) }));
      const first = await claimed();
      assert.deepEqual(first, { taken: 1, ledgerBegan: later(-9) });
      await reads.advance(first, { readTo: later(1), deepFrom: later(2), deepTo: later(3) });
      await reads.advance(first, { judgedTo: later(4) });
      await reads.release(first);
      assert.deepEqual(await claimed(elsewhere, 1), { taken: 2, readTo: later(1), deepFrom: later(2), deepTo: later(3), judgedTo: later(4), ledgerBegan: later(-9) });
    });

    it('is not begun again before the time that a fault was told', async () => {
      await reads.failed(await claimed(), { at: noon, fault: 'graph-throttled', nextAt: later(900) });
      assert.deepEqual([await claim(elsewhere, 899), (await claim(elsewhere, 900))?.taken], [undefined, 2]);
    });

    it('is told to whoever asks: never tried, broken off, well', async () => {
      assert.equal(await reads.state(), undefined);
      await reads.failed(await claimed(), { at: noon, fault: 'graph-forbidden', nextAt: later(300) });
      assert.deepEqual(await elsewhere.state(), { fault: 'graph-forbidden', unreadable: 0 });
      await reads.succeeded(await claimed(reads, 300), { at: later(301), unreadable: 2 });
      assert.deepEqual(await elsewhere.state(), { succeededAt: later(301), unreadable: 2 });
    });
  });

  it('looks for reveals without a read by indexes alone', async () => {
    const plan = await others.database.db.transaction().execute(async (tx) => {
      await sql`select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)`.execute(tx);
      const { rows } = await sql`explain (format json) ${withoutReadQuery({ from: noon, to: later(3600), after: 0, most: 100 })}`.execute(tx);
      return JSON.stringify(rows);
    });
    assert.doesNotMatch(plan, /Seq Scan/);
    // Which of its indexes an empty ledger is read by is the server's own choice; those of the inner looks are not.
    for (const index of ['entra_read_matched', 'ledger_entry_device']) assert.ok(plan.includes(index), `${index} in ${plan}`);
  });
});
