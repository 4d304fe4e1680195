import { hash } from 'node:crypto';
import { sql } from 'kysely';
import { type Instant, plusSeconds } from '../domain/instant.ts';
import type { Asks } from '../domain/ports.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';

export interface AskStore extends Asks {
  /**
   * Forgets messages taken before `olderThan`: later than any redelivery, and than the limit's window.
   * @returns how many
   */
  prune(olderThan: Instant): Promise<number>;
}

// One statement, which does not wait for the disk: a message gives no power, and after a crash of the database one that
// Teams delivers again is answered again. Two deliveries at once: the later insert waits for the earlier, and then does
// nothing. The count does not see this message itself.
const admission = `
  with quick as materialized (select set_config('synchronous_commit', 'off', true)),
  taken as (
    insert into keydesk.ask (message, person_id, at) select $1::bytea, $2::uuid, $3::timestamptz from quick
    on conflict (message) do nothing returning 1)
  select exists (select from taken) as taken,
    (select count(*)::int from keydesk.ask where person_id = $2::uuid and at > $4::timestamptz) as before`;

export function asksIn({ db, run }: Database): AskStore {
  return {
    admit: ({ person, conversationId, activityId, at, limit }) =>
      orFault('store-unavailable', async () => {
        const message = hash('sha256', JSON.stringify([conversationId, activityId]), 'buffer');
        const [answer] = await run<{ taken: boolean; before: number }>(admission, [message, person, at, plusSeconds(at, -limit.seconds)]);
        if (answer?.taken !== true) return 'repeat';
        return answer.before >= limit.max ? 'limit' : 'admitted';
      }),
    prune: (olderThan) =>
      orFault('store-unavailable', async () => {
        const { numDeletedRows } = await db.deleteFrom('keydesk.ask').where('at', '<', sql<Date>`${olderThan}::timestamptz`).executeTakeFirst();
        return Number(numDeletedRows);
      }),
  };
}
