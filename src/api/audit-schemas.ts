// The ledger in the API's forms.

import { z } from 'zod';
import { accessSources, callerKinds, ledgerActs, ledgerOutcomes } from '../domain/ledger-entry.ts';

const id = z.string();
const fields = {
  code: z.string(),
  person: z.strictObject({ id, name: z.string().optional() }),
  device: z.strictObject({ deviceId: id, objectId: id.optional(), name: z.string().optional() }),
  keyId: id,
  volumeType: z.string(),
  reason: z.string(),
  reasonText: z.string(),
  callerCheck: z.string(),
  ticket: z.string(),
  requestId: id,
  attempt: z.int(),
  reference: z.string(),
  graphRequestId: z.string(),
  clientRequestId: z.string(),
  conversation: z.string(),
  rotationId: id,
  cause: z.string(),
  newKeyId: id,
  result: z.string(),
  count: z.int(),
  asked: z.string(),
  configuration: z.string(),
  alert: z.string(),
  subjectId: id,
  auditId: z.string(),
  happenedAt: z.string(),
  clientAppId: id,
  channel: z.string(),
  schedule: z.string(),
  from: z.string(),
  to: z.string(),
  format: z.string(),
  note: z.string(),
  client: z.string(),
  caller: z.enum(callerKinds),
  requestedBy: z.string(),
} as const;

const erased = z.array(z.string()).meta({ description: 'Texts that were committed to and are no longer there.' });
const proof = z.string().nullable().meta({ description: 'With `proof=true`: https://c2sp.org/tlog-proof against the newest checkpoint; null while none covers the entry. `npm run audit -- check-proof` checks it.' });

/** Open to fields of later versions: whoever reads a ledger skips what it does not know. */
export const auditEntry = z
  .looseObject({
    entry: z.int().meta({ description: 'Its number, from 1.' }),
    time: z.string().meta({ format: 'date-time' }).optional(),
    act: z.enum(ledgerActs).optional(),
    outcome: z.enum(ledgerOutcomes).optional(),
    source: z.enum(accessSources).optional(),
    unreadable: z.literal(true).optional().meta({ description: 'Its bytes were changed: run verify.' }),
    ...z.object(fields).partial().shape,
    erased: erased.optional(),
    proof: proof.optional(),
  });

export const auditPage = z
  .strictObject({ items: z.array(auditEntry).meta({ description: 'Newest first.' }), nextCursor: z.string().nullable() });
