// What scripts are told of a device. It is written as the text that is sent when a sweep concludes, and handed out as it was
// written: a page of the list is read from one range of one table, and nothing is formed on the way.

import { inOrder, type KnownKey } from './device.ts';
import type { EscrowStatus } from './escrow.ts';
import type { DeviceFacts } from './fleet.ts';
import type { EntraDeviceId } from './ids.ts';
import { type Instant, instantAt } from './instant.ts';
import { shown } from './recovery-password.ts';

/** `null` is what nobody knows: when Intune heard of the device last, when Entra got a key. */
interface FleetItem extends Pick<EscrowStatus, 'status' | 'reason'> {
  readonly deviceId: EntraDeviceId;
  readonly deviceName: string;
  readonly asOf: Instant | null;
  readonly keys: readonly (Pick<KnownKey, 'keyId' | 'volumeType' | 'state'> & { readonly createdAt: Instant | null })[];
}

/** JSON in one line. */
export function itemText({ deviceId, name, keys }: Pick<DeviceFacts, 'deviceId' | 'name' | 'keys'>, { status, reason, asOf }: Pick<EscrowStatus, 'status' | 'reason' | 'asOf'>): string {
  // Behind the rest stand keys whose time nobody can read.
  const ordered = inOrder(keys.map((key) => ({ ...key, deviceId, createdAt: key.createdAt ?? noTime })));
  const item: FleetItem = {
    deviceId,
    deviceName: shown(name),
    status,
    reason,
    asOf: asOf ?? null,
    keys: ordered.map(({ keyId, volumeType, createdAt, state }) => ({ keyId, volumeType, createdAt: createdAt === noTime ? null : createdAt, state })),
  };
  return JSON.stringify(item);
}

const noTime = instantAt(0);

/** For callers who have to read them out: an ID that an answer gives away proves nothing. */
export const withoutKeyIds = (lines: string): string => (lines === '' ? '' : lines.split('\n').map((line) => JSON.stringify(JSON.parse(line, (name, value: unknown) => (name === 'keyId' ? undefined : value)))).join('\n'));
