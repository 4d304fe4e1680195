// What of an entry somebody may see. Applied to every entry on a card and in a file.

import type { PersonId } from './ids.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { ReadingScope } from './person.ts';
import type { PersonalText, ReadEntry } from './reading.ts';
import { holdsRecoveryPassword } from './recovery-password.ts';

export interface Reader {
  readonly person: PersonId;
  readonly scope: ReadingScope;
  /** An ID that a card gives away proves nothing when a caller reads it out (settings). */
  readonly callerProof: boolean;
}

/**
 * - Whoever reads all sees all.
 * - An agent sees the own entries, with `callerProof` without key IDs.
 * - An owner sees who did what with the device, when and for which reason; not what somebody wrote beside it, and not who
 *   owned the device before.
 */
export function seenBy(reader: Reader, read: ReadEntry): ReadEntry {
  if (reader.scope === 'all' || read.entry === undefined) return read;
  const entry = reader.callerProof ? withoutKeyIds(read.entry) : read.entry;
  if (reader.scope === 'own') return { ...read, entry };
  return { ...read, entry: forOwner(entry, reader.person), erased: read.erased.filter((text) => !typed.has(text)) };
}

/** What somebody wrote. */
const typed: ReadonlySet<PersonalText> = new Set<PersonalText>(['reasonText', 'asked', 'client', 'requestedBy']);

function withoutKeyIds(entry: LedgerEntry): LedgerEntry {
  const { keyId: _keyId, newKeyId: _newKeyId, ...rest } = entry;
  return rest;
}

function forOwner(entry: LedgerEntry, me: PersonId): LedgerEntry {
  const { reasonText: _reasonText, asked: _asked, client: _client, requestedBy: _requestedBy, person, ...rest } = entry;
  const formerOwner = entry.source === 'self-service' && person?.id !== me;
  return { ...rest, ...(person && !formerOwner && { person }) };
}

/** Said in the place of each text that was typed, so that nobody takes the entry for one that had none. */
const withheld = '(withheld: looks like a recovery key)';

/**
 * The entry without what people typed, for one whose texts make a recovery password side by side; as it is where one of
 * them is one by itself.
 */
export function withoutTyped(read: ReadEntry): ReadEntry {
  const { entry } = read;
  if (entry === undefined) return read;
  const { reasonText, ticket, asked, requestedBy } = entry;
  if ([reasonText, ticket, asked, requestedBy].some((text) => text !== undefined && holdsRecoveryPassword(text))) return read;
  return { ...read, entry: { ...entry, ...(reasonText !== undefined && { reasonText: withheld }), ...(ticket !== undefined && { ticket: withheld }), ...(asked !== undefined && { asked: withheld }), ...(requestedBy !== undefined && { requestedBy: withheld }) } };
}
