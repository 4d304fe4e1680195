// Plans, requests and baselines for rotations of one device.
import { parseEntraDeviceId, parseEntraObjectId, parseIntuneDeviceId, parseKeyId, parseRotationId, type KeyId, type RotationId } from '../../src/domain/ids.ts';
import { type Instant, plusSeconds } from '../../src/domain/instant.ts';
import type { PlannedRotation } from '../../src/domain/ports.ts';
import type { RevealRequest } from '../../src/domain/request.ts';
import type { RotatedDevice, RotationBaseline, RotationCause } from '../../src/domain/rotation.ts';
import type { VolumeType } from '../../src/domain/device.ts';
import { known } from './known.ts';
import { entryOf } from './ledger-entries.ts';
import { noon, offer, requestOf, shownOf, type Stores, claimOf } from './stores.ts';

const numbered = (start: string, number: number): string => `${start}-0000-4000-8000-${String(number).padStart(12, '0')}`;

export const rotationIdOf = (number: number): RotationId => known(parseRotationId(numbered('40a70000', number)));
export const keyIdOf = (number: number): KeyId => known(parseKeyId(numbered('1a2b3c4d', number)));
export const intuneId = known(parseIntuneDeviceId(numbered('14700000', 42)));

/** Another device for each number. */
export const deviceOf = (number: number): RotatedDevice => ({
  deviceId: known(parseEntraDeviceId(numbered('de71ce00', number))),
  objectId: known(parseEntraObjectId(numbered('0b1ec700', number))),
  name: `LAPTOP-${number}`,
});

export const baselineOf = (...keys: readonly number[]): RotationBaseline => ({ intuneId, keyIds: keys.map(keyIdOf), lastActionStart: plusSeconds(noon, -9000) });

interface Wanted {
  readonly number: number;
  readonly device: RotatedDevice;
  readonly dueAt?: Instant;
  readonly volumeTypes?: readonly VolumeType[];
}

const planned = (cause: RotationCause, { number, device, dueAt = noon, volumeTypes = ['operatingSystem'] }: Wanted): PlannedRotation => ({
  plan: { id: rotationIdOf(number), device, cause, volumeTypes, dueAt, at: noon },
  entry: (rotation) => entryOf({ act: 'rotation-scheduled', requestId: cause.requestId, rotationId: rotation.id, cause: cause.by }),
});

/** After the reveal of a key, an hour later. */
export const afterReveal = (request: RevealRequest, key: number, wanted: Wanted): PlannedRotation =>
  planned(
    { by: 'reveal', requestId: request.id, person: request.person, keyId: keyIdOf(key), volumeType: wanted.volumeTypes?.[0] ?? 'operatingSystem', keyCreatedAt: plusSeconds(noon, -86_400), knownKeyIds: [keyIdOf(key)] },
    { dueAt: plusSeconds(noon, 3600), ...wanted },
  );

/** By a person, at once. */
export const byPerson = (request: RevealRequest, wanted: Wanted): PlannedRotation =>
  planned({ by: 'person', requestId: request.id, person: request.person, reason: 'other', reasonText: 'lost bag', ticket: 'INC7' }, wanted);

/** A request in the store: to rotate, open. */
export async function openToRotate({ requests }: Stores, number: number): Promise<RevealRequest> {
  const request = requestOf(number, { purpose: 'rotate', offer });
  await requests.open(request, entryOf({ requestId: request.id }));
  return request;
}

/** A request in the store that was claimed for a reveal. */
export async function claimed({ requests }: Stores, number: number): Promise<RevealRequest> {
  const request = requestOf(number);
  await requests.open(request, entryOf({ requestId: request.id }));
  await requests.claim(claimOf(request));
  return request;
}

/** Shown, with the rotation that follows. */
export const reveal = ({ requests }: Stores, request: RevealRequest, rotation: PlannedRotation, attempt = 1) => requests.revealed({ ...shownOf(request, attempt, noon), rotation });
