// A rotation as a row: jsonb for what is only carried, columns for what is compared. Parsed on the way out.
import type { Insertable, Selectable } from 'kysely';
import { z } from 'zod';
import type { EscrowedKey } from '../domain/device.ts';
import { Fault } from '../domain/fault.ts';
import { parseEntraDeviceId, parseEntraObjectId, parseIntuneDeviceId, parseKeyId, parseRequestId, parseRotationId } from '../domain/ids.ts';
import { rotationReasons } from '../domain/reason.ts';
import { type RotatedDevice, type Rotation, type RotationBaseline, type RotationCause, type RotationPlan, rotationStates } from '../domain/rotation.ts';
import { rotationFailures } from '../domain/rotation-failure.ts';
import { parsedBy, person, present, type Shape, text, time, volumeType } from './row-parts.ts';
import type { RotationTable } from './tables.ts';
import { jsonb } from './values.ts';

export type RotationRow = Selectable<RotationTable>;

type CauseBy<By> = Extract<RotationCause, { by: By }>;
const keyId = parsedBy(parseKeyId);
const requestId = parsedBy(parseRequestId);
const cause = z.discriminatedUnion('by', [
  z.object({ by: z.literal('person'), requestId, person, reason: z.enum(rotationReasons), reasonText: text.exactOptional(), ticket: text.exactOptional(), delegated: z.boolean().exactOptional() } satisfies Shape<CauseBy<'person'>>),
  z.object({ by: z.literal('reveal'), requestId, person, keyId, volumeType, keyCreatedAt: time, knownKeyIds: z.array(keyId), byOwner: z.boolean().exactOptional() } satisfies Shape<CauseBy<'reveal'>>),
]);
const device = z.object({ deviceId: parsedBy(parseEntraDeviceId), objectId: parsedBy(parseEntraObjectId), name: text } satisfies Shape<RotatedDevice>);
const baseline = z.object({ intuneId: parsedBy(parseIntuneDeviceId), keyIds: z.array(keyId), lastActionStart: time.exactOptional() } satisfies Shape<RotationBaseline>);
const newKey = z.object({ keyId, deviceId: parsedBy(parseEntraDeviceId), volumeType, createdAt: time } satisfies Shape<EscrowedKey>);

const rowForm = z.object({
  id: parsedBy(parseRotationId),
  device,
  causes: z.array(cause),
  volumeTypes: z.array(volumeType),
  state: z.enum(rotationStates),
  createdAt: time,
  dueAt: time,
  attempt: z.number(),
  claimedAt: time.exactOptional(),
  baseline: baseline.exactOptional(),
  sentAt: time.exactOptional(),
  looks: z.number(),
  newKeys: z.array(newKey),
  byItself: z.boolean().exactOptional(),
  failure: z.enum(rotationFailures).exactOptional(),
  errorCode: z.number().exactOptional(),
  endedAt: time.exactOptional(),
} satisfies Shape<Rotation>);

/** Throws a Fault `internal` when the row is not what this program writes. */
export function parseRotation(row: RotationRow): Rotation {
  const parsed = rowForm.safeParse(named(row));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new Fault('internal', 'never', { message: `rotation ${row.id} cannot be read: ${where}` });
}

/** Names of ours for the columns. */
const named = (row: RotationRow): object =>
  present({
    id: row.id,
    device: row.device,
    causes: row.causes,
    volumeTypes: row.volume_types,
    state: row.state,
    createdAt: row.created_at,
    dueAt: row.due_at,
    attempt: row.attempt,
    claimedAt: row.claimed_at,
    baseline: row.baseline,
    sentAt: row.sent_at,
    looks: row.looks,
    newKeys: row.new_keys,
    byItself: row.by_itself,
    failure: row.failure,
    errorCode: row.error_code,
    endedAt: row.ended_at,
  });

/** A plan becomes a rotation of its own. */
export const rowOfPlan = ({ id, device: planned, cause: only, volumeTypes, dueAt, lookAt = dueAt, at }: RotationPlan): Insertable<RotationTable> => ({
  id,
  device_id: planned.deviceId,
  device: jsonb(planned),
  causes: jsonb([only]),
  volume_types: jsonb(volumeTypes),
  state: 'scheduled',
  created_at: at,
  due_at: dueAt,
  attempt: 0,
  looks: 0,
  new_keys: jsonb([]),
  by_itself: null,
  failure: null,
  error_code: null,
  look_at: lookAt,
});
