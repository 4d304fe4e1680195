// The keeper of the ledger: looks whether it is what was signed, signs its head, and hands the checkpoint to where others
// keep it. Order: look → sign (durable) → file → log. While it is not what it was, nothing is signed and nothing is
// shown; an answer that waits for a first look waits here.

import { Fault } from './fault.ts';
import type { KeptLedger, LedgerFinding, SignedHead } from './kept-ledger.ts';
import type { Alerts, Checkpoints, Clock, Deadline, LedgerCheck } from './ports.ts';

/** Who is told. Nothing of it waits for an answer. */
export interface KeeperWitness {
  /** Each checkpoint that is newer than the last one told, for whoever keeps the log. */
  checkpoint(head: SignedHead): void;
  /** Once for each thing that does not fit. */
  mismatch(words: string): void;
  /** It is again what was signed, after it had not been. */
  whole(): void;
  /** An alert could not be raised; it is tried again with the next look. */
  untold(error: unknown): void;
}

export interface KeeperParts {
  readonly clock: Clock;
  readonly alerts: Alerts;
  readonly ledger: KeptLedger;
  readonly witness: KeeperWitness;
}

export interface Keeper extends Checkpoints, LedgerCheck {
  /** Looks, signs what is new, and publishes; for the timekeeper. A mismatch is told, not thrown. */
  keep(): Promise<void>;
  /** Looks again where the last look found a mismatch, or could not look: after a resume it is well without a restart. */
  lookAgain(): Promise<void>;
  /** `ok`, or in words what is wrong; for /readyz. Waits for the first look until the deadline. */
  state(within: () => Deadline): Promise<string>;
  /** `ok`, or the code of the fault that kept the last checkpoint from being signed or published. */
  signing(): string;
}

/** What became of a round that found the ledger whole. */
interface Round {
  readonly head?: SignedHead | undefined;
  /** It was not signed, or not published. */
  readonly fault?: Fault;
}

type Whole = Extract<LedgerFinding, { kind: 'whole' }>;
type Mismatch = Extract<LedgerFinding, { kind: 'mismatch' }>;
type State = { readonly kind: 'unknown' } | { readonly kind: 'whole' } | Mismatch;

const mismatched = ({ words }: Pick<Mismatch, 'words'>): Fault => new Fault('ledger-mismatch', 'never', { message: words, retryAfterSeconds: secondsBetweenLooks });

/** Work that waits for the ledger looks again so often. */
export const secondsBetweenLooks = 30;

export function createKeeper({ clock, alerts, ledger, witness }: KeeperParts): Keeper {
  let state: State = { kind: 'unknown' };
  let looking: Promise<Whole> | undefined;
  let told: string | undefined;
  let raised: string | undefined;
  let published: string | undefined;
  let said: string | undefined;
  let failure: string | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const take = async (found: Mismatch): Promise<never> => {
    if (told !== found.subject) witness.mismatch(found.words);
    told = found.subject;
    state = found;
    if (raised !== found.subject) {
      const { note } = found;
      const entry = { time: clock.now(), act: 'alert', outcome: 'failed', source: 'system', code: 'ledger-mismatch', alert: 'ledger-mismatch', ...(note !== undefined && { note }) } as const;
      await alerts.raise({ subject: found.subject, entry }).then(() => void (raised = found.subject), (error: unknown) => witness.untold(error));
    }
    throw mismatched(found);
  };

  const look = async (): Promise<Whole> => {
    const found = await ledger.check().catch((error: unknown) => {
      // A database that was away may come back as an older one: nothing is taken for granted until it was looked at.
      if (state.kind === 'whole') state = { kind: 'unknown' };
      throw error;
    });
    if (found.kind === 'mismatch') return take(found);
    if (told !== undefined) witness.whole();
    told = undefined;
    state = { kind: 'whole' };
    return found;
  };

  /** One that begins now; whoever only wants to know joins it. */
  const fresh = (): Promise<Whole> => {
    const mine = look().finally(() => {
      if (looking === mine) looking = undefined;
    });
    looking = mine;
    return mine;
  };

  const publish = async (head: SignedHead): Promise<void> => {
    if (head.note === published) return;
    try {
      // A crash before it: the next start finds a newer checkpoint in the database than in the file, and brings it there.
      await ledger.publish(head);
      published = head.note;
    } finally {
      if (said !== head.note) witness.checkpoint(head);
      said = head.note;
    }
  };

  const round = async (): Promise<Round> => {
    const found = await fresh();
    let head: SignedHead | undefined;
    try {
      // A crash after it: signed and durable, and nobody has it yet. The next look finds it.
      head = (await found.sign?.(clock.now())) ?? found.newest;
      if (head !== undefined) await publish(head);
      failure = undefined;
      return { head };
    } catch (error) {
      const fault = error instanceof Fault ? error : new Fault('internal', 'never', { cause: error });
      failure = fault.code;
      return { head, fault };
    }
  };

  /** One round after the other: each signs what it has looked at itself. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  return {
    keep: async () => {
      const { fault } = await inTurn(round).catch((error: unknown): Round => {
        if (!isMismatch(error)) throw error;
        return {};
      });
      if (fault !== undefined) throw fault;
    },
    lookAgain: async () => {
      if (state.kind === 'whole') return;
      await (looking ?? fresh()).catch((error: unknown) => {
        if (!isMismatch(error)) throw error;
      });
    },
    passed: async (within) => {
      if (state.kind === 'whole') return;
      if (state.kind === 'mismatch') throw mismatched(state);
      await before(looking ?? fresh(), within());
    },
    current: async () => {
      const { head, fault } = await inTurn(round);
      // One that the file could not take is signed and durable all the same.
      if (head === undefined) throw fault ?? new Fault('internal', 'never', { message: 'nothing was signed' });
      return head.note;
    },
    state: async (within) => {
      if (state.kind === 'unknown') {
        const fault = await before(looking ?? fresh(), within()).catch((error: unknown) => error);
        if (fault instanceof Fault) return fault.message;
      }
      return state.kind === 'mismatch' ? `${state.words}: see "When the ledger is not what it was" in docs/operations.md` : state.kind === 'whole' ? 'ok' : 'not looked at yet';
    },
    signing: () => failure ?? 'ok',
  };
}

const isMismatch = (error: unknown): boolean => error instanceof Fault && error.code === 'ledger-mismatch';

/** The look goes on when nobody waits for it any more. */
async function before<T>(work: Promise<T>, deadline: Deadline): Promise<T> {
  const late = Promise.withResolvers<never>();
  const onAbort = (): void => late.reject(new Fault('ledger-unavailable', 'later', { message: 'the ledger is still being looked at' }));
  if (deadline.aborted) onAbort();
  deadline.addEventListener('abort', onAbort);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    deadline.removeEventListener('abort', onAbort);
  }
}
