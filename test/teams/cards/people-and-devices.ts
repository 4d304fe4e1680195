// Domain values for the card tests and the gallery: the people of the demo, and devices of every kind.

import assert from 'node:assert/strict';
import type { Device, EscrowedKey, KnownKey } from '../../../src/domain/device.ts';
import { inOrder } from '../../../src/domain/device.ts';
import { parseEntraDeviceId, parseEntraObjectId, parseIntuneDeviceId, parseKeyId, parsePersonId, parseReferenceId, parseRequestId, parseRotationId, parseTenantId } from '../../../src/domain/ids.ts';
import { type Instant, parseInstant } from '../../../src/domain/instant.ts';
import type { Person } from '../../../src/domain/person.ts';
import { RecoveryPassword } from '../../../src/domain/recovery-password.ts';
import type { DeviceOffer, Grant, RevealRequest, Viewer } from '../../../src/domain/request.ts';
import type { Rotation, RotationCause, RotationState } from '../../../src/domain/rotation.ts';
import { defaultSettings } from '../../../src/domain/settings.ts';

function known<T>(value: T | undefined): T {
  assert.ok(value !== undefined, 'a value of the test itself could not be read');
  return value;
}

const guid = (last: number, first = 'a1e00000'): string => `${first}-0000-4000-8000-${String(last).padStart(12, '0')}`;

export const at = (text: string): Instant => known(parseInstant(text));
export const now = at('2026-11-22T13:02:00Z');
export const viewer: Viewer = { locale: 'en-GB', timeZone: 'Europe/Berlin' };

export const alex: Person = { id: known(parsePersonId(guid(1))), tenantId: known(parseTenantId('c0417050-0000-4000-8000-000000000000')), name: 'Alex Wilber' };
export const requestId = known(parseRequestId(guid(42, '4e9d7c10')));
export const reference = known(parseReferenceId('KD-7F3A91C2'));
export const intuneId = known(parseIntuneDeviceId(guid(9, 'd0000000')));

export const device = (over: Partial<Device> = {}): Device => ({
  objectId: known(parseEntraObjectId(guid(1, 'e0000000'))),
  deviceId: known(parseEntraDeviceId(guid(1, 'd1000000'))),
  name: 'LAPTOP-42',
  operatingSystem: 'Windows',
  osVersion: '10.0.26100.2033',
  joinType: 'entra',
  enabled: true,
  lastSignIn: at('2026-11-22T07:40:00Z'),
  ...over,
});

export const twin = (number: number, over: Partial<Device> = {}): Device => device({ name: 'TWIN-01', deviceId: known(parseEntraDeviceId(guid(number, 'd1000000'))), ...over });

const keyIds = ['1a2b3c4d', '9f3c61d8', '5e0b77aa', 'c0ffee11', '0d15ea5e', '7777abcd', '42424242'];
export const key = (index: number, over: Partial<EscrowedKey> = {}): EscrowedKey => ({
  keyId: known(parseKeyId(`${keyIds[index] ?? ''}-5a6b-4c7d-8e9f-0a1b2c3d4e5f`)),
  deviceId: device().deviceId,
  volumeType: 'operatingSystem',
  createdAt: at(`2026-${String(11 - index).padStart(2, '0')}-03T09:00:00Z`),
  ...over,
});

export const keyWithId = (keyId: string): EscrowedKey => key(1, { keyId: known(parseKeyId(keyId)) });

export const twoKeys = inOrder([key(0), key(1)]);
export const firstKey = (keys: readonly KnownKey[] = twoKeys): KnownKey => known(keys[0]);

export const offer = (over: Partial<DeviceOffer> = {}): DeviceOffer => ({
  device: device(),
  owner: { name: 'Adele Vance', userPrincipalName: 'adele@contoso.com' },
  managed: { intuneId, name: 'LAPTOP-42', encrypted: true, lastSync: at('2026-11-22T11:02:00Z') },
  keys: twoKeys,
  missing: [],
  ...over,
});

export const openRequest = (over: Partial<RevealRequest> = {}): RevealRequest => ({
  id: requestId,
  purpose: 'reveal',
  by: 'helpdesk',
  person: alex,
  viewer,
  state: 'open',
  callerProof: false,
  choices: [],
  offer: offer(),
  preset: {},
  misses: 0,
  card: { conversationId: 'a:private', serviceUrl: 'https://smba.trafficmanager.net/emea/' },
  openedAt: now,
  expiresAt: at('2026-11-22T13:12:00Z'),
  attempt: 0,
  ...over,
});

export const grant = (over: Partial<Grant> = {}): Grant => ({ key: firstKey(), reason: 'firmware-update', ...over });

export const revealedRequest = (over: Partial<RevealRequest> = {}): RevealRequest =>
  openRequest({
    state: 'revealed',
    grant: grant({ callerCheck: 'call-back', ticket: 'INC0012345' }),
    attempt: 1,
    revealedAt: now,
    hideAt: at('2026-11-22T13:07:00Z'),
    showAgainUntil: at('2026-11-22T13:22:00Z'),
    ...over,
  });

export const rotationId = known(parseRotationId(guid(7, '407a7e00')));
export const megan: Person = { ...alex, id: known(parsePersonId(guid(2))), name: 'Megan Bowen' };

/** Asked for by Megan, not confirmed yet. */
export const rotateRequest = (over: Partial<RevealRequest> = {}): RevealRequest => openRequest({ purpose: 'rotate', person: megan, ...over });

export const wish = (over: Partial<Extract<RotationCause, { by: 'person' }>> = {}): RotationCause => ({ by: 'person', requestId, person: megan, reason: 'key-exposed', ...over });

export const afterReveal = (): RotationCause => ({
  by: 'reveal',
  requestId,
  person: alex,
  keyId: firstKey().keyId,
  volumeType: 'operatingSystem',
  keyCreatedAt: firstKey().createdAt,
  knownKeyIds: twoKeys.map((one) => one.keyId),
});

/** Planned for an hour after the reveal; `over` moves it on. */
export const rotation = (over: Partial<Rotation> = {}): Rotation => ({
  id: rotationId,
  device: { deviceId: device().deviceId, objectId: device().objectId, name: device().name },
  causes: [wish()],
  volumeTypes: ['operatingSystem'],
  state: 'scheduled',
  createdAt: now,
  dueAt: at('2026-11-22T14:02:00Z'),
  attempt: 0,
  looks: 0,
  newKeys: [],
  ...over,
});

/** What the device made. */
export const newKey = (over: Partial<EscrowedKey> = {}): EscrowedKey => key(2, { createdAt: at('2026-11-22T14:09:00Z'), ...over });

/** The rotation in each of its states, as it stands then. */
export const rotationIn: Readonly<Record<RotationState, (over?: Partial<Rotation>) => Rotation>> = {
  scheduled: (over) => rotation(over),
  sending: (over) => rotation({ state: 'sending', attempt: 1, ...over }),
  unknown: (over) => rotation({ state: 'unknown', attempt: 1, sentAt: at('2026-11-22T14:02:03Z'), ...over }),
  queued: (over) => rotation({ state: 'queued', attempt: 1, sentAt: at('2026-11-22T14:02:03Z'), ...over }),
  waiting: (over) => rotation({ state: 'waiting', attempt: 1, sentAt: at('2026-11-22T14:02:03Z'), ...over }),
  overdue: (over) => rotation({ state: 'overdue', attempt: 1, sentAt: at('2026-11-19T14:02:03Z'), ...over }),
  done: (over) => rotation({ state: 'done', attempt: 1, sentAt: at('2026-11-22T14:02:03Z'), endedAt: at('2026-11-22T14:10:00Z'), newKeys: [newKey()], ...over }),
  failed: (over) => rotation({ state: 'failed', attempt: 1, sentAt: at('2026-11-22T14:02:03Z'), endedAt: at('2026-11-22T14:10:00Z'), failure: 'policy-os', errorCode: -2_144_272_166, ...over }),
};

/** Obviously made, and right by Windows' own check. */
export const password = known(RecoveryPassword.parse('111111-222222-333333-444444-555555-666666-123123-321321'));
/** Block 3 is not divisible by 11, block 7 is too high. */
export const doubtfulPassword = known(RecoveryPassword.parse('111111-222222-333334-444444-555555-666666-777777-321321'));

export const settings = defaultSettings;

export const hostileName = '[click](https://evil.example) <at>x</at>';
export const longName = 'W'.repeat(256);
export const longWindowsName = 'DESKTOP-WITH-THE-LONGEST-NAME-THAT-WINDOWS-TAKES-SIXTY-THREE-CH';
/** Names that people or mischief put into Entra ID, one of each kind. */
export const hostileNames = [
  hostileName,
  '**bold** _it_ `code` ~~gone~~',
  '# heading',
  '- item',
  '1. item',
  '> quote',
  'a\nb\r\n\r\n- c\td',
  'LAPTOP\u202e24-POTPAL',
  'L\u200bA\u2060P\ufeffTOP',
  '<b>x</b> &lt;at&gt;',
  'https://evil.example www.evil.example mailto:x@evil.example',
  '{{DATE(2026-11-22T00:00:00Z, SHORT)}}',
  '\\[x](y)\\',
  '![i](https://evil.example/i.png)',
  'e\u0301'.padEnd(60, '\u0301'),
  '\u05de\u05d7\u05e9\u05d1 12',
  '   ',
] as const;
