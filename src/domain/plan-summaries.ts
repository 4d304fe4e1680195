// From schedules to postings: a period that has ended is to be posted. Nothing is lost while no instance runs, or while
// a channel is closed, and nothing floods it afterwards.

import type { Channel } from './channel.ts';
import type { Desk } from './desk.ts';
import { type Instant, plusSeconds } from './instant.ts';
import type { Period } from './schedule.ts';

const mostChannels = 50;
/** After a long pause so many summaries come, one for each period; the first of them also tells of all before it. */
export const mostMissed = 3;

/** The audit channel as the configuration has it; done once, before anything is posted there. */
export async function keepAuditChannel({ channels, calendar, clock, settings: { auditChannel } }: Desk): Promise<void> {
  if (auditChannel === undefined) return channels.keepAudit(undefined);
  const nextAt = calendar.next(auditChannel.schedule, clock.now());
  return channels.keepAudit({ ...auditChannel, nextAt, from: calendar.last(auditChannel.schedule, nextAt) });
}

export async function planSummaries(desk: Desk): Promise<void> {
  const now = desk.clock.now();
  for (const channel of await desk.channels.due(now, mostChannels)) {
    const { ends, next } = endsUntil(desk, channel, now);
    const periods = periodsOf(channel, ends.slice(-mostMissed));
    const postings = periods.map((period) => ({ period, dueAt: plusSeconds(period.to, desk.settings.summarySettleSeconds) }));
    if (next !== undefined) await desk.channels.plan(channel, postings, next);
  }
}

/** Ends of all periods that are over, and the next one. */
function endsUntil({ calendar }: Desk, { schedule, nextAt }: Channel, now: Instant): { readonly ends: readonly Instant[]; readonly next?: Instant } {
  if (schedule === undefined || nextAt === undefined) return { ends: [] };
  const ends: Instant[] = [];
  let next = nextAt;
  while (next <= now) {
    ends.push(next);
    next = calendar.next(schedule, next);
  }
  return { ends, next };
}

/** One behind the other without a gap, from where the last one ended. */
function periodsOf({ coveredTo }: Channel, ends: readonly Instant[]): readonly Period[] {
  return ends.flatMap((to, index) => {
    const from = index === 0 ? coveredTo : ends[index - 1];
    return from !== undefined && from < to ? [{ from, to }] : [];
  });
}
