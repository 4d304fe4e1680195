// One look at the ledger, in one snapshot of the database: what is held against it, and every entry since.
import { type Kysely, sql } from 'kysely';
import { type Anchor, anchorIn, counting, isAnchor, isLater, misfitOf, sameKey } from '../ledger/anchors.ts';
import { parseOrigin } from '../ledger/checkpoint.ts';
import { openKeyChange } from '../ledger/key-change.ts';
import type { Misfit } from '../ledger/misfit.ts';
import { rootNodes } from '../ledger/proofs.ts';
import type { Mark } from '../ledger/tail.ts';
import { type CompactRange, emptyRange, rootOf } from '../ledger/tree.ts';
import type { Tables } from './tables.ts';
import { rangeAt, storedHashes, walk } from './tree.ts';

/** Whom this process believes. Public keys are 32 bytes. */
export interface Trust {
  readonly tenantId: string;
  readonly own: Uint8Array;
  readonly former?: Uint8Array;
  /** Keys that took over from ours while this process runs, each by an entry that one of those before it has signed. */
  readonly successors: readonly Uint8Array[];
  /** The latest checkpoint that this process has seen. Never a head that was only read: a crash may take that away. */
  readonly memory?: Anchor;
}

export const keysOf = ({ own, former, successors }: Trust): readonly Uint8Array[] => [own, ...(former ? [former] : []), ...successors];

export const isFormer = ({ own, former }: Trust, { signedBy }: Anchor): boolean => former !== undefined && sameKey(signedBy, former) && !sameKey(signedBy, own);

/** What was found whole: everything up to `range`, anchored by the latest checkpoint there is. */
export interface Examined {
  readonly range: CompactRange;
  readonly base?: Anchor;
  readonly successors: readonly Uint8Array[];
}

/** What does not fit, and the latest epoch that is known. */
export interface Unfit {
  readonly misfit: Misfit;
  readonly epoch: number;
}

export interface NewestCheckpoint {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
}

interface NewestRow {
  readonly head: string | null;
  readonly size: string | null;
  readonly root: Buffer | null;
  readonly note: string | null;
}

/** How many entries there are, and the stored checkpoint over the most. */
export async function newestOf(db: Kysely<Tables>): Promise<{ readonly head: number; readonly checkpoint?: NewestCheckpoint }> {
  const { rows } = await sql<NewestRow>`
    select (select max(seq) from keydesk.ledger_entry) as head, c.size, c.root, c.note
    from (select 1) one left join (select size, root, note from keydesk.ledger_checkpoint order by size desc limit 1) c on true`.execute(db);
  const { head = null, size = null, root = null, note = null } = rows[0] ?? {};
  return { head: Number(head ?? 0), ...(size !== null && root !== null && note !== null && { checkpoint: { size: Number(size), root, note } }) };
}

/** @param inFile what the file outside of the database holds */
export async function examine(tx: Kysely<Tables>, trust: Trust, inFile: string | undefined): Promise<Examined | Unfit> {
  const held: Anchor[] = [];
  const found = await hold(tx, trust, inFile, held);
  return 'range' in found ? found : { misfit: found, epoch: Math.max(1, ...held.map(({ epoch }) => epoch)) };
}

/** @param held gets the checkpoints that are believed */
async function hold(tx: Kysely<Tables>, trust: Trust, inFile: string | undefined, held: Anchor[]): Promise<Examined | Misfit> {
  const { tenantId, memory } = trust;
  const { head, checkpoint } = await newestOf(tx);
  const successors = checkpoint === undefined ? trust.successors : await successorsOf(tx, trust, checkpoint.note);
  const now: Trust = { ...trust, successors };
  if (memory !== undefined) held.push(memory);
  for (const [from, note] of [['file', inFile], ['database', checkpoint?.note]] as const) {
    const anchor = note === undefined ? undefined : anchorIn(note, from, tenantId, keysOf(now));
    if (anchor === undefined) continue;
    if (!isAnchor(anchor)) return anchor;
    held.push(anchor);
  }
  const stored = held.find((anchor) => anchor.held === 'database');
  if (checkpoint !== undefined && stored !== undefined && !(stored.size === checkpoint.size && sameKey(stored.root, checkpoint.root))) return { kind: 'columns', size: checkpoint.size };
  // Once the new key has signed, the former one has no say in what came later.
  const late = held.find((anchor) => isFormer(now, anchor) && held.some((other) => sameKey(other.signedBy, now.own) && isLater(anchor, other)));
  if (late !== undefined) return { kind: 'unsigned', held: late.held, size: late.size };
  return against(tx, counting(held), head, successors);
}

async function against(tx: Kysely<Tables>, anchors: readonly Anchor[], head: number, successors: readonly Uint8Array[]): Promise<Examined | Misfit> {
  const sizes = new Set(anchors.map(({ size }) => size).filter((size) => size <= head));
  const hashes = await storedHashes(tx, [...sizes].flatMap(rootNodes));
  for (const anchor of anchors) {
    const misfit = misfitOf(anchor, head, (size) => {
      const range = rangeAt(size, hashes);
      return range && rootOf(range);
    });
    if (misfit !== undefined) return misfit;
  }
  const [base] = anchors;
  const followed = await walk(tx, (base && rangeAt(base.size, hashes)) ?? emptyRange);
  if (followed.kind !== 'followed') return followed;
  const [mark] = followed.marks;
  if (mark !== undefined) return { kind: 'uncovered', seq: mark.seq, act: mark.act };
  return { range: followed.range, successors, ...(base && { base }) };
}

/**
 * Only for a running instance, and only when the newest checkpoint is of a key that it does not know: the entries since
 * the last one that it knows may tell of a change that its own key has signed. At a start nothing is learned: who
 * configures a key that is not the ledger's has to say which was the one before.
 */
async function successorsOf(tx: Kysely<Tables>, trust: Trust, note: string): Promise<readonly Uint8Array[]> {
  const { memory, successors, tenantId } = trust;
  if (memory === undefined || isAnchor(anchorIn(note, 'database', tenantId, keysOf(trust)))) return successors;
  const range = rangeAt(memory.size, await storedHashes(tx, rootNodes(memory.size)));
  if (range === undefined || !sameKey(rootOf(range), memory.root)) return successors;
  const followed = await walk(tx, range);
  return followed.kind === 'followed' ? [...successors, ...newKeysIn(followed.marks, trust)] : successors;
}

function newKeysIn(marks: readonly Mark[], trust: Trust): readonly Uint8Array[] {
  const known = [...keysOf(trust)];
  const found: Uint8Array[] = [];
  for (const { note } of marks) {
    const change = note === undefined ? undefined : openKeyChange(note);
    const { former, next, origin } = change ?? {};
    if (former === undefined || next === undefined || parseOrigin(origin ?? '')?.tenantId !== trust.tenantId) continue;
    if (!known.some((key) => sameKey(key, former.publicKey))) continue;
    known.push(next.publicKey);
    found.push(next.publicKey);
  }
  return found;
}
