import assert from 'node:assert/strict';
import { systemCalendar } from '../../src/config/calendar.ts';
import { parseCommand } from '../../src/domain/command.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import { scheduleText } from '../../src/domain/schedule.ts';
import { readSummaryWish } from '../../src/domain/summary-command.ts';

/** What is heard in a whole message, in one line. */
function heard(text: string, timeZone = 'Europe/Berlin'): string {
  const command = parseCommand(text, { privateChat: false, ticketPattern: defaultSettings.ticketPattern });
  if (command.kind !== 'summary') return command.kind;
  const wish = readSummaryWish(command.rest, { calendar: systemCalendar, timeZone });
  if (wish.kind === 'subscribe') return scheduleText(wish.schedule);
  return wish.kind === 'unclear' ? `unclear ${wish.what}` : wish.kind;
}

const all = (said: readonly string[], expected: string): void => {
  for (const text of said) assert.equal(heard(text), expected, text);
};

describe('domain/summary-command', () => {
  it('hears a summary that is wanted now', () => all(['summary', 'Summary', 'SUMMARY.', 'the summary please', 'show me the summary', 'summary now', 'summaries', 'summary?'], 'now'));

  it('hears that there shall be none any more', () => all(['summary off', 'Summary OFF.', 'summary stop', 'summaries off please', 'summary unsubscribe'], 'off'));

  it('hears a daily one, however the time is written', () => {
    const said = ['daily 08:00 Europe/Berlin', 'daily 08:00', 'daily 8:00', 'daily 08.00', 'daily 8', 'daily 8am', 'daily 8 am', 'daily 8 a.m.', 'daily 0800', 'daily 8h', 'daily at 8', 'every day at 8', "every day at 8 o'clock", 'each day 8:00', 'Daily 8:00 europe/berlin', 'daily 8:00 Berlin', 'at 8 daily', 'daily at 08:00 in Berlin', '8:00 daily'];
    all(said.map((words) => `summary ${words}`), 'daily 08:00 Europe/Berlin');
    all(['daily summary at 8', 'daily summary 08:00', 'please show a daily summary at 8'], 'daily 08:00 Europe/Berlin');
  });

  it('hears a weekly one', () => {
    const said = ['weekly mon 08:00', 'weekly Monday 8:00', 'weekly on Mondays at 8', 'every monday at 8', 'mon 8', 'monday 08:00', 'every week on monday at 8', 'weekly 8:00 mon', 'weekly mon 08:00 Europe/Berlin'];
    all(said.map((words) => `summary ${words}`), 'weekly mon 08:00 Europe/Berlin');
    all(['weekly summary mon 8'], 'weekly mon 08:00 Europe/Berlin');
    for (const [word, day] of [['tues', 'tue'], ['wed', 'wed'], ['thurs', 'thu'], ['Friday', 'fri'], ['sat', 'sat'], ['Sundays', 'sun']]) assert.equal(heard(`summary weekly ${word} 17:30`), `weekly ${day} 17:30 Europe/Berlin`);
  });

  it('knows the hours of the afternoon and of the night', () => {
    for (const [said, time] of [['5pm', '17:00'], ['5:30 PM', '17:30'], ['12am', '00:00'], ['12pm', '12:00'], ['noon', '12:00'], ['midnight', '00:00'], ['0:00', '00:00'], ['23:59', '23:59'], ['17h30', '17:30']]) assert.equal(heard(`summary daily ${said}`), `daily ${time} Europe/Berlin`, said);
  });

  it('takes the zone that is said, by its name or by its city, and else that of the one who asks', () => {
    for (const [said, zone] of [['UTC', 'UTC'], ['gmt', 'UTC'], ['America/New_York', 'America/New_York'], ['new york', 'America/New_York'], ['Asia/Kolkata', 'Asia/Kolkata'], ['asia/kolkata', 'Asia/Kolkata'], ['Europe/London', 'Europe/London']]) assert.equal(heard(`summary daily 8:00 ${said}`), `daily 08:00 ${zone}`, said);
    assert.equal(heard('summary daily 8:00', 'America/Lima'), 'daily 08:00 America/Lima');
    assert.equal(heard('summary daily 8:00'), 'daily 08:00 Europe/Berlin');
  });

  it('does not guess at a zone', () => {
    all(['Mars/Phobos', 'Berlinn', 'CET', 'EST', 'PST', '+02:00', 'Europe/', 'here and there'].map((zone) => `summary daily 08:00 ${zone}`), 'unclear zone');
  });

  it('does not guess at a schedule', () => {
    const said = ['daily', 'weekly', 'weekly 08:00', '08:00', 'daily 25:00', 'daily 8:60', 'daily 13pm', 'daily 0am', 'daily mon 8:00', 'daily 8:00 9:00', 'weekly mon tue 8:00', 'monthly 8:00', 'weekdays 8:00', 'of last week', 'daily Berlin 8:00', 'daily -1', `daily 8:00 ${'x'.repeat(200)}`, 'hourly', '🙂', 'on', "'; drop table channel; --"];
    for (const words of said) assert.match(heard(`summary ${words}`), /^unclear /, words);
  });

  it('is no command for other words, and is suggested for those that come close', () => {
    assert.equal(heard('summarise LAPTOP-42'), 'suggestion');
    assert.deepEqual(parseCommand('sumary', { privateChat: true, ticketPattern: defaultSettings.ticketPattern }), { kind: 'suggestion', nearest: 'summary' });
    assert.equal(heard('key for summary'), 'key');
  });
});
