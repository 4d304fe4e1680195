// Whether the stored ledger is what was written: every entry, its place, its columns and its texts.
import { type EntryBody, parseBody } from './entry.ts';
import { checkTexts } from './texts.ts';
import { type CompactRange, emptyRange, extend, leafHash, rootOf } from './tree.ts';

/** The columns kept for queries; each repeats something of the body. */
export interface EntryColumns {
  readonly time: Date | null;
  readonly act: string | null;
  readonly outcome: string | null;
  readonly source: string | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly person_id: string | null;
  readonly device_id: string | null;
  readonly key_id: string | null;
  readonly request_id: string | null;
}

/** One entry as it lies in the database. `body` is null where only its texts are left. */
export interface StoredEntry extends EntryColumns {
  readonly seq: number;
  readonly body: Uint8Array | null;
  readonly leaf_hash: Uint8Array | null;
  readonly texts: unknown;
}

/** What was tampered with. One kind for each thing that somebody can do to a row. */
export type Finding =
  /** The hash stored with an entry is not that of its bytes. */
  | { readonly kind: 'changed'; readonly seq: number }
  /** The bytes are not an entry as Keydesk writes it. */
  | { readonly kind: 'unreadable'; readonly seq: number }
  /** Columns say something else than the bytes. */
  | { readonly kind: 'columns-differ'; readonly seq: number; readonly columns: readonly string[] }
  /** A name, reason or ticket beside the entry is not the one that was committed to. */
  | { readonly kind: 'text-differs'; readonly seq: number; readonly texts: readonly string[] }
  /** Texts far from any entry: theirs was removed, or somebody wrote them by hand. */
  | { readonly kind: 'texts-alone'; readonly seq: number }
  /** Entries `seq` to `to` are missing: numbers are given without a gap. */
  | { readonly kind: 'removed'; readonly seq: number; readonly to: number }
  /** A number that was there before, or before the first: the table was rebuilt by hand. */
  | { readonly kind: 'out-of-order'; readonly seq: number };

/** One line for people: which entry, and what was done to it. */
export function describe(finding: Finding): string {
  const { seq } = finding;
  switch (finding.kind) {
    case 'changed':
      return `entry ${seq}: changed; its bytes do not fit the hash that was stored with them`;
    case 'unreadable':
      return `entry ${seq}: changed; its bytes are not an entry as Keydesk writes it`;
    case 'columns-differ':
      return `entry ${seq}: columns differ from its bytes (${finding.columns.join(', ')})`;
    case 'text-differs':
      return `entry ${seq}: text differs from what was committed to (${finding.texts.join(', ')})`;
    case 'texts-alone':
      return `entry ${seq}: only its texts are there; it was removed, or they were written by hand`;
    case 'removed':
      return finding.to === seq ? `entry ${seq}: removed` : `entries ${seq} to ${finding.to}: removed`;
    case 'out-of-order':
      return `entry ${seq}: out of order; the number was used before`;
  }
}

export interface Verdict {
  /** How many entries are there. */
  readonly size: number;
  /** Over the bytes of all entries that are there, 32 bytes. With no finding, the tree head of RFC 6962. */
  readonly root: Uint8Array;
  /** Texts that were committed to and have been erased since: no tampering. */
  readonly erased: number;
  readonly findings: number;
}

/**
 * Reads batches of entries in the order of `seq` and yields what is wrong with them, as it comes. Memory does not grow
 * with the ledger. What it cannot see without a root noted earlier: a tail that was cut off whole, and entries written
 * anew with hash, columns and texts that all fit.
 */
export async function* verifyLedger(batches: AsyncIterable<readonly StoredEntry[]>): AsyncGenerator<Finding, Verdict> {
  let range: CompactRange = emptyRange;
  let next = 1;
  let erased = 0;
  let findings = 0;
  for await (const batch of batches) {
    for (const row of batch) {
      const found: Finding[] = [];
      if (row.body === null) {
        // Texts in the place of the next entry outlived it. Further on they prove nothing about what is between: the
        // service's role may write texts under any number; a hole is found by the entry that follows it.
        found.push(row.seq <= next ? { kind: 'removed', seq: row.seq, to: row.seq } : { kind: 'texts-alone', seq: row.seq });
      } else {
        if (row.seq > next) found.push({ kind: 'removed', seq: next, to: row.seq - 1 });
        if (row.seq < next) found.push({ kind: 'out-of-order', seq: row.seq });
        const leaf = leafHash(row.body);
        range = extend(range, leaf);
        erased += checkEntry(row, row.body, leaf, found);
      }
      if (row.body !== null || row.seq === next) next = Math.max(next, row.seq + 1);
      findings += found.length;
      yield* found;
    }
  }
  return { size: range.size, root: rootOf(range), erased, findings };
}

/** @returns how many texts are erased */
function checkEntry(row: StoredEntry, bytes: Uint8Array, leaf: Uint8Array, found: Finding[]): number {
  const { seq } = row;
  if (row.leaf_hash === null || Buffer.compare(leaf, row.leaf_hash) !== 0) found.push({ kind: 'changed', seq });
  const body = parseBody(bytes);
  if (body === undefined) {
    found.push({ kind: 'unreadable', seq });
    return 0;
  }
  const columns = differing(row, body);
  if (columns.length > 0) found.push({ kind: 'columns-differ', seq, columns });
  const texts = checkTexts(body.texts ?? {}, row.texts);
  if (texts.different.length > 0) found.push({ kind: 'text-differs', seq, texts: texts.different });
  return texts.erased.length;
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
