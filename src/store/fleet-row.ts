// A device of the index as a list shows it.
import { sql } from 'kysely';
import { z } from 'zod';
import { blockingFlags } from '../domain/encryption-state.ts';
import { escrowReasons, escrowStatuses, type EscrowWarning } from '../domain/escrow.ts';
import type { FleetDevice } from '../domain/fleet.ts';
import { parseEntraDeviceId, parseEntraObjectId } from '../domain/ids.ts';
import { parsedBy, present, type Shape, text, time } from './row-parts.ts';

const warnings = ['maybe-stale', 'many-keys'] as const satisfies readonly EscrowWarning[];
const form = z.object({
  deviceId: parsedBy(parseEntraDeviceId),
  objectId: parsedBy(parseEntraObjectId),
  name: text,
  status: z.enum(escrowStatuses),
  reason: z.enum(escrowReasons),
  warnings: z.array(z.enum(warnings)),
  blockedBy: z.array(z.enum(blockingFlags)),
  keyCount: z.number(),
  asOf: time.exactOptional(),
} satisfies Shape<FleetDevice>);
const namedForm = form.extend({ folded: text, deletedAt: time.exactOptional() });

/** Of a device called `d` in the statement. */
export const devices = {
  columns: sql`d.device_id as "deviceId", d.object_id as "objectId", d.name, d.status, d.reason, d.warnings, d.blocked_by as "blockedBy", d.key_count as "keyCount", d.as_of as "asOf"`,
  parse: (row: unknown): FleetDevice => form.parse(present(Object(row))),
  parseNamed: (row: unknown): z.infer<typeof namedForm> => namedForm.parse(present(Object(row))),
};
