// The compare-and-set of a rotation, with all that belongs to it: what changes, the next wake-up, its entries.
import { sql, type Transaction, type UpdateObject } from 'kysely';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { Clock, RotationChange } from '../domain/ports.ts';
import { isOver, type Rotation, type RotationCause, type RotationState } from '../domain/rotation.ts';
import { appendAll, type Random } from './append.ts';
import { parseRotation } from './rotation-row.ts';
import { absorb, lockDevice } from './schedule-rotation.ts';
import { statementsIn, type WakeLater } from './statements.ts';
import type { Tables } from './tables.ts';
import { jsonb } from './values.ts';

/** What writing about rotations takes besides the database. */
export interface RotationParts {
  readonly random: Random;
  /** For entries that the store writes by itself. */
  readonly clock: Clock;
  readonly wakeLater: WakeLater;
}

/** @returns undefined when it had moved meanwhile: nothing was written */
export async function moveRotation(tx: Transaction<Tables>, from: Rotation, to: RotationState, wanted: RotationChange, { random, clock, wakeLater }: RotationParts): Promise<Rotation | undefined> {
  if (to === 'scheduled') await lockDevice(tx, from.device.deviceId);
  const standing = await stillAt(tx, from, to);
  if (standing === undefined) return undefined;
  const absorbed = to === 'scheduled' ? await absorb(tx, standing) : [];
  const over = isOver({ state: to });
  const row = await tx
    .updateTable('keydesk.rotation')
    // Whatever moves is not given up.
    .set({ state: to, dead_at: null, ...columnsOf(wanted.set ?? {}), ...(over ? { look_at: null } : wanted.lookAt !== undefined && { look_at: wanted.lookAt }) })
    .where('id', '=', from.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const moved = parseRotation(row);
  if (!over && wanted.lookAt !== undefined) await wakeLater(statementsIn(tx), from.id, wanted.lookAt);
  await appendAll(tx, [...(wanted.entries ?? []), ...absorbed.map((cause) => absorbedEntry(moved, cause, clock.now()))], random);
  return moved;
}

/** The row, locked, while it is where the mover saw it. */
async function stillAt(tx: Transaction<Tables>, from: Rotation, to: RotationState): Promise<Rotation | undefined> {
  const row = await tx
    .selectFrom('keydesk.rotation')
    .selectAll()
    .where('id', '=', from.id)
    .where('state', '=', from.state)
    .where('attempt', '=', from.attempt)
    // With the baseline comes `intended`: one who saw none there must not undo it, nor write a second.
    .$if(from.state === 'sending', (query) => query.where(sql<boolean>`baseline is not distinct from ${from.baseline === undefined ? null : jsonb(from.baseline)}::jsonb`))
    // A cause that joined since then may need more than the proof that was found.
    .$if(to === 'done', (query) => query.where(sql<boolean>`jsonb_array_length(causes) = ${from.causes.length}::int`))
    .forUpdate()
    .executeTakeFirst();
  return row && parseRotation(row);
}

const columnsOf = ({ baseline, sentAt, looks, newKeys, byItself, failure, errorCode, endedAt, dueAt }: NonNullable<RotationChange['set']>): UpdateObject<Tables, 'keydesk.rotation'> => ({
  ...(baseline !== undefined && { baseline: jsonb(baseline) }),
  ...(sentAt !== undefined && { sent_at: sentAt }),
  ...(looks !== undefined && { looks }),
  ...(newKeys !== undefined && { new_keys: jsonb(newKeys) }),
  ...(byItself !== undefined && { by_itself: byItself }),
  ...(failure !== undefined && { failure }),
  ...(errorCode !== undefined && { error_code: errorCode }),
  ...(endedAt !== undefined && { ended_at: endedAt }),
  ...(dueAt !== undefined && { due_at: dueAt }),
});

/** The plan that was ahead ends in this one; the ledger says so, because its own rotation is never heard of again. */
const absorbedEntry = ({ id, device }: Rotation, cause: RotationCause, time: LedgerEntry['time']): LedgerEntry => ({
  time,
  act: 'rotation-scheduled',
  outcome: 'done',
  source: 'system',
  device,
  rotationId: id,
  cause: cause.by,
  requestId: cause.requestId,
  person: { id: cause.person.id, name: cause.person.name },
  ...(cause.by === 'reveal' && { keyId: cause.keyId, volumeType: cause.volumeType }),
});
