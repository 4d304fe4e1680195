// What is wrong with one row by itself: its bytes, the columns that repeat them, the texts beside them.
import { type EntryBody, parseBody } from './entry.ts';
import type { Finding } from './findings.ts';
import { plainlyRight } from './quick-check.ts';
import type { EntryColumns, StoredEntry } from './stored.ts';
import { checkTexts } from './texts.ts';

/** @returns what is wrong with it, and how many of its texts are erased */
export function checkEntry(row: StoredEntry, bytes: Uint8Array): { readonly erased: number; readonly found: readonly Finding[] } {
  const erased = plainlyRight(row, bytes);
  return erased === undefined ? lookClosely(row, bytes) : { erased, found: nothing };
}

const nothing: readonly Finding[] = [];

function lookClosely(row: StoredEntry, bytes: Uint8Array): { readonly erased: number; readonly found: readonly Finding[] } {
  const { seq } = row;
  const body = parseBody(bytes);
  if (body === undefined) return { erased: 0, found: [{ kind: 'unreadable', seq }] };
  const found: Finding[] = [];
  const columns = differing(row, body);
  if (columns.length > 0) found.push({ kind: 'columns-differ', seq, columns });
  const texts = checkTexts(body.texts ?? {}, row.texts);
  if (texts.different.length > 0) found.push({ kind: 'text-differs', seq, texts: texts.different });
  return { erased: texts.erased.length, found };
}

const expected = {
  time: (body) => body.time,
  act: (body) => body.act,
  outcome: (body) => body.outcome,
  source: (body) => body.source,
  code: (body) => body.code,
  reason: (body) => body.reason,
  person_id: (body) => body.personId,
  device_id: (body) => body.deviceId,
  key_id: (body) => body.keyId,
  request_id: (body) => body.requestId,
} satisfies Record<keyof EntryColumns, (body: EntryBody) => string | undefined>;

const columnNames: readonly (keyof EntryColumns)[] = ['time', 'act', 'outcome', 'source', 'code', 'reason', 'person_id', 'device_id', 'key_id', 'request_id'];

function differing(row: EntryColumns, body: EntryBody): readonly string[] {
  return columnNames.filter((name) => {
    const stored = row[name];
    return (stored instanceof Date ? stored.toISOString() : stored) !== (expected[name](body) ?? null);
  });
}
