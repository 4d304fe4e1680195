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

/** Work that waits for the ledger looks again so often. */
export const secondsBetweenLooks = 30;

/** What became of a round that found the ledger whole. */
interface Round {
  readonly head?: SignedHead | undefined;
  /** It was not signed, or not published. */
  readonly fault?: Fault;
}

type Whole = Extract<LedgerFinding, { kind: 'whole' }>;
type Mismatch = Extract<LedgerFinding, { kind: 'mismatch' }>;

const mismatched = ({ words }: Mismatch): Fault => new Fault('ledger-mismatch', 'never', { message: words, retryAfterSeconds: secondsBetweenLooks });

export class Keeper implements Checkpoints, LedgerCheck {
  readonly #clock: Clock;
  readonly #alerts: Alerts;
  readonly #ledger: KeptLedger;
  readonly #witness: KeeperWitness;
  /** As the last look found it. */
  #state: { readonly kind: 'unknown' | 'whole' } | Mismatch = { kind: 'unknown' };
  #looking: Promise<Whole> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  /** Subjects of the last mismatch that was told, and of the last alert. */
  #told: string | undefined;
  #raised: string | undefined;
  /** The last checkpoint that the file has, and the last that the log has. */
  #published: string | undefined;
  #said: string | undefined;
  #failure: Fault | undefined;

  constructor({ clock, alerts, ledger, witness }: KeeperParts) {
    this.#clock = clock;
    this.#alerts = alerts;
    this.#ledger = ledger;
    this.#witness = witness;
  }

  /** Looks, signs what is new, and publishes; for the timekeeper. A mismatch is told, not thrown. */
  async keep(): Promise<void> {
    const { fault } = await this.#inTurn().catch((error: unknown): Round => passedOver(error));
    if (fault !== undefined) throw fault;
  }

  /** Looks again where the last look found a mismatch, or could not look: after a resume it is well without a restart. */
  async lookAgain(): Promise<void> {
    if (this.#state.kind !== 'whole') await this.#look().catch((error: unknown) => void passedOver(error));
  }

  async passed(within: () => Deadline): Promise<void> {
    if (this.#state.kind === 'whole') return;
    if (this.#state.kind === 'mismatch') throw mismatched(this.#state);
    await before(this.#look(), within());
  }

  async current(): Promise<string> {
    const { head, fault } = await this.#inTurn();
    // One that the file could not take is signed and durable all the same.
    if (head === undefined) throw fault ?? new Fault('internal', 'never', { message: 'nothing was signed' });
    return head.note;
  }

  /** Signs what came since the last round, where the ledger is known to be whole. Never rejects. */
  async close(): Promise<void> {
    if (this.#state.kind === 'whole') await this.#inTurn().catch(() => undefined);
  }

  /** `ok`, or in words what is wrong; for /readyz. Waits for the first look until the deadline. */
  async state(within: () => Deadline): Promise<string> {
    const fault = this.#state.kind === 'unknown' ? await before(this.#look(), within()).catch((error: unknown) => error) : undefined;
    if (this.#state.kind === 'mismatch') return `${this.#state.words}: see "When the ledger is not what it was" in docs/operations.md`;
    return fault instanceof Fault ? fault.message : this.#state.kind === 'whole' ? 'ok' : 'not looked at yet';
  }

  /** `ok`, or the code of the fault that kept the last checkpoint from being signed or published. */
  signing(): string {
    return this.#failure?.code ?? 'ok';
  }

  /** One round after the other: each signs what it has looked at itself. Throws what kept it from looking. */
  #inTurn(): Promise<Round> {
    const mine = this.#turn.then(() => this.#round());
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #round(): Promise<Round> {
    // Before the first look has ended there is nothing to be newer than: what it finds is signed.
    const found = await (this.#state.kind === 'unknown' ? this.#look() : this.#freshLook());
    let head: SignedHead | undefined;
    try {
      // A crash after it: signed and durable, and nobody has it yet. The next look finds it.
      head = (await found.sign?.(this.#clock.now())) ?? found.newest;
      if (head !== undefined) await this.#publish(head);
      this.#failure = undefined;
      return { head };
    } catch (error) {
      this.#failure = error instanceof Fault ? error : new Fault('internal', 'never', { cause: error });
      return { head, fault: this.#failure };
    }
  }

  async #publish(head: SignedHead): Promise<void> {
    if (head.note === this.#published) return;
    try {
      // A crash before it: the next start finds a newer checkpoint in the database than in the file, and brings it there.
      await this.#ledger.publish(head);
      this.#published = head.note;
    } finally {
      if (this.#said !== head.note) this.#witness.checkpoint(head);
      this.#said = head.note;
    }
  }

  /** Joins the look that runs. */
  #look(): Promise<Whole> {
    return this.#looking ?? this.#freshLook();
  }

  #freshLook(): Promise<Whole> {
    const mine = this.#check().finally(() => {
      if (this.#looking === mine) this.#looking = undefined;
    });
    this.#looking = mine;
    return mine;
  }

  async #check(): Promise<Whole> {
    const found = await this.#ledger.check().catch((error: unknown) => {
      // A database that was away may come back as an older one: nothing is taken for granted until it was looked at.
      if (this.#state.kind === 'whole') this.#state = { kind: 'unknown' };
      throw error;
    });
    if (found.kind === 'mismatch') {
      this.#state = found;
      await this.#tell(found);
      throw mismatched(found);
    }
    if (this.#told !== undefined) this.#witness.whole();
    this.#told = undefined;
    this.#state = { kind: 'whole' };
    return found;
  }

  /** The log first: it needs no database. */
  async #tell({ subject, words, note }: Mismatch): Promise<void> {
    if (this.#told !== subject) this.#witness.mismatch(words);
    this.#told = subject;
    if (this.#raised === subject) return;
    const entry = { time: this.#clock.now(), act: 'alert', outcome: 'failed', source: 'system', code: 'ledger-mismatch', alert: 'ledger-mismatch', ...(note !== undefined && { note }) } as const;
    try {
      await this.#alerts.raise({ subject, entry });
      this.#raised = subject;
    } catch (error) {
      this.#witness.untold(error);
    }
  }
}

/** A mismatch has been told by the look that found it. */
function passedOver(error: unknown): Round {
  if (error instanceof Fault && error.code === 'ledger-mismatch') return {};
  throw error;
}

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
