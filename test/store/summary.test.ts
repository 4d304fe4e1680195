import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { parseEntraDeviceId } from '../../src/domain/ids.ts';
import { plusSeconds } from '../../src/domain/instant.ts';
import { accessSources, type LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { reasonCodes } from '../../src/domain/reason.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { ledgerIn } from '../../src/store/ledger.ts';
import { ledgerWatchIn } from '../../src/store/ledger-watch.ts';
import { summaryIn } from '../../src/store/summary.ts';
import { noCounts } from '../support/desk/channels.ts';
import { testDatabase } from '../support/database.ts';
import { known } from '../support/known.ts';
import { at, entryOf, person } from '../support/ledger-entries.ts';

const noon = at('2026-11-22T12:00:00.000Z');
const device = (number: number) => ({ deviceId: known(parseEntraDeviceId(`de71ce00-0000-4000-8000-${String(number).padStart(12, '0')}`)) });
const day = 86_400;

describe('store/summary and store/ledger-watch', () => {
  let database: Database;
  before(async () => {
    database = openDatabase((await testDatabase()).appUrl, { maxConnections: 4 });
  });
  after(() => database.close());
  const append = async (...entries: readonly LedgerEntry[]): Promise<void> => {
    for (const entry of entries) await ledgerIn(database, randomBytes).append(entry);
  };
  /** Each test has a day of its own, and people of its own. */
  let days = 0;
  const newDay = () => plusSeconds(noon, (days += 3) * day);

  describe('counts', () => {
    it('are nothing in a period without entries', async () => {
      assert.deepEqual(await summaryIn(database).counts({ from: newDay(), to: newDay() }), noCounts);
    });

    it('tell of everything within the period, its beginning included and its end not', async () => {
      const from = newDay();
      const to = plusSeconds(from, day);
      const one = (more: Partial<LedgerEntry>, seconds = 60): LedgerEntry => entryOf({ time: plusSeconds(from, seconds), source: 'teams', ...more });
      await append(
        one({ act: 'revealed', reason: 'wrong-pin', person: { id: person(1) } }, 0),
        one({ act: 'revealed', reason: 'wrong-pin', person: { id: person(2) } }),
        one({ act: 'revealed', reason: 'other', person: { id: person(2) }, source: 'api' }),
        one({ act: 'revealed', outcome: 'failed', reason: 'other' }),
        one({ act: 'revealed', outcome: 'unknown' }),
        one({ act: 'revealed', reason: 'other', person: { id: person(3) } }, day),
        one({ act: 'revealed', reason: 'other', person: { id: person(3) } }, -0.001),
        one({ act: 'intended' }),
        one({ act: 'refused', outcome: 'refused', code: 'reveal-limit' }),
        one({ act: 'refused', outcome: 'refused', code: 'reveal-limit', count: 7 }),
        one({ act: 'role-denied', outcome: 'refused', code: 'no-role' }),
        one({ act: 'rotation-done' }),
        one({ act: 'rotation-done' }),
        one({ act: 'rotation-failed', outcome: 'failed' }),
        one({ act: 'rotation-overdue' }),
        one({ act: 'external-access', source: 'entra' }),
        one({ act: 'alert', alert: 'unexplained-read', source: 'system', count: 3 }),
        one({ act: 'alert', alert: 'reveal-limit', source: 'system' }),
        one({ act: 'alert', alert: 'reveal-limit', source: 'system' }),
        one({ act: 'posted', alert: 'reveal-limit', source: 'system' }),
        one({ act: 'exported', format: 'csv' }),
        one({ act: 'erased', source: 'system' }),
      );
      assert.deepEqual(await summaryIn(database).counts({ from, to }), {
        reveals: 3,
        people: { most: [{ id: person(2), count: 2 }, { id: person(1), count: 1 }], all: 2 },
        reasons: [{ reason: 'wrong-pin', count: 2 }, { reason: 'other', count: 1 }],
        sources: [{ source: 'teams', count: 2 }, { source: 'api', count: 1 }],
        refused: 9,
        rotations: { done: 2, failed: 1, overdue: 1 },
        externalReads: 1,
        alerts: [{ kind: 'reveal-limit', count: 2 }, { kind: 'unexplained-read', count: 1 }],
        exports: 1,
        erasures: 1,
      });
    });

    it('name five people at most, and count all', async () => {
      const from = newDay();
      await append(...Array.from({ length: 8 }, (_, index) => Array.from({ length: index + 1 }, () => entryOf({ time: from, act: 'revealed', person: { id: person(100 + index) } }))).flat());
      const { people, reveals } = await summaryIn(database).counts({ from, to: plusSeconds(from, day) });
      assert.deepEqual([reveals, people.all, people.most.map(({ count }) => count)], [36, 8, [8, 7, 6, 5, 4]]);
    });

    it('are the same whether a period is counted whole or in parts', async () => {
      const from = newDay();
      const some = fc.record({ act: fc.constantFrom<LedgerEntry['act']>('revealed', 'refused', 'rotation-done', 'alert', 'asked'), seconds: fc.integer({ min: 0, max: day - 1 }), source: fc.constantFrom(...accessSources), reason: fc.constantFrom(...reasonCodes), count: fc.integer({ min: 1, max: 9 }) });
      const [list = []] = fc.sample(fc.array(some, { minLength: 60, maxLength: 60 }), { numRuns: 1, seed: 7 });
      await append(...list.map(({ act, seconds, source, reason, count }) => entryOf({ act, time: plusSeconds(from, seconds), source, reason, ...(act === 'refused' && { count }), ...(act === 'alert' && { alert: 'many-devices' }) })));
      const whole = await summaryIn(database).counts({ from, to: plusSeconds(from, day) });
      const parts = await Promise.all([0, 6, 12, 18].map((hour) => summaryIn(database).counts({ from: plusSeconds(from, hour * 3600), to: plusSeconds(from, (hour + 6) * 3600) })));
      const sums = (read: (counts: typeof whole) => number): readonly number[] => [read(whole), parts.reduce((total, part) => total + read(part), 0)];
      for (const read of [(counts: typeof whole) => counts.reveals, (counts: typeof whole) => counts.refused, (counts: typeof whole) => counts.rotations.done, (counts: typeof whole) => counts.alerts[0]?.count ?? 0]) {
        const [all, added] = sums(read);
        assert.equal(added, all);
        assert.ok((all ?? 0) > 0);
      }
      assert.equal(whole.refused, list.reduce((total, { act, count }) => (act === 'refused' ? total + count : total), 0));
    });

    it('find the newest name of a person, and none that was erased or never there', async () => {
      const time = newDay();
      await append(entryOf({ time, act: 'asked', person: { id: person(201), name: 'Old Name' } }), entryOf({ time: plusSeconds(time, 1), act: 'revealed', person: { id: person(201), name: 'New Name' } }), entryOf({ time, act: 'asked', person: { id: person(202) } }));
      assert.deepEqual(await summaryIn(database).names([person(201), person(202), person(203)]), new Map([[person(201), 'New Name']]));
      assert.deepEqual(await summaryIn(database).names([]), new Map());
    });
  });

  describe('the watcher', () => {
    it('reads what is behind the last step, with texts, and steps once', async () => {
      const watch = ledgerWatchIn(database);
      const { to: head } = await watch.read(10_000);
      await watch.advance((await watch.read(1)).after, head, []);
      await append(entryOf({ act: 'asked', person: { id: person(1), name: 'Alex Wilber' } }), entryOf({ act: 'warned' }));
      const read = await watch.read(10);
      assert.deepEqual([read.after, read.to, read.entries.map(({ seq, entry }) => [seq - head, entry.act, entry.person?.name])], [head, head + 2, [[1, 'asked', 'Alex Wilber'], [2, 'warned', 'Alex Wilber']]]);
      assert.deepEqual((await watch.read(1)).to, head + 1, 'in steps as small as wanted');
      const both = await Promise.all([watch.advance(head, head + 2, []), watch.advance(head, head + 2, [])]);
      assert.deepEqual(both.filter(Boolean).length, 1);
      assert.deepEqual(await watch.read(10), { after: head + 2, to: head + 2, entries: [] });
      assert.deepEqual((await watch.entry(head + 2))?.entry.act, 'warned');
      assert.equal(await watch.entry(head + 3), undefined);
    });

    it('counts different devices of one person within a time', async () => {
      const time = newDay();
      const shown = (seconds: number, number: number, more: Partial<LedgerEntry> = {}): LedgerEntry => entryOf({ act: 'revealed', time: plusSeconds(time, seconds), person: { id: person(300) }, device: device(number), ...more });
      await append(shown(0, 1), shown(10, 2), shown(20, 2), shown(30, 3, { outcome: 'failed' }), shown(40, 4, { person: { id: person(301) } }), shown(50, 5), shown(3601, 6));
      const watch = ledgerWatchIn(database);
      assert.equal(await watch.devicesShown(person(300), plusSeconds(time, -1), plusSeconds(time, 50)), 3);
      assert.equal(await watch.devicesShown(person(300), time, plusSeconds(time, 50)), 2, 'its beginning excluded');
      assert.equal(await watch.devicesShown(person(300), plusSeconds(time, 1), plusSeconds(time, 3601)), 3);
    });

    it('counts refusals in a row: sums whole, from the last success on, without those that say nothing', async () => {
      const time = newDay();
      const one = (act: LedgerEntry['act'], more: Partial<LedgerEntry> = {}): LedgerEntry => entryOf({ act, time, person: { id: person(400) }, outcome: act === 'asked' ? 'done' : 'refused', ...more });
      const watch = ledgerWatchIn(database);
      const { to: head } = await watch.read(10_000);
      await append(one('refused', { code: 'device-not-found' }), one('refused', { code: 'device-not-found', count: 4 }), one('role-denied', { code: 'no-role' }), one('refused', { code: 'request-used' }), one('refused', { person: { id: person(401) } }), one('asked'), one('refused', { code: 'no-keys' }));
      const count = (seq: number, since = plusSeconds(time, -1)): Promise<number> => watch.refusedInARow(person(400), since, head + seq, ['request-used']);
      assert.deepEqual(await Promise.all([1, 2, 3, 4, 5, 6, 7].map((seq) => count(seq))), [1, 5, 6, 6, 6, 0, 1]);
      assert.equal(await count(3, time), 0, 'what is older does not count');
    });

    it('stumbles over no count, however large: an entry that it could not read past would hold up every alert', async () => {
      const time = newDay();
      const { to: head } = await ledgerWatchIn(database).read(10_000);
      const one = (count: number): LedgerEntry => entryOf({ act: 'refused', outcome: 'refused', code: 'no-keys', time, person: { id: person(402) }, count });
      await append(one(2_147_483_647), one(Number.MAX_SAFE_INTEGER));
      assert.equal(await ledgerWatchIn(database).refusedInARow(person(402), plusSeconds(time, -1), head + 2, []), 1_000_000);
    });
  });
});
