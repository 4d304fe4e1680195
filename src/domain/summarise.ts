// What happened within a period, in numbers. It names neither people nor devices unless the installation wants names; who
// is admin and auditor at once is always named (product.md §2).

import type { Channel, NamedPerson, Summary } from './channel.ts';
import type { Desk } from './desk.ts';
import { Fault } from './fault.ts';
import { type Instant, plusSeconds } from './instant.ts';
import type { Deadline } from './ports.ts';
import type { Period } from './schedule.ts';

const daySeconds = 86_400;
/** Fleets number their devices with six digits, and eight such numbers in a row would be withheld as a recovery password. */
const mostFailedNames = 5;

/** The last 24 hours; where a summary was posted within them, what came after it. */
export function recentPeriod(now: Instant, channel: Pick<Channel, 'postedTo'> | undefined): Period {
  const dayAgo = plusSeconds(now, -daySeconds);
  const postedTo = channel?.postedTo;
  return { from: postedTo !== undefined && postedTo > dayAgo && postedTo < now ? postedTo : dayAgo, to: now };
}

/**
 * Throws a Fault when the counts or the checkpoint cannot be had now. Two lines say by themselves what could not be
 * found out: who has both roles (Graph away), and a checkpoint that cannot be signed (the ledger is not what it was).
 */
export async function summarise(desk: Desk, period: Period, deadline: Deadline, uncertain: readonly Period[] = []): Promise<Summary> {
  const { summaryNames } = desk.settings;
  const [counts, newlyFailed, both] = await Promise.all([desk.summaries.counts(period), desk.fleet.newlyFailed(period.from, period.to, mostFailedNames), bothRoles(desk, deadline)]);
  const names = summaryNames ? await desk.summaries.names(counts.people.most.map(({ id }) => id)) : new Map<string, string>();
  const people = counts.people.most.map(({ id, count }) => {
    const name = names.get(id);
    return { id, count, ...(name !== undefined && { name }) };
  });
  // After the counts, so that it covers all that was counted.
  const checkpoint = await currentCheckpoint(desk);
  const failed = { count: newlyFailed.count, names: summaryNames ? newlyFailed.devices.map(({ name }) => name) : [] };
  return { period, counts, people, failed, both, checkpoint, uncertain };
}

async function bothRoles({ roles }: Desk, deadline: Deadline): Promise<readonly NamedPerson[] | 'unknown'> {
  try {
    const [admins, auditors] = await Promise.all([roles.members('admin', deadline), roles.members('auditor', deadline)]);
    const ids = new Set(auditors.map(({ id }) => id));
    return admins.filter(({ id }) => ids.has(id));
  } catch (error) {
    if (error instanceof Fault) return 'unknown';
    throw error;
  }
}

async function currentCheckpoint({ checkpoints }: Desk): Promise<string | undefined> {
  try {
    return await checkpoints.current();
  } catch (error) {
    if (error instanceof Fault && error.retry === 'never') return undefined;
    throw error;
  }
}
