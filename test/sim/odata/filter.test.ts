import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { certainEqualities, FilterSyntaxError, parseFilter } from '../../../src/sim/odata/filter.ts';

describe('sim/odata/filter', () => {
  it('reads a comparison', () => {
    assert.deepEqual(parseFilter("displayName eq 'LAPTOP-42'"), { kind: 'compare', path: 'displayName', by: 'eq', literal: { type: 'string', value: 'LAPTOP-42' } });
  });

  it('binds and tighter than or', () => {
    const filter = parseFilter('a eq true or b eq true and c eq true');
    assert.equal(filter.kind, 'or');
    assert.ok('right' in filter);
    assert.equal(filter.right.kind, 'and');
  });

  it('lets brackets bind tighter than and', () => {
    const filter = parseFilter('(a eq true or b eq true) and c eq true');
    assert.equal(filter.kind, 'and');
  });

  it('reads functions, lists, not, times, numbers, GUIDs and null', () => {
    assert.equal(parseFilter("startsWith(displayName,'LT')").kind, 'call');
    assert.equal(parseFilter("displayName in ('a', 'b')").kind, 'in');
    assert.equal(parseFilter("not(displayName eq 'a')").kind, 'not');
    const literalOf = (text: string) => {
      const filter = parseFilter(`x eq ${text}`);
      return filter.kind === 'compare' ? filter.literal : undefined;
    };
    assert.deepEqual(literalOf('2026-03-01T00:00:00Z'), { type: 'time', value: Date.UTC(2026, 2, 1) });
    assert.deepEqual(literalOf('-2.5'), { type: 'number', value: -2.5 });
    assert.deepEqual(literalOf('1ab40ab2-32a8-4b00-b6b5-ba724e407de9'), { type: 'guid', value: '1ab40ab2-32a8-4b00-b6b5-ba724e407de9' });
    assert.deepEqual(literalOf('null'), { type: 'null', value: null });
  });

  it('gives back any text whose quotes were doubled', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const filter = parseFilter(`displayName eq '${text.replaceAll("'", "''")}'`);
        assert.deepEqual(filter, { kind: 'compare', path: 'displayName', by: 'eq', literal: { type: 'string', value: text } });
      }),
    );
  });

  it('never lets a text with doubled quotes become a second condition', () => {
    const filter = parseFilter("displayName eq 'x'' or displayName ne ''y'");
    assert.deepEqual(certainEqualities(filter), [{ path: 'displayname', value: "x' or displayName ne 'y" }]);
  });

  for (const text of ['', 'displayName', 'displayName eq', "displayName eq 'a", "displayName like 'a'", "eq 'a'", "displayName eq 'a' and", "displayName eq 'a' 'b'", "substringof('a',displayName)", "displayName eq 'a')", 'displayName eq “a”']) {
    it(`calls ${JSON.stringify(text)} no filter`, () => {
      assert.throws(() => parseFilter(text), FilterSyntaxError);
    });
  }

  it('knows which equalities hold in any case', () => {
    assert.deepEqual(certainEqualities(parseFilter("a eq 'x' and (b eq 'y' or c eq 'z')")), [{ path: 'a', value: 'x' }]);
    assert.deepEqual(certainEqualities(parseFilter("a eq 'x' or b eq 'y'")), []);
    assert.deepEqual(certainEqualities(parseFilter("not(a eq 'x')")), []);
  });
});
