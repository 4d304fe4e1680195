// The bytes of an entry: what is hashed, and what stands beside it and may be erased.
//
// The body is JSON without blanks, UTF-8, its keys in the order of `checks`, absent ones left out. It holds ids,
// codes and times, and of every personal text only a commitment. The sequence number is not in it: the place of a
// leaf in the tree says it. Version 1 may gain keys and words, behind those that are there: an entry without them keeps
// its bytes. Whatever would change those gets another `v`.
import { faultCodes } from '../domain/fault.ts';
import { type EntraDeviceId, type EntraObjectId, parseGuid, parseReferenceId, type PersonId } from '../domain/ids.ts';
import { parseInstant } from '../domain/instant.ts';
import { accessSources, alertKinds, callerKinds, erasedKinds, exportFormats, ledgerActs, type LedgerEntry, ledgerOutcomes } from '../domain/ledger-entry.ts';
import { callerChecks, reasonCodes, rotationReasons } from '../domain/reason.ts';
import { refusalCodes } from '../domain/refusal.ts';
import { rotationFailures } from '../domain/rotation-failure.ts';
import { areCommitments, type Commitments, type PlainTexts, sealTexts, type SealedTexts, storable, type TextName } from './texts.ts';

/** An entry as its bytes say it: without personal texts, of which there are commitments. */
export interface EntryBody extends Omit<LedgerEntry, 'person' | 'device' | Exclude<TextName, 'personName' | 'deviceName'>> {
  readonly v: 1;
  readonly personId?: PersonId;
  readonly deviceId?: EntraDeviceId;
  readonly deviceObjectId?: EntraObjectId;
  /** SHA-256 over salt and text, hex (texts.ts). */
  readonly texts?: Commitments;
}

/** `words`: all there are, where it is one of some. `free`: any text will do. */
type Check = ((value: unknown) => boolean) & { readonly words?: readonly string[]; readonly free?: true };
const oneOf = (...values: readonly string[]): Check => {
  const known: ReadonlySet<unknown> = new Set(values);
  return Object.assign((value: unknown) => known.has(value), { words: values });
};
/** Only what our own parser would write exactly so. */
const guid: Check = (value) => parseGuid(value) === value;
const positive: Check = (value) => Number.isSafeInteger(value) && Number(value) > 0;
const text: Check = Object.assign((value: unknown) => typeof value === 'string', { free: true } as const);
const instant: Check = (value) => value !== undefined && parseInstant(value) === value;

// The order is part of version 1. A list of checks and no schema: verify runs it over millions of entries.
const checks = {
  v: (value) => value === 1,
  time: instant,
  act: oneOf(...ledgerActs),
  outcome: oneOf(...ledgerOutcomes),
  source: oneOf(...accessSources),
  // A refusal and a failed rotation share some words.
  code: oneOf(...refusalCodes, ...faultCodes, ...rotationFailures),
  personId: guid,
  deviceId: guid,
  deviceObjectId: guid,
  keyId: guid,
  volumeType: oneOf('operatingSystem', 'fixedData', 'removableData', 'unknown'),
  reason: oneOf(...reasonCodes, ...rotationReasons),
  callerCheck: oneOf(...callerChecks),
  requestId: guid,
  attempt: positive,
  reference: (value) => value !== undefined && parseReferenceId(value) === value,
  graphRequestId: text,
  clientRequestId: text,
  conversation: oneOf('personal', 'groupChat', 'channel'),
  count: positive,
  configuration: text,
  rotationId: guid,
  cause: oneOf('person', 'reveal'),
  newKeyId: guid,
  result: (value) => typeof value === 'string' && /^0x[0-9A-F]{8}$/.test(value),
  texts: areCommitments,
  alert: oneOf(...alertKinds),
  subjectId: guid,
  auditId: text,
  happenedAt: instant,
  clientAppId: guid,
  channel: text,
  schedule: text,
  from: instant,
  to: instant,
  format: oneOf(...exportFormats),
  note: text,
  erased: oneOf(...erasedKinds),
  authority: oneOf('delegated'),
  caller: oneOf(...callerKinds),
} satisfies Record<keyof EntryBody, Check>;

/** Every key of a body in its order, and what its value must be. */
export const bodyKeys: readonly (readonly [key: string, check: Check])[] = Object.entries<Check>(checks);
const keyOrder = Object.keys(checks);
const checkOf: ReadonlyMap<string, { readonly place: number; readonly check: Check }> = new Map(Object.entries<Check>(checks).map(([key, check], place) => [key, { place, check }]));
/** Of the keys above, those that every entry has. */
const always = ['v', 'time', 'act', 'outcome', 'source'];

export interface SealedEntry {
  readonly body: Uint8Array;
  /** Undefined when the entry has no personal text. */
  readonly texts?: SealedTexts;
}

/** @param random as many random bytes as asked for */
export function seal(entry: LedgerEntry, random: (bytes: number) => Uint8Array): SealedEntry {
  const sealed = sealTexts(textsOf(entry), random);
  return sealed === undefined ? { body: encode(bodyOf(entry)) } : { body: encode({ ...bodyOf(entry), texts: sealed.commitments }), texts: sealed.texts };
}

/** What an entry says without its personal texts, and without commitments to them. */
export function bodyOf(entry: LedgerEntry): EntryBody {
  const { person, device, reasonText: _, ticket: __, asked: ___, client: ____, requestedBy: _____, graphRequestId, clientRequestId, auditId, channel, ...rest } = entry;
  return {
    v: 1,
    ...rest,
    ...(person && { personId: person.id }),
    ...(device && { deviceId: device.deviceId }),
    ...(device?.objectId && { deviceObjectId: device.objectId }),
    ...(graphRequestId !== undefined && { graphRequestId: printable(graphRequestId) }),
    ...(clientRequestId !== undefined && { clientRequestId: printable(clientRequestId) }),
    ...(auditId !== undefined && { auditId: printable(auditId, 300, /[^\x20-\x7e]/g) }),
    ...(channel !== undefined && { channel: printable(channel, 300) }),
  };
}

/** The personal texts of an entry, as they can be stored. */
export function textsOf({ person, device, reasonText, ticket, asked, client, requestedBy }: LedgerEntry): PlainTexts {
  const texts: Partial<Record<TextName, string>> = {};
  if (person?.name !== undefined) texts.personName = storable(person.name);
  if (device?.name !== undefined) texts.deviceName = storable(device.name);
  if (reasonText !== undefined) texts.reasonText = storable(reasonText);
  if (ticket !== undefined) texts.ticket = storable(ticket);
  if (asked !== undefined) texts.asked = storable(asked);
  if (client !== undefined) texts.client = storable(client);
  if (requestedBy !== undefined) texts.requestedBy = storable(requestedBy);
  return texts;
}

/** Ids of other systems are theirs to choose (Entra's rows have blanks in theirs); what could not be stored or printed is replaced. */
const printable = (id: string, most = 100, others = /[^\x21-\x7e]/g): string => id.replaceAll(others, '?').slice(0, most);

const encode = (body: EntryBody): Uint8Array => Buffer.from(JSON.stringify(inOrder(body)), 'utf8');

/** The keys of a body in their order, others left out; anything else as it is. */
export function inOrder(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const given: Readonly<Record<string, unknown>> = { ...body };
  const ordered: Record<string, unknown> = {};
  for (const key of keyOrder) if (given[key] !== undefined) ordered[key] = given[key];
  return ordered;
}

/** Undefined for anything that `seal` could not have written: other keys, another order, another spelling of a value. */
export function parseBody(bytes: Uint8Array): EntryBody | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const written = buffer.toString('utf8');
  const body = parseEntryBody(parseJson(written));
  // Blanks, escapes and keys that come twice are gone when it is written again; bytes that are no UTF-8 have changed.
  if (body === undefined || JSON.stringify(body) !== written) return undefined;
  return Buffer.byteLength(written) === buffer.length ? body : undefined;
}

/** The value of a body, its keys in their order; undefined for any other. */
export function parseEntryBody(value: unknown): EntryBody | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  let last = -1;
  for (const [key, inner] of Object.entries(value)) {
    const known = checkOf.get(key);
    if (known === undefined || known.place <= last || !known.check(inner)) return undefined;
    last = known.place;
  }
  return always.every((key) => key in value) ? (value as EntryBody) : undefined;
}

function parseJson(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}

/** The entry with those of its texts that are there. */
export function openEntry(body: EntryBody, texts: PlainTexts): LedgerEntry {
  const { v: _, personId, deviceId, deviceObjectId, texts: __, ...rest } = body;
  const { personName, deviceName, ...others } = texts;
  return {
    ...rest,
    ...others,
    ...(personId && { person: { id: personId, ...(personName !== undefined && { name: personName }) } }),
    ...(deviceId && {
      device: { deviceId, ...(deviceObjectId && { objectId: deviceObjectId }), ...(deviceName !== undefined && { name: deviceName }) },
    }),
  };
}
