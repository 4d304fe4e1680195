// The whole ledger read back in one snapshot: entries and checkpoints, row by row, and the tree beside them.
import { type Kysely, sql } from 'kysely';
import type { StoredCheckpoint, StoredEntry } from '../ledger/stored.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import type { Tables } from './tables.ts';
import { rootsAt } from './tree.ts';

const batchSize = 2000;

/** Batches in the order of their numbers. Memory is that of one batch of each, on both sides. */
export interface StoredLedger {
  /** Texts whose entry is gone come as rows without a body. */
  readonly entries: AsyncIterable<readonly StoredEntry[]>;
  readonly checkpoints: AsyncIterable<readonly StoredCheckpoint[]>;
  /** Over so many first entries, as the stored nodes say; undefined where some are missing. */
  readonly rootAt: (size: number) => Promise<Uint8Array | undefined>;
  readonly close: () => Promise<void>;
}

/** As it is now; entries that come meanwhile are not seen. Holds one connection until it is closed. Throws a Fault `ledger-unavailable`. */
export async function openStoredLedger({ db }: Pick<Database, 'db'>): Promise<StoredLedger> {
  const tx = await orFault('ledger-unavailable', () => db.startTransaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute());
  const inTurn = turns();
  const close = (): Promise<void> => inTurn(() => tx.rollback().execute()).catch(() => undefined);
  try {
    await orFault('ledger-unavailable', () => prepare(tx));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    entries: cursor<StoredEntry>(tx, inTurn, 'entries', entryRows),
    checkpoints: cursor<StoredCheckpoint>(tx, inTurn, 'checkpoints', checkpointRows),
    rootAt: (size) => inTurn(() => orFault('ledger-unavailable', async () => (await rootsAt(tx, [size]))(size))),
    close,
  };
}

type InTurn = <T>(act: () => Promise<T>) => Promise<T>;

/** A connection does one thing after the other. */
function turns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const next = last.then(act, act);
    last = next.catch(() => undefined);
    return next;
  };
}

async function prepare(tx: Kysely<Tables>): Promise<void> {
  // A million rows take longer than any statement of the service may. A merge of the two keys needs no memory for the
  // join, and a hash of the whole ledger would.
  await sql`select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_sort', 'off', true)`.execute(tx);
}

// A number that JavaScript cannot hold exactly is none of ours: the ledger would be older than the sun.
const entryRows = sql`
  select coalesce(e.seq, t.seq)::float8 as seq, e.body, e.leaf_hash, e.nodes, e.time, e.act, e.outcome, e.source, e.code, e.reason,
    e.person_id, e.device_id, e.key_id, e.request_id, t.texts
  from keydesk.ledger_entry e full join keydesk.ledger_text t on t.seq = e.seq
  order by coalesce(e.seq, t.seq)`;
const checkpointRows = sql`select size::float8 as size, root, note from keydesk.ledger_checkpoint order by ledger_checkpoint.size`;

async function* cursor<Row>(tx: Kysely<Tables>, inTurn: InTurn, name: string, rows: ReturnType<typeof sql>): AsyncGenerator<readonly Row[], void> {
  const fetch = (): Promise<readonly Row[]> => inTurn(() => orFault('ledger-unavailable', async () => (await sql<Row>`fetch ${sql.raw(String(batchSize))} from ${sql.raw(name)}`.execute(tx)).rows));
  await inTurn(() => orFault('ledger-unavailable', () => sql`declare ${sql.raw(name)} no scroll cursor for ${rows}`.execute(tx)));
  let next = fetch();
  next.catch(() => undefined);
  for (;;) {
    const batch = await next;
    if (batch.length === 0) return;
    // The server reads on while this batch is being looked at.
    next = fetch();
    next.catch(() => undefined);
    yield batch;
  }
}
