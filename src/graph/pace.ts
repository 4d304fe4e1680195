// Keeps below a service's limit instead of running into it: refused requests count towards the limit as well.

import { milliseconds } from '../domain/instant.ts';
import type { Clock, Deadline } from '../domain/ports.ts';
import type { Timer } from './waiting.ts';

/** Resolves when the next request may go out, or when the deadline is over, whichever is first. Never rejects. */
export type Pace = (deadline: Deadline) => Promise<void>;

export interface PaceSettings {
  /** So many requests within so many seconds, counted over any stretch of that length. */
  readonly most: number;
  readonly seconds: number;
  readonly clock: Clock;
  readonly timer: Timer;
}

export function createPace({ most, seconds, clock, timer }: PaceSettings): Pace {
  const window = seconds * 1000;
  /** When the last ones went out, the oldest first; `most` at most. */
  let begun: readonly number[] = [];
  let turn: Promise<void> = Promise.resolve();

  const wait = async (deadline: Deadline): Promise<void> => {
    while (!deadline.aborted) {
      const now = milliseconds(clock.now());
      // A clock that was put back leaves times ahead of it, which would be waited for.
      const counted = begun.filter((at) => at <= now && now - at < window);
      if (counted.length < most) {
        begun = [...counted, now];
        return;
      }
      await timer((counted[0] ?? now) + window - now, deadline);
    }
  };

  // One after the other: two that wait must not take the same place.
  return (deadline) => (turn = turn.then(() => wait(deadline)));
}
