// What /readyz says. Without database or ledger nothing can be shown: down. Without Graph, jobs, summaries or Entra's log
// people still get an answer, and with a clock that is wrong limits hold less exactly: degraded.
import type { Keeper } from '../domain/keep-ledger.ts';
import { Fault } from '../domain/fault.ts';
import { isSweepWell } from '../domain/sweep-words.ts';
import type { Clock, Deadline } from '../domain/ports.ts';
import type { Readiness } from '../server/server.ts';
import type { Database } from '../store/database.ts';
import { clockOf, readinessOf } from '../store/readiness.ts';

export interface ReadinessParts {
  readonly database: Database;
  readonly graph: { ping(deadline: Deadline): Promise<void> };
  readonly keeper: Pick<Keeper, 'state' | 'signing'>;
  readonly clock: Clock;
  readonly deadline: () => Deadline;
  readonly jobs: () => Promise<string>;
  readonly summaries: () => Promise<string>;
  /** Absent where Entra's log is not read. */
  readonly entraLog?: () => Promise<string>;
  /** Absent where the fleet is not swept. */
  readonly sweep?: () => Promise<string>;
}

const codeOf = (error: unknown): string => (error instanceof Fault ? error.code : 'internal');

/** A part that is always named says `ok`; one that is named only in trouble is left out while it has none. */
export async function readiness({ database, graph, keeper, clock, deadline, ...asked }: ReadinessParts): Promise<Readiness> {
  const [stored, kept, step, reached, jobs, summaries, entraLog, sweep] = await Promise.all([
    readinessOf(database),
    keeper.state(deadline),
    clockOf(database, () => clock.now()),
    graph.ping(deadline()).then(() => 'ok', codeOf),
    asked.jobs().catch(codeOf),
    asked.summaries().catch(codeOf),
    asked.entraLog?.().catch(codeOf),
    asked.sweep?.().catch(codeOf),
  ]);
  const ledger = stored.ledger === 'ok' ? kept : stored.ledger;
  const always = { database: stored.database, ledger, graph: reached, jobs, ...(entraLog !== undefined && { 'entra-log': entraLog }), ...(sweep !== undefined && { sweep }) };
  const inTrouble = Object.entries({ clock: step, summaries, checkpoints: ledger === 'ok' ? keeper.signing() : 'ok' }).filter(([, word]) => word !== 'ok');
  const parts: Readiness['parts'] = { ...always, ...Object.fromEntries(inTrouble) };
  const down = stored.database !== 'ok' || ledger !== 'ok';
  return { status: down ? 'down' : Object.values({ ...parts, ...(isSweepWell(sweep) && { sweep: 'ok' }) }).every((word) => word === 'ok') ? 'ok' : 'degraded', parts };
}
