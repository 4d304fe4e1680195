// pg-boss, as the rest of Keydesk sees it: somebody who wakes at a time, once over all instances, and again when it went
// wrong. The library is loaded when the first instance of it is wanted, because nobody waits for a job at the start.
import type { Job, JobResult, JobWithMetadata, PgBoss } from 'pg-boss';
import { Fault, type FaultCode, faultCodes } from '../domain/fault.ts';
import { parseRotationId, type RotationId } from '../domain/ids.ts';
import { type Instant, secondsBetween } from '../domain/instant.ts';
import type { Clock } from '../domain/ports.ts';
import { givenUpQueue, jobsSchema, wakeQueue } from './queues.ts';

/** Sends one text to the database; several statements in it only without values. */
export type RunStatement = (text: string, values?: readonly unknown[]) => Promise<{ readonly rows: readonly unknown[] }>;

export interface WakeUpParts {
  /** Statements by themselves, as the service's role. */
  readonly run: RunStatement;
  readonly clock: Clock;
  /** At least 0.5. */
  readonly pollSeconds: number;
  /** Whatever it throws is tried again later. */
  readonly work: (id: RotationId) => Promise<void>;
  /** Told of each job that was tried for the last time. */
  readonly gaveUp: (id: RotationId, code: FaultCode) => Promise<void>;
  readonly report: (error: unknown) => void;
  /** How long `rest` waits for those at work; 20 s when absent, as long as one may take. */
  readonly restMilliseconds?: number;
}

export interface WakeUps {
  /**
   * Wakes at `at`, once: a wake-up that is there for the same id is moved to that time. Part of the transaction that
   * `run` belongs to. Before the first start it does nothing: the row is found by whoever looks for forgotten ones.
   */
  later(run: RunStatement, id: RotationId, at: Instant): Promise<void>;
  /** Wakes those now that have no job, waiting or at work. @returns how many */
  remember(ids: readonly RotationId[]): Promise<number>;
  /** Starts, or does nothing where it is running. Throws when it cannot, and may then be called again. */
  keepRunning(): Promise<void>;
  /** `starting` until the first try has come to its end; `stopped` when it failed, and when it was stopped. */
  state(): 'starting' | 'running' | 'stopped';
  /** Takes no further jobs and waits for those at work, for a while. `later` goes on. */
  rest(): Promise<void>;
  /** The same, and then lets go: a job that is still at work is handed back, for another instance to take. */
  stop(): Promise<void>;
}

const atOnce = 5;
const mostSecondsBetweenLooksAtGivenUp = 30;
/** While the database is away, every look for jobs fails. */
const secondsBetweenReports = 60;
const defaultRestMilliseconds = 20_000;

export function createWakeUps(parts: WakeUpParts): WakeUps {
  const { run, clock, restMilliseconds = defaultRestMilliseconds } = parts;
  let boss: PgBoss | undefined;
  let starting: Promise<void> | undefined;
  let stopped = false;
  let resting: Promise<void> | undefined;
  let tried = false;

  const start = async (): Promise<void> => {
    const next = await newBoss(parts);
    try {
      await next.start();
      // pg-boss starts without knowing its queues when the database stumbles at that moment, and could then send nothing.
      await next.findJobs(wakeQueue, { key: 'nobody' });
      await takeJobs(next, parts);
    } catch (error) {
      await next.stop({ graceful: false, close: false }).catch(() => undefined);
      throw error;
    }
    boss = next;
  };
  const wake = async (by: PgBoss, through: RunStatement, id: RotationId, seconds: number): Promise<void> => {
    await by.upsert(wakeQueue, { rotationId: id }, { singletonKey: id, startAfter: seconds, db: adapted(through) });
  };
  const settle = async (): Promise<void> => {
    stopped = true;
    await starting?.catch(() => undefined);
    const was = boss;
    if (was !== undefined) await within(restMilliseconds, Promise.all([wakeQueue, givenUpQueue].map((queue) => was.offWork(queue, { wait: true }))));
  };
  // Waited for once, however often it is asked for: two such waits are longer than a host lets a process stop.
  const rest = (): Promise<void> => (resting ??= settle());

  return {
    later: async (through, id, at) => {
      // Relative, so that it does not matter which time the database believes in; rounded up, so that nobody wakes early.
      if (boss !== undefined) await wake(boss, through, id, Math.max(0, Math.ceil(secondsBetween(clock.now(), at))));
    },
    remember: async (ids) => {
      let remembered = 0;
      for (const id of boss === undefined ? [] : ids) {
        if (boss === undefined || (await hasJob(boss, id))) continue;
        await wake(boss, run, id, 0);
        remembered += 1;
      }
      return remembered;
    },
    keepRunning: async () => {
      if (boss !== undefined || stopped) return;
      starting ??= start().finally(() => {
        starting = undefined;
        tried = true;
      });
      await starting;
    },
    state: () => (boss !== undefined ? 'running' : tried ? 'stopped' : 'starting'),
    rest,
    stop: async () => {
      await rest();
      const was = boss;
      boss = undefined;
      await was?.stop({ graceful: false, close: false });
    },
  };
}

async function newBoss({ run, clock, report }: WakeUpParts): Promise<PgBoss> {
  const { PgBoss } = await import('pg-boss');
  const boss = new PgBoss({
    db: adapted(run),
    schema: jobsSchema,
    migrate: false,
    createSchema: false,
    // Not used here: schedules, and jobs that wait for others. Indexes are the owner's.
    schedule: false,
    flowIntervalSeconds: 3600,
    reindex: false,
    monitorVacuum: false,
  });
  let told: Instant | undefined;
  boss.on('error', (error) => {
    const now = clock.now();
    if (told !== undefined && secondsBetween(told, now) < secondsBetweenReports) return;
    told = now;
    report(error);
  });
  return boss;
}

/** Answers of statements were parsed by nobody; pg-boss reads only what it wrote. */
const adapted = (run: RunStatement) => ({
  executeSql: async (text: string, values?: unknown[]) => {
    const { rows } = await run(text, values);
    return { rows: [...rows] };
  },
});

async function takeJobs(boss: PgBoss, { pollSeconds, work, gaveUp }: WakeUpParts): Promise<void> {
  const all = { batchSize: atOnce, perJobResults: true, burstWhenBatchFull: true } as const;
  await boss.work(wakeQueue, { ...all, pollingIntervalSeconds: pollSeconds }, (jobs: Job<unknown>[]) => Promise.all(jobs.map((job) => settled(job, work))));
  const rarely = { ...all, includeMetadata: true, pollingIntervalSeconds: Math.min(mostSecondsBetweenLooksAtGivenUp, 4 * pollSeconds) } as const;
  await boss.work(givenUpQueue, rarely, (jobs: JobWithMetadata<unknown>[]) => Promise.all(jobs.map((job) => settled(job, (id) => gaveUp(id, codeIn(job.sourceOutput))))));
}

/** One job to its end. What is kept of a fault is its code: pg-boss would write all of an error into the database. */
async function settled(job: Job<unknown>, work: (id: RotationId) => Promise<void>): Promise<JobResult> {
  const id = idIn(job.data);
  // Not written by this program.
  if (id === undefined) return { id: job.id, status: 'completed' };
  try {
    await work(id);
    return { id: job.id, status: 'completed' };
  } catch (error) {
    return { id: job.id, status: 'failed', output: { code: error instanceof Fault ? error.code : 'internal' } };
  }
}

const fieldIn = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined);
const idIn = (data: unknown): RotationId | undefined => parseRotationId(fieldIn(data, 'rotationId'));
const codeIn = (output: unknown): FaultCode => faultCodes.find((code) => code === fieldIn(output, 'code')) ?? 'internal';

const alive: readonly string[] = ['created', 'retry', 'active'];
const hasJob = async (boss: PgBoss, id: RotationId): Promise<boolean> => (await boss.findJobs(wakeQueue, { key: id })).some(({ state }) => alive.includes(state));

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const handle = setTimeout(timer.resolve, milliseconds);
  await Promise.race([work, timer.promise]).finally(() => clearTimeout(handle));
}
