// The ledger as its keeper sees it, over PostgreSQL: a look at what is there (examine-ledger.ts), and the signature over
// exactly what was found.
import { type Kysely, sql } from 'kysely';
import { Fault } from '../domain/fault.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { KeptLedger, LedgerFinding, SignedHead } from '../domain/kept-ledger.ts';
import { anchorIn, isAnchor, isLater, sameKey } from '../ledger/anchors.ts';
import { originOf } from '../ledger/checkpoint.ts';
import { signKeyChange } from '../ledger/key-change.ts';
import { inWords, subjectOf } from '../ledger/misfit.ts';
import { type Signer, signerFrom } from '../ledger/signed-note.ts';
import { type CompactRange, rootOf } from '../ledger/tree.ts';
import type { Random } from './append.ts';
import type { CheckpointFile } from './checkpoint-file.ts';
import type { Database } from './database.ts';
import { type Examined, examine, isFormer, keysOf, newestOf, type Trust, type Unfit } from './examine-ledger.ts';
import { orFault } from './faults.ts';
import { appendSigned, insertCheckpoint, lockLedger } from './signed-append.ts';
import type { Tables } from './tables.ts';

export interface KeptParts {
  readonly tenantId: TenantId;
  /** PEM (PKCS #8) of the Ed25519 key that signs. */
  readonly signingKey: { reveal(): string };
  /** The one before it, until every instance has started with the new one. */
  readonly formerKey?: { reveal(): string };
  readonly file?: CheckpointFile;
  readonly random: Random;
}

type Sign = (at: Instant) => Promise<SignedHead>;

/** Throws a TypeError for a key that is none; it repeats nothing of it. */
export function keptLedgerIn({ db }: Pick<Database, 'db'>, { tenantId, signingKey, formerKey, file, random }: KeptParts): KeptLedger {
  const [own, former] = [signerOf(signingKey, tenantId), formerKey && signerOf(formerKey, tenantId)];
  let trust: Trust = { tenantId, own: own.publicKey, successors: [], ...(former && { former: former.publicKey }) };
  const remember = (note: string): void => {
    const anchor = anchorIn(note, 'memory', tenantId, keysOf(trust));
    if (isAnchor(anchor) && (trust.memory === undefined || isLater(anchor, trust.memory))) trust = { ...trust, memory: anchor };
  };

  /** @returns undefined when there is nothing new, or when it is another key's to sign */
  const signingOf = ({ base, range }: Examined): Sign | undefined => {
    const seal = { tenantId, epoch: base?.epoch ?? 1, signer: own };
    const signed = (work: (at: Instant) => Promise<SignedHead>): Sign => async (at) => {
      const head = await orFault('ledger-unavailable', () => work(at));
      remember(head.note);
      return head;
    };
    if (base === undefined || isFormer(trust, base)) return signed((at) => introduce(db, range, base?.note, base && former, { ...seal, at }, random));
    if (!sameKey(base.signedBy, own.publicKey) || range.size === base.size) return undefined;
    return signed(async (at) => (await insertCheckpoint(db, range, { ...seal, at })) ?? theirs(db, range, trust));
  };

  return {
    check: async () => {
      const inFile = await file?.read();
      const found = await orFault('store-unavailable', () =>
        db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute((tx) => examine(tx, trust, inFile)),
      );
      if ('misfit' in found) return mismatch(found);
      const { base, successors } = found;
      trust = { ...trust, successors };
      if (base !== undefined) remember(base.note);
      const sign = signingOf(found);
      return { kind: 'whole', ...(base && { newest: { size: base.size, note: base.note } }), ...(sign && { sign }) };
    },
    publish: async ({ note }) => file?.write(note),
  };
}

const signerOf = (key: { reveal(): string }, tenantId: TenantId): Signer => signerFrom(key.reveal(), originOf(tenantId, 1));

const mismatch = ({ misfit, epoch }: Unfit): LedgerFinding => ({
  kind: 'mismatch',
  subject: subjectOf(misfit, epoch),
  words: inWords(misfit),
  ...('note' in misfit && { note: misfit.note }),
});

/** Another instance has signed the same head in the same moment: its checkpoint is ours too. */
async function theirs(db: Kysely<Tables>, range: CompactRange, trust: Trust): Promise<SignedHead> {
  const { rows } = await sql<{ note: string }>`select note from keydesk.ledger_checkpoint where size = ${range.size}::bigint`.execute(db);
  const anchor = anchorIn(rows[0]?.note ?? '', 'database', trust.tenantId, keysOf(trust));
  if (isAnchor(anchor) && sameKey(anchor.root, rootOf(range))) return { size: anchor.size, note: anchor.note };
  throw new Fault('ledger-mismatch', 'never', { message: `the stored checkpoint over ${range.size} entries is not over those` });
}

/**
 * The first checkpoint of a key, and the entry that says so, signed by the one before it where there was one. Several
 * instances may start at once: one of them does it.
 */
function introduce(db: Kysely<Tables>, range: CompactRange, newest: string | undefined, former: Signer | undefined, seal: Parameters<typeof insertCheckpoint>[2], random: Random): Promise<SignedHead> {
  const { tenantId, epoch, signer, at } = seal;
  return db.transaction().execute(async (tx) => {
    await lockLedger(tx);
    const { checkpoint } = await newestOf(tx);
    if (checkpoint?.note === newest) {
      const note = signKeyChange(originOf(tenantId, epoch), former, signer);
      return appendSigned(tx, range, [{ time: at, act: 'ledger-key', outcome: 'done', source: 'system', note }], seal, random);
    }
    const anchor = anchorIn(checkpoint?.note ?? '', 'database', tenantId, [signer.publicKey]);
    if (isAnchor(anchor)) return { size: anchor.size, note: anchor.note };
    throw new Fault('ledger-unavailable', 'later', { message: 'another key has signed meanwhile: the ledger is looked at again' });
  });
}
