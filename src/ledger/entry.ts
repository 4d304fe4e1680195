// The bytes of an entry: what is hashed, and what stands beside it and may be erased.
//
// The body is JSON without blanks, UTF-8, its keys in the order of `bodyForm`, absent ones left out. It holds ids,
// codes and times, and of every personal text only a commitment. The sequence number is not in it: the place of a
// leaf in the tree says it. Version 1 may gain keys and words, behind those that are there: an entry without them keeps
// its bytes. Whatever would change those gets another `v`.
import { z } from 'zod';
import { faultCodes } from '../domain/fault.ts';
import { parseEntraDeviceId, parseEntraObjectId, parseKeyId, parsePersonId, parseReferenceId, parseRequestId, parseRotationId } from '../domain/ids.ts';
import { type Instant, parseInstant } from '../domain/instant.ts';
import { accessSources, type LedgerEntry, ledgerActs, ledgerOutcomes } from '../domain/ledger-entry.ts';
import { callerChecks, reasonCodes, rotationReasons } from '../domain/reason.ts';
import { refusalCodes } from '../domain/refusal.ts';
import { rotationFailures } from '../domain/rotation-failure.ts';
import { type PlainTexts, sealTexts, type SealedTexts, storable, textNames } from './texts.ts';

/** Only what is written exactly as our own parser would write it back. */
const exactly = <T>(parse: (value: unknown) => T | undefined) => z.custom<T>((value) => value !== undefined && parse(value) === value);

const commitment = z.string().regex(/^[0-9a-f]{64}$/);

export const bodyForm = z.strictObject({
  v: z.literal(1),
  time: exactly<Instant>(parseInstant),
  act: z.enum(ledgerActs),
  outcome: z.enum(ledgerOutcomes),
  source: z.enum(accessSources),
  // A refusal and a failed rotation share some words; each is one value here.
  code: z.enum([...refusalCodes, ...faultCodes, ...rotationFailures]).exactOptional(),
  personId: exactly(parsePersonId).exactOptional(),
  deviceId: exactly(parseEntraDeviceId).exactOptional(),
  deviceObjectId: exactly(parseEntraObjectId).exactOptional(),
  keyId: exactly(parseKeyId).exactOptional(),
  volumeType: z.enum(['operatingSystem', 'fixedData', 'removableData', 'unknown']).exactOptional(),
  reason: z.enum([...reasonCodes, ...rotationReasons]).exactOptional(),
  callerCheck: z.enum(callerChecks).exactOptional(),
  requestId: exactly(parseRequestId).exactOptional(),
  attempt: z.int().positive().exactOptional(),
  reference: exactly(parseReferenceId).exactOptional(),
  graphRequestId: z.string().exactOptional(),
  clientRequestId: z.string().exactOptional(),
  conversation: z.enum(['personal', 'groupChat', 'channel']).exactOptional(),
  count: z.int().positive().exactOptional(),
  configuration: z.string().exactOptional(),
  rotationId: exactly(parseRotationId).exactOptional(),
  cause: z.enum(['person', 'reveal']).exactOptional(),
  newKeyId: exactly(parseKeyId).exactOptional(),
  result: z.string().regex(/^0x[0-9A-F]{8}$/).exactOptional(),
  /** SHA-256 over salt and text, hex (texts.ts). */
  texts: z.partialRecord(z.enum(textNames), commitment).exactOptional(),
});
/** An entry as its bytes say it: without personal texts. */
export type EntryBody = z.infer<typeof bodyForm>;

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
  const { person, device, reasonText: _, ticket: __, asked: ___, graphRequestId, clientRequestId, ...rest } = entry;
  return {
    v: 1,
    ...rest,
    ...(person && { personId: person.id }),
    ...(device && { deviceId: device.deviceId }),
    ...(device?.objectId && { deviceObjectId: device.objectId }),
    ...(graphRequestId !== undefined && { graphRequestId: printable(graphRequestId) }),
    ...(clientRequestId !== undefined && { clientRequestId: printable(clientRequestId) }),
  };
}

/** The personal texts of an entry, as they can be stored. */
export function textsOf({ person, device, reasonText, ticket, asked }: LedgerEntry): PlainTexts {
  const all = { personName: person?.name, deviceName: device?.name, reasonText, ticket, asked };
  return Object.fromEntries(Object.entries(all).flatMap(([name, text]) => (text === undefined ? [] : [[name, storable(text)]])));
}

/** Ids of other systems are theirs to choose; what could not be stored or printed is replaced. */
const printable = (id: string): string => id.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, 100);

// The order of the keys is part of version 1: that of the form.
const keyOrder = Object.keys(bodyForm.shape);

/** Absent keys are left out by JSON.stringify itself. */
function encode(body: EntryBody): Uint8Array {
  const given: Readonly<Record<string, unknown>> = body;
  const ordered: Record<string, unknown> = {};
  for (const key of keyOrder) ordered[key] = given[key];
  if (body.texts !== undefined) ordered['texts'] = Object.fromEntries(textNames.flatMap((name) => (body.texts?.[name] === undefined ? [] : [[name, body.texts[name]]])));
  return Buffer.from(JSON.stringify(ordered), 'utf8');
}

/** Undefined for anything that `seal` could not have written: other keys, another order, another spelling of a value. */
export function parseBody(bytes: Uint8Array): EntryBody | undefined {
  const parsed = bodyForm.safeParse(parseJson(Buffer.from(bytes).toString('utf8')));
  return parsed.success && Buffer.compare(encode(parsed.data), bytes) === 0 ? parsed.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
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
