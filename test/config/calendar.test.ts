import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { systemCalendar as calendar } from '../../src/config/calendar.ts';
import { type Instant, instantAt, milliseconds, plusSeconds, secondsBetween } from '../../src/domain/instant.ts';
import { parseSchedule, type Schedule, scheduleText, weekdays } from '../../src/domain/schedule.ts';
import { known } from '../support/known.ts';
import { at } from '../support/ledger-entries.ts';

const schedule = (text: string): Schedule => known(parseSchedule(text));
/** The next times, each from the one before. */
function times(text: string, after: string, count: number): readonly Instant[] {
  const found: Instant[] = [];
  for (let last = at(after); found.length < count; last = known(found.at(-1))) found.push(calendar.next(schedule(text), last));
  return found;
}
const hoursBetween = (list: readonly Instant[]): readonly number[] => list.slice(1).map((time, index) => secondsBetween(known(list[index]), time) / 3600);

describe('config/calendar', () => {
  it('comes at the same time of the wall clock, in summer and in winter', () => {
    assert.deepEqual(times('daily 08:00 Europe/Berlin', '2026-10-23T12:00:00.000Z', 3), ['2026-10-24T06:00:00.000Z', '2026-10-25T07:00:00.000Z', '2026-10-26T07:00:00.000Z']);
    assert.deepEqual(times('daily 08:00 Europe/Berlin', '2027-03-26T12:00:00.000Z', 3), ['2027-03-27T07:00:00.000Z', '2027-03-28T06:00:00.000Z', '2027-03-29T06:00:00.000Z']);
  });

  it('has days of 24 hours, one of 25 in autumn and one of 23 in spring', () => {
    assert.deepEqual(hoursBetween(times('daily 08:00 Europe/Berlin', '2026-10-23T12:00:00.000Z', 4)), [25, 24, 24]);
    assert.deepEqual(hoursBetween(times('daily 08:00 Europe/Berlin', '2027-03-26T12:00:00.000Z', 4)), [23, 24, 24]);
    assert.deepEqual(hoursBetween(times('weekly mon 08:00 Europe/Berlin', '2026-10-12T12:00:00.000Z', 3)), [169, 168]);
  });

  it('takes the first moment after a time that does not exist', () => {
    assert.deepEqual(times('daily 02:30 Europe/Berlin', '2027-03-27T12:00:00.000Z', 2), ['2027-03-28T01:00:00.000Z', '2027-03-29T00:30:00.000Z']);
    assert.deepEqual(times('daily 02:00 America/New_York', '2027-03-13T12:00:00.000Z', 1), ['2027-03-14T07:00:00.000Z']);
    assert.deepEqual(times('daily 00:15 Africa/Cairo', '2026-04-23T12:00:00.000Z', 1), ['2026-04-23T22:00:00.000Z'], 'midnight itself was left out there');
    assert.deepEqual(times('daily 02:15 Australia/Lord_Howe', '2026-10-03T12:00:00.000Z', 1), ['2026-10-03T15:30:00.000Z'], 'half an hour is left out there');
  });

  it('takes the first of a time that comes twice, once', () => {
    assert.deepEqual(times('daily 02:30 Europe/Berlin', '2026-10-24T12:00:00.000Z', 2), ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
    assert.deepEqual(times('daily 01:30 America/New_York', '2026-10-31T12:00:00.000Z', 2), ['2026-11-01T05:30:00.000Z', '2026-11-02T06:30:00.000Z']);
  });

  it('comes once where a whole day was left out', () => {
    assert.deepEqual(times('daily 08:00 Pacific/Apia', '2011-12-28T20:00:00.000Z', 3), ['2011-12-29T18:00:00.000Z', '2011-12-30T10:00:00.000Z', '2011-12-30T18:00:00.000Z']);
  });

  it('comes on its day of the week, as the place has it', () => {
    assert.deepEqual(times('weekly mon 08:00 Pacific/Auckland', '2026-11-20T00:00:00.000Z', 2), ['2026-11-22T19:00:00.000Z', '2026-11-29T19:00:00.000Z']);
    assert.deepEqual(times('weekly sun 23:30 America/Los_Angeles', '2026-11-20T00:00:00.000Z', 1), ['2026-11-23T07:30:00.000Z']);
  });

  it('knows the time before a time, and begins strictly after one', () => {
    const eight = at('2026-11-22T07:00:00.000Z');
    assert.equal(calendar.next(schedule('daily 08:00 Europe/Berlin'), eight), '2026-11-23T07:00:00.000Z');
    assert.equal(calendar.last(schedule('daily 08:00 Europe/Berlin'), eight), '2026-11-21T07:00:00.000Z');
    assert.equal(calendar.last(schedule('daily 08:00 Europe/Berlin'), plusSeconds(eight, 1)), eight);
    assert.equal(calendar.last(schedule('weekly mon 08:00 UTC'), eight), '2026-11-16T08:00:00.000Z');
  });

  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'Asia/Kathmandu', 'America/Sao_Paulo', 'Pacific/Auckland', 'Africa/Casablanca', 'Atlantic/Azores', 'UTC'];
  const anySchedule = fc.record({ on: fc.option(fc.constantFrom(...weekdays)), hour: fc.nat(23), minute: fc.nat(59), zone: fc.constantFrom(...zones) }).map(({ on, ...rest }): Schedule => ({ ...rest, ...(on !== null && { on }) }));
  const anyInstant = fc.integer({ min: Date.UTC(2018, 0), max: Date.UTC(2030, 0) }).map(instantAt);

  it('reads back every schedule that it writes, and nothing else', () => {
    fc.assert(fc.property(anySchedule, (one) => assert.deepEqual(parseSchedule(scheduleText(one)), one)));
    for (const text of ['', 'daily', 'daily 8:00 UTC', 'daily 24:00 UTC', 'weekly 08:00 UTC', 'daily 08:00', 'daily 08:00 UTC ', 'weekly Mon 08:00 UTC']) assert.equal(parseSchedule(text), undefined, text);
  });

  it('goes forth and back in step: no time between two, none left out', () => {
    fc.assert(
      fc.property(anySchedule, anyInstant, (one, time) => {
        const next = calendar.next(one, time);
        assert.ok(next > time);
        assert.ok(calendar.last(one, next) <= time);
        assert.equal(calendar.next(one, calendar.last(one, next)), next);
      }),
    );
  });

  it('shows the time of the schedule on the wall clock, unless the clock left that time out', () => {
    fc.assert(
      fc.property(anySchedule, anyInstant, (one, time) => {
        const next = calendar.next(one, time);
        const wall = wallClock(next, one.zone);
        if (wall.clock === scheduleText(one).slice(-6 - one.zone.length, -1 - one.zone.length)) {
          if (one.on !== undefined) assert.equal(wall.day.toLowerCase(), one.on);
        } else {
          assert.ok(jumpsForwardAt(next, one.zone), `${scheduleText(one)} at ${next}`);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is the first minute, of all the minutes around a change of the clock, at which the wall clock has come so far', () => {
    const changes = ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z', '2026-03-08T07:00:00Z', '2026-11-01T06:00:00Z', '2026-10-03T15:30:00Z', '2026-04-04T15:00:00Z', '2026-04-23T22:00:00Z', '2026-09-26T14:00:00Z'].map((text) => Date.parse(text));
    const near = fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -1440, max: 1440 })).map(([change, minutes]) => instantAt(change + minutes * 60_000));
    fc.assert(
      fc.property(anySchedule.map(({ hour, minute, zone }): Schedule => ({ hour, minute, zone })), near, (one, time) => {
        // Minute by minute; where the clock is put back, it has come so far already.
        const clock = `${String(one.hour).padStart(2, '0')}:${String(one.minute).padStart(2, '0')}`;
        let farthest = sortable(milliseconds(time), one.zone);
        for (let minute = Math.floor(milliseconds(time) / 60_000) * 60_000 - 7200_000; minute <= milliseconds(time); minute += 60_000) if (sortable(minute, one.zone) > farthest) farthest = sortable(minute, one.zone);
        for (let minute = Math.floor(milliseconds(time) / 60_000) * 60_000 + 60_000; ; minute += 60_000) {
          const shown = sortable(minute, one.zone);
          if (shown <= farthest) continue;
          const passed = [farthest, shown].map((text) => text.slice(0, 10)).some((date) => farthest < `${date} ${clock}` && `${date} ${clock}` <= shown);
          farthest = shown;
          if (passed) return assert.equal(calendar.next(one, time), instantAt(minute));
        }
      }),
      { numRuns: 60 },
    );
  });
});

function wallClock(time: Instant, zone: string): { readonly day: string; readonly clock: string } {
  const [day = '', clock = ''] = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit' }).format(milliseconds(time)).split(/,? /);
  return { day, clock };
}

const writers = new Map<string, Intl.DateTimeFormat>();
/** `2026-10-25 02:30`, so that text order is the order of the wall clock. */
function sortable(time: number, zone: string): string {
  const writer = writers.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  writers.set(zone, writer);
  return writer.format(time);
}

/** A minute later by the clock on the wall than it should be. */
function jumpsForwardAt(time: Instant, zone: string): boolean {
  const [before, after] = [milliseconds(time) - 60_000, milliseconds(time)].map((one) => Date.parse(`${sortable(one, zone).replace(' ', 'T')}:00Z`));
  return (after ?? 0) - (before ?? 0) > 60_000;
}
