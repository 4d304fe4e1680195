// Rows of a ledger as the database would hold them, for those who judge rows.
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { parseBody, seal } from '../../src/ledger/entry.ts';
import type { Finding } from '../../src/ledger/findings.ts';
import type { StoredCheckpoint, StoredEntry } from '../../src/ledger/stored.ts';
import { emptyRange, extend, leafHash, nodeHash, rootOf } from '../../src/ledger/tree.ts';
import { type Evidence, type Verdict, verifyLedger } from '../../src/ledger/verify.ts';
import { known } from './known.ts';
import { countingBytes } from './ledger-entries.ts';

/** One row; its nodes are those that stand in `nodes`. */
export function storedRow(seq: number, entry: LedgerEntry, nodes: Uint8Array | null = null, random = countingBytes()): StoredEntry {
  const { body, texts } = seal(entry, random);
  return { seq, ...hashed(body), nodes, texts: texts ?? null };
}

/** What the trigger makes of the bytes of an entry. */
export function hashed(body: Uint8Array): Omit<StoredEntry, 'seq' | 'nodes' | 'texts'> & { readonly body: Uint8Array } {
  const parsed = known(parseBody(body));
  return {
    body,
    leaf_hash: leafHash(body),
    time: new Date(parsed.time),
    act: parsed.act,
    outcome: parsed.outcome,
    source: parsed.source,
    code: parsed.code ?? null,
    reason: parsed.reason ?? null,
    person_id: parsed.personId ?? null,
    device_id: parsed.deviceId ?? null,
    key_id: parsed.keyId ?? null,
    request_id: parsed.requestId ?? null,
  };
}

/** A whole ledger with its inner nodes, by the definition. */
export function storedRows(entries: readonly LedgerEntry[]): StoredEntry[] {
  const random = countingBytes();
  return withNodes(entries.map((entry, index) => storedRow(index + 1, entry, null, random)));
}

/** The same rows with the nodes that their hashes make. */
export function withNodes(rows: readonly StoredEntry[]): StoredEntry[] {
  const leaves = rows.map(({ leaf_hash }) => known(leaf_hash ?? undefined));
  const root = (from: number, to: number): Uint8Array => (to - from === 1 ? known(leaves[from]) : nodeHash(root(from, (from + to) / 2), root((from + to) / 2, to)));
  return rows.map((row, index) => {
    const nodes: Uint8Array[] = [];
    for (let width = 2; (index + 1) % width === 0; width *= 2) nodes.push(root(index + 1 - width, index + 1));
    return { ...row, nodes: nodes.length === 0 ? null : Buffer.concat(nodes) };
  });
}

/** Over the bytes of the first `size` rows. */
export const rootOfRows = (rows: readonly StoredEntry[], size = rows.length): Uint8Array =>
  rootOf(rows.slice(0, size).reduce((so, { body }) => extend(so, leafHash(known(body ?? undefined))), emptyRange));

export async function* inBatches<T>(rows: readonly T[], size = 2): AsyncGenerator<readonly T[]> {
  for (let first = 0; first < rows.length; first += size) yield rows.slice(first, first + size);
}

export interface Verified {
  readonly findings: readonly Finding[];
  readonly verdict: Verdict;
}

export async function verifiedRows(rows: readonly StoredEntry[], evidence: Omit<Evidence, 'checkpoints'> & { readonly checkpoints?: readonly StoredCheckpoint[] } = {}, batch = 2): Promise<Verified> {
  const { checkpoints, ...rest } = evidence;
  const findings: Finding[] = [];
  const steps = verifyLedger(inBatches(rows, batch), { ...rest, ...(checkpoints !== undefined && { checkpoints: inBatches(checkpoints) }) });
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return { findings, verdict: step.value };
    findings.push(step.value);
  }
}
