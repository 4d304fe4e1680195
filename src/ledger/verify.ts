// Whether the stored ledger is what was written: every entry, its place, its columns and its texts, the tree over them,
// and the checkpoints that tell of it.
import { parseBody } from './entry.ts';
import type { Finding } from './findings.ts';
import { KeyChain, type KnownElsewhere, type Trust } from './key-chain.ts';
import { Reading } from './reading.ts';
import type { StoredCheckpoint, StoredEntry } from './stored.ts';
import { type Witnessed, Witnesses } from './witnesses.ts';

export interface Evidence extends KnownElsewhere {
  /** The signed heads of the database, in the order of their sizes. Without them nothing is said of epochs. */
  readonly checkpoints?: AsyncIterable<readonly StoredCheckpoint[]>;
  /** Signed notes that somebody kept elsewhere. */
  readonly given?: readonly string[];
  /** The root over so many first entries, from the nodes stored; asked once all rows were seen. */
  readonly rootAt?: (size: number) => Promise<Uint8Array | undefined>;
}

export interface Verdict extends Witnessed {
  /** How many entries are there. */
  readonly size: number;
  /** Over the bytes of all entries that are there, 32 bytes. With no finding, the tree head of RFC 6962. */
  readonly root: Uint8Array;
  /** Texts that were committed to and have been erased since: no tampering. */
  readonly erased: number;
  readonly findings: number;
  readonly trust: Trust;
}

/**
 * Reads batches of entries in the order of `seq` and yields what is wrong with them: most as it comes, what can only be
 * told from all of them at the end. Memory does not grow with the ledger. What it cannot see without a checkpoint from
 * elsewhere: a tail cut off together with the checkpoints over it, and a ledger written anew with everything in it, by
 * somebody who has the signing key.
 */
export async function* verifyLedger(batches: AsyncIterable<readonly StoredEntry[]>, evidence: Evidence = {}): AsyncGenerator<Finding, Verdict> {
  const reading = new Reading();
  const keys = new KeyChain(evidence);
  const witnesses = new Witnesses(keys, evidence.checkpoints, evidence.given ?? []);
  const found: Finding[] = [];
  let findings = 0;
  /** Checkpoints are held against the tree as it grows, so no row waits unless there is one of its size. */
  async function* report(): AsyncGenerator<Finding> {
    found.push(...reading.takeFindings());
    for (const { size, fits } of reading.takeTrees(witnesses.nextSize)) if (size >= witnesses.nextSize) found.push(...(await witnesses.hold(size, fits)));
    findings += found.length;
    yield* found.splice(0);
  }
  found.push(...(await witnesses.begin()));
  for await (const batch of batches) {
    for (const row of batch) {
      reading.look(row, found);
      if (row.act === 'ledger-key' || row.act === 'resumed') found.push(...noteKeys(keys, row));
      if (found.length > 0 || reading.isReporting || reading.tree.size >= witnesses.nextSize) yield* report();
    }
  }
  reading.finish();
  yield* report();
  const { found: atLast, witnessed } = await witnesses.finish(reading.last);
  found.push(...atLast, ...(await judgeKeys(keys, witnesses.signedEpoch, evidence)));
  yield* report();
  return { size: reading.tree.size, root: reading.tree.root(), erased: reading.erased, findings, trust: keys.trust, ...witnessed };
}

function noteKeys(keys: KeyChain, { seq, body }: StoredEntry): readonly Finding[] {
  const entry = body === null ? undefined : parseBody(body);
  if (entry?.act === 'resumed') keys.addEpoch(seq, entry.note);
  const wrong = entry?.act === 'ledger-key' ? keys.addKey(seq, entry.note) : undefined;
  return wrong === undefined ? [] : [wrong];
}

/** What entries say of epochs is judged only by checkpoints: without those, it is what they say. */
async function judgeKeys(keys: KeyChain, signedEpoch: number, { rootAt, checkpoints }: Evidence): Promise<readonly Finding[]> {
  const found: Finding[] = keys.trust === 'other' ? [{ kind: 'other-key', seq: keys.newest?.seq ?? 0 }] : [];
  for (const resumed of checkpoints === undefined ? [] : keys.resumed) {
    if (resumed.epoch > signedEpoch) {
      found.push({ kind: 'resumed-unsigned', seq: resumed.seq });
      continue;
    }
    const lastGood = keys.lastGood(resumed);
    const root = lastGood === undefined || rootAt === undefined ? lastGood?.root : await rootAt(lastGood.size);
    if (lastGood === undefined || root === undefined || Buffer.compare(root, lastGood.root) !== 0) found.push({ kind: 'resumed-wrongly', seq: resumed.seq });
  }
  return found;
}
