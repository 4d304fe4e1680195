import assert from 'node:assert/strict';
import { dayIn, isDay, periodBounds, startOf } from '../../src/domain/days.ts';
import { at } from '../support/ledger-entries.ts';

const now = at('2026-11-25T22:30:00.000Z');

describe('domain/days', () => {
  it('knows which day it is where somebody is', () => {
    assert.equal(dayIn('UTC', now), '2026-11-25');
    assert.equal(dayIn('Europe/Berlin', now), '2026-11-25');
    assert.equal(dayIn('Asia/Tokyo', now), '2026-11-26');
    assert.equal(dayIn('No/Where', now), '2026-11-25');
  });

  it('begins a day at midnight there, also in the nights that change the clocks', () => {
    const starts: readonly (readonly [string, string, string])[] = [
      ['2026-11-25', 'UTC', '2026-11-25T00:00:00.000Z'],
      ['2026-11-25', 'Europe/Berlin', '2026-11-24T23:00:00.000Z'],
      ['2026-07-01', 'Europe/Berlin', '2026-06-30T22:00:00.000Z'],
      ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
      ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
      ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
      ['2026-10-26', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
      ['2026-11-25', 'America/New_York', '2026-11-25T05:00:00.000Z'],
      ['2026-11-25', 'Asia/Kathmandu', '2026-11-24T18:15:00.000Z'],
    ];
    for (const [day, zone, start] of starts) assert.equal(startOf(day, zone), start, `${day} ${zone}`);
  });

  it('takes a day of the calendar, and no other', () => {
    for (const day of ['today', 'yesterday', '2026-11-01', '2024-02-29']) assert.ok(isDay(day), day);
    for (const day of ['', 'tomorrow', '2026-02-29', '2026-13-01', '2026-1-1', '2026-11-01T00:00Z']) assert.ok(!isDay(day), day);
  });

  it('counts a span back from now, and never beyond the years that can be written', () => {
    assert.deepEqual(periodBounds({ kind: 'last', count: 24, unit: 'hour' }, now, 'Europe/Berlin'), { from: '2026-11-24T22:30:00.000Z' });
    assert.match(periodBounds({ kind: 'last', count: 99_999, unit: 'month' }, now, 'UTC').from, /^19\d\d-/);
  });

  it('takes whole days where the reader is, the last one included', () => {
    assert.deepEqual(periodBounds({ kind: 'days', from: 'yesterday', to: 'yesterday' }, now, 'Europe/Berlin'), { from: '2026-11-23T23:00:00.000Z', to: '2026-11-24T23:00:00.000Z' });
    assert.deepEqual(periodBounds({ kind: 'days', from: '2026-11-01', to: '2026-11-07' }, now, 'UTC'), { from: '2026-11-01T00:00:00.000Z', to: '2026-11-08T00:00:00.000Z' });
    assert.deepEqual(periodBounds({ kind: 'days', from: 'today' }, now, 'Asia/Tokyo'), { from: '2026-11-25T15:00:00.000Z' });
  });
});
