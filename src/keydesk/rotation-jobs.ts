// Rotations that are to be worked on later: what wakes them, what is told when a job is given up, and for /readyz.
import type { Logger } from 'pino';
import type { Desk } from '../domain/desk.ts';
import type { Fault } from '../domain/fault.ts';
import type { RotationId } from '../domain/ids.ts';
import { plusSeconds } from '../domain/instant.ts';
import type { Chore } from '../jobs/timekeeper.ts';
import type { WakeUps } from '../jobs/wake-ups.ts';
import type { Database } from '../store/database.ts';
import type { RotationTimes } from '../store/rotation-times.ts';
import { statementsOf } from '../store/statements.ts';

export const mostAtOnce = 200;
/** A rotation whose time passed so long ago should have been woken: its job got lost. */
const secondsUntilForgotten = 90;

/** What the jobs are given besides their work. */
export const jobsOf = ({ database, log, jobPollSeconds = 1 }: { readonly database: Database; readonly log: Logger; readonly jobPollSeconds?: number }, times: RotationTimes, desk: Desk) => ({
  run: statementsOf(database),
  clock: desk.clock,
  pollSeconds: jobPollSeconds,
  gaveUp: async (id: RotationId, code: Fault['code']) => {
    if (await times.gaveUp(id, desk.clock.now(), code)) log.error({ rotation: id, fault: code }, 'a job was given up; it is tried again in an hour');
  },
  report: (error: unknown) => log.warn({ err: error }, 'the jobs met a fault and go on'),
});

export const jobChores = (wakeUps: WakeUps, times: RotationTimes, desk: Desk): readonly Chore[] => [
  { name: 'keep-jobs-running', everySeconds: 5, work: () => wakeUps.keepRunning() },
  { name: 'remember-rotations', everySeconds: 60, work: async () => wakeUps.remember(await times.due(plusSeconds(desk.clock.now(), -secondsUntilForgotten), mostAtOnce)) },
];

export async function wakeAll(ids: readonly RotationId[], look: (id: RotationId) => Promise<void>, log: Logger): Promise<{ worked: number; failed: number }> {
  let failed = 0;
  for (const id of ids) {
    await look(id).catch((error: unknown) => {
      failed += 1;
      log.warn({ rotation: id, err: error }, 'a look at a rotation failed');
    });
  }
  return { worked: ids.length - failed, failed };
}

/** For /readyz. A job that was given up shows until its rotation moves again. */
export async function stateOfJobs(wakeUps: WakeUps | undefined, times: RotationTimes): Promise<string> {
  const state = wakeUps?.state() ?? 'running';
  if (state !== 'running') return state;
  const dead = await times.givenUp();
  return dead === 0 ? 'ok' : `dead: ${dead}`;
}
