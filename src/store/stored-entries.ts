// The ledger read back: whole, for verify, and the newest entries, for people.
import { sql } from 'kysely';
import type { EntraDeviceId, PersonId } from '../domain/ids.ts';
import { openEntry, parseBody } from '../ledger/entry.ts';
import type { ListedEntry } from '../ledger/table.ts';
import type { StoredEntry } from '../ledger/stored.ts';
import { plainTexts } from '../ledger/texts.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import { openStoredLedger } from './stored-ledger.ts';

/**
 * Every entry in the order of `seq`, with its texts, as they were when the first was asked for. Memory is that of one
 * batch, on both sides. Texts whose entry is gone come as rows without a body.
 */
export async function* storedEntries(database: Pick<Database, 'db'>): AsyncGenerator<readonly StoredEntry[], void> {
  const ledger = await openStoredLedger(database);
  try {
    yield* ledger.entries;
  } finally {
    await ledger.close();
  }
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
