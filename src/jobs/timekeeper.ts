// What runs when. Knows no business: a chore is a name, an interval and a function.

export interface Chore {
  readonly name: string;
  readonly everySeconds: number;
  work(): Promise<unknown>;
}

export interface Timekeeper {
  /** Runs every chore once at once (that is how a crash is settled), then at its interval. */
  start(): void;
  /** No chore begins after this; resolves when the running ones have ended. */
  stop(): Promise<void>;
}

/** How a chore waits; real timers in production, the test's own in tests. `cancel` is safe to call twice. */
export type Wait = (milliseconds: number, wake: () => void) => { cancel(): void };

export const realWait: Wait = (milliseconds, wake) => {
  const timer = setTimeout(wake, milliseconds);
  timer.unref();
  return { cancel: () => clearTimeout(timer) };
};

/**
 * Who is told how chores fare. A chore of every second that fails all night must not fill a disk: it is told of when it
 * begins to fail, once a minute while it goes on, and when it is well again.
 */
export interface Witness {
  /** @param times in a row, this one included */
  failing(chore: string, error: unknown, times: number): void;
  /** @param times that it had failed in a row */
  well(chore: string, times: number): void;
}

/** How the timekeeper waits, and what time it is in milliseconds. */
export interface Time {
  readonly wait: Wait;
  readonly now: () => number;
}

const millisecondsBetweenReports = 60_000;

/**
 * A chore never overlaps itself: the interval begins when it has ended. One that fails is tried again at its next turn;
 * it stops neither the others nor itself.
 */
export function createTimekeeper(chores: readonly Chore[], witness: Witness, { wait, now }: Time): Timekeeper {
  const running = new Set<Promise<void>>();
  const waiting = new Set<{ cancel(): void }>();
  const failures = new Map<Chore, { readonly times: number; readonly toldAt: number }>();
  let stopped = true;

  const once = async (chore: Chore): Promise<void> => {
    const before = failures.get(chore);
    try {
      await chore.work();
      failures.delete(chore);
      if (before !== undefined) witness.well(chore.name, before.times);
    } catch (error) {
      const times = (before?.times ?? 0) + 1;
      // A clock that was put back must not keep it silent.
      const tell = before === undefined || Math.abs(now() - before.toldAt) >= millisecondsBetweenReports;
      failures.set(chore, { times, toldAt: tell ? now() : before.toldAt });
      if (tell) witness.failing(chore.name, error, times);
    }
  };

  const turn = (chore: Chore): void => {
    if (stopped) return;
    const work = once(chore).then(() => {
      running.delete(work);
      // stop() may have come while the chore ran; then nothing is left waiting.
      if (stopped) return;
      const pause = wait(chore.everySeconds * 1000, () => {
        waiting.delete(pause);
        turn(chore);
      });
      waiting.add(pause);
    });
    running.add(work);
  };

  return {
    start: () => {
      stopped = false;
      chores.forEach(turn);
    },
    stop: async () => {
      stopped = true;
      for (const pause of waiting) pause.cancel();
      waiting.clear();
      await Promise.all(running);
    },
  };
}
