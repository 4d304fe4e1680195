// How a root ends when it is told to: in order, within a limit, or at once when it is told again.

import { constants } from 'node:os';
import type { Logger } from 'pino';

const signals = ['SIGTERM', 'SIGINT'] as const;

/** Longer than every wait within a stop (answers 10 s, jobs and chores 20 s), shorter than the 30 s after which most hosts kill. */
const mostMilliseconds = 28_000;

/** systemd and a terminal tell every process of the group, and the launcher hands on what it is told: one wish, told twice. */
const sameWishMilliseconds = 500;

/** Ends the process: 0 when `stop` is done, 1 when it failed or took too long, 128 and the signal when told again. */
export function stopOnSignals(stop: () => Promise<void>, log: Logger): void {
  let again = false;
  let stopping: Promise<void> | undefined;
  for (const signal of signals) {
    process.on(signal, () => {
      if (again) process.exit(128 + constants.signals[signal]);
      stopping ??= begin(signal);
    });
  }

  async function begin(signal: (typeof signals)[number]): Promise<void> {
    log.info({ signal }, 'stopping');
    setTimeout(() => (again = true), sameWishMilliseconds).unref();
    setTimeout(() => {
      log.error('did not stop in time');
      process.exit(1);
    }, mostMilliseconds);
    try {
      await stop();
      log.info('stopped');
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, 'did not stop cleanly');
      process.exit(1);
    }
  }
}
