import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { instantAt, milliseconds, parseInstant, plusSeconds, secondsBetween } from '../../src/domain/instant.ts';
import { time } from '../support/desk/world.ts';

describe('domain/instant', () => {
  it('reads what Graph, PostgreSQL and people write', () => {
    const same = '2026-11-22T09:14:07.112Z';
    for (const text of [same, '2026-11-22T09:14:07.1129999Z', '2026-11-22 09:14:07.112+00', '2026-11-22 10:14:07.112+01:00', '2026-11-22t05:14:07.112-0400', ` ${same} `]) {
      assert.equal(parseInstant(text), same, text);
    }
    assert.equal(parseInstant(new Date(same)), same);
    assert.equal(parseInstant('2026-11-22'), '2026-11-22T00:00:00.000Z');
    assert.equal(parseInstant('2026-11-22T09:14Z'), '2026-11-22T09:14:00.000Z');
  });

  it('reads nothing that leaves a zone, a date or a year open', () => {
    const others = ['', 'yesterday', '1', '2026', '2026-11-22T09:14:07', '2026-11-22 09:14', '22.11.2026', '11/22/2026', '2026-13-01', '2026-02-30', '2025-02-29T00:00:00Z', '2026-11-22T25:00:00Z', 'Z', 1_795_339_200_000, null, undefined, {}, new Date(Number.NaN)];
    for (const other of others) assert.equal(parseInstant(other), undefined, inspect(other));
    assert.ok(parseInstant('2024-02-29'));
    assert.ok(parseInstant('2000-02-29'));
    assert.equal(parseInstant('1900-02-29'), undefined);
  });

  it('keeps to years of four digits, so that the order of texts is the order of times', () => {
    assert.equal(parseInstant('9999-12-31T23:59:59-05:00'), undefined);
    assert.equal(parseInstant('9999-12-31T23:59:59Z'), '9999-12-31T23:59:59.000Z');
    const moment = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
    fc.assert(fc.property(moment, moment, (a, b) => assert.equal(instantAt(a) < instantAt(b), a < b)));
  });

  it('reads back what it wrote', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (at) => assert.equal(milliseconds(instantAt(at)), at) ?? assert.equal(parseInstant(instantAt(at)), instantAt(at))));
  });

  it('adds and subtracts seconds', () => {
    const noon = time('2026-11-22T12:00:00Z');
    assert.equal(plusSeconds(noon, 1.5), '2026-11-22T12:00:01.500Z');
    assert.equal(plusSeconds(noon, -30), '2026-11-22T11:59:30.000Z');
    assert.equal(secondsBetween(noon, plusSeconds(noon, 90)), 90);
  });
});
