import assert from 'node:assert/strict';
import { keepTidy, keptSince } from '../../src/domain/keep-tidy.ts';
import type { Keeping } from '../../src/domain/ports.ts';
import { defaultSettings, type DeskSettings } from '../../src/domain/settings.ts';
import { at } from '../support/ledger-entries.ts';

const now = at('2026-11-22T12:00:00.000Z');
const settings = (more: Partial<DeskSettings>): DeskSettings => ({ ...defaultSettings, ...more });

/** Holds so many texts, requests and rotations, whatever their age, and says what it was asked. */
function heap(texts: number, requests: number, rotations = 0) {
  const left = { texts, requests, rotations };
  const asked: string[] = [];
  const batches: string[] = [];
  const take = (kind: keyof typeof left, most: number): number => {
    const count = Math.min(most, left[kind]);
    left[kind] -= count;
    return count;
  };
  const keeping: Keeping = {
    eraseTexts: async (before, most) => {
      asked.push(`texts before ${before}`);
      const count = take('texts', most);
      batches.push(`texts ${count}`);
      return count;
    },
    forgetClosed: async (before, most) => {
      asked.push(`requests before ${before}`);
      const gone = { requests: take('requests', most), rotations: take('rotations', most) };
      batches.push(`requests ${gone.requests + gone.rotations}`);
      return gone;
    },
  };
  return { keeping, left, asked, batches };
}

describe('keepTidy', () => {
  const desk = (more: Partial<DeskSettings> = {}) => ({ clock: { now: () => now }, settings: settings(more) });

  it('forgets requests after 30 days and erases no text, where nothing else is said', async () => {
    const { keeping, asked, left } = heap(3, 2, 1);
    assert.deepEqual(await keepTidy(desk(), keeping), { requests: 3, texts: 0 });
    assert.deepEqual(asked, ['requests before 2026-10-23T00:00:00.000Z']);
    assert.deepEqual(left, { texts: 3, requests: 0, rotations: 0 });
  });

  it('erases texts of the age that is configured', async () => {
    const { keeping, asked } = heap(3, 0);
    assert.deepEqual(await keepTidy(desk({ keepTextsDays: 90, keepRequestsDays: 7 }), keeping), { requests: 0, texts: 3 });
    assert.deepEqual(asked, ['requests before 2026-11-15T00:00:00.000Z', 'texts before 2026-08-24T00:00:00.000Z']);
  });

  it('goes on in batches until nothing is left, and leaves a large rest to the next turn', async () => {
    const some = heap(5000, 4000, 1);
    assert.deepEqual(await keepTidy(desk({ keepTextsDays: 90 }), some.keeping), { requests: 4001, texts: 5000 });
    assert.deepEqual(some.batches, ['requests 2001', 'requests 2000', 'requests 0', 'texts 2000', 'texts 2000', 'texts 1000']);
    const many = heap(250_000, 0);
    assert.deepEqual(await keepTidy(desk({ keepTextsDays: 90 }), many.keeping), { requests: 0, texts: 100_000 });
    assert.deepEqual(await keepTidy(desk({ keepTextsDays: 90 }), many.keeping), { requests: 0, texts: 100_000 });
    assert.deepEqual(await keepTidy(desk({ keepTextsDays: 90 }), many.keeping), { requests: 0, texts: 50_000 });
  });

  it('passes on what goes wrong', async () => {
    const { keeping } = heap(1, 1);
    await assert.rejects(keepTidy(desk(), { ...keeping, forgetClosed: () => Promise.reject(new Error('away')) }), /away/);
  });
});

describe('keptSince', () => {
  it('is a midnight in UTC, at least so many days ago, and an hour more', () => {
    const since = (time: string): string => keptSince(at(time), 30);
    assert.equal(since('2026-11-22T12:00:00.000Z'), '2026-10-23T00:00:00.000Z');
    assert.equal(since('2026-11-22T01:00:00.000Z'), '2026-10-23T00:00:00.000Z');
    assert.equal(since('2026-11-22T00:59:59.999Z'), '2026-10-22T00:00:00.000Z', 'a database whose clock is behind would refuse');
  });
});
