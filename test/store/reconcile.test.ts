// The reconciliation over a real database, and a log of Entra's in memory.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Fault } from '../../src/domain/fault.ts';
import { parseKeyId } from '../../src/domain/ids.ts';
import { type Instant, plusSeconds } from '../../src/domain/instant.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { reconcile, type Reconciling, type Tally } from '../../src/domain/reconcile.ts';
import { alertsIn } from '../../src/store/alerts.ts';
import { entraReadsIn } from '../../src/store/entra-reads.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type EntraInMemory, entraDevice, entraInMemory, entraKey, keydesk, ownAppId, readOf } from '../support/entra.ts';
import { asOwner } from '../support/keydesk/surroundings.ts';
import { standingClock } from '../support/keydesk/time.ts';
import { known } from '../support/known.ts';
import { entryOf, person, requestId } from '../support/ledger-entries.ts';
import { entriesIn, noon, openStores, type Stores } from '../support/stores.ts';

const everySeconds = 300;
const hour = 3600;
const day = 24 * hour;
const adele = { kind: 'person', id: person(3), name: 'Adele Vance' } as const;

describe('store: the ledger held against Entra’s log', () => {
  let database: TestDatabase;
  let stores: Stores;
  let others: Stores;
  let entra: EntraInMemory;
  let clock: ReturnType<typeof standingClock>;
  let stopping: AbortController;

  before(async () => {
    database = await testDatabase();
    [stores, others] = [openStores(database.appUrl), openStores(database.appUrl)];
  });
  after(() => Promise.all([stores.close(), others.close()]));
  beforeEach(async () => {
    await asOwner(database, ['set session_replication_role = replica', 'truncate keydesk.ledger_entry, keydesk.ledger_text, keydesk.alert_raised, keydesk.entra_read, keydesk.entra_log']);
    [entra, clock, stopping] = [entraInMemory(), standingClock(noon), new AbortController()];
    await stores.ledger.append(entryOf({ act: 'started', source: 'system', time: noon }));
  });

  const partsOf = (by: Stores = stores, more: Partial<Reconciling> = {}): Reconciling => ({
    clock,
    alerts: alertsIn(by.database, randomBytes),
    auditLog: entra,
    reads: entraReadsIn(by.database, randomBytes),
    ownAppIds: new Set([ownAppId]),
    everySeconds,
    deadline: () => stopping.signal,
    stopping: stopping.signal,
    ...more,
  });
  /** One reading, its time having come. */
  const turn = (by?: Stores, more?: Partial<Reconciling>) => {
    clock.forward(everySeconds);
    return reconcile(partsOf(by, more));
  };
  const found = async (...given: Parameters<typeof turn>): Promise<Partial<Tally>> => {
    const answer = await turn(...given);
    assert.equal(answer.kind, 'done');
    return answer.kind === 'done' ? Object.fromEntries(Object.entries(answer.tally).filter(([, count]) => count > 0)) : {};
  };
  const hours = async (count: number): Promise<Partial<Tally>> => {
    const sums: Record<string, number> = {};
    for (let passed = 0; passed < count; passed += 1) {
      clock.forward(hour - everySeconds);
      for (const [name, value] of Object.entries(await found())) sums[name] = (sums[name] ?? 0) + value;
    }
    return sums;
  };
  const entries = async (): Promise<readonly LedgerEntry[]> => (await entriesIn(stores)).filter(({ act }) => act === 'external-access' || act === 'alert');
  const acts = async () => (await entries()).map(({ act, alert, auditId }) => [act, alert, auditId?.split('_')[1]].filter((part) => part !== undefined).join(' '));

  const about = { keyId: entraKey, device: { deviceId: entraDevice, name: 'LAPTOP-42' } };
  /** Alex sees the key now. */
  async function reveal(number = 1, outcome: LedgerEntry['outcome'] = 'done'): Promise<Instant> {
    const time = clock.now();
    const one = { ...about, requestId: requestId(number), attempt: 1 };
    await stores.ledger.append(entryOf({ ...one, time, act: 'intended' }));
    await stores.ledger.append(entryOf({ ...one, time, act: 'revealed', outcome }));
    return time;
  }
  const row = (number: number, at: Instant, ...more: [by?: Parameters<typeof readOf>[2], rest?: Parameters<typeof readOf>[3]]) => void entra.rows.push(readOf(number, at, more[0] ?? keydesk, more[1]));

  it('finds a reveal in it, also in three rows, and says nothing', async () => {
    const at = await reveal();
    for (const number of [1, 2, 3]) row(number, plusSeconds(at, number));
    assert.deepEqual([await found(), await found(), await acts()], [{ matched: 3 }, {}, []]);
  });

  it('writes down once what somebody else read: who, which key, with what, and when', async () => {
    const at = plusSeconds(clock.now(), 60);
    row(1, at, adele, { client: 'Mozilla/5.0 · 203.0.113.7' });
    assert.deepEqual([await found(), await found(), await found()], [{ external: 1 }, {}, {}]);
    const [entry, ...more] = await entries();
    assert.deepEqual(more, []);
    assert.deepEqual(entry, {
      time: plusSeconds(noon, 300),
      act: 'external-access',
      outcome: 'done',
      source: 'entra',
      person: { id: person(3), name: 'Adele Vance' },
      device: { deviceId: entraDevice },
      keyId: entraKey,
      auditId: 'Device Registration Service_1',
      happenedAt: at,
      client: 'Mozilla/5.0 · 203.0.113.7',
    });
  });

  it('names the other application, and is content with nobody', async () => {
    const script = 'ac1d0000-0000-4000-8000-000000000004';
    row(1, plusSeconds(noon, 10), { kind: 'app', appId: script, name: 'Helpdesk script' });
    row(2, plusSeconds(noon, 20), { kind: 'unknown' });
    await turn();
    assert.deepEqual((await entries()).map(({ clientAppId, person: who }) => [clientAppId, who]), [[undefined, undefined], [script, undefined]]);
  });

  it('raises an alert at once when a key was read as Keydesk and nobody intended it, once', async () => {
    row(1, plusSeconds(noon, 10), keydesk, { client: 'curl' });
    assert.deepEqual([await found(), await found()], [{ unexplained: 1 }, {}]);
    const [access, alert] = await entries();
    assert.deepEqual(await acts(), ['external-access 1', 'alert unexplained-read 1']);
    assert.deepEqual([access?.clientAppId, access?.source, alert?.clientAppId, alert?.keyId, alert?.happenedAt], [ownAppId, 'entra', ownAppId, entraKey, plusSeconds(noon, 10)]);
  });

  it('raises it also when Entra refused the read, and none about a read that it had reason for', async () => {
    row(1, plusSeconds(noon, 10), keydesk, { failed: true });
    await turn();
    const at = await reveal();
    row(2, at, keydesk, { failed: true });
    row(3, at, adele, { failed: true });
    assert.deepEqual([await found(), await acts(), (await entries()).map(({ outcome }) => outcome)], [{ failed: 2 }, ['external-access 1', 'alert unexplained-read 1'], ['failed', 'failed']]);
  });

  it('finds a row that came hours late, by the deep reading', async () => {
    await turn();
    const at = clock.now();
    await hours(5);
    row(1, plusSeconds(at, 60), adele);
    assert.deepEqual(await found(), {}, 'not by the quick one');
    assert.deepEqual(await hours(1), { external: 1 });
    const [entry] = await entries();
    assert.deepEqual([entry?.happenedAt, entry?.time], [plusSeconds(at, 60), clock.now()]);
  });

  it('finds the rows of a long outage, seven days back', async () => {
    await turn();
    clock.forward(8 * day);
    row(1, plusSeconds(clock.now(), -6.9 * day), adele);
    row(2, plusSeconds(clock.now(), -7.1 * day), adele);
    assert.deepEqual([await found(), await acts()], [{ external: 1 }, ['external-access 1']]);
  });

  it('keeps what came before a page that could not be had, and does not believe that it read on', async () => {
    for (const number of [1, 2, 3, 4]) row(number, plusSeconds(noon, number), adele);
    entra.breaks = { after: 1, code: 'graph-cut' };
    const broken = await turn();
    assert.ok(broken.kind === 'failed');
    assert.deepEqual([broken.fault.code, await acts()], ['graph-cut', ['external-access 4', 'external-access 3']]);
    assert.equal((await partsOf().reads.state())?.fault, 'graph-cut');
    entra.breaks = undefined;
    const [from] = known(entra.asked[0]).split(' ');
    assert.deepEqual([await found(), (await acts()).length], [{ external: 2 }, 4]);
    assert.equal(known(entra.asked.at(-1)).split(' ')[0], from, 'begins where the broken one began');
    assert.deepEqual(await partsOf().reads.state(), { succeededAt: clock.now(), unreadable: 0 });
  });

  it('goes on where a process died between two pages, and writes nothing twice', async () => {
    for (const number of [1, 2, 3, 4]) row(number, plusSeconds(noon, number));
    let dead = true;
    const dying: Partial<Reconciling> = { auditLog: { keyReads: (period, { deadline, take }) => entra.keyReads(period, { deadline, take: async (page) => ((await take(page)), dead ? new Promise(() => undefined) : true) }) } };
    const pages = Promise.withResolvers<void>();
    const died = turn(stores, { ...dying, reads: { ...partsOf().reads, renew: async () => (pages.resolve(), true) } });
    await pages.promise;
    assert.deepEqual(await acts(), [4, 3].flatMap((number) => [`external-access ${number}`, `alert unexplained-read ${number}`]));
    dead = false;
    assert.deepEqual(await turn(others), { kind: 'done', tally: { matched: 0, external: 0, unexplained: 2, failed: 0, unreadable: 0, withoutRead: 0 } }, 'the lease of the dead one is over');
    assert.equal(new Set(await acts()).size, 8);
    assert.equal((await acts()).length, 8);
    assert.equal(await Promise.race([died.then(() => 'alive'), Promise.resolve('dead')]), 'dead');
  });

  it('is read by one of two instances', async () => {
    row(1, plusSeconds(noon, 10), adele);
    clock.forward(everySeconds);
    const both = await Promise.all([reconcile(partsOf()), reconcile(partsOf(others))]);
    assert.deepEqual(both.map(({ kind }) => kind).toSorted(), ['done', 'left']);
    assert.deepEqual([(await reconcile(partsOf(others))).kind, await acts()], ['left', ['external-access 1']]);
  });

  it('stops reading when somebody else has taken over', async () => {
    for (const number of [1, 2, 3, 4, 5, 6]) row(number, plusSeconds(noon, number), adele);
    entra.onPage = async () => {
      entra.onPage = () => undefined;
      clock.forward(1000);
      assert.equal((await reconcile(partsOf(others))).kind, 'done');
    };
    assert.equal((await turn()).kind, 'left');
    assert.equal((await acts()).length, 6);
  });

  it('is given back in the middle when Keydesk is stopped, for the next one to begin at once', async () => {
    for (const number of [1, 2, 3, 4]) row(number, plusSeconds(noon, number), adele);
    entra.onPage = () => stopping.abort();
    assert.deepEqual([(await turn()).kind, (await acts()).length], ['left', 2]);
    stopping = new AbortController();
    entra.onPage = () => undefined;
    assert.equal((await reconcile(partsOf(others))).kind, 'done');
    assert.equal((await acts()).length, 4);
  });

  it('comes back no sooner than Graph asked for', async () => {
    entra.breaks = { after: 0, code: 'graph-throttled', retryAfterSeconds: 900 };
    assert.equal((await turn()).kind, 'failed');
    entra.breaks = undefined;
    assert.deepEqual([(await turn()).kind, (await turn()).kind, (await turn()).kind], ['left', 'left', 'done']);
  });

  it('gives its turn back when the database fails, and says so', async () => {
    const broken = { ...partsOf().reads, unseen: () => Promise.reject(new Fault('store-unavailable', 'later')) };
    await assert.rejects(turn(stores, { reads: broken }), (error) => error instanceof Fault && error.code === 'store-unavailable');
    assert.equal((await reconcile(partsOf())).kind, 'done');
  });

  it('counts rows that nobody understands once, though two readings pass them', async () => {
    entra.unreadable = 1;
    assert.deepEqual([await found(), await partsOf().reads.state()], [{ unreadable: 1 }, { succeededAt: clock.now(), unreadable: 1 }]);
  });

  describe('a reveal that Entra has never heard of', () => {
    it('raises an alert when its day is over and not before, once', async () => {
      await turn();
      const at = await reveal();
      assert.deepEqual(await hours(23), {});
      assert.deepEqual(await hours(2), { withoutRead: 1 });
      assert.deepEqual(await hours(30), {});
      const [alert, ...more] = await entries();
      assert.deepEqual(more, []);
      assert.deepEqual(alert && { ...alert, time: undefined }, { time: undefined, act: 'alert', alert: 'reveal-without-read', outcome: 'done', source: 'system', happenedAt: at, subjectId: person(), device: about.device, keyId: entraKey, requestId: requestId(), attempt: 1 });
    });

    it('raises none when the row comes on the last hour of its day', async () => {
      await turn();
      const at = await reveal();
      await hours(23);
      row(1, plusSeconds(at, 2));
      assert.deepEqual(await hours(10), { matched: 1 });
    });

    it('says of one of unknown outcome that nobody knew', async () => {
      await turn();
      await reveal(1, 'unknown');
      await reveal(2, 'failed');
      assert.deepEqual(await hours(26), { withoutRead: 1 });
      assert.deepEqual((await entries()).map(({ outcome, requestId: id }) => [outcome, id]), [['unknown', requestId(1)]]);
    });

    it('raises none while the log cannot be read, and when it can again only what it then lacks', async () => {
      await turn();
      const [first] = [await reveal(1), clock.forward(7200), await reveal(2)];
      entra.breaks = { after: 0, code: 'graph-forbidden' };
      for (let passed = 0; passed < 60; passed += 1) {
        clock.forward(hour - everySeconds);
        assert.equal((await turn()).kind, 'failed');
      }
      assert.deepEqual(await acts(), []);
      row(1, plusSeconds(first, 1));
      entra.breaks = undefined;
      assert.deepEqual(await hours(1), { matched: 1, withoutRead: 1 });
      assert.deepEqual((await entries()).map(({ requestId: id }) => id), [requestId(2)]);
    });

    it('raises none about a time that Entra keeps no longer', async () => {
      await turn();
      await reveal();
      clock.forward(8 * day);
      assert.deepEqual([await found(), await hours(30)], [{}, {}]);
    });

    it('raises each once when a process dies in the middle', async () => {
      await turn();
      await reveal(1);
      clock.forward(1200);
      await reveal(2);
      clock.forward(26 * hour);
      const alerts = { raise: async (alert: Parameters<Reconciling['alerts']['raise']>[0]) => (await partsOf().alerts.raise(alert), Promise.reject(new Error('died'))) };
      await assert.rejects(turn(stores, { alerts }), /died/);
      assert.deepEqual([await found(others), (await entries()).map(({ requestId: id }) => id)], [{ withoutRead: 1 }, [requestId(1), requestId(2)]]);
    });

    it('raises as many as there are', async () => {
      await turn();
      for (let number = 1; number <= 203; number += 1) await reveal(number);
      clock.forward(26 * hour);
      assert.deepEqual(await found(), { withoutRead: 203 });
    });

    it('is not explained by a row about another key', async () => {
      await turn();
      const at = await reveal();
      row(1, at, adele, { keyId: known(parseKeyId('1a2b3c4d-0000-4000-8000-000000000002')) });
      assert.deepEqual(await hours(26), { external: 1, withoutRead: 1 });
    });
  });
});
