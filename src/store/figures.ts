// How much there is, and how much waits: for whoever watches Keydesk from outside. Counts, and nothing of what is counted.
import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { rotationStates, type RotationState } from '../domain/rotation.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';

export interface StoreFigures {
  /** By state, those that are not over; a state without any is left out. */
  readonly rotations: ReadonlyMap<RotationState, number>;
  readonly ledgerEntries: number;
  /** Rotations and postings whose time had come at the moment of asking. */
  readonly dueRotations: number;
  readonly duePostings: number;
}

interface Row {
  readonly entries: number;
  readonly due_rotations: number;
  readonly due_postings: number;
  readonly rotations: Readonly<Record<string, number>> | null;
}

/** One statement, over indexes and the few rows that are not over. Throws a Fault. */
export const figuresIn =
  ({ db }: Database) =>
  (now: Instant): Promise<StoreFigures> =>
    orFault('store-unavailable', async () => {
      const { rows } = await sql<Row>`
        select
          (select coalesce(max(seq), 0)::float8 from keydesk.ledger_entry) as entries,
          (select count(*)::int from keydesk.rotation where look_at <= ${now}::timestamptz) as due_rotations,
          (select count(*)::int from keydesk.posting where state = 'waiting' and due_at <= ${now}::timestamptz) as due_postings,
          (select json_object_agg(state, many) from (select state, count(*)::int as many from keydesk.rotation where look_at is not null group by state) as open) as rotations`.execute(db);
      const [row] = rows;
      const counts = row?.rotations ?? {};
      return {
        rotations: new Map(rotationStates.flatMap((state) => (counts[state] === undefined ? [] : [[state, counts[state]] as const]))),
        ledgerEntries: row?.entries ?? 0,
        dueRotations: row?.due_rotations ?? 0,
        duePostings: row?.due_postings ?? 0,
      };
    });
