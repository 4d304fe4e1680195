// What a rotation is planned for: a key that was shown, or the wish of a person.

import { deviceIn } from './ask-for-key.ts';
import { type Acting, type Desk, entry } from './desk.ts';
import type { VolumeType } from './device.ts';
import { type Instant, plusSeconds } from './instant.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { PlannedRotation } from './ports.ts';
import type { DeviceOffer, Grant, RevealRequest } from './request.ts';
import type { Rotation, RotationCause } from './rotation.ts';

/**
 * The rotation that follows a reveal; undefined where the installation switched it off, and for a removable drive, which
 * Intune does not rotate: nothing is promised that cannot come.
 */
export function rotationAfter(desk: Desk, asker: Acting, request: RevealRequest, grant: Grant, at: Instant): PlannedRotation | undefined {
  const { offer } = request;
  const { rotateAfterSeconds } = desk.settings;
  if (rotateAfterSeconds === undefined || offer === undefined || grant.key.volumeType === 'removableData') return undefined;
  const cause: RotationCause = {
    by: 'reveal',
    requestId: request.id,
    person: request.person,
    keyId: grant.key.keyId,
    volumeType: grant.key.volumeType,
    keyCreatedAt: grant.key.createdAt,
    knownKeyIds: offer.keys.map((key) => key.keyId),
    ...(request.by === 'owner' && { byOwner: true }),
  };
  return planned(desk, asker, offer, cause, [grant.key.volumeType], at, plusSeconds(at, rotateAfterSeconds));
}

/**
 * The rotation that a person wants, now. Every kind of volume that has a key is to get a new one; at least the system's,
 * unless Graph does not say of what kind a volume is, which then may be it.
 */
export function rotationWanted(desk: Desk, asker: Acting, offer: DeviceOffer, cause: RotationCause, at: Instant): PlannedRotation {
  const kinds = new Set<VolumeType>(offer.keys.map((key) => key.volumeType));
  if (!kinds.has('unknown')) kinds.add('operatingSystem');
  else if (kinds.has('operatingSystem')) kinds.delete('unknown');
  // Intune rotates operating system and fixed drives; a removable one is not its business.
  kinds.delete('removableData');
  return planned(desk, asker, offer, cause, [...kinds], at, at);
}

function planned(
  desk: Desk,
  asker: Acting,
  offer: DeviceOffer,
  cause: RotationCause,
  volumeTypes: readonly VolumeType[],
  at: Instant,
  dueAt: Instant,
): PlannedRotation {
  const plan = { id: desk.ids.rotation(), device: deviceIn(offer), cause, volumeTypes, dueAt, at };
  return {
    plan,
    entry: (rotation) => ({
      ...entry(desk, asker, { requestId: cause.requestId, device: deviceIn(offer), rotationId: rotation.id, cause: cause.by, ...aboutCause(cause) }),
      act: 'rotation-scheduled',
      outcome: 'done',
    }),
  };
}

const aboutCause = (cause: RotationCause): Partial<LedgerEntry> =>
  cause.by === 'reveal'
    ? { keyId: cause.keyId, volumeType: cause.volumeType, ...(cause.byOwner === true && { source: 'self-service' }) }
    : { reason: cause.reason, ...(cause.reasonText !== undefined && { reasonText: cause.reasonText }), ...(cause.ticket !== undefined && { ticket: cause.ticket }) };

/**
 * An entry about a rotation that nobody pressed just now: the person of its first cause; source `system`, or
 * `self-service` where that was an owner who saw their own key.
 */
export function rotationEntry(desk: Desk, rotation: Rotation, act: LedgerEntry['act'], outcome: LedgerEntry['outcome'], more: Partial<LedgerEntry> = {}): LedgerEntry {
  const [first] = rotation.causes;
  return {
    time: desk.clock.now(),
    source: first?.by === 'reveal' && first.byOwner === true ? 'self-service' : 'system',
    device: rotation.device,
    rotationId: rotation.id,
    ...(first && { cause: first.by, requestId: first.requestId, person: { id: first.person.id, name: first.person.name } }),
    ...more,
    act,
    outcome,
  };
}
