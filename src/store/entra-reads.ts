// Rows of Entra's log as they were judged, and what the ledger has to say to them.
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { EntraReads, JudgedRead, UnreadReveal } from '../domain/entra-ports.ts';
import { Fault } from '../domain/fault.ts';
import { parseKeyId, parsePersonId } from '../domain/ids.ts';
import { parseInstant } from '../domain/instant.ts';
import { type Intention, type KeyRead, matchSeconds } from '../domain/key-read.ts';
import { openEntry, parseBody } from '../ledger/entry.ts';
import { plainTexts } from '../ledger/texts.ts';
import { raiseIn } from './alerts.ts';
import { appendAll, type Random } from './append.ts';
import type { Database } from './database.ts';
import { entraClaimsIn } from './entra-claims.ts';
import { orFault } from './faults.ts';
import type { Tables } from './tables.ts';

export function entraReadsIn(database: Database, random: Random): EntraReads {
  const { db } = database;
  const store = <T>(act: () => Promise<T>): Promise<T> => orFault('store-unavailable', act);
  return {
    ...entraClaimsIn(database),
    unseen: (reads) => store(() => unseen(db, reads)),
    intentions: (about) => store(() => intentions(db, about)),
    record: (judged) => store(() => db.transaction().execute((tx) => record(tx, judged, random))),
    withoutRead: (period) => store(() => withoutRead(db, period)),
    prune: (olderThan) =>
      store(async () => {
        const { numDeletedRows } = await db.deleteFrom('keydesk.entra_read').where('seen_at', '<', sql<Date>`${olderThan}::timestamptz`).executeTakeFirst();
        return Number(numDeletedRows);
      }),
  };
}

async function unseen(db: Kysely<Tables>, reads: readonly KeyRead[]): Promise<readonly KeyRead[]> {
  if (reads.length === 0) return [];
  // As one value: a list of places would be another statement for each length, and each would be planned and kept.
  const rows = await db.selectFrom('keydesk.entra_read').select('id').where(sql<boolean>`id = any(${reads.map(({ id }) => id)}::text[])`).execute();
  const seen = new Set(rows.map(({ id }) => id));
  return reads.filter(({ id }) => !seen.has(id));
}

async function intentions(db: Kysely<Tables>, { keyIds, from, to }: Parameters<EntraReads['intentions']>[0]): Promise<readonly Intention[]> {
  if (keyIds.length === 0) return [];
  const rows = await db
    .selectFrom('keydesk.ledger_entry')
    .select(['seq', 'time', 'key_id', 'person_id'])
    .where('act', '=', 'intended')
    .where('time', '>=', sql<Date>`${from}::timestamptz`)
    .where('time', '<=', sql<Date>`${to}::timestamptz`)
    .where(sql<boolean>`key_id = any(${keyIds}::uuid[])`)
    .execute();
  return rows.map((row) => {
    const [at, keyId, personId] = [parseInstant(row.time), parseKeyId(row.key_id), parsePersonId(row.person_id)];
    if (at === undefined || keyId === undefined) throw unlike('intended');
    return { seq: Number(row.seq), at, keyId, ...(personId !== undefined && { personId }) };
  });
}

/** The row itself first: two that record the same one wait here for each other, and the ledger's lock is taken last. */
async function record(tx: Transaction<Tables>, { read, verdict, at, entries, alert }: JudgedRead, random: Random): Promise<boolean> {
  const made = await tx
    .insertInto('keydesk.entra_read')
    .values({ id: read.id, at: read.at, key_id: read.keyId, device_id: read.deviceId ?? null, verdict: verdict.kind, entry_seq: verdict.kind === 'matched' ? verdict.seq : null, seen_at: at })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made === undefined) return false;
  await appendAll(tx, entries, random);
  if (alert !== undefined) await raiseIn(tx, alert, random);
  return true;
}

interface UnreadRow {
  readonly seq: string;
  readonly body: Buffer;
  readonly texts: unknown;
  readonly outcome: string;
}

type Period = Parameters<EntraReads['withoutRead']>[0];

/** By the indexes on time, on the device and on the reads that matched: it costs what lies in the period. */
export const withoutReadQuery = ({ from, to, after, most }: Period): RawBuilder<UnreadRow> => sql<UnreadRow>`
    select i.seq, i.body, t.texts, r.outcome
    from keydesk.ledger_entry i
    join lateral (
      select e.outcome from keydesk.ledger_entry e
      where e.device_id = i.device_id and e.seq > i.seq and e.act = 'revealed' and e.request_id = i.request_id
        and convert_from(e.body, 'UTF8')::jsonb -> 'attempt' = convert_from(i.body, 'UTF8')::jsonb -> 'attempt'
      order by e.seq limit 1) r on r.outcome in ('done', 'unknown')
    left join keydesk.ledger_text t on t.seq = i.seq
    where i.act = 'intended' and i.time >= ${from}::timestamptz and i.time < ${to}::timestamptz and i.seq > ${after}::bigint
      and not exists (
        select from keydesk.entra_read m
        where m.key_id = i.key_id and m.verdict = 'matched'
          and m.at between i.time - make_interval(secs => ${matchSeconds}::int) and i.time + make_interval(secs => ${matchSeconds}::int))
    order by i.seq limit ${most}::int`;

async function withoutRead(db: Kysely<Tables>, period: Period): Promise<readonly UnreadReveal[]> {
  const { rows } = await withoutReadQuery(period).execute(db);
  return rows.map(({ seq, body, texts, outcome }) => {
    const parsed = parseBody(body);
    if (parsed === undefined || (outcome !== 'done' && outcome !== 'unknown')) throw unlike('revealed');
    return { seq: Number(seq), intended: openEntry(parsed, plainTexts(texts)), outcome };
  });
}

const unlike = (act: string): Fault => new Fault('internal', 'never', { message: `an entry \`${act}\` is not as it was written: run "npm run audit -- verify"` });
