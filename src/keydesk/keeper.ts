// Wires the keeper of the ledger: its place in the database, its key and file, its chores, and what it tells the log.

import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { TenantId } from '../domain/ids.ts';
import { Keeper, secondsBetweenLooks } from '../domain/keep-ledger.ts';
import type { Alerts, Clock } from '../domain/ports.ts';
import type { Chore } from '../jobs/timekeeper.ts';
import { checkpointFile } from '../store/checkpoint-file.ts';
import type { Database } from '../store/database.ts';
import { keptLedgerIn, type KeptParts } from '../store/kept-ledger.ts';

export interface LedgerParts extends Pick<KeptParts, 'signingKey' | 'formerKey'> {
  /** Outside of the database; always holds the newest checkpoint. */
  readonly checkpointFile?: string;
  /** How often what is new is signed; 60 when absent. */
  readonly checkpointSeconds?: number;
}

interface Around {
  readonly tenantId: TenantId;
  readonly database: Database;
  readonly clock: Clock;
  readonly alerts: Alerts;
  readonly log: Logger;
}

/** Throws a TypeError for a key that is none. */
export function keeperOf({ checkpointFile: path, ...keys }: LedgerParts, { tenantId, database, clock, alerts, log }: Around): Keeper {
  const file = path === undefined ? {} : { file: checkpointFile(path, randomBytes) };
  return new Keeper({
    clock,
    alerts,
    ledger: keptLedgerIn(database, { ...keys, ...file, tenantId, random: randomBytes }),
    witness: {
      // One more copy outside of the database, with whoever collects the log.
      checkpoint: ({ note, size }) => log.info({ checkpoint: note, size }, 'ledger checkpoint'),
      mismatch: (words) => log.error({ fault: 'ledger-mismatch', found: words }, 'the ledger is not what it was: nothing is shown until it is'),
      whole: () => log.info('the ledger is again what was signed'),
      untold: (error) => log.error({ err: error }, 'the alert about the ledger could not be raised'),
    },
  });
}

export const ledgerChores = (keeper: Keeper, { checkpointSeconds = 60 }: LedgerParts): readonly Chore[] => [
  { name: 'keep-ledger', everySeconds: checkpointSeconds, work: () => keeper.keep() },
  { name: 'look-at-ledger', everySeconds: secondsBetweenLooks, work: () => keeper.lookAgain() },
];
