// The sweep of the fleet as a chore, and how it is on /readyz.
import type { Logger } from 'pino';
import type { Desk } from '../domain/desk.ts';
import type { FleetPages } from '../domain/fleet-ports.ts';
import type { SweepSettings } from '../domain/sweep-desk.ts';
import { createSweeper } from '../domain/sweep-fleet.ts';
import { createSweepTeller, sweepWord } from '../domain/sweep-words.ts';
import type { Chore } from '../jobs/timekeeper.ts';
import type { Database } from '../store/database.ts';
import { sweepsIn } from '../store/sweeps.ts';

export interface Sweeping {
  readonly chore: Chore;
  /** For /readyz. Throws the store's Fault. */
  state(): Promise<string>;
  stop(): Promise<void>;
}

interface SweepingParts {
  readonly database: Database;
  readonly graph: { readonly fleetPages: FleetPages };
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly sweep?: SweepSettings;
}

/** Undefined where the fleet is not swept. */
export function sweepingOf({ database, graph, log, sweep }: SweepingParts, desk: Desk): Sweeping | undefined {
  if (sweep === undefined) return undefined;
  const told = createSweepTeller(desk.clock, (level, fields, message) => log[level](fields, message));
  const sweeper = createSweeper({ ...desk, pages: graph.fleetPages, sweeps: sweepsIn(database), holder: desk.ids.clientRequest(), sweep, told });
  return {
    chore: { name: 'sweep-fleet', everySeconds: 5, work: () => sweeper.turn() },
    state: async () => sweepWord(await desk.fleet.state(), desk.clock.now(), sweep.everySeconds),
    stop: () => sweeper.stop(),
  };
}
