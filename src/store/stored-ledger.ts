// The whole ledger read back in one snapshot: entries and checkpoints, row by row, and the tree beside them.
import { type Kysely, sql } from 'kysely';
import type { StoredCheckpoint, StoredEntry } from '../ledger/stored.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import type { Tables } from './tables.ts';
import { rootsAt } from './tree.ts';

// Some 400 kB on its way: it fits between server and reader, so the server has the next batch ready while this one is
// looked at. Five times as many took as long to verify and three times the memory.
const batchSize = 200;

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
    entries: bySeq(cursor<StoredEntry>(tx, inTurn, 'entries', entryRows), cursor<StoredEntry>(tx, inTurn, 'texts', textRows)),
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
  // join; a hash of the whole ledger would, and so would a sort of it.
  await sql`select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_sort', 'off', true)`.execute(tx);
}

// A number that JavaScript cannot hold exactly is none of ours: the ledger would be older than the sun.
// Two queries and not a full join: a full join has no order of its own, so the whole ledger would be sorted, on disk,
// before the first row came.
const entryRows = sql`
  select e.seq::float8 as seq, e.body, e.leaf_hash, e.nodes, e.time, e.act, e.outcome, e.source, e.code, e.reason,
    e.person_id, e.device_id, e.key_id, e.request_id, t.texts
  from keydesk.ledger_entry e left join keydesk.ledger_text t on t.seq = e.seq
  order by e.seq`;
/** Texts whose entry is gone: most often none. */
const textRows = sql`
  select t.seq::float8 as seq, null as body, null as leaf_hash, null as nodes, null as time, null as act, null as outcome, null as source, null as code,
    null as reason, null as person_id, null as device_id, null as key_id, null as request_id, t.texts
  from keydesk.ledger_text t where not exists (select from keydesk.ledger_entry e where e.seq = t.seq)
  order by t.seq`;
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

/** Both in one order. @param fewer held back until their place comes */
async function* bySeq(many: AsyncGenerator<readonly StoredEntry[], void>, fewer: AsyncGenerator<readonly StoredEntry[], void>): AsyncGenerator<readonly StoredEntry[], void> {
  let waiting: readonly StoredEntry[] = (await fewer.next()).value ?? [];
  for await (const batch of many) {
    const last = batch.at(-1)?.seq ?? 0;
    let all = batch;
    while (waiting[0] !== undefined && waiting[0].seq < last) {
      const due = waiting.filter(({ seq }) => seq < last);
      all = [...all, ...due].toSorted((a, b) => a.seq - b.seq);
      waiting = due.length < waiting.length ? waiting.slice(due.length) : ((await fewer.next()).value ?? []);
    }
    yield all;
  }
  for (; waiting.length > 0; waiting = (await fewer.next()).value ?? []) yield waiting;
}
