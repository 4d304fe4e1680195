// A question to the ledger in words, for the card, for the entry of an export and for that of a refusal.

import type { ReadingScope } from './person.ts';
import type { AuditPeriod, AuditQuestion, ReadingKind } from './reading.ts';

/** `LAPTOP-42, refused, last 7 days`; without a subject it is as much as the person may read. Plain text, with names as typed. */
export function questionWords({ subject, keyId, kind, period }: AuditQuestion, scope: ReadingScope): string {
  const parts = [
    subject === undefined || (subject.by === 'me' && scope === 'own-devices') ? wholeWords[scope] : subjectWords[subject.by](subject),
    keyId && `key ID ${keyId.hex.toUpperCase()}`,
    kind && kindWords[kind],
    period && periodWords(period),
  ].filter((part) => part !== undefined);
  return parts.join(', ');
}

const wholeWords = { all: 'all entries', own: 'own entries', 'own-devices': 'own devices' } as const satisfies Record<ReadingScope, string>;

type Subject = NonNullable<AuditQuestion['subject']>;

const subjectWords: Readonly<Record<Subject['by'], (subject: Subject) => string>> = {
  me: () => 'own entries',
  all: () => 'all entries',
  device: (subject) => (subject.by === 'device' ? subject.name : ''),
  person: (subject) => (subject.by === 'person' ? subject.who : ''),
  guid: (subject) => (subject.by === 'guid' ? subject.id : ''),
};

const kindWords = {
  revealed: 'keys shown',
  refused: 'refused',
  rotations: 'rotations',
  alerts: 'alerts',
  exports: 'exports',
  external: 'read outside Keydesk',
} as const satisfies Record<ReadingKind, string>;

function periodWords(period: AuditPeriod): string {
  if (period.kind === 'last') return period.count === 1 ? `last ${period.unit}` : `last ${period.count} ${period.unit}s`;
  if (period.to === undefined) return `since ${period.from}`;
  return period.from === period.to ? period.from : `${period.from} to ${period.to}`;
}
