// The ledger as people read it: pages and files of the entries that fit a question. Each condition is one that an index
// answers (number, person, device, time) or that narrows what an index found.
import { type RawBuilder, sql } from 'kysely';
import { parseEntraDeviceId } from '../domain/ids.ts';
import type { LedgerReader, Part } from '../domain/reading-ports.ts';
import type { PersonalText, ReadEntry, ReadingFilter } from '../domain/reading.ts';
import { openEntry, parseBody } from '../ledger/entry.ts';
import { fileOf } from '../ledger/export/file.ts';
import { plainTexts, type TextName, textNames } from '../ledger/texts.ts';
import { rowsOf } from './cursor.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import { proofsOf } from './prove-entry.ts';

const batchSize = 1000;

export function ledgerReaderIn(database: Database): LedgerReader {
  const { db } = database;
  return {
    head: () =>
      orFault('ledger-unavailable', async () => {
        const { rows } = await sql<{ head: string | null }>`select max(seq) as head from keydesk.ledger_entry`.execute(db);
        return Number(rows[0]?.head ?? 0);
      }),
    count: (part, most) =>
      orFault('ledger-unavailable', async () => {
        const { rows } = await sql<{ count: number }>`select count(*)::int as count from (select from keydesk.ledger_entry e where ${fits(part)} limit ${most}::int) found`.execute(db);
        return rows[0]?.count ?? 0;
      }),
    page: (part, place) => orFault('ledger-unavailable', async () => (await pageQuery(part, place).execute(db)).rows.map(parseRow)),
    devicesCalled: (name) =>
      orFault('ledger-unavailable', async () => {
        const { rows } = await sql<{ device_id: string }>`
          select distinct e.device_id from keydesk.ledger_text t join keydesk.ledger_entry e using (seq)
          where lower(t.texts -> 'deviceName' ->> 'text') = lower(${name}) and e.device_id is not null limit ${mostDevices}::int`.execute(db);
        return rows.flatMap(({ device_id }) => parseEntraDeviceId(device_id) ?? []);
      }),
    proofs: (seqs) => proofsOf(database, seqs),
    file: (format, part, seen) => fileOf(format, entriesOf(database, part), seen),
  };
}

/** Devices that bore one name: twins, and one machine that was joined anew. */
const mostDevices = 100;

/** The page is cut out before its texts are looked up. */
export const pageQuery = (part: Part, { skip, most }: { readonly skip: number; readonly most: number }): RawBuilder<Row> => sql<Row>`
  select e.seq, e.body, t.texts
  from (select e.seq, e.body from keydesk.ledger_entry e where ${fits(part)} order by e.seq desc limit ${most}::int offset ${skip}::int) e
  left join keydesk.ledger_text t on t.seq = e.seq
  order by e.seq desc`;

async function* entriesOf(database: Database, part: Part): AsyncGenerator<ReadEntry, void> {
  const select = sql`
    select e.seq, e.body, t.texts from keydesk.ledger_entry e left join keydesk.ledger_text t on t.seq = e.seq
    where ${fits(part)} order by e.seq`;
  for await (const rows of rowsOf<Row>(database, select, batchSize)) for (const row of rows) yield parseRow(row);
}

type Condition = (filter: ReadingFilter) => RawBuilder<unknown> | undefined;

const uuids = (ids: readonly string[]): RawBuilder<unknown> => sql`any(${ids}::uuid[])`;

const conditions: readonly Condition[] = [
  ({ persons }) => persons && sql`e.person_id = ${uuids(persons)}`,
  ({ devices }) => devices && sql`e.device_id = ${uuids(devices)}`,
  ({ either }) => (either === undefined ? undefined : sql`(e.person_id = ${either}::uuid or e.device_id = ${either}::uuid)`),
  ({ keyId }) => (keyId === undefined ? undefined : ofKey(keyId)),
  ({ acts }) => acts && sql`e.act = any(${acts}::text[])`,
  ({ source }) => (source === undefined ? undefined : sql`e.source = ${source}`),
  ({ from }) => (from === undefined ? undefined : sql`e.time >= ${from}::timestamptz`),
  ({ to }) => (to === undefined ? undefined : sql`e.time < ${to}::timestamptz`),
];

const fits = ({ filter, head }: Part): RawBuilder<unknown> =>
  sql.join([sql`e.seq <= ${head}::bigint`, ...conditions.map((condition) => condition(filter)).filter((condition) => condition !== undefined)], sql` and `);

/** The key that an entry names, or the one that a rotation made, which stands in the bytes alone. @param hex 8 to 32 characters */
function ofKey(hex: string): RawBuilder<unknown> {
  const [lowest, highest] = [withDashes(hex.padEnd(32, '0')), withDashes(hex.padEnd(32, 'f'))];
  const made = `%"newKeyId":"${withDashes(hex)}%`;
  return sql`(e.key_id between ${lowest}::uuid and ${highest}::uuid or (e.act = 'rotation-done' and convert_from(e.body, 'UTF8') like ${made}))`;
}

/** As much of a GUID as there is. */
const withDashes = (hex: string): string => [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].filter((part) => part !== '').join('-');

interface Row {
  readonly seq: string;
  readonly body: Uint8Array;
  readonly texts: unknown;
}

function parseRow({ seq, body: bytes, texts }: Row): ReadEntry {
  const body = parseBody(bytes);
  if (body === undefined) return { seq: Number(seq), entry: undefined, erased: [] };
  const plain = plainTexts(texts);
  const committed: Readonly<Partial<Record<TextName, string>>> = body.texts ?? {};
  const erased: readonly PersonalText[] = textNames.filter((name) => committed[name] !== undefined && plain[name] === undefined);
  return { seq: Number(seq), entry: openEntry(body, plain), erased };
}
