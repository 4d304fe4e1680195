// What a wake-up does: the row's own time decides whether there is something to do.
import { Fault } from '../domain/fault.ts';
import type { RotationId } from '../domain/ids.ts';
import { type Instant, plusSeconds } from '../domain/instant.ts';
import type { Clock } from '../domain/ports.ts';

export interface LookParts {
  readonly clock: Clock;
  /** From 0 up to 1; spreads those who were told to wait equally long. */
  readonly random: () => number;
  readonly times: {
    /** When the row wants to be worked on; undefined when it is over, and then a job that comes again may still have to tell. */
    lookAt(id: RotationId): Promise<Instant | undefined>;
    /** Another time for a row that has not moved since `at`, with its wake-up. */
    postpone(id: RotationId, at: Instant, until: Instant): Promise<void>;
  };
  /** A wake-up alone. */
  readonly wakeAt: (id: RotationId, at: Instant) => Promise<void>;
  readonly work: (id: RotationId) => Promise<unknown>;
}

/**
 * One look. A wake-up that comes early is sent again for the row's time, and two for the same time become one by that.
 * Throws what `work` throws, for the job to be tried again; but who was told how long to wait waits so long.
 */
export function createLook({ clock, random, times, wakeAt, work }: LookParts): (id: RotationId) => Promise<void> {
  return async (id) => {
    const now = clock.now();
    const time = await times.lookAt(id);
    if (time !== undefined && time > now) return wakeAt(id, time);
    try {
      await work(id);
    } catch (error) {
      if (!(error instanceof Fault) || error.retryAfterSeconds === undefined) throw error;
      await times.postpone(id, now, plusSeconds(clock.now(), Math.max(1, error.retryAfterSeconds * (1 + random() / 5))));
    }
  };
}
