// For the jobs, whose library brings SQL of its own: it goes through the same pool and the same door for values.
import { CompiledQuery, type Kysely } from 'kysely';
import type { RotationId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import type { Tables } from './tables.ts';

/** Sends one text to the database; several statements in it only without values. */
export type RunStatement = (text: string, values?: readonly unknown[]) => Promise<{ readonly rows: readonly unknown[] }>;

/** Hands to the jobs that a rotation wants to be worked on at that time; part of the transaction that `run` belongs to. */
export type WakeLater = (run: RunStatement, id: RotationId, at: Instant) => Promise<void>;

/** Statements inside a transaction that is open. */
export const statementsIn =
  (tx: Kysely<Tables>): RunStatement =>
  async (text, values = []) => {
    const { rows } = await tx.executeQuery(CompiledQuery.raw(text, [...values]));
    return { rows };
  };

/** Statements by themselves. Throws a Fault. */
export const statementsOf =
  ({ db }: Database): RunStatement =>
  (text, values) =>
    orFault('store-unavailable', () =>
      db.connection().execute(async (connection) => {
        const run = statementsIn(connection);
        try {
          return await run(text, values);
        } catch (error) {
          // A text may hold a transaction of its own; broken in the middle, it would meet the connection's next user.
          await run('rollback').catch(() => undefined);
          throw error;
        }
      }),
    );
