// Time in the hands of a test: a clock that stands still, deadlines that end when told to, chores that run when told to.

import { type Instant, instantAt, milliseconds, plusSeconds } from '../../../src/domain/instant.ts';
import type { Clock, Deadline } from '../../../src/domain/ports.ts';
import type { Timer } from '../../../src/graph/waiting.ts';
import type { Wait } from '../../../src/jobs/timekeeper.ts';

export interface StandingClock extends Clock {
  forward(seconds: number): void;
  /** A wait of Graph's retry layer takes no time but the clock's own. */
  readonly timer: Timer;
  /** How long was waited so far, in milliseconds. */
  readonly waits: readonly number[];
}

/** Begins at the real time, because tokens of the simulated tenant are good for an hour of it. */
export function standingClock(start: Instant = instantAt(Date.now())): StandingClock {
  let now = start;
  const waits: number[] = [];
  return {
    now: () => now,
    forward: (seconds) => void (now = plusSeconds(now, seconds)),
    waits,
    timer: (wait) => {
      waits.push(wait);
      now = instantAt(milliseconds(now) + wait);
      return Promise.resolve();
    },
  };
}

export interface HandDeadlines {
  ask(): Deadline;
  press(): Deadline;
  work(): Deadline;
  /** Ends all that are running. */
  expire(): void;
}

/** As long as in production, by the clock that stands still. */
export function handDeadlines(clock: Clock): HandDeadlines {
  const running = new Set<AbortController>();
  const lasting = (seconds: number): Deadline => {
    const controller = new AbortController();
    running.add(controller);
    return Object.assign(controller.signal, { endsAt: plusSeconds(clock.now(), seconds) });
  };
  return {
    ask: () => lasting(8),
    press: () => lasting(4),
    work: () => lasting(20),
    expire: () => {
      for (const controller of running) controller.abort();
      running.clear();
    },
  };
}

export interface HandChores {
  readonly wait: Wait;
  /** Lets every chore that waits run once, and resolves when all of them wait again. */
  run(): Promise<void>;
}

/** @param count how many chores there are: before all of them wait, their first run is not over */
export function handChores(count: number): HandChores {
  const waiting = new Set<() => void>();
  let complete = (): void => undefined;
  const allWait = (): Promise<void> => (waiting.size === count ? Promise.resolve() : new Promise((resolve) => void (complete = resolve)));
  return {
    wait: (_milliseconds, wake) => {
      waiting.add(wake);
      if (waiting.size > count) throw new Error(`Keydesk has more than ${count} chores: tell the test`);
      if (waiting.size === count) complete();
      return { cancel: () => void waiting.delete(wake) };
    },
    run: async () => {
      await allWait();
      const due = [...waiting];
      waiting.clear();
      for (const wake of due) wake();
      await allWait();
    },
  };
}

/** Resolves when it is so; a test that waits for ever ends by mocha's own time. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => void setImmediate(resolve));
}
