// One posting, and whatever may go wrong at each step of it.

import assert from 'node:assert/strict';
import { type ChannelMessage, type ChannelId, parseChannelId, type Posting } from '../../src/domain/channel.ts';
import type { PostToChannel } from '../../src/domain/channel-ports.ts';
import type { Desk } from '../../src/domain/desk.ts';
import { Fault } from '../../src/domain/fault.ts';
import { type Instant, plusSeconds } from '../../src/domain/instant.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { keepAuditChannel, planSummaries } from '../../src/domain/plan-summaries.ts';
import { postToChannels } from '../../src/domain/post-to-channels.ts';
import { parseSchedule, type Schedule } from '../../src/domain/schedule.ts';
import type { DeskSettings } from '../../src/domain/settings.ts';
import { watchLedger } from '../../src/domain/watch-ledger.ts';
import { alex, grady, megan, sure, time } from '../support/desk/world.ts';
import { type TestDesk, testDesk } from '../support/desk.ts';

const team = sure(parseChannelId('19:team@thread.tacv2'));
const auditId = sure(parseChannelId('19:audit@thread.tacv2'));
const place = { serviceUrl: 'http://127.0.0.1/', bot: { id: '28:keydesk', name: 'Keydesk' } };
const daily = sure(parseSchedule('daily 08:00 Europe/Berlin'));
/** Sunday, 10:00 in Berlin. */
const start = time('2026-11-22T09:00:00Z');
const eight = (day: number): Instant => time(`2026-11-${day}T07:00:00Z`);

interface Stage extends TestDesk {
  readonly posted: { readonly channel: ChannelId; readonly message: ChannelMessage }[];
  readonly failed: unknown[];
  readonly closed: string[];
  /** What Teams does with the next messages; takes them when nothing is said. */
  readonly teams: (() => Awaited<ReturnType<PostToChannel>> | 'taken')[];
  run(desk?: Desk): Promise<number>;
  /** Every chore, as often as it takes. */
  chores(): Promise<void>;
}

async function stage(settings: Partial<DeskSettings> = {}, schedule: Schedule | 'none' = daily): Promise<Stage> {
  const test = testDesk({ settings, startsAt: start });
  const [posted, failed, closed]: [Stage['posted'], unknown[], string[]] = [[], [], []];
  const teams: Stage['teams'] = [];
  const post: PostToChannel = async (channel, message) => {
    const answer = teams.shift()?.() ?? 'taken';
    if (answer !== 'taken') return answer;
    posted.push({ channel: channel.id, message });
    return { kind: 'sent', activityId: `m-${posted.length}` };
  };
  const witness = { failed: (_: Posting, error: unknown) => void failed.push(error), closed: (id: ChannelId, status: number, audit: boolean) => void closed.push(`${id} ${status}${audit ? ' audit' : ''}`) };
  await keepAuditChannel(test.desk);
  if (schedule !== 'none') {
    const nextAt = test.desk.calendar.next(schedule, start);
    await test.desk.channels.subscribe({ id: team, place, schedule, locale: 'en-GB', by: megan.id, nextAt, from: test.desk.calendar.last(schedule, nextAt) }, { time: start, act: 'subscribed', outcome: 'done', source: 'teams', channel: team });
  }
  const run = async (desk: Desk = test.desk): Promise<number> => {
    await planSummaries(desk);
    return postToChannels(desk, post, witness);
  };
  const chores = async (): Promise<void> => {
    for (let count = 0; count < 3; count += 1) {
      await watchLedger(test.desk, () => undefined);
      await run();
    }
  };
  return { ...test, posted, failed, closed, teams, run, chores };
}

/** `2026-11-22T07:00 to 2026-11-23T07:00` */
const periods = ({ posted }: Stage): readonly string[] => posted.flatMap(({ message }) => (message.kind === 'summary' ? [`${message.summary.period.from.slice(0, 16)} to ${message.summary.period.to.slice(0, 16)}`] : []));
const acts = ({ entries }: Stage): readonly string[] => entries.map(({ act, alert, outcome }) => [act, alert, outcome].filter((part) => part !== undefined).join(' '));
const lost = (retry: Fault['retry'], retryAfterSeconds?: number) => (): never => {
  throw new Fault('teams-unreachable', retry, { retryAfterSeconds });
};
const firstPeriod = '2026-11-22T07:00 to 2026-11-23T07:00';

describe('domain/plan-summaries and domain/post-to-channels', () => {
  it('post a summary after its period has ended and settled, once, with its entry', async () => {
    const test = await stage();
    test.clock.set(plusSeconds(eight(23), 89));
    assert.equal(await test.run(), 0, 'it settles first');
    test.clock.forward(1);
    const checkpoint = await test.desk.checkpoints.current();
    assert.equal(await test.run(), 1);
    await test.run();
    assert.deepEqual(periods(test), [firstPeriod]);
    const entry = sure(test.entries.find(({ act }) => act === 'posted'));
    assert.deepEqual([entry.channel, entry.from, entry.to, entry.note, entry.source], [team, eight(22), eight(23), checkpoint, 'system']);
  });

  it('post one period after the other, without a gap, of 25 and of 23 hours where the clock is changed', async () => {
    const test = await stage();
    for (const [when, ...expected] of [
      ['2026-10-24T06:02:00Z', '2026-10-23T06:00 to 2026-10-24T06:00'],
      ['2026-10-25T07:02:00Z', '2026-10-24T06:00 to 2026-10-25T07:00'],
      ['2027-03-28T06:02:00Z', '2027-03-27T07:00 to 2027-03-28T06:00'],
    ] as const) {
      const to = time(when);
      const nextAt = test.desk.calendar.next(daily, plusSeconds(to, -86_400));
      test.channels.channels.set(team, { ...sure(test.channels.channels.get(team)), nextAt, coveredTo: test.desk.calendar.last(daily, nextAt) });
      test.clock.set(to);
      await test.run();
      assert.deepEqual(periods(test).slice(-expected.length), expected);
    }
  });

  it('make up for a pause: one for each period, the oldest first', async () => {
    const test = await stage();
    test.clock.set(plusSeconds(eight(25), 600));
    await test.run();
    assert.deepEqual(periods(test), [firstPeriod, '2026-11-23T07:00 to 2026-11-24T07:00', '2026-11-24T07:00 to 2026-11-25T07:00']);
  });

  it('make up for a long pause by three, of which the first tells of all that went before: nothing is left out', async () => {
    const test = await stage();
    test.clock.set(plusSeconds(eight(30), 600));
    await test.run();
    assert.deepEqual(periods(test), ['2026-11-22T07:00 to 2026-11-28T07:00', '2026-11-28T07:00 to 2026-11-29T07:00', '2026-11-29T07:00 to 2026-11-30T07:00']);
    test.clock.set(plusSeconds(time('2026-12-01T07:00:00Z'), 90));
    await test.run();
    assert.equal(periods(test).at(-1), '2026-11-30T07:00 to 2026-12-01T07:00');
  });

  it('post once from two instances', async () => {
    const test = await stage();
    test.clock.set(plusSeconds(eight(25), 600));
    const second = test.second();
    await Promise.all([test.run(), test.run(second), test.run(), test.run(second)]);
    await test.run();
    assert.equal(test.posted.length, 3);
    assert.deepEqual([...periods(test)].sort(), periods(test));
  });

  it('post nothing in a channel that wants no more', async () => {
    const test = await stage();
    test.clock.set(plusSeconds(eight(23), 10));
    await test.run();
    await test.desk.channels.unsubscribe(team, { time: start, act: 'unsubscribed', outcome: 'done', source: 'teams' });
    test.clock.forward(100_000);
    await test.run();
    assert.deepEqual(test.posted, []);
  });

  describe('a crash', () => {
    const crash = { error: new Error('the process ended') };

    it('before it is marked as sending costs nothing: it is done again', async () => {
      for (const call of ['summaries.counts', 'checkpoints.current', 'postings.sending']) {
        const test = await stage();
        test.clock.set(plusSeconds(eight(23), 90));
        // A fault while building is put off; the end of the process writes nothing any more.
        test.script.fail(call, crash);
        test.script.fail('postings.postpone', crash);
        await assert.rejects(test.run(), call);
        test.clock.forward(59);
        await test.run();
        assert.deepEqual(test.posted, [], `${call}: somebody is at it`);
        test.clock.forward(1);
        await test.run();
        assert.deepEqual(periods(test), [firstPeriod], call);
        assert.ok(!acts(test).includes('alert summary-unknown unknown'), call);
      }
    });

    it('after it was marked, or after Teams took it: a summary is not sent again, an alert says so, and so does the next one', async () => {
      for (const call of ['postings.sending', 'postings.posted']) {
        const test = await stage({ auditChannel: { id: auditId, serviceUrl: 'http://127.0.0.1/', schedule: sure(parseSchedule('weekly sat 20:00 UTC')) } });
        test.clock.set(plusSeconds(eight(23), 90));
        test.script.fail(call, { ...crash, afterDoing: call === 'postings.sending' });
        await assert.rejects(test.run(), call);
        const stands = test.posted.length;
        test.clock.forward(60);
        await test.chores();
        assert.deepEqual(periods(test).length, stands, `${call}: not again`);
        assert.deepEqual(acts(test).filter((act) => act.includes('summary-unknown')), ['alert summary-unknown unknown', 'posted summary-unknown done'], call);
        const alert = sure(test.entries.find(({ act }) => act === 'alert'));
        assert.deepEqual([alert.channel, alert.from, alert.to], [team, eight(22), eight(23)]);
        test.clock.set(plusSeconds(eight(24), 90));
        await test.chores();
        const next = sure(test.posted.at(-1)).message;
        assert.ok(next.kind === 'summary');
        assert.deepEqual(next.summary.uncertain, [{ from: eight(22), to: eight(23) }]);
        test.clock.set(plusSeconds(eight(25), 90));
        await test.chores();
        const later = sure(test.posted.at(-1)).message;
        assert.deepEqual(later.kind === 'summary' && later.summary.uncertain, [], 'said once');
      }
    });

    it('while an alert is sent: it is sent again', async () => {
      const test = await stage({ auditChannel: { id: auditId, serviceUrl: 'http://127.0.0.1/', schedule: sure(parseSchedule('weekly sat 20:00 UTC')) } }, 'none');
      test.memory.entries.push({ time: start, act: 'alert', alert: 'ledger-mismatch', outcome: 'failed', source: 'system' });
      test.script.fail('postings.posted', crash);
      await assert.rejects(test.chores());
      assert.equal(test.posted.length, 1);
      test.clock.forward(60);
      await test.chores();
      test.clock.forward(15);
      await test.chores();
      assert.deepEqual(test.posted.map(({ channel, message }) => [channel, message.kind === 'alert' && message.alert.seq]), [[auditId, 1], [auditId, 1]], 'with the same number');
      assert.deepEqual(acts(test), ['alert ledger-mismatch failed', 'posted ledger-mismatch done']);
    });

    it('between the alert about it and the mark leaves one alert', async () => {
      const test = await stage();
      test.clock.set(plusSeconds(eight(23), 90));
      test.teams.push(lost('unknown-outcome'));
      test.script.fail('postings.unknown', crash);
      await assert.rejects(test.run());
      test.clock.forward(60);
      await test.run();
      assert.deepEqual(acts(test).filter((act) => act.startsWith('alert')), ['alert summary-unknown unknown']);
      assert.equal(test.channels.postings[0]?.state, 'unknown');
    });
  });

  describe('when Teams', () => {
    it('does not take it now, it is sent later, after the time that Teams names', async () => {
      const test = await stage();
      test.clock.set(plusSeconds(eight(23), 90));
      test.teams.push(lost('later', 120), lost('later'), lost('later'));
      await test.run();
      test.clock.forward(119);
      await test.run();
      assert.equal(test.failed.length, 1, 'Teams asked for two minutes');
      for (const [seconds, failures] of [[1, 2], [29, 2], [1, 3], [59, 3]] as const) {
        test.clock.forward(seconds);
        await test.run();
        assert.equal(test.failed.length, failures);
      }
      test.clock.forward(1);
      await test.run();
      assert.deepEqual(periods(test), [firstPeriod]);
      assert.ok(!acts(test).some((act) => act.startsWith('alert')));
    });

    it('may have taken it, a summary is not sent again', async () => {
      const test = await stage();
      test.clock.set(plusSeconds(eight(23), 90));
      test.teams.push(lost('unknown-outcome'));
      await test.run();
      test.clock.forward(3600);
      await test.run();
      assert.deepEqual(test.posted, []);
      assert.deepEqual(acts(test), ['subscribed done', 'alert summary-unknown unknown']);
    });

    it('may have taken it, an alert is sent again', async () => {
      const test = await stage({ auditChannel: { id: auditId, serviceUrl: 'http://127.0.0.1/', schedule: sure(parseSchedule('weekly sat 20:00 UTC')) } }, 'none');
      test.memory.entries.push({ time: start, act: 'alert', alert: 'many-devices', outcome: 'done', source: 'system' });
      test.teams.push(lost('unknown-outcome'));
      await test.chores();
      assert.deepEqual(test.posted, []);
      test.clock.forward(15);
      await test.chores();
      assert.equal(test.posted.length, 1);
    });

    it('has closed the channel, that is told once, nothing is tried there, and nothing is lost', async () => {
      const test = await stage({ auditChannel: { id: auditId, serviceUrl: 'http://127.0.0.1/', schedule: sure(parseSchedule('weekly sat 20:00 UTC')) } });
      test.clock.set(plusSeconds(eight(23), 90));
      test.teams.push(() => ({ kind: 'closed', status: 403 }));
      await test.chores();
      assert.deepEqual(test.closed, [`${team} 403`]);
      assert.deepEqual(test.posted.map(({ channel, message }) => [channel, message.kind === 'alert' && message.alert.entry.alert]), [[auditId, 'channel-closed']], 'admins are told in the audit channel');
      test.clock.set(plusSeconds(eight(24), 90));
      await test.chores();
      assert.deepEqual(periods(test), []);
      await test.desk.channels.seen(team, place);
      await test.chores();
      assert.deepEqual(periods(test), [firstPeriod, '2026-11-23T07:00 to 2026-11-24T07:00']);
      test.teams.push(() => ({ kind: 'closed', status: 404 }));
      test.clock.set(plusSeconds(eight(25), 90));
      await test.chores();
      assert.equal(acts(test).filter((act) => act.startsWith('alert channel-closed')).length, 2, 'closed another time is told another time');
    });

    it('has closed the channel and the ledger cannot be written, it is found closed again later', async () => {
      const test = await stage();
      test.clock.set(plusSeconds(eight(23), 90));
      test.teams.push(() => ({ kind: 'closed', status: 403 }), () => ({ kind: 'closed', status: 403 }));
      test.script.fail('alerts.raise', { code: 'ledger-unavailable' });
      await assert.rejects(test.run());
      assert.equal(test.channels.channels.get(team)?.deadAt, undefined);
      test.clock.forward(15);
      await test.run();
      assert.deepEqual(acts(test), ['subscribed done', 'alert channel-closed failed']);
      assert.notEqual(test.channels.channels.get(team)?.deadAt, undefined);
    });

    it('has closed the audit channel, its alerts wait', async () => {
      const test = await stage({ auditChannel: { id: auditId, serviceUrl: 'http://127.0.0.1/', schedule: sure(parseSchedule('weekly sat 20:00 UTC')) } }, 'none');
      test.memory.entries.push({ time: start, act: 'alert', alert: 'many-devices', outcome: 'done', source: 'system' });
      test.teams.push(() => ({ kind: 'closed', status: 404 }));
      await test.chores();
      assert.deepEqual(test.closed, [`${auditId} 404 audit`]);
      assert.deepEqual(await test.desk.postings.state(auditId, test.clock.now()), { auditClosed: true, late: 0 });
      await test.desk.channels.seen(auditId, place);
      await test.chores();
      assert.deepEqual(test.posted.map(({ message }) => message.kind === 'alert' && message.alert.entry.alert), ['many-devices', 'channel-closed']);
    });
  });

  describe('what is posted', () => {
    const summaryAfter = async (test: Stage) => {
      test.clock.set(plusSeconds(eight(23), 90));
      await test.run();
      const message = test.posted[0]?.message;
      assert.ok(message?.kind === 'summary');
      return message.summary;
    };
    const counted = (test: Stage): void => {
      const counts = { ...test.desk.summaries };
      Object.assign(test.desk.summaries, { counts: async (...given: Parameters<typeof counts.counts>) => ({ ...(await counts.counts(...given)), people: { most: [{ id: alex.id, count: 3 }], all: 1 } }) });
      test.memory.entries.push({ time: start, act: 'revealed', outcome: 'done', source: 'teams', person: { id: alex.id, name: alex.name } });
    };

    it('names nobody who was shown a key, unless the installation wants it', async () => {
      for (const [summaryNames, expected] of [[false, { id: alex.id, count: 3 }], [true, { id: alex.id, count: 3, name: alex.name }]] as const) {
        const test = await stage({ summaryNames });
        counted(test);
        assert.deepEqual((await summaryAfter(test)).people, [expected]);
      }
    });

    it('names whoever is both admin and auditor, and says when that could not be checked', async () => {
      const test = await stage();
      assert.deepEqual((await summaryAfter(test)).both, []);
      const both = await stage();
      both.world.roles.set(grady.id, new Set(['admin', 'auditor']));
      assert.deepEqual((await summaryAfter(both)).both, [{ id: grady.id, name: grady.name }]);
      const away = await stage();
      away.script.fail('roles.members', { code: 'graph-timeout' });
      assert.equal((await summaryAfter(away)).both, 'unknown');
    });

    it('says when there is no checkpoint because nothing can be signed, and waits when it can be had later', async () => {
      const never = await stage();
      never.script.fail('checkpoints.current', { code: 'ledger-unavailable', retry: 'never' });
      assert.equal((await summaryAfter(never)).checkpoint, undefined);
      assert.equal(never.entries.find(({ act }) => act === 'posted')?.note, undefined);
      const later = await stage();
      later.script.fail('checkpoints.current', { code: 'ledger-unavailable', retry: 'later' });
      later.clock.set(plusSeconds(eight(23), 90));
      await later.run();
      assert.deepEqual(later.posted, []);
      later.clock.forward(15);
      await later.run();
      assert.equal(later.posted.length, 1);
    });

    it('names whom an alert means only where the installation wants it', async () => {
      const alert: LedgerEntry = { time: start, act: 'alert', alert: 'reveal-limit', outcome: 'done', source: 'system', subjectId: alex.id };
      for (const [summaryNames, expected] of [[false, { id: alex.id }], [true, { id: alex.id, name: alex.name }]] as const) {
        const test = await stage({ summaryNames, auditChannel: { id: auditId, serviceUrl: 'http://127.0.0.1/', schedule: daily } }, 'none');
        test.memory.entries.push({ time: start, act: 'asked', outcome: 'done', source: 'teams', person: { id: alex.id, name: alex.name } }, alert);
        await test.chores();
        const message = test.posted[0]?.message;
        assert.ok(message?.kind === 'alert');
        assert.deepEqual([message.alert.subject, message.alert.named, message.alert.seq], [expected, summaryNames, 2]);
      }
    });
  });
});
