import { sql, type Transaction } from 'kysely';
import { Fault } from '../domain/fault.ts';
import type { RequestId, RotationId } from '../domain/ids.ts';
import { type Instant, plusSeconds } from '../domain/instant.ts';
import type { PlannedRotation, Rotations } from '../domain/ports.ts';
import { isOver, nextRotationStates, type Rotation, type RotationState } from '../domain/rotation.ts';
import { change } from './change.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import { moveRotation, type RotationParts } from './move-rotation.ts';
import { parseRequest } from './request-row.ts';
import { parseRotation } from './rotation-row.ts';
import { lockDevice, notOver, schedule } from './schedule-rotation.ts';
import { statementsIn } from './statements.ts';
import type { Tables } from './tables.ts';

/** follow-rotation.ts takes a claim of this age for one of an instance that is gone; then it is to be looked at. */
const claimSeconds = 120;
const secondsUntilFree = 60;

/** Rotations in PostgreSQL. Order of locks: the device, the request, rotations, jobs, and last the ledger. */
export function rotationsIn({ db }: Database, parts: RotationParts): Rotations {
  const store = <T>(act: () => Promise<T>): Promise<T> => orFault('store-unavailable', act);
  return {
    start: (requestId, planned) => store(() => db.transaction().execute((tx) => start(tx, requestId, planned, parts))),
    find: (id) =>
      store(async () => {
        const row = await db.selectFrom('keydesk.rotation').selectAll().where('id', '=', id).executeTakeFirst();
        return row && parseRotation(row);
      }),
    told: (id) =>
      store(async () => {
        const row = await db.selectFrom('keydesk.rotation').selectAll().where(sql<boolean>`(id = ${id} or absorbed @> array[${id}::uuid])`).executeTakeFirst();
        return row && parseRotation(row);
      }),
    underWay: (device) =>
      store(async () => {
        const all = db.selectFrom('keydesk.rotation').selectAll().where('device_id', '=', device).where('look_at', 'is not', null);
        // What Intune has comes before what is ahead.
        const row = await all.orderBy(sql`state = 'scheduled'`).limit(1).executeTakeFirst();
        return row && parseRotation(row);
      }),
    claim: (id, at) => store(() => db.transaction().execute((tx) => claim(tx, id, at, parts))),
    move: (from, to, wanted) =>
      store(async () => {
        if (isOver(from) || (from.state !== to && !mayBecome(from.state, to))) throw new Fault('internal', 'never', { message: `a rotation goes no way from ${from.state} to ${to}` });
        return db.transaction().execute((tx) => moveRotation(tx, from, to, wanted, parts));
      }),
  };
}

const mayBecome = (from: RotationState, to: RotationState): boolean => (nextRotationStates[from] as readonly RotationState[]).includes(to);

async function start(tx: Transaction<Tables>, requestId: RequestId, planned: PlannedRotation, { random, wakeLater }: RotationParts): ReturnType<Rotations['start']> {
  await lockDevice(tx, planned.plan.device.deviceId);
  const row = await tx.selectFrom('keydesk.request').selectAll().where('id', '=', requestId).forUpdate().executeTakeFirst();
  if (row === undefined) throw new Fault('internal', 'never', { message: `request ${requestId} was never opened` });
  const request = parseRequest(row);
  if (request.state !== 'open') return { kind: 'lost', request };
  if (request.purpose !== 'rotate') throw new Fault('internal', 'never', { message: `request ${requestId} is for a key` });
  const { rotation, joined } = await schedule(tx, planned.plan, wakeLater);
  await change({ db: tx }, requestId, sql`state = 'open'`, sql`state = 'started', rotation_id = ${rotation.id}`, planned.entry(rotation), random);
  return { kind: 'started', rotation, joined };
}

/** A crash after it leaves `sending` without a baseline, and a wake-up for the moment when the claim is old. */
async function claim(tx: Transaction<Tables>, id: RotationId, at: Instant, { wakeLater }: RotationParts): Promise<Rotation | undefined> {
  const seen = await tx.selectFrom('keydesk.rotation').selectAll().where('id', '=', id).executeTakeFirst();
  if (seen === undefined) return undefined;
  const { device } = parseRotation(seen);
  await lockDevice(tx, device.deviceId);
  // A statement of its own: it sees what was committed while we waited.
  const all = await notOver(tx, device.deviceId);
  const rotation = all.find((one) => one.id === id);
  if (rotation?.state !== 'scheduled' || rotation.dueAt > at) return undefined;
  const row = tx.updateTable('keydesk.rotation').where('id', '=', id);
  // One that is overdue holds nobody up: its device may never come back to it.
  if (all.some((one) => one.state !== 'scheduled' && one.state !== 'overdue')) {
    const free = plusSeconds(at, secondsUntilFree);
    await row.set({ look_at: free }).execute();
    await wakeLater(statementsIn(tx), id, free);
    return undefined;
  }
  const stale = plusSeconds(at, claimSeconds);
  const claimed = await row.set({ state: 'sending', attempt: rotation.attempt + 1, claimed_at: at, baseline: null, look_at: stale, dead_at: null }).returningAll().executeTakeFirstOrThrow();
  await wakeLater(statementsIn(tx), id, stale);
  return parseRotation(claimed);
}
