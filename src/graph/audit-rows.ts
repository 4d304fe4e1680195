// Rows of Entra's audit log about recovery keys. Their form is known from Microsoft's metadata and from what people have
// published, so whatever Keydesk can do without may be missing or of another type; nothing is guessed.

import { z } from 'zod';
import { parseEntraDeviceId, parseGuid, parseKeyId, parsePersonId } from '../domain/ids.ts';
import type { KeyRead, KeyReader } from '../domain/key-read.ts';
import { mayHoldPassword } from '../domain/recovery-password.ts';
import { moment, said } from './answers.ts';

export const category = 'KeyManagement';
/** Exactly so: Entra compares case by case, and `Add BitLocker key` stands beside it. */
const activity = 'Read BitLocker key';

/** Longer ones are not what Entra writes, and could not be kept. */
const longestId = 300;
const longestClient = 300;

const text = z.string().nullish().catch(undefined);
const detail = z.object({ key: text, value: text }).catch({});
const reader = z.object({ id: text, displayName: text, userPrincipalName: text, ipAddress: text, appId: text, servicePrincipalId: text }).partial().nullish().catch(undefined);
type Reader = z.infer<typeof reader>;

const kindForm = z.object({ activityDisplayName: z.string(), category: text });
const rowForm = z.object({
  id: z.string().max(longestId).regex(/^[^\p{Cc}\p{Cs}]+$/u),
  activityDateTime: z.string(),
  result: text,
  initiatedBy: z.object({ user: reader, app: reader }).partial().nullish().catch(undefined),
  targetResources: z.array(z.object({ displayName: text }).catch({})).nullish().catch(undefined),
  additionalDetails: z.array(detail).nullish().catch(undefined),
});
type Row = z.infer<typeof rowForm>;

/** `other`: about something else than the read of a key. `unreadable`: it cannot be told what it says. */
export function toKeyRead(raw: unknown): KeyRead | 'other' | 'unreadable' {
  const kind = kindForm.safeParse(raw).data;
  if (kind === undefined) return 'unreadable';
  if (kind.activityDisplayName !== activity || (typeof kind.category === 'string' && kind.category !== category)) return 'other';
  const row = rowForm.safeParse(raw).data;
  if (row === undefined || mayHoldPassword(row.id)) return 'unreadable';
  const at = moment(row.activityDateTime);
  const words = (row.additionalDetails ?? []).map(({ value }) => value ?? '');
  const keyId = parseKeyId(row.targetResources?.[0]?.displayName) ?? parseKeyId(idIn(words, /key ID:\s*'?([0-9a-f-]{36})/i));
  if (at === undefined || keyId === undefined) return 'unreadable';
  const deviceId = parseEntraDeviceId(idIn(words, /device:\s*'?([0-9a-f-]{36})/i));
  const client = clientIn(row);
  return {
    id: row.id,
    at,
    keyId,
    ...(deviceId !== undefined && { deviceId }),
    by: readerIn(row),
    ...(client !== undefined && { client }),
    // `timeout` and whatever else there may be: it may have been read.
    failed: row.result?.toLowerCase() === 'failure',
  };
}

const idIn = (words: readonly string[], pattern: RegExp): string | undefined => words.flatMap((word) => pattern.exec(word)?.[1] ?? [])[0];

function readerIn({ initiatedBy }: Row): KeyReader {
  const { user, app } = initiatedBy ?? {};
  const id = parsePersonId(user?.id);
  const appId = parseGuid(app?.appId);
  const name = nameOf(id === undefined && isNamed(app) ? app : user);
  const named = name === undefined ? {} : { name };
  if (id !== undefined) return { kind: 'person', id, ...named };
  if (isNamed(app)) return { kind: 'app', ...(appId !== undefined && { appId }), ...named };
  return name === undefined ? { kind: 'unknown' } : { kind: 'person', name };
}

/** Entra gives an empty object, or null, for the one who it was not. */
const isNamed = (app: Reader): boolean => [app?.appId, app?.servicePrincipalId, app?.displayName].some((value) => typeof value === 'string' && value !== '');

const nameOf = (reader: Reader): string | undefined => said(reader?.displayName) ?? said(reader?.userPrincipalName);

/** `Helpdesk script · Mozilla/5.0 (…) · 203.0.113.7`: the application, the program, the address, as far as they are there. */
function clientIn({ initiatedBy, additionalDetails }: Row): string | undefined {
  const { user, app } = initiatedBy ?? {};
  const agent = (additionalDetails ?? []).find(({ key }) => key?.toLowerCase() === 'user-agent')?.value;
  // A person whom Entra names without an id stands in no other field of the ledger.
  const nobody = parsePersonId(user?.id) === undefined ? user?.userPrincipalName : undefined;
  const parts = [app?.displayName, nobody, agent, user?.ipAddress ?? app?.ipAddress].flatMap((part) => said(part)?.trim() ?? []);
  // Looked at once more as a whole: what comes from three sides may be a password only when it is put together.
  return said(parts.filter((part) => part !== '').join(' · ').slice(0, longestClient));
}
