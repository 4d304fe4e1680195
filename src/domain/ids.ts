// The identities that must never be mixed up. A device alone has three of them (Entra object id, Entra deviceId,
// Intune managed device id), all GUIDs, all accepted by some endpoint and meaning different things there.

declare const brand: unique symbol;
/** A string that was parsed as a `Name` and can only be made by its parse function. */
export type Id<Name extends string> = string & { readonly [brand]: Name };

/** Entra object id of a user; lower-case GUID. */
export type PersonId = Id<'PersonId'>;
/** Entra tenant; lower-case GUID. */
export type TenantId = Id<'TenantId'>;
/** Object id of a device in Entra: what `/devices/{id}` takes. */
export type EntraObjectId = Id<'EntraObjectId'>;
/** `deviceId` of a device in Entra: what recovery keys and `azureADDeviceId` carry. */
export type EntraDeviceId = Id<'EntraDeviceId'>;
/** Managed device id in Intune: what a rotation takes. */
export type IntuneDeviceId = Id<'IntuneDeviceId'>;
/** GUID of a BitLocker key protector; its first eight characters stand on the blue screen. */
export type KeyId = Id<'KeyId'>;
/** One ask for a key, from the confirm card to its end. Not a secret, yet not guessable. */
export type RequestId = Id<'RequestId'>;
/** One rotation of one device, from its plan to the proof. */
export type RotationId = Id<'RotationId'>;
/** One question to the ledger, whose pages are turned. Not a secret, yet not guessable. */
export type ReadingId = Id<'ReadingId'>;
/** Application (client) id in Entra. */
export type AppId = Id<'AppId'>;
/** One file offered to one person. */
export type ExportId = Id<'ExportId'>;
/** What a person can name on the phone and an operator can find in the log: `KD-` and eight characters. */
export type ReferenceId = Id<'ReferenceId'>;

const guidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const nobody = '00000000-0000-0000-0000-000000000000';

/** A GUID in lower case, or undefined. The all-zero GUID stands for "none" in Entra and Intune and is refused. */
export function parseGuid(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const guid = value.trim().toLowerCase();
  return guidForm.test(guid) && guid !== nobody ? guid : undefined;
}

const guidParser =
  <T extends string>() =>
  (value: unknown): T | undefined =>
    parseGuid(value) as T | undefined;

export const parsePersonId = guidParser<PersonId>();
export const parseTenantId = guidParser<TenantId>();
export const parseEntraObjectId = guidParser<EntraObjectId>();
export const parseEntraDeviceId = guidParser<EntraDeviceId>();
export const parseIntuneDeviceId = guidParser<IntuneDeviceId>();
export const parseKeyId = guidParser<KeyId>();
export const parseRequestId = guidParser<RequestId>();
export const parseRotationId = guidParser<RotationId>();
export const parseReadingId = guidParser<ReadingId>();
export const parseExportId = guidParser<ExportId>();
export const parseAppId = guidParser<AppId>();

/** `KD-7F3A91C2`; the letters are those that nobody mistakes on the phone. */
export function parseReferenceId(value: unknown): ReferenceId | undefined {
  return typeof value === 'string' && /^KD-[0-9A-Z]{8}$/.test(value) ? (value as ReferenceId) : undefined;
}

/** The first eight characters of a key ID, in capitals as Windows shows them. */
export const shortKeyId = (id: KeyId): string => id.slice(0, 8).toUpperCase();
