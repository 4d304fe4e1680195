// The forms of the API: what it takes is validated by them, and the description of it (openapi.ts) is written from them.

import { z } from 'zod';
import { escrowReasons, escrowStatuses } from '../domain/escrow.ts';
import { callerChecks, reasonCodes, rotationReasons } from '../domain/reason.ts';
import { rotationFailures } from '../domain/rotation-failure.ts';
import { rotationStates } from '../domain/rotation.ts';

export const samples = {
  deviceId: 'de71ce00-0000-4000-8000-000000000042',
  keyId: '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d',
  rotationId: '7b0e4c1a-9d35-4f6e-8a21-6c0d5e9f1b34',
} as const;

const guid = (description: string, example?: string) =>
  z
    .string()
    .regex(/^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/)
    .meta({ description, ...(example && { examples: [example] }) });
const time = (description: string) => z.string().meta({ description, format: 'date-time' });

export const deviceIdPath = guid('Entra deviceId of the device: not its name, not its object id. Upper and lower case mean the same.', samples.deviceId);
export const rotationIdPath = guid('As the answer to the rotation names it.', samples.rotationId);

const volumeType = z.enum(['operatingSystem', 'fixedData', 'removableData', 'unknown']);

export const key = z
  .strictObject({
    keyId: guid('Its first eight characters stand on the blue screen. Missing where callers have to read it out (KEYDESK_CALLER_PROOF).').optional(),
    volumeType,
    createdAt: time('When Entra got it; null where it does not say.').nullable(),
    state: z.enum(['active', 'superseded']).meta({ description: 'Superseded: a newer key of the same kind of volume exists. It may still be the one on the screen.' }),
  })
  .meta({ description: 'A recovery key in escrow, without the key.' });

const itemFields = {
  deviceId: guid('Entra deviceId.', samples.deviceId),
  deviceName: z.string().meta({ description: 'Anything that somebody may call a PC: data, never markup.' }),
  status: z.enum(escrowStatuses).meta({ description: 'Whether the key is safe in Entra ID.' }),
  reason: z.enum(escrowReasons).meta({ description: 'Why the status is what it is.' }),
  asOf: time('No statement about the device is younger; null where Intune has never heard of it.').nullable(),
  keys: z.array(key).meta({ description: 'Operating system first, newest first.' }),
};
export const item = z.strictObject(itemFields).meta({ description: 'One device: the status of its escrow, and its keys.' });

const newKey = z.strictObject({ keyId: key.shape.keyId, volumeType, createdAt: time('When Entra got it.') });

export const rotation = z.strictObject({
  rotationId: guid('Of this rotation. Several wishes and reveals may share one.', samples.rotationId),
  deviceId: itemFields.deviceId,
  state: z.enum(rotationStates).meta({ description: '`queued` is not done: done is a key that was not there before. `overdue` is still followed.' }),
  createdAt: time('When it was planned.'),
  dueAt: time('When Intune is asked.'),
  endedAt: time('When it was done or had failed.').nullable(),
  newKeys: z.array(newKey),
  failure: z.enum(rotationFailures).nullable().meta({ description: 'Of a failed one; the words stand in docs/errors.md.' }),
});

export const device = z.strictObject({
  ...itemFields,
  warnings: z.array(z.enum(['maybe-stale', 'many-keys'])),
  blockedBy: z.array(z.string()).meta({ description: 'What keeps the key from Entra, or the device from encrypting itself, as Intune says.' }),
  owner: z.strictObject({ id: guid('Object id.').optional(), name: z.string().optional(), userPrincipalName: z.string().optional() }).nullable(),
  unanswered: z.array(z.enum(['recovery-keys', 'owner', 'managed-device', 'encryption-report'])).meta({ description: 'Sources that did not answer. An answer is complete or says what is missing.' }),
  rotation: rotation.nullable().meta({ description: 'The one under way.' }),
});

export const page = z.strictObject({ items: z.array(item), nextCursor: z.string().nullable().meta({ description: 'Null on the last page.' }) });

const typed = (description: string, most: number) => z.string().max(most).meta({ description });
const words = {
  reasonText: typed('In words; required with the reason `other`.', 500).exactOptional(),
  ticket: typed('Number of the ticket, where the installation wants one.', 64).exactOptional(),
  requestedBy: typed('For whom it is asked. Recorded as claimed. Required of an application that calls by itself.', 200).exactOptional(),
};

export const revealBody = z.strictObject({
  keyId: z.string().min(8).max(40).meta({ description: 'The whole ID, or at least the eight characters on the blue screen.', examples: [samples.keyId] }),
  reason: z.enum(reasonCodes),
  callerCheck: z.enum(callerChecks).exactOptional().meta({ description: 'How the caller was verified; required where the installation says so.' }),
  ...words,
});

export const revealed = z.strictObject({
  recoveryPassword: z.string().meta({ description: 'Eight blocks of six digits. Here and nowhere else; do not store it.' }),
  doubtfulBlocks: z.array(z.int()).meta({ description: 'Numbers (1 to 8) of blocks that Windows would not accept: look for a typing error of whoever wrote it.' }),
  keyId: guid('Whose password it is.'),
  volumeType,
  deviceId: itemFields.deviceId,
  deviceName: itemFields.deviceName,
  requestId: guid('The same in the ledger.'),
  revealedAt: time('By Keydesk’s clock.'),
  rotation: z.strictObject({ rotationId: guid('Of the rotation that follows.'), dueAt: time('When.') }).nullable(),
});

export const rotateBody = z.strictObject({ reason: z.enum(rotationReasons), ...words });
export const rotating = z.strictObject({ rotationId: rotation.shape.rotationId });
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/)
  .meta({ description: 'Chosen by the caller; kept for 24 hours. The same key with the same body is the same rotation, however often it is sent.' });

export const problemBody = z
  .strictObject({
    type: z.string().meta({ description: '`urn:keydesk:problem:` and the code.' }),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'Stable; all of them stand in docs/errors.md.' }),
    reference: z.string().meta({ description: 'The log has the same, and where somebody was refused the ledger.' }),
    detail: z.string().optional(),
    problems: z.array(z.strictObject({ input: z.string(), problem: z.string() })).optional(),
  })
  .meta({ description: 'RFC 9457.' });
