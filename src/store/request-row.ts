// A request as a row: jsonb for what the cards show, columns for what is compared. Parsed on the way out: a row is
// older than the program that reads it.
import type { Insertable, Selectable } from 'kysely';
import { z } from 'zod';
import type { ApiOrigin } from '../domain/api-origin.ts';
import type { Device, KnownKey, ManagedDevice, Owner } from '../domain/device.ts';
import { Fault } from '../domain/fault.ts';
import { callerKinds } from '../domain/ledger-entry.ts';
import { parseAppId, parseEntraDeviceId, parseEntraObjectId, parseIntuneDeviceId, parseKeyId, parsePersonId, parseRequestId, parseRotationId } from '../domain/ids.ts';
import { callerChecks, reasonCodes } from '../domain/reason.ts';
import { type CardPlace, type DeviceChoice, type DeviceOffer, type FormValues, type Grant, type RevealRequest, requestStates, type Viewer } from '../domain/request.ts';
import { parsedBy, person, present, type Shape, text, time, volumeType } from './row-parts.ts';
import type { RequestTable } from './tables.ts';
import { jsonb } from './values.ts';

export type RequestRow = Selectable<RequestTable>;

const device = z.object({
  objectId: parsedBy(parseEntraObjectId),
  deviceId: parsedBy(parseEntraDeviceId),
  name: text,
  operatingSystem: text.exactOptional(),
  osVersion: text.exactOptional(),
  joinType: z.enum(['entra', 'hybrid', 'registered', 'unknown']),
  enabled: z.boolean().exactOptional(),
  lastSignIn: time.exactOptional(),
} satisfies Shape<Device>);
const owner = z.object({ id: parsedBy(parsePersonId).exactOptional(), name: text.exactOptional(), userPrincipalName: text.exactOptional() } satisfies Shape<Owner>);
const managed = z.object({
  intuneId: parsedBy(parseIntuneDeviceId),
  deviceId: parsedBy(parseEntraDeviceId).exactOptional(),
  name: text,
  primaryUser: text.exactOptional(),
  primaryUserId: parsedBy(parsePersonId).exactOptional(),
  encrypted: z.boolean().exactOptional(),
  lastSync: time.exactOptional(),
  enrolledAt: time.exactOptional(),
} satisfies Shape<ManagedDevice>);
const key = z.object({
  keyId: parsedBy(parseKeyId),
  deviceId: parsedBy(parseEntraDeviceId),
  volumeType,
  createdAt: time,
  state: z.enum(['active', 'superseded']),
} satisfies Shape<KnownKey>);
const preset = z.object({
  keyId: text.exactOptional(),
  typedKeyId: text.exactOptional(),
  reason: text.exactOptional(),
  reasonText: text.exactOptional(),
  callerCheck: text.exactOptional(),
  ticket: text.exactOptional(),
} satisfies Shape<FormValues>);
const offer = z.object({
  device,
  owner: owner.exactOptional(),
  managed: managed.exactOptional(),
  keys: z.array(key),
  missing: z.array(z.enum(['owner', 'managed-device'])),
} satisfies Shape<DeviceOffer>);
const grant = z.object({
  key,
  reason: z.enum(reasonCodes),
  reasonText: text.exactOptional(),
  callerCheck: z.enum(callerChecks).exactOptional(),
  ticket: text.exactOptional(),
} satisfies Shape<Grant>);

const rowForm = z.object({
  id: parsedBy(parseRequestId),
  purpose: z.enum(['reveal', 'rotate', 'status']),
  by: z.enum(['helpdesk', 'owner']),
  person,
  viewer: z.object({ locale: text, timeZone: text } satisfies Shape<Viewer>),
  state: z.enum(requestStates),
  callerProof: z.boolean(),
  choices: z.array(z.object({ device, owner: owner.exactOptional(), keyCount: z.number().exactOptional() } satisfies Shape<DeviceChoice>)),
  offer: offer.exactOptional(),
  preset,
  misses: z.number(),
  card: z.object({ conversationId: text, serviceUrl: text, activityId: text.exactOptional() } satisfies Shape<CardPlace>).exactOptional(),
  api: z.object({ caller: z.enum(callerKinds), appId: parsedBy(parseAppId), requestedBy: text.exactOptional() } satisfies Shape<ApiOrigin>).exactOptional(),
  openedAt: time,
  expiresAt: time,
  claimedAt: time.exactOptional(),
  attempt: z.number(),
  grant: grant.exactOptional(),
  revealedAt: time.exactOptional(),
  hideAt: time.exactOptional(),
  hiddenAt: time.exactOptional(),
  rotationId: parsedBy(parseRotationId).exactOptional(),
  showAgainUntil: time.exactOptional(),
} satisfies Shape<RevealRequest>);

/** Throws a Fault `internal` when the row is not what this program writes. */
export function parseRequest(row: RequestRow): RevealRequest {
  const parsed = rowForm.safeParse(named(row));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new Fault('internal', 'never', { message: `request ${row.id} cannot be read: ${where}` });
}

/** Names of ours for the columns. */
const named = (row: RequestRow): object =>
  present({
    id: row.id,
    purpose: row.purpose,
    by: row.asked_by,
    person: { id: row.person_id, tenantId: row.tenant_id, name: row.person_name },
    viewer: row.viewer,
    state: row.state,
    callerProof: row.caller_proof,
    choices: row.choices,
    offer: row.offer,
    preset: row.preset,
    misses: row.misses,
    card: row.card,
    api: row.api,
    openedAt: row.opened_at,
    expiresAt: row.expires_at,
    claimedAt: row.claimed_at,
    attempt: row.attempt,
    grant: row.given,
    revealedAt: row.revealed_at,
    hideAt: row.hide_at,
    hiddenAt: row.hidden_at,
    rotationId: row.rotation_id,
    showAgainUntil: row.show_again_until,
  });

export const rowOf = (request: RevealRequest): Insertable<RequestTable> => ({
  id: request.id,
  purpose: request.purpose,
  asked_by: request.by,
  state: request.state,
  person_id: request.person.id,
  tenant_id: request.person.tenantId,
  person_name: request.person.name,
  viewer: jsonb(request.viewer),
  caller_proof: request.callerProof,
  choices: jsonb(request.choices),
  offer: request.offer === undefined ? null : jsonb(request.offer),
  preset: jsonb(request.preset),
  misses: request.misses,
  card: request.card === undefined ? null : jsonb(request.card),
  api: request.api === undefined ? null : jsonb(request.api),
  opened_at: request.openedAt,
  expires_at: request.expiresAt,
  claimed_at: request.claimedAt ?? null,
  attempt: request.attempt,
  given: request.grant === undefined ? null : jsonb(request.grant),
  revealed_at: request.revealedAt ?? null,
  hide_at: request.hideAt ?? null,
  hidden_at: request.hiddenAt ?? null,
  rotation_id: request.rotationId ?? null,
  show_again_until: request.showAgainUntil ?? null,
});
