import { sql } from 'kysely';
import type { Channels } from '../domain/channel-ports.ts';
import type { ChannelPlace } from '../domain/channel.ts';
import { scheduleText } from '../domain/schedule.ts';
import { appendedWhen, type Random } from './append.ts';
import { type ChannelRow, parseChannel } from './channel-row.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';

export function channelsIn({ db }: Database, random: Random): Channels {
  const store = <T>(act: () => Promise<T>): Promise<T> => orFault('store-unavailable', act);
  return {
    find: (id) =>
      store(async () => {
        const row = await db.selectFrom('keydesk.channel').selectAll().where('id', '=', id).executeTakeFirst();
        return row && parseChannel(row);
      }),
    subscribe: ({ id, place, schedule, locale, by, nextAt, from }, entry) =>
      store(async () => {
        // Periods go on from where they ended: whoever moves the time neither leaves a gap nor is told twice.
        await sql`
          with changed as (
            insert into keydesk.channel as c (id, service_url, bot_id, bot_name, locale, schedule, next_at, covered_to, subscribed_by)
            values (${id}, ${place.serviceUrl}, ${place.bot?.id ?? null}, ${place.bot?.name ?? null}, ${locale}, ${scheduleText(schedule)}, ${nextAt}::timestamptz, ${from}::timestamptz, ${by}::uuid)
            on conflict (id) do update set schedule = excluded.schedule, next_at = excluded.next_at, subscribed_by = excluded.subscribed_by, locale = excluded.locale,
              covered_to = coalesce(c.covered_to, excluded.covered_to), ${reached(place)}
            returning 1),
          ${appendedWhen('changed', entry, random)} select`.execute(db);
      }),
    unsubscribe: (id, entry) =>
      store(async () => {
        const { rows } = await sql`
          with changed as (
            update keydesk.channel set schedule = null, next_at = null, covered_to = null, subscribed_by = null where id = ${id} and schedule is not null returning id),
          dropped as (
            update keydesk.posting p set state = 'dropped' from changed where p.channel_id = changed.id and p.kind = 'summary' and p.state = 'waiting'),
          ${appendedWhen('changed', entry, random)}
          select from changed`.execute(db);
        return rows.length === 1;
      }),
    keepAudit: (audit) =>
      store(() =>
        db.transaction().execute(async (tx) => {
          await sql`
            update keydesk.channel set schedule = null, next_at = null, covered_to = null
            where schedule is not null and subscribed_by is null and id is distinct from ${audit?.id ?? null}::text`.execute(tx);
          if (audit === undefined) return;
          await sql`
            insert into keydesk.channel as c (id, service_url, schedule, next_at, covered_to)
            values (${audit.id}, ${audit.serviceUrl ?? null}, ${scheduleText(audit.schedule)}, ${audit.nextAt}::timestamptz, ${audit.from}::timestamptz)
            on conflict (id) do update set schedule = excluded.schedule, next_at = excluded.next_at, covered_to = coalesce(c.covered_to, excluded.covered_to), service_url = coalesce(c.service_url, excluded.service_url)
            where c.service_url is null or (c.subscribed_by is null and c.schedule is distinct from excluded.schedule)`.execute(tx);
        }),
      ),
    seen: (id, place) =>
      store(async () => {
        const { serviceUrl, bot } = place;
        await sql`
          update keydesk.channel c set ${reached(place)}
          where c.id = ${id} and (c.dead_at is not null or c.service_url is distinct from ${serviceUrl} or (${bot?.id ?? null}::text is not null and c.bot_id is distinct from ${bot?.id ?? null}::text))`.execute(db);
      }),
    told: (id, place, to, entry) =>
      store(async () => {
        await sql`
          with changed as (
            insert into keydesk.channel as c (id, service_url, bot_id, bot_name, posted_to)
            values (${id}, ${place.serviceUrl}, ${place.bot?.id ?? null}, ${place.bot?.name ?? null}, ${to}::timestamptz)
            on conflict (id) do update set posted_to = greatest(c.posted_to, excluded.posted_to) returning 1),
          ${appendedWhen('changed', entry, random)} select`.execute(db);
      }),
    due: (now, most) =>
      store(async () => {
        const { rows } = await sql<ChannelRow>`
          select * from keydesk.channel where next_at <= ${now}::timestamptz and dead_at is null and service_url is not null order by next_at limit ${most}::int`.execute(db);
        return rows.map(parseChannel);
      }),
    plan: (channel, postings, nextAt) =>
      store(async () => {
        const { rows } = await sql`
          with moved as (
            update keydesk.channel set next_at = ${nextAt}::timestamptz, covered_to = ${postings.at(-1)?.period.to ?? channel.coveredTo ?? null}::timestamptz
            where id = ${channel.id} and next_at = ${channel.nextAt ?? null}::timestamptz and covered_to = ${channel.coveredTo ?? null}::timestamptz and schedule = ${channel.schedule ? scheduleText(channel.schedule) : null}
            returning id),
          planned as (
            insert into keydesk.posting (channel_id, kind, period_from, period_to, wanted_at, due_at)
            select moved.id, 'summary', p.begins, p.ends, p.due, p.due
            from moved, unnest(${postings.map(({ period }) => period.from)}::timestamptz[], ${postings.map(({ period }) => period.to)}::timestamptz[], ${postings.map(({ dueAt }) => dueAt)}::timestamptz[]) as p(begins, ends, due)
            order by p.ends
            on conflict do nothing)
          select from moved`.execute(db);
        return rows.length === 1;
      }),
  };
}

/** How it is reached, the newest; a channel that was closed lives again. The table is `c`. */
const reached = ({ serviceUrl, bot }: ChannelPlace) => sql`
  service_url = ${serviceUrl}, bot_id = coalesce(${bot?.id ?? null}, c.bot_id), bot_name = coalesce(${bot?.name ?? null}, c.bot_name),
  lives = c.lives + case when c.dead_at is null then 0 else 1 end, dead_at = null, dead_status = null`;
