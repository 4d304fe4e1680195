// A ledger that goes on after a restore: what is lost is told, and a new epoch begins. Only `npm run audit -- resume`
// comes here, and only when two people want it.
import { type Kysely, sql } from 'kysely';
import type { PersonId, TenantId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { SignedHead } from '../domain/kept-ledger.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import { type Anchor, anchorIn, isAnchor, misfitOf, sameKey } from '../ledger/anchors.ts';
import { originOf } from '../ledger/checkpoint.ts';
import { parseBody } from '../ledger/entry.ts';
import { openKeyChange, signKeyChange } from '../ledger/key-change.ts';
import type { Misfit } from '../ledger/misfit.ts';
import type { Signer } from '../ledger/signed-note.ts';
import { emptyRange } from '../ledger/tree.ts';
import type { Random } from './append.ts';
import type { Database } from './database.ts';
import { newestOf } from './examine-ledger.ts';
import { orFault } from './faults.ts';
import { appendSigned } from './signed-append.ts';
import type { Tables } from './tables.ts';
import { rootsAt, walk } from './tree.ts';

export interface Believed {
  readonly tenantId: TenantId;
  readonly own: Signer;
  readonly former?: Signer;
}

/** A ledger as it came back. */
export interface Restored {
  /** How many entries there are. */
  readonly head: number;
  /** The latest checkpoint that holds, stored or given; none when there is none. */
  readonly good?: Anchor;
  /** Checkpoints that do not hold. */
  readonly wrong: readonly Misfit[];
  /** The latest epoch that anything tells of, lost ones included. */
  readonly latestEpoch: number;
  /** How many entries `resumed` came back. */
  readonly resumed: number;
  /** The key in force where it ends; undefined before the first. */
  readonly keyInForce?: Uint8Array;
}

/** @param given a checkpoint that somebody holds, of this ledger. Throws a Fault. */
export const lookAtRestored = ({ db }: Pick<Database, 'db'>, believed: Believed, given: Anchor | undefined): Promise<Restored> =>
  orFault('ledger-unavailable', async () => {
    const { head } = await newestOf(db);
    const stored = await storedDownToGood(db, believed, head);
    const rootAt = await rootsAt(db, given !== undefined && given.size <= head ? [given.size] : []);
    const misfit = given && misfitOf(given, head, rootAt);
    const good = [stored.good, misfit === undefined ? given : undefined].filter((anchor) => anchor !== undefined).toSorted((a, b) => b.size - a.size)[0];
    const latestEpoch = Math.max(1, given?.epoch ?? 1, ...stored.seen.map(({ epoch }) => epoch));
    const keyInForce = await newestKey(db);
    return { head, wrong: [...(misfit ? [misfit] : []), ...stored.wrong], latestEpoch, resumed: await countResumed(db), ...(good && { good }), ...(keyInForce && { keyInForce }) };
  });

const batch = 500;

/** From the newest stored one down to the first that holds: those below hold with it. */
async function storedDownToGood(db: Kysely<Tables>, { tenantId, own, former }: Believed, head: number): Promise<{ readonly good?: Anchor; readonly seen: readonly Anchor[]; readonly wrong: readonly Misfit[] }> {
  const keys = [own.publicKey, ...(former ? [former.publicKey] : [])];
  const seen: Anchor[] = [];
  const wrong: Misfit[] = [];
  for (let below = Number.MAX_SAFE_INTEGER; ; ) {
    const { rows } = await sql<{ size: string; note: string }>`select size, note from keydesk.ledger_checkpoint where size < ${below}::bigint order by size desc limit ${batch}::int`.execute(db);
    const anchors = rows.map(({ note }) => anchorIn(note, 'database', tenantId, keys));
    const rootAt = await rootsAt(db, anchors.flatMap((anchor) => (isAnchor(anchor) && anchor.size <= head ? [anchor.size] : [])));
    for (const anchor of anchors) {
      const misfit = isAnchor(anchor) ? misfitOf(anchor, head, rootAt) : anchor;
      if (isAnchor(anchor)) seen.push(anchor);
      if (misfit !== undefined) wrong.push(misfit);
      else if (isAnchor(anchor)) return { good: anchor, seen, wrong };
    }
    if (rows.length < batch) return { seen, wrong };
    below = Number(rows.at(-1)?.size ?? 0);
  }
}

async function countResumed(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ count: string }>`select count(*) from keydesk.ledger_entry where act = 'resumed'`.execute(db);
  return Number(rows[0]?.count ?? 0);
}

async function newestKey(db: Kysely<Tables>): Promise<Uint8Array | undefined> {
  const { rows } = await sql<{ body: Buffer }>`select body from keydesk.ledger_entry where act = 'ledger-key' order by seq desc limit 1`.execute(db);
  const note = rows[0] && parseBody(rows[0].body)?.note;
  return note === undefined ? undefined : openKeyChange(note)?.next.publicKey;
}

export interface Admin {
  readonly id: PersonId;
  readonly name: string;
}

export interface Resumption {
  readonly by: readonly [Admin, Admin];
  readonly at: Instant;
  /** From where it was done; personal. */
  readonly client: string;
}

/**
 * The entries and the first checkpoint of the new epoch, in one transaction. An epoch has one entry `resumed` each: where
 * an earlier one was lost with the restore, it is begun once more, so that no number of an epoch is ever used for two.
 * Throws a Fault; `ledger-mismatch` when the ledger is not whole.
 */
export const resume = ({ db }: Pick<Database, 'db'>, believed: Believed, restored: Restored, { by, at, client }: Resumption, random: Random): Promise<SignedHead> =>
  orFault('ledger-unavailable', async () => {
    const { tenantId, own, former } = believed;
    const [first, second] = by;
    const times = Math.max(1, restored.latestEpoch - restored.resumed);
    const epoch = 1 + restored.resumed + times;
    const { good } = restored;
    const resumed: LedgerEntry = { time: at, act: 'resumed', outcome: 'done', source: 'system', person: first, subjectId: second.id, asked: second.name, client, ...(good && { note: good.note }) };
    const alert: LedgerEntry = { time: at, act: 'alert', outcome: 'done', source: 'system', alert: 'ledger-resumed', person: first, subjectId: second.id };
    const entries = [...Array.from({ length: times }, () => resumed), ...keyEntry(restored, own, former, originOf(tenantId, epoch), at), alert];
    // All of it, recomputed, before the lock is taken; what comes meanwhile is walked under the lock.
    const followed = await walk(db, emptyRange);
    const range = followed.kind === 'followed' ? followed.range : emptyRange;
    return db.transaction().execute((tx) => appendSigned(tx, range, entries, { tenantId, epoch, signer: own, at }, random));
  });

/** The restored ledger may be of before a change of key, or of before its first. */
function keyEntry({ keyInForce }: Restored, own: Signer, former: Signer | undefined, origin: string, at: Instant): readonly LedgerEntry[] {
  if (keyInForce !== undefined && sameKey(keyInForce, own.publicKey)) return [];
  const before = keyInForce === undefined ? undefined : former;
  return [{ time: at, act: 'ledger-key', outcome: 'done', source: 'system', note: signKeyChange(origin, before, own) }];
}
