// What is kept no longer than the installation says (product.md §7): texts beside entries, requests that are over.

import type { Desk } from './desk.ts';
import { type Instant, instantAt, milliseconds } from './instant.ts';
import type { Keeping } from './ports.ts';

/** In one transaction: few enough that nobody waits for it. */
const mostAtOnce = 2000;
/** In one turn: a large rest is left to the next hour, so that stopping does not wait long. */
const mostBatches = 50;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Kept is what is younger than this: whole days in UTC, so that a day's work is erased at once and with few entries. The
 * hour is for a database whose clock is behind ours, and which would refuse.
 */
export function keptSince(now: Instant, days: number): Instant {
  const then = milliseconds(now) - days * dayMs - hourMs;
  return instantAt(then - (then % dayMs));
}

/**
 * Run by the timekeeper every hour. Each batch and its entry are one transaction: a crash leaves whole batches, and the
 * next turn goes on.
 * @returns how much went: entries that lost their texts, and requests with rotations
 */
export async function keepTidy({ clock, settings }: Pick<Desk, 'clock' | 'settings'>, keeping: Keeping): Promise<{ readonly texts: number; readonly requests: number }> {
  const now = clock.now();
  const { keepTextsDays, keepRequestsDays } = settings;
  const closedBefore = keptSince(now, keepRequestsDays);
  const requests = await inBatches(async (most) => {
    const gone = await keeping.forgetClosed(closedBefore, most);
    return [gone.requests + gone.rotations, Math.max(gone.requests, gone.rotations) < most];
  });
  if (keepTextsDays === undefined) return { requests, texts: 0 };
  const before = keptSince(now, keepTextsDays);
  const texts = await inBatches(async (most) => {
    const gone = await keeping.eraseTexts(before, most);
    return [gone, gone < most];
  });
  return { requests, texts };
}

/** @param erase says how much it took, and whether that was the last of it */
async function inBatches(erase: (most: number) => Promise<readonly [count: number, last: boolean]>): Promise<number> {
  let all = 0;
  for (let batch = 0; batch < mostBatches; batch += 1) {
    const [count, last] = await erase(mostAtOnce);
    all += count;
    if (last) break;
  }
  return all;
}
