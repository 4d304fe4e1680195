import assert from 'node:assert/strict';
import { retryAfterSeconds } from '../../src/graph/retry-after.ts';

const now = Date.parse('2026-11-22T09:00:00Z');

describe('graph/retry-after', () => {
  const read: readonly (readonly [string | undefined, number | undefined])[] = [
    ['5', 5],
    ['0', 0],
    ['2.128', 2.128],
    [' 10 ', 10],
    ['Sun, 22 Nov 2026 09:00:10 GMT', 10],
    ['Sun, 22 Nov 2026 08:59:00 GMT', 0],
    [undefined, undefined],
    ['', undefined],
    ['-5', undefined],
    ['soon', undefined],
    ['1e9', undefined],
    ['2026-11-22', undefined],
    ['Sunday', undefined],
  ];
  for (const [header, seconds] of read) {
    it(`reads ${JSON.stringify(header)} as ${seconds ?? 'nothing'}`, () => {
      assert.equal(retryAfterSeconds(header, now), seconds);
    });
  }
});
