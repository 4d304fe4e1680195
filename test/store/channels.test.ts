import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type Channel, type ChannelId, parseChannelId, type Posting } from '../../src/domain/channel.ts';
import { type Instant, plusSeconds } from '../../src/domain/instant.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { parseSchedule } from '../../src/domain/schedule.ts';
import { channelsIn } from '../../src/store/channels.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { postingsIn } from '../../src/store/postings.ts';
import { testDatabase } from '../support/database.ts';
import { known } from '../support/known.ts';
import { at, person } from '../support/ledger-entries.ts';
import { actsIn, entriesIn } from '../support/stores.ts';

const noon = at('2026-11-22T12:00:00.000Z');
const daily = known(parseSchedule('daily 08:00 Europe/Berlin'));
const place = { serviceUrl: 'http://127.0.0.1/a/', bot: { id: '28:keydesk', name: 'Keydesk' } };
let numbered = 0;
/** A channel of its own for each test. */
const newChannel = (): ChannelId => known(parseChannelId(`19:c${(numbered += 1)}@thread.tacv2`));
const hour = (count: number): Instant => plusSeconds(noon, count * 3600);

describe('store/channels and store/postings', () => {
  let database: Database;
  let second: Database;
  before(async () => {
    const { appUrl } = await testDatabase();
    [database, second] = [openDatabase(appUrl, { maxConnections: 4 }), openDatabase(appUrl, { maxConnections: 4 })];
  });
  after(async () => {
    await database.close();
    await second.close();
  });
  const channels = () => channelsIn(database, randomBytes);
  const postings = (of: Database = database) => postingsIn(of, randomBytes);
  const entry = (act: LedgerEntry['act'], channel: ChannelId): LedgerEntry => ({ time: noon, act, outcome: 'done', source: 'teams', channel });
  const subscribed = async (id: ChannelId = newChannel()): Promise<Channel> => {
    await channels().subscribe({ id, place, schedule: daily, locale: 'en-GB', by: person(2), nextAt: hour(19), from: hour(-5) }, entry('subscribed', id));
    return known(await channels().find(id));
  };
  const planned = async (...hours: readonly number[]): Promise<Channel> => {
    const channel = await subscribed();
    const list = hours.map((end, index) => ({ period: { from: hour(index === 0 ? -5 : known(hours[index - 1])), to: hour(end) }, dueAt: plusSeconds(hour(end), 90) }));
    assert.ok(await channels().plan(channel, list, hour(500)));
    return known(await channels().find(channel.id));
  };
  /** The next posting of a channel; others are held back meanwhile. */
  const take = async (now: Instant, of: Database = database): Promise<Posting | undefined> => postings(of).take(now, plusSeconds(now, 60));
  const done = (posting: Posting, now: Instant) => ({ at: now, activityId: 'm-1', entry: entry('posted', posting.channel.id) });
  afterEach(async () => {
    await database.db.deleteFrom('keydesk.posting').execute();
  });

  it('keeps a schedule as it was given, with its entry', async () => {
    const before = (await actsIn({ database })).length;
    const { id, ...channel } = await subscribed();
    assert.deepEqual(channel, { place, locale: 'en-GB', schedule: daily, nextAt: hour(19), coveredTo: hour(-5), subscribedBy: person(2), lives: 0 });
    assert.deepEqual((await entriesIn({ database })).slice(before).map((one) => `${one.act} ${one.channel}`), [`subscribed ${id}`]);
  });

  it('moves a schedule without a gap and without telling twice', async () => {
    const { id } = await planned(19);
    await channels().subscribe({ id, place, schedule: known(parseSchedule('weekly mon 10:00 UTC')), locale: 'en-US', by: person(3), nextAt: hour(50), from: hour(-100) }, entry('subscribed', id));
    const now = known(await channels().find(id));
    assert.equal(now.coveredTo, hour(19), 'the next period begins where the last one ended');
    assert.equal(now.nextAt, hour(50));
  });

  it('takes a schedule away once, and drops what waits', async () => {
    const { id } = await planned(19);
    assert.equal(await channels().unsubscribe(id, entry('unsubscribed', id)), true);
    assert.equal(await channels().unsubscribe(id, entry('unsubscribed', id)), false, 'the second has no entry');
    assert.equal(known(await channels().find(id)).schedule, undefined);
    assert.equal(await take(hour(100)), undefined);
    assert.equal((await entriesIn({ database })).filter((one) => one.act === 'unsubscribed' && one.channel === id).length, 1);
  });

  it('gives the audit channel the schedule of the configuration until a person changes it', async () => {
    const id = newChannel();
    const audit = { id, serviceUrl: 'http://127.0.0.1/audit/', schedule: known(parseSchedule('daily 08:00 UTC')), nextAt: hour(20), from: hour(-4) };
    await channels().keepAudit(audit);
    await channels().keepAudit({ ...audit, nextAt: hour(44), from: hour(20) });
    assert.equal(known(await channels().find(id)).nextAt, hour(20), 'a restart changes nothing');
    await channels().keepAudit({ ...audit, schedule: known(parseSchedule('daily 09:00 UTC')), nextAt: hour(21) });
    assert.deepEqual(known(await channels().find(id)).schedule, parseSchedule('daily 09:00 UTC'));
    await channels().subscribe({ id, place, schedule: daily, locale: 'en-GB', by: person(2), nextAt: hour(19), from: hour(-5) }, entry('subscribed', id));
    await channels().keepAudit(audit);
    assert.deepEqual(known(await channels().find(id)).schedule, daily);
    const other = newChannel();
    await channels().keepAudit({ ...audit, id: other });
    assert.deepEqual(known(await channels().find(id)).schedule, daily, 'and keeps it where the configuration names another channel');
    await channels().keepAudit(undefined);
    assert.equal(known(await channels().find(other)).schedule, undefined, 'one that only the configuration wanted has none any more');
  });

  it('is due when its time has come, it can be reached, and it is not closed', async () => {
    const { id } = await subscribed();
    const isDue = async (now: Instant): Promise<boolean> => (await channels().due(now, 500)).some((channel) => channel.id === id);
    assert.deepEqual([await isDue(hour(18)), await isDue(hour(19))], [false, true]);
    const unknown = newChannel();
    await channels().keepAudit({ id: unknown, schedule: daily, nextAt: hour(1), from: hour(-5) });
    assert.ok(!(await channels().due(hour(19), 500)).some((channel) => channel.id === unknown), 'nobody has written from there yet');
    await channels().seen(unknown, place);
    assert.ok((await channels().due(hour(19), 500)).some((channel) => channel.id === unknown));
  });

  it('plans a period once, whoever plans it', async () => {
    const channel = await subscribed();
    const period = { period: { from: hour(-5), to: hour(19) }, dueAt: hour(19) };
    const both = await Promise.all([channelsIn(database, randomBytes).plan(channel, [period], hour(43)), channelsIn(second, randomBytes).plan(channel, [period], hour(43))]);
    assert.deepEqual(both.filter(Boolean).length, 1);
    assert.equal((await database.db.selectFrom('keydesk.posting').selectAll().where('channel_id', '=', channel.id).execute()).length, 1);
  });

  it('gives one posting of a channel to one instance, the oldest first', async () => {
    const { id } = await planned(19, 43, 67);
    assert.equal(await take(hour(19)), undefined, 'a period settles first');
    const taken = (await Promise.all([take(hour(100)), take(hour(100), second), take(hour(100)), take(hour(100), second)])).filter((one) => one !== undefined);
    assert.deepEqual(taken.map(({ channel, what, attempt }) => [channel.id, what, attempt]), [[id, { kind: 'summary', period: { from: hour(-5), to: hour(19) } }, 1]]);
    const first = known(taken[0]);
    assert.equal(await postings().sending(first, hour(101)), true);
    assert.equal(await take(hour(100)), undefined, 'no other one of the channel meanwhile');
    assert.equal(await postings().posted(first, done(first, hour(100))), true);
    assert.equal(known(await channels().find(id)).postedTo, hour(19));
    assert.deepEqual(known(await take(hour(100))).what, { kind: 'summary', period: { from: hour(19), to: hour(43) } });
  });

  it('lets channels go on beside each other', async () => {
    const [a, b] = [await planned(19), await planned(19)];
    const taken = [await take(hour(100)), await take(hour(100))].map((posting) => known(posting).channel.id);
    assert.deepEqual(taken.sort(), [a.id, b.id].sort());
  });

  it('is taken again when the one who took it is gone, who then changes nothing', async () => {
    await planned(19);
    const lost = known(await take(hour(100)));
    assert.equal(await take(plusSeconds(hour(100), 59)), undefined);
    const again = known(await take(plusSeconds(hour(100), 60), second));
    assert.deepEqual([again.id, again.attempt], [lost.id, 2]);
    assert.equal(await postings().sending(lost, hour(102)), false);
    await postings().postpone(lost, hour(200));
    await postings().unknown(lost);
    assert.equal(await postings(second).sending(again, hour(102)), true);
    assert.equal(await postings().posted(lost, done(lost, hour(101))), false, 'and writes no entry');
    assert.equal(await postings(second).posted(again, done(again, hour(101))), true);
    assert.equal(await postings(second).posted(again, done(again, hour(101))), false, 'once');
    assert.equal((await entriesIn({ database })).filter((one) => one.act === 'posted' && one.channel === again.channel.id).length, 1);
  });

  it('is lost when the one who was sending it is gone, and not before', async () => {
    await planned(19);
    const posting = known(await take(hour(100)));
    await postings().sending(posting, hour(101));
    assert.deepEqual(await postings().lost(plusSeconds(hour(101), -1), 10), []);
    assert.deepEqual((await postings(second).lost(hour(101), 10)).map(({ id, attempt }) => [id, attempt]), [[posting.id, 1]]);
    assert.equal(await take(hour(200)), undefined, 'nobody else sends it');
    await postings(second).unknown(posting);
    assert.deepEqual(await postings().lost(hour(200), 10), []);
    assert.deepEqual(await postings().uncertain(posting.channel.id), [{ from: hour(-5), to: hour(19) }]);
  });

  it('tells of an uncertain one until the next summary of the channel has told of it', async () => {
    await planned(19, 43);
    const first = known(await take(hour(100)));
    await postings().sending(first, hour(101));
    await postings().unknown(first);
    const next = known(await take(hour(100)));
    assert.equal((await postings().uncertain(first.channel.id)).length, 1);
    await postings().sending(next, hour(101));
    await postings().posted(next, done(next, hour(100)));
    assert.deepEqual(await postings().uncertain(first.channel.id), []);
  });

  it('waits until the time that it was put off to', async () => {
    await planned(19);
    const posting = known(await take(hour(100)));
    await postings().postpone(posting, hour(101));
    assert.equal(await take(plusSeconds(hour(101), -1)), undefined);
    assert.deepEqual(known(await take(hour(101))).attempt, 2);
  });

  it('waits while its channel is closed, until somebody writes from there', async () => {
    const { id } = await planned(19);
    const posting = known(await take(hour(100)));
    await postings().sending(posting, hour(101));
    await postings().closed(posting, hour(100), 404);
    assert.equal(known(await channels().find(id)).deadAt, hour(100));
    assert.equal(await take(hour(200)), undefined);
    assert.deepEqual(await postings().state(id, hour(200)), { auditClosed: true, late: 0 });
    await channels().seen(id, { serviceUrl: 'http://127.0.0.1/b/' });
    const now = known(await channels().find(id));
    assert.deepEqual([now.deadAt, now.lives, now.place], [undefined, 1, { serviceUrl: 'http://127.0.0.1/b/', bot: place.bot }]);
    assert.equal(known(await take(hour(200))).id, posting.id);
  });

  it('counts what waits too long', async () => {
    const { id } = await planned(19);
    assert.deepEqual(await postings().state(id, hour(19)), { auditClosed: false, late: 0 });
    assert.deepEqual(await postings().state(id, hour(20)), { auditClosed: false, late: 1 });
    assert.deepEqual(await postings().state(undefined, hour(20)), { auditClosed: false, late: 1 });
  });

  it('forgets what is over, and nothing that waits', async () => {
    await planned(19, 43);
    const first = known(await take(hour(100)));
    await postings().sending(first, hour(101));
    await postings().posted(first, done(first, hour(100)));
    assert.equal(await postings().prune(hour(19)), 0, 'not yet');
    assert.equal(await postings().prune(hour(500)), 1);
  });

  it('remembers where a summary that was asked for ended, also in a channel without a schedule', async () => {
    const id = newChannel();
    await channels().told(id, place, hour(2), entry('posted', id));
    await channels().told(id, place, hour(1), entry('posted', id));
    assert.deepEqual(await channels().find(id), { id, place, postedTo: hour(2), lives: 0 });
  });
});
