import { type RawBuilder, sql } from 'kysely';
import type { Postings } from '../domain/channel-ports.ts';
import type { Posting } from '../domain/channel.ts';
import type { Instant } from '../domain/instant.ts';
import { appendedWhen, type Random } from './append.ts';
import { parsePosting, periodOf, postingColumns, type PostingRow } from './channel-row.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';

export interface PostingStore extends Postings {
  /** Forgets postings that are over and were wanted before `olderThan`; their entries stay. @returns how many */
  prune(olderThan: Instant): Promise<number>;
}

const columns = sql.raw(postingColumns);

export function postingsIn({ db }: Database, random: Random): PostingStore {
  const store = <T>(act: () => Promise<T>): Promise<T> => orFault('store-unavailable', act);
  return {
    take: (now, until) =>
      store(async () => {
        // The row of the channel is the lock: whoever waited for it sees that the channel is busy, and takes nothing.
        const { rows } = await sql<PostingRow>`
          with due as materialized (
            select p.id, p.channel_id from keydesk.posting p join keydesk.channel c on c.id = p.channel_id
            where p.state = 'waiting' and p.due_at <= ${now}::timestamptz and c.service_url is not null and c.dead_at is null
              and (c.busy_until is null or c.busy_until <= ${now}::timestamptz)
            order by p.wanted_at, p.id limit 1 for update of c, p skip locked),
          busy as (update keydesk.channel c set busy_until = ${until}::timestamptz from due where c.id = due.channel_id returning c.*),
          p as (update keydesk.posting p set attempt = p.attempt + 1, taken_until = ${until}::timestamptz from due where p.id = due.id returning p.*)
          select busy.*, ${columns} from busy, p`.execute(db);
        const [row] = rows;
        return row && parsePosting(row);
      }),
    sending: (posting, until) =>
      store(async () => {
        const { rows } = await sql`
          with p as (update keydesk.posting p set state = 'sending', taken_until = ${until}::timestamptz where ${held(posting, 'waiting')} returning p.channel_id)
          update keydesk.channel c set busy_until = ${until}::timestamptz from p where c.id = p.channel_id returning 1`.execute(db);
        return rows.length === 1;
      }),
    posted: (posting, { at, activityId, entry }) =>
      store(async () => {
        const { rows } = await sql`
          with p as (
            update keydesk.posting p set state = 'posted', posted_at = ${at}::timestamptz, activity_id = ${activityId ?? null}, taken_until = null
            where ${held(posting, 'sending')} returning p.channel_id, p.kind, p.period_to),
          free as (
            update keydesk.channel c set busy_until = null, posted_to = greatest(c.posted_to, p.period_to) from p where c.id = p.channel_id),
          told as (
            update keydesk.posting u set told = true from p where p.kind = 'summary' and u.channel_id = p.channel_id and u.state = 'unknown' and not u.told and u.period_to < p.period_to),
          ${appendedWhen('p', entry, random)}
          select from p`.execute(db);
        return rows.length === 1;
      }),
    postpone: (posting, until) => store(() => release(posting, sql`state = 'waiting', due_at = ${until}::timestamptz`)),
    unknown: (posting) => store(() => release(posting, sql`state = 'unknown'`)),
    closed: (posting, at, status) => store(() => release(posting, sql`state = 'waiting'`, sql`dead_at = ${at}::timestamptz, dead_status = ${status}::int,`)),
    lost: (now, most) =>
      store(async () => {
        const { rows } = await sql<PostingRow>`
          select c.*, ${columns} from keydesk.posting p join keydesk.channel c on c.id = p.channel_id
          where p.state = 'sending' and p.taken_until <= ${now}::timestamptz order by p.id limit ${most}::int`.execute(db);
        return rows.map(parsePosting);
      }),
    uncertain: (id) =>
      store(async () => {
        const rows = await db.selectFrom('keydesk.posting').select(['period_from', 'period_to']).where('channel_id', '=', id).where('state', '=', 'unknown').where('told', '=', false).orderBy('period_to').execute();
        return rows.flatMap((row) => periodOf(row.period_from, row.period_to) ?? []);
      }),
    state: (audit, late) =>
      store(async () => {
        const { rows } = await sql<{ closed: boolean; late: number }>`
          select exists (select from keydesk.channel where id = ${audit ?? null}::text and dead_at is not null) as closed,
            (select count(*)::int from keydesk.posting p join keydesk.channel c on c.id = p.channel_id
             where p.state = 'waiting' and p.wanted_at < ${late}::timestamptz and c.dead_at is null and c.service_url is not null) as late`.execute(db);
        return { auditClosed: rows[0]?.closed === true, late: rows[0]?.late ?? 0 };
      }),
    prune: (olderThan) =>
      store(async () => {
        const { numDeletedRows } = await db.deleteFrom('keydesk.posting').where('state', 'in', ['posted', 'unknown', 'dropped']).where('wanted_at', '<', sql<Date>`${olderThan}::timestamptz`).executeTakeFirst();
        return Number(numDeletedRows);
      }),
  };

  /** Lets go of it and of its channel. */
  async function release(posting: Posting, set: RawBuilder<unknown>, alsoOfChannel = sql``): Promise<void> {
    await sql`
      with p as (update keydesk.posting p set ${set}, taken_until = null where p.id = ${posting.id}::bigint and p.attempt = ${posting.attempt}::int and p.state in ('waiting', 'sending') returning p.channel_id)
      update keydesk.channel c set ${alsoOfChannel} busy_until = null from p where c.id = p.channel_id`.execute(db);
  }
}

const held = ({ id, attempt }: Posting, state: 'waiting' | 'sending') => sql`p.id = ${id}::bigint and p.attempt = ${attempt}::int and p.state = ${state}`;
