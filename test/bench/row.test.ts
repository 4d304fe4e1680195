import assert from 'node:assert/strict';
import { atLeast, atMost, median, type Row } from './row.ts';
import { table } from './table.ts';

describe('the figures of the benchmark', () => {
  it('have the middle value as their median, or the mean of the two in the middle', () => {
    assert.equal(median([3, 100, 1]), 3);
    assert.equal(median([4, 1, 100, 2]), 3);
    assert.throws(() => median([]), /at least one value/);
  });

  it('meet a target at the limit and miss it beyond', () => {
    assert.deepEqual([1.3, 1.31].map((ratio) => atMost(1.3, ratio).met), [true, false]);
    assert.deepEqual([0.25, 0.24].map((ratio) => atLeast(0.25, ratio).met), [true, false]);
  });

  it('stand in a table that says in words what misses its target', () => {
    const rows: Row[] = [
      { figure: 'quick', ours: '10 ms', yardstick: '10 ms', ...atMost(1.3, 1) },
      { figure: 'slow', ours: '20 ms', yardstick: '10 ms', ...atMost(1.3, 2) },
    ];
    const [head, rule, quick, slow] = table(rows).split('\n');
    assert.match(head ?? '', /figure.*ours.*yardstick.*ratio.*target/);
    assert.match(rule ?? '', /^\|(?:-+\|)+$/);
    assert.match(quick ?? '', /quick.*10 ms.*1\.00.*at most 1\.3.*\| met +\|/);
    assert.match(slow ?? '', /slow.*20 ms.*2\.00.*at most 1\.3.*\| NOT met +\|/);
  });
});
