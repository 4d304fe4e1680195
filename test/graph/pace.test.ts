import assert from 'node:assert/strict';
import { milliseconds } from '../../src/domain/instant.ts';
import { createPace } from '../../src/graph/pace.ts';
import { type HandClock, handClock, never } from '../support/graph-at.ts';

describe('graph/pace', () => {
  let clock: HandClock;
  beforeEach(() => (clock = handClock()));
  const pace = () => createPace({ most: 4, seconds: 10, clock, timer: clock.timer });
  const now = (): number => milliseconds(clock.now());

  it('lets four go at once, and never more than four within any ten seconds', async () => {
    const go = pace();
    const went: number[] = [];
    for (let count = 0; count < 20; count += 1) {
      await go(never());
      went.push(now());
      clock.advance(count % 3 === 0 ? 700 : 0);
    }
    for (const start of went) assert.ok(went.filter((at) => at >= start && at - start < 10_000).length <= 4);
    assert.ok((went[19] ?? 0) - (went[0] ?? 0) <= 43_000, 'and no slower than it has to be');
  });

  it('holds for those who ask at the same time too', async () => {
    const go = pace();
    const went: number[] = [];
    await Promise.all(Array.from({ length: 9 }, () => go(never()).then(() => went.push(now()))));
    const start = went[0] ?? 0;
    assert.deepEqual(went.map((at) => at - start), [0, 0, 0, 0, 10_000, 10_000, 10_000, 10_000, 20_000]);
  });

  it('waits no longer than the deadline, and takes no place then', async () => {
    const ended = new AbortController();
    const go = createPace({ most: 1, seconds: 10, clock, timer: async () => ended.abort() });
    await go(never());
    await go(ended.signal);
    clock.advance(10_000);
    const before = now();
    await go(never());
    assert.equal(now(), before);
  });

  it('is not held up by a clock that was put back', async () => {
    const go = pace();
    for (let count = 0; count < 4; count += 1) await go(never());
    clock.advance(-3_600_000);
    await go(never());
    assert.deepEqual(clock.waits, []);
  });
});
