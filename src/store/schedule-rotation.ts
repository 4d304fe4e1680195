// How a cause finds its rotation: one that is ahead takes it, one that runs takes it where it covers it, else there is
// a new one (product.md §6). Always in the transaction of the act that is the cause.
import { sql, type Transaction } from 'kysely';
import type { EntraDeviceId } from '../domain/ids.ts';
import type { Rotation, RotationCause, RotationPlan } from '../domain/rotation.ts';
import { parseRotation, rowOfPlan } from './rotation-row.ts';
import { statementsIn, type WakeLater } from './statements.ts';
import type { Tables } from './tables.ts';
import { jsonb } from './values.ts';

/** First key of the advisory locks that serialise what is planned for one device; the second is a hash of the device. */
const deviceLocks = 758_362;

/** Held until the end of the transaction; taken before any row of it, so that two causes at once make one rotation. */
export async function lockDevice(tx: Transaction<Tables>, device: EntraDeviceId): Promise<void> {
  await sql`select pg_advisory_xact_lock(${deviceLocks}::int, hashtext(${device}))`.execute(tx);
}

/** What is not over for the device, locked. The one that is ahead first. */
export async function notOver(tx: Transaction<Tables>, device: EntraDeviceId): Promise<readonly Rotation[]> {
  const rows = await tx.selectFrom('keydesk.rotation').selectAll().where('device_id', '=', device).where('look_at', 'is not', null).orderBy(sql`state <> 'scheduled'`).forUpdate().execute();
  return rows.map(parseRotation);
}

/** The caller holds the device's lock. `joined`: it was there before. */
export async function schedule(tx: Transaction<Tables>, plan: RotationPlan, wakeLater: WakeLater): Promise<{ readonly rotation: Rotation; readonly joined: boolean }> {
  const takes = (await notOver(tx, plan.device.deviceId)).find((rotation) => rotation.state === 'scheduled' || covers(rotation, plan.cause));
  if (takes !== undefined) return { rotation: await join(tx, takes, plan, wakeLater), joined: true };
  const row = await tx.insertInto('keydesk.rotation').values(rowOfPlan(plan)).returningAll().executeTakeFirstOrThrow();
  await wakeLater(statementsIn(tx), plan.id, lookAtOf(plan));
  return { rotation: parseRotation(row), joined: false };
}

const lookAtOf = ({ lookAt, dueAt }: RotationPlan): RotationPlan['dueAt'] => lookAt ?? dueAt;

/** A key that was not there before Intune was asked is newer than what is being replaced: nothing under way replaces it. */
const covers = ({ baseline }: Rotation, cause: RotationCause): boolean => cause.by === 'person' || baseline === undefined || baseline.keyIds.includes(cause.keyId);

async function join(tx: Transaction<Tables>, rotation: Rotation, plan: RotationPlan, wakeLater: WakeLater): Promise<Rotation> {
  const sooner = rotation.state === 'scheduled' && plan.dueAt < rotation.dueAt;
  const lookAt = lookAtOf(plan) < rotation.dueAt ? lookAtOf(plan) : rotation.dueAt;
  const row = await tx
    .updateTable('keydesk.rotation')
    .set({
      causes: jsonb([...rotation.causes, plan.cause]),
      volume_types: jsonb([...new Set([...rotation.volumeTypes, ...plan.volumeTypes])]),
      ...(sooner && { due_at: plan.dueAt, look_at: lookAt }),
    })
    .where('id', '=', rotation.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (sooner) await wakeLater(statementsIn(tx), rotation.id, lookAt);
  return parseRotation(row);
}

/**
 * Takes what is ahead for the same device into `rotation`, which is to be ahead itself from now on: a device has one
 * such at most. The caller holds the device's lock.
 * @returns the causes that came over; their requests follow them
 */
export async function absorb(tx: Transaction<Tables>, rotation: Rotation): Promise<readonly RotationCause[]> {
  const other = (await notOver(tx, rotation.device.deviceId)).find(({ id, state }) => state === 'scheduled' && id !== rotation.id);
  if (other === undefined) return [];
  await sql`
    with gone as (delete from keydesk.rotation where id = ${other.id} returning array_append(absorbed, id) as ids)
    update keydesk.rotation r set absorbed = r.absorbed || gone.ids from gone where r.id = ${rotation.id}`.execute(tx);
  await tx.updateTable('keydesk.request').set({ rotation_id: rotation.id }).where('rotation_id', '=', other.id).execute();
  await tx
    .updateTable('keydesk.rotation')
    .set({ causes: jsonb([...rotation.causes, ...other.causes]), volume_types: jsonb([...new Set([...rotation.volumeTypes, ...other.volumeTypes])]) })
    .where('id', '=', rotation.id)
    .execute();
  return other.causes;
}
