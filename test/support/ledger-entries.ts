import { parseEntraDeviceId, parseEntraObjectId, parseKeyId, parsePersonId, parseReferenceId, parseRequestId } from '../../src/domain/ids.ts';
import { type Instant, parseInstant } from '../../src/domain/instant.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { known } from './known.ts';

export const at = (text: string): Instant => known(parseInstant(text));
export const person = (number = 1) => known(parsePersonId(`a1e00000-0000-4000-8000-${String(number).padStart(12, '0')}`));
export const requestId = (number = 1) => known(parseRequestId(`4e900000-0000-4000-8000-${String(number).padStart(12, '0')}`));

/** An entry with every field that the reveal of a key has. */
export const fullEntry: LedgerEntry = {
  time: at('2026-11-22T09:14:07.112Z'),
  act: 'revealed',
  outcome: 'done',
  source: 'teams',
  code: 'too-many-misses',
  person: { id: person(), name: 'Alex Wilber' },
  device: {
    deviceId: known(parseEntraDeviceId('de71ce00-0000-4000-8000-000000000042')),
    objectId: known(parseEntraObjectId('0b1ec700-0000-4000-8000-000000000042')),
    name: 'LAPTOP-42',
  },
  keyId: known(parseKeyId('1a2b3c4d-0000-4000-8000-000000000001')),
  volumeType: 'operatingSystem',
  reason: 'other',
  reasonText: 'Ärger mit dem TPM 🔑',
  callerCheck: 'call-back',
  ticket: 'INC0012345',
  requestId: requestId(),
  attempt: 1,
  reference: known(parseReferenceId('KD-7F3A91C2')),
  graphRequestId: 'f2d6c6a5-7e5f-4a1e-9a5b-1f2e3d4c5b6a',
  clientRequestId: 'c1d6c6a5-7e5f-4a1e-9a5b-1f2e3d4c5b6a',
  conversation: 'personal',
  count: 3,
  asked: 'LAPTOP-42 ',
  configuration: '0'.repeat(64),
};

/** A short one. */
export const entryOf = (more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  time: at('2026-11-22T09:14:07.112Z'),
  act: 'asked',
  outcome: 'done',
  source: 'teams',
  person: { id: person(), name: 'Alex Wilber' },
  ...more,
});

/** Bytes that count up, so that a failing test fails the same way again. */
export function countingBytes(): (bytes: number) => Uint8Array {
  let next = 0;
  return (bytes) => Uint8Array.from({ length: bytes }, () => next++ % 256);
}
