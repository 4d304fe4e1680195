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
 * A chore never overlaps itself: the interval begins when it has ended. One that fails is reported and tried again at
 * its next turn; it stops neither the others nor itself.
 */
export function createTimekeeper(chores: readonly Chore[], report: (chore: string, error: unknown) => void, wait: Wait = realWait): Timekeeper {
  const running = new Set<Promise<void>>();
  const waiting = new Set<{ cancel(): void }>();
  let stopped = true;

  const once = async (chore: Chore): Promise<void> => {
    try {
      await chore.work();
    } catch (error) {
      report(chore.name, error);
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
