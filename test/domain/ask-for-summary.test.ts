import assert from 'node:assert/strict';
import { askForSummary, noteShown, type SummaryAnswer } from '../../src/domain/ask-for-summary.ts';
import { parseChannelId } from '../../src/domain/channel.ts';
import { plusSeconds, secondsBetween } from '../../src/domain/instant.ts';
import { mayHoldPassword } from '../../src/domain/recovery-password.ts';
import { parseSchedule } from '../../src/domain/schedule.ts';
import type { DeskSettings } from '../../src/domain/settings.ts';
import { coldIndex, failed, indexed, type TestIndex } from '../support/desk/fleet.ts';
import { alex, grady, lee, megan, sure, time } from '../support/desk/world.ts';
import { askerOf, type TestDesk, testDesk } from '../support/desk.ts';

const id = sure(parseChannelId('19:team@thread.tacv2'));
const place = { conversationId: `${id};messageid=17`, serviceUrl: 'http://127.0.0.1/', bot: { id: '28:keydesk', name: 'Keydesk' } };
const auditSettings: Partial<DeskSettings> = { auditChannel: { id, schedule: sure(parseSchedule('daily 06:00 UTC')) } };
const say = (test: TestDesk, rest: string, who = megan, conversation: 'personal' | 'channel' | 'groupChat' = 'channel'): Promise<SummaryAnswer> => askForSummary(test.desk, askerOf(who, conversation), place, rest);
const acts = ({ entries }: TestDesk): readonly string[] => entries.map(({ act, code }) => [act, code].filter((part) => part !== undefined).join(' '));
const codeOf = (answer: SummaryAnswer): string => (answer.kind === 'refused' ? answer.refusal.code : answer.kind);

describe('domain/ask-for-summary', () => {
  for (const who of [megan, grady]) {
    it(`subscribes and unsubscribes a channel for ${who.name}, each with an entry`, async () => {
      const test = testDesk();
      const answer = await say(test, 'daily 08:00', who);
      assert.deepEqual(answer, { kind: 'subscribed', schedule: parseSchedule('daily 08:00 Europe/Berlin'), first: '2026-11-23T07:00:00.000Z', audit: false });
      const { coveredTo, nextAt, place: reached, subscribedBy } = sure(test.channels.channels.get(id));
      assert.deepEqual([coveredTo, nextAt, reached?.serviceUrl, subscribedBy], ['2026-11-22T07:00:00.000Z', '2026-11-23T07:00:00.000Z', place.serviceUrl, who.id]);
      assert.deepEqual(test.entries.map(({ act, channel, schedule, person }) => [act, channel, schedule, person?.id]), [['subscribed', id, 'daily 08:00 Europe/Berlin', who.id]]);
      assert.equal(codeOf(await say(test, 'off', who)), 'unsubscribed');
      assert.equal(codeOf(await say(test, 'off', who)), 'nothing-to-end');
      assert.deepEqual(acts(test), ['subscribed', 'unsubscribed']);
    });
  }

  for (const who of [alex, lee]) {
    it(`refuses ${who.name}, whatever is asked, and changes nothing`, async () => {
      const test = testDesk();
      for (const rest of ['', 'daily 08:00', 'off', 'hourly', 'daily 08:00 Mars/Phobos']) assert.equal(codeOf(await say(test, rest, who)), 'no-role', rest);
      assert.equal(test.channels.channels.size, 0);
      assert.ok(acts(test).every((act) => act === 'role-denied no-role'));
    });
  }

  for (const summaryNames of [false, true]) {
    it(`counts the devices that became Failed within its period${summaryNames ? ', with their names' : ', without names'}`, async () => {
      const became = (number: number, name: string, failedSince: string): TestIndex['devices'][number] => indexed(number, name, { ...failed, failedSince: time(failedSince) });
      const index: TestIndex = { ...coldIndex(), devices: [became(1, 'PC-OLD', '2026-11-21T08:59:59Z'), became(2, 'PC-NEW', '2026-11-21T09:00:00Z'), became(3, 'PC-LATER', '2026-11-22T09:00:00Z'), indexed(4, 'PC-FIRST-SWEEP', failed)] };
      const answer = await say(testDesk({ index, settings: { summaryNames } }), '');
      assert.deepEqual(answer.kind === 'summary' && answer.summary.failed, { count: 1, names: summaryNames ? ['PC-NEW'] : [] });
    });
  }

  it('names so few of them that numbers in a row look like no recovery password', async () => {
    const devices = Array.from({ length: 30 }, (_, n) => indexed(n, `PC-${110_000 + 11 * n}`, { ...failed, failedSince: time('2026-11-22T08:00:00Z') }));
    const answer = await say(testDesk({ index: { ...coldIndex(), devices }, settings: { summaryNames: true } }), '');
    if (answer.kind !== 'summary') assert.fail(answer.kind);
    assert.deepEqual([answer.summary.failed.count, answer.summary.failed.names.length], [30, 5]);
    assert.ok(!mayHoldPassword(answer.summary.failed.names.join(', ')));
  });

  it('asks for the role afresh before it changes something, and for a summary as for a look-up', async () => {
    const test = testDesk();
    await say(test, 'daily 08:00');
    await say(test, 'off');
    assert.deepEqual(test.script.calls.filter((call) => call.startsWith('roles.')), ['roles.fresh', 'roles.fresh']);
    await say(test, '');
    assert.equal(test.script.calls.filter((call) => call === 'roles.recent').length, 1);
  });

  it('answers what is no schedule and no zone with what is expected, and changes nothing', async () => {
    const test = testDesk();
    assert.deepEqual(await say(test, 'hourly'), { kind: 'unclear', what: 'schedule', said: 'hourly' });
    assert.deepEqual(await say(test, 'daily 08:00 Mars/Phobos'), { kind: 'unclear', what: 'zone', said: 'Mars/Phobos' });
    assert.equal(test.channels.channels.size, 0);
    assert.equal(test.entries.length, 0);
  });

  it('subscribes channels and group chats only', async () => {
    const test = testDesk();
    assert.equal(codeOf(await say(test, 'daily 08:00', megan, 'personal')), 'in-a-channel');
    assert.equal(codeOf(await say(test, 'off', megan, 'personal')), 'in-a-channel');
    assert.equal(test.entries.length, 0);
    assert.equal(codeOf(await say(test, 'daily 08:00', megan, 'groupChat')), 'subscribed');
  });

  it('never silences the audit channel', async () => {
    const test = testDesk({ settings: auditSettings });
    for (const who of [megan, grady]) assert.equal(codeOf(await say(test, 'off', who)), 'audit-channel-stays');
    assert.deepEqual(acts(test), ['refused audit-channel-stays', 'refused audit-channel-stays']);
    const elsewhere = testDesk({ settings: { auditChannel: { id: sure(parseChannelId('19:other@thread.tacv2')), schedule: sure(parseSchedule('daily 06:00 UTC')) } } });
    await say(elsewhere, 'daily 08:00');
    assert.equal(codeOf(await say(elsewhere, 'off')), 'unsubscribed');
  });

  it('lets an admin move the time of the audit channel, and no auditor', async () => {
    const test = testDesk({ settings: auditSettings });
    const refused = await say(test, 'weekly mon 08:00', grady);
    assert.deepEqual(refused.kind === 'refused' && refused.refusal.facts, { wanted: 'audit-schedule' });
    assert.deepEqual(await say(test, 'daily 09:00 UTC'), { kind: 'subscribed', schedule: parseSchedule('daily 09:00 UTC'), first: '2026-11-23T09:00:00.000Z', audit: true });
  });

  it('shows the last day, or what came after the last summary of the channel', async () => {
    const test = testDesk();
    const first = await say(test, '');
    assert.ok(first.kind === 'summary');
    assert.equal(secondsBetween(first.summary.period.from, first.summary.period.to), 86_400);
    await noteShown(test.desk, askerOf(megan, 'channel'), place, first.summary);
    test.clock.forward(3600);
    const second = await say(test, '');
    assert.ok(second.kind === 'summary');
    assert.deepEqual(second.summary.period, { from: first.summary.period.to, to: plusSeconds(first.summary.period.to, 3600) });
    const alone = await say(test, '', megan, 'personal');
    assert.ok(alone.kind === 'summary');
    assert.equal(secondsBetween(alone.summary.period.from, alone.summary.period.to), 86_400, 'in the private chat always a day');
    await noteShown(test.desk, askerOf(megan), { ...place, conversationId: 'a:1' }, alone.summary);
    assert.deepEqual(test.entries.map(({ act, channel, from, to, note, person }) => [act, channel, from === first.summary.period.from, to !== undefined, note !== undefined, person?.id]), [['posted', id, true, true, true, megan.id], ['posted', undefined, false, true, true, megan.id]]);
    test.clock.forward(3 * 86_400);
    const later = await say(test, '');
    assert.ok(later.kind === 'summary');
    assert.equal(secondsBetween(later.summary.period.from, later.summary.period.to), 86_400);
  });
});
