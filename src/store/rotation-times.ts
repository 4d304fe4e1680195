// When rotations want to be worked on, for the jobs: the row has the time, a job only keeps it.
import { sql, type Transaction } from 'kysely';
import { parseEntraDeviceId, parseRotationId, type RotationId } from '../domain/ids.ts';
import { type Instant, parseInstant, plusSeconds } from '../domain/instant.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import { appendAll, type Random } from './append.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import { statementsIn, type WakeLater } from './statements.ts';
import type { Tables } from './tables.ts';

export interface RotationTimes {
  /** Undefined when it is over, or there is none. */
  lookAt(id: RotationId): Promise<Instant | undefined>;
  /** Those whose time had come at `now`, the longest waiting first, at most `most`. */
  due(now: Instant, most: number): Promise<readonly RotationId[]>;
  /** Another time for one whose time had come at `at` and that did not move meanwhile. */
  postpone(id: RotationId, at: Instant, until: Instant): Promise<void>;
  /**
   * Its job was given up while its time had come: it is woken again in an hour, and the first time there is an alert
   * in the ledger.
   * @returns whether the alert was written now
   */
  gaveUp(id: RotationId, at: Instant, code: LedgerEntry['code']): Promise<boolean>;
  /** How many rotations there are whose job was given up and that have not moved since. */
  givenUp(): Promise<number>;
}

const secondsUntilRevived = 3600;

export function rotationTimesIn({ db }: Database, random: Random, wakeLater: WakeLater): RotationTimes {
  const store = <T>(act: () => Promise<T>): Promise<T> => orFault('store-unavailable', act);
  return {
    lookAt: (id) =>
      store(async () => {
        const row = await db.selectFrom('keydesk.rotation').select('look_at').where('id', '=', id).executeTakeFirst();
        return parseInstant(row?.look_at);
      }),
    due: (now, most) =>
      store(async () => {
        const rows = await db.selectFrom('keydesk.rotation').select('id').where('look_at', '<=', sql<Date>`${now}::timestamptz`).orderBy('look_at').limit(most).execute();
        return rows.flatMap(({ id }) => parseRotationId(id) ?? []);
      }),
    postpone: (id, at, until) => store(() => db.transaction().execute((tx) => postpone(tx, id, at, until, wakeLater))),
    gaveUp: (id, at, code) => store(() => db.transaction().execute((tx) => gaveUp(tx, id, at, code, random))),
    givenUp: () =>
      store(async () => {
        const { rows } = await sql<{ count: number }>`select count(*)::int as count from keydesk.rotation where look_at is not null and dead_at is not null`.execute(db);
        return rows[0]?.count ?? 0;
      }),
  };
}

async function postpone(tx: Transaction<Tables>, id: RotationId, at: Instant, until: Instant, wakeLater: WakeLater): Promise<void> {
  const due = tx.updateTable('keydesk.rotation').set({ look_at: until }).where('id', '=', id).where('look_at', '<=', sql<Date>`${at}::timestamptz`);
  if ((await due.returning('id').executeTakeFirst()) !== undefined) await wakeLater(statementsIn(tx), id, until);
}

/** The alert is built from columns alone: a row that cannot be read any more is one reason for being here. */
async function gaveUp(tx: Transaction<Tables>, id: RotationId, at: Instant, code: LedgerEntry['code'], random: Random): Promise<boolean> {
  const row = await tx.selectFrom('keydesk.rotation').select(['device_id', 'dead_at']).where('id', '=', id).where('look_at', '<=', sql<Date>`${at}::timestamptz`).forUpdate().executeTakeFirst();
  if (row === undefined) return false;
  const first = row.dead_at === null;
  await tx.updateTable('keydesk.rotation').set({ look_at: plusSeconds(at, secondsUntilRevived), ...(first && { dead_at: at }) }).where('id', '=', id).execute();
  if (!first) return false;
  const deviceId = parseEntraDeviceId(row.device_id);
  await appendAll(tx, [{ time: at, act: 'alert', alert: 'job-given-up', outcome: 'failed', source: 'system', rotationId: id, ...(code !== undefined && { code }), ...(deviceId && { device: { deviceId } }) }], random);
  return true;
}
