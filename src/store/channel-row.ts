// Channels and postings as rows; parsed on the way out.
import type { Selectable } from 'kysely';
import { type Channel, parseChannelId, type Posting } from '../domain/channel.ts';
import { Fault } from '../domain/fault.ts';
import { parsePersonId } from '../domain/ids.ts';
import { type Instant, parseInstant } from '../domain/instant.ts';
import { parseSchedule } from '../domain/schedule.ts';
import type { ChannelTable } from './tables.ts';

export type ChannelRow = Selectable<ChannelTable>;

/** Throws a Fault when it is not what this program writes. */
export function parseChannel(row: ChannelRow): Channel {
  const id = parseChannelId(row.id);
  const schedule = row.schedule === null ? undefined : parseSchedule(row.schedule);
  if (id === undefined || (row.schedule !== null && schedule === undefined)) throw new Fault('internal', 'never', { message: 'a channel cannot be read' });
  const [nextAt, coveredTo, postedTo, deadAt] = [row.next_at, row.covered_to, row.posted_to, row.dead_at].map((time) => parseInstant(time));
  const subscribedBy = parsePersonId(row.subscribed_by);
  return {
    id,
    ...(row.service_url !== null && { place: { serviceUrl: row.service_url, ...(row.bot_id !== null && { bot: { id: row.bot_id, name: row.bot_name ?? '' } }) } }),
    ...(row.locale !== null && { locale: row.locale }),
    ...(schedule && { schedule }),
    ...(nextAt && { nextAt }),
    ...(coveredTo && { coveredTo }),
    ...(postedTo && { postedTo }),
    ...(subscribedBy && { subscribedBy }),
    ...(deadAt && { deadAt }),
    lives: row.lives,
  };
}

/** A posting beside its channel; the names of the first begin with `posting_`. */
export interface PostingRow extends ChannelRow {
  readonly posting_id: string;
  readonly posting_kind: string;
  readonly posting_from: Date | null;
  readonly posting_to: Date | null;
  readonly posting_seq: string | null;
  readonly posting_attempt: number;
}

export const postingColumns = 'p.id as posting_id, p.kind as posting_kind, p.period_from as posting_from, p.period_to as posting_to, p.entry_seq as posting_seq, p.attempt as posting_attempt';

export function parsePosting(row: PostingRow): Posting {
  const period = periodOf(row.posting_from, row.posting_to);
  const seq = Number(row.posting_seq ?? Number.NaN);
  const what = row.posting_kind === 'summary' && period !== undefined ? { kind: 'summary' as const, period } : row.posting_kind === 'alert' && Number.isSafeInteger(seq) ? { kind: 'alert' as const, seq } : undefined;
  if (what === undefined) throw new Fault('internal', 'never', { message: 'a posting cannot be read' });
  return { id: Number(row.posting_id), channel: parseChannel(row), attempt: row.posting_attempt, what };
}

export function periodOf(from: unknown, to: unknown): { readonly from: Instant; readonly to: Instant } | undefined {
  const [begin, end] = [parseInstant(from), parseInstant(to)];
  return begin === undefined || end === undefined ? undefined : { from: begin, to: end };
}
