// The ledger read back: whole, for verify, and the newest entries, for people.
import { type Kysely, sql } from 'kysely';
import type { EntraDeviceId, PersonId } from '../domain/ids.ts';
import { openEntry, parseBody } from '../ledger/entry.ts';
import type { ListedEntry } from '../ledger/table.ts';
import { plainTexts } from '../ledger/texts.ts';
import type { StoredEntry } from '../ledger/stored.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import type { Tables } from './tables.ts';

const batchSize = 2000;

/**
 * Every entry in the order of `seq`, with its texts, as they were when the cursor was declared. Memory is that of
 * one batch, on both sides. Texts whose entry is gone come as rows without a body.
 */
export async function* storedEntries({ db }: Database): AsyncGenerator<readonly StoredEntry[], void> {
  const tx = await orFault('ledger-unavailable', () => db.startTransaction().setAccessMode('read only').execute());
  const fetch = async (): Promise<readonly StoredRow[]> =>
    (await orFault('ledger-unavailable', () => sql<StoredRow>`fetch ${sql.raw(String(batchSize))} from entries`.execute(tx))).rows;
  let next: Promise<readonly StoredRow[]> = Promise.resolve([]);
  try {
    await orFault('ledger-unavailable', () => declare(tx));
    next = fetch();
    for (;;) {
      const rows = await next;
      if (rows.length === 0) return;
      // The server reads on while this batch is being looked at.
      next = fetch();
      next.catch(() => undefined);
      yield rows.map(({ seq, ...row }) => ({ ...row, seq: Number(seq) }));
    }
  } finally {
    await next.catch(() => undefined);
    await tx
      .rollback()
      .execute()
      .catch(() => undefined);
  }
}

type StoredRow = Omit<StoredEntry, 'seq'> & { readonly seq: string };

async function declare(tx: Kysely<Tables>): Promise<void> {
  // A million rows take longer than any statement of the service may. A merge of the two keys needs no memory for the
  // join, and a hash of the whole ledger would.
  await sql`select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_sort', 'off', true)`.execute(tx);
  await sql`
    declare entries no scroll cursor for
    select coalesce(e.seq, t.seq) as seq, e.body, e.leaf_hash, e.nodes, e.time, e.act, e.outcome, e.source, e.code, e.reason,
      e.person_id, e.device_id, e.key_id, e.request_id, t.texts
    from keydesk.ledger_entry e full join keydesk.ledger_text t on t.seq = e.seq
    order by coalesce(e.seq, t.seq)`.execute(tx);
}

export interface EntryFilter {
  /** The newest so many. */
  readonly last: number;
  readonly person?: PersonId;
  /** By id, or by name, case folded; a name that was erased is not found. */
  readonly device?: { readonly id: EntraDeviceId } | { readonly name: string };
}

/** The newest entries that fit, oldest first. */
export async function listEntries({ db }: Database, filter: EntryFilter): Promise<readonly ListedEntry[]> {
  const { person, device } = filter;
  const rows = await orFault('ledger-unavailable', () =>
    db
      .selectFrom('keydesk.ledger_entry as e')
      .leftJoin('keydesk.ledger_text as t', 't.seq', 'e.seq')
      .select(['e.seq', 'e.body', 't.texts'])
      .$if(person !== undefined, (query) => query.where('e.person_id', '=', person ?? null))
      .$if(device !== undefined && 'id' in device, (query) => query.where('e.device_id', '=', device !== undefined && 'id' in device ? device.id : null))
      .$if(device !== undefined && 'name' in device, (query) =>
        query.where(sql<boolean>`lower(t.texts -> 'deviceName' ->> 'text') = lower(${device !== undefined && 'name' in device ? device.name : ''})`),
      )
      .orderBy('e.seq', 'desc')
      .limit(filter.last)
      .execute(),
  );
  return rows.toReversed().map((row) => {
    const body = parseBody(row.body);
    return { seq: Number(row.seq), entry: body && openEntry(body, plainTexts(row.texts)) };
  });
}
