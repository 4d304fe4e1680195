// Parameters of a question, validated by the schemas that describe them. What is unknown, doubled or not of its form is
// said by name; its value is repeated nowhere.

import { z } from 'zod';
import { parseKeyIdFragment } from '../domain/device.ts';
import { escrowStatuses } from '../domain/escrow.ts';
import { parseInstant } from '../domain/instant.ts';
import { accessSources, ledgerActs } from '../domain/ledger-entry.ts';

export const mostItems = 1000;
const usualItems = 100;
/** Each takes a handful of rows of its own. */
export const mostProofs = 100;

const text = (most: number, description: string) => z.string().min(1).max(most).regex(/^\P{Cc}+$/u).meta({ description });
const limit = z.int().min(1).max(mostItems).default(usualItems).meta({ description: 'How many at most.' });
const cursor = text(2000, '`nextCursor` of the page before, with the same filters.').optional();
const keyId = z
  .string()
  .max(40)
  .refine((typed) => parseKeyIdFragment(typed)?.forgiven === false, 'eight hex digits or more')
  .meta({ description: 'The whole ID, or at least its first eight characters.' })
  .optional();
const moment = (description: string) =>
  z
    .string()
    .max(40)
    .refine((typed) => parseInstant(typed) !== undefined, 'a time in ISO 8601')
    .meta({ description, format: 'date-time' })
    .optional();

export const listQuery = z.strictObject({
  status: z.enum(escrowStatuses).optional(),
  device: text(256, 'Name of the device, upper or lower case, or its deviceId.').optional(),
  user: text(256, 'Sign-in name of its primary user in Intune.').optional(),
  keyId,
  volume: z.enum(['operatingSystem', 'fixedData', 'removableData']).optional().meta({ description: 'Devices with a key of that kind of volume.' }),
  limit,
  cursor,
});
export type ListQuery = z.output<typeof listQuery>;

export const auditQuery = z.strictObject({
  device: text(36, 'deviceId of a device.').optional(),
  person: text(256, 'Object id of a person, or of an application’s service principal; or the sign-in name of a person.').optional(),
  act: z.enum(ledgerActs).optional(),
  source: z.enum(accessSources).optional(),
  keyId,
  from: moment('From this time on.'),
  to: moment('Before this time.'),
  limit,
  cursor,
  proof: z.boolean().default(false).meta({ description: `Adds the proof of inclusion to each entry; for those who may read all of them, as JSON, at most ${mostProofs} at once.` }),
});
export type AuditQuery = z.output<typeof auditQuery>;

export const noQuery = z.strictObject({});

export type Read<T> = { readonly value: T } | { readonly wrong: string; readonly unknown: boolean };

export function readQuery<S extends z.ZodObject>(schema: S, query: string): Read<z.output<S>> {
  const given = new Map<string, unknown>();
  for (const [name, value] of pairsIn(query)) {
    if (!Object.hasOwn(schema.shape, name)) return { wrong: name, unknown: true };
    if (given.has(name) || value === undefined) return { wrong: name, unknown: false };
    given.set(name, typed(name, value));
  }
  const read = schema.safeParse(Object.fromEntries(given));
  if (read.success) return { value: read.data };
  return { wrong: String(read.error.issues[0]?.path[0] ?? ''), unknown: false };
}

/** `value` undefined where its escapes are none. */
function* pairsIn(query: string): Generator<readonly [string, string | undefined]> {
  for (const part of query.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = unescaped(at < 0 ? part : part.slice(0, at)) ?? '?';
    yield [name, unescaped(at < 0 ? '' : part.slice(at + 1))];
  }
}

function unescaped(part: string): string | undefined {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** A number or a word for yes and no where the schema has them; anything else stays text, and fails there. */
function typed(name: string, value: string): unknown {
  if (name === 'limit') return /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (name === 'proof') return value === 'true' ? true : value === 'false' ? false : value;
  return value;
}
