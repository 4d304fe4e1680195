// What the keeper of the ledger (keep-ledger.ts) is to others, and what it needs from where the ledger lies.

import type { Instant } from './instant.ts';
import type { Deadline } from './ports.ts';

/** A checkpoint over the first `size` entries, durable. */
export interface SignedHead {
  readonly size: number;
  /** Signed note (C2SP). */
  readonly note: string;
}

export type LedgerFinding =
  | {
      readonly kind: 'whole';
      /** None before the first. */
      readonly newest?: SignedHead;
      /**
       * Signs exactly what was found; absent when there is nothing new to sign, or when another key signs by now. The
       * first time, and after a change of key, it also writes the entry `ledger-key`, in one transaction.
       */
      readonly sign?: (at: Instant) => Promise<SignedHead>;
    }
  | {
      readonly kind: 'mismatch';
      /** The same for the same thing, whoever finds it. */
      readonly subject: string;
      /** For operators; no name in it. */
      readonly words: string;
      /** The checkpoint that does not fit, where it is one. */
      readonly note?: string;
    };

/** The ledger as its keeper sees it: a tree, heads of it that were signed, and the file that holds the newest. */
export interface KeptLedger {
  /** Checkpoints that are held, against what is stored now, and every entry since; O(log n), and those entries. */
  check(): Promise<LedgerFinding>;
  /** Brings the file outside of the database up to this checkpoint; one that is there and later stays. */
  publish(head: SignedHead): Promise<void>;
}

/** Signed heads of the ledger's tree, for people to keep a copy outside of the database. */
export interface Checkpoints {
  /**
   * The signed note of a checkpoint over the head as it is now; durable. Throws a Fault: `ledger-mismatch` when the
   * ledger is not what it was, and then nothing is signed.
   */
  current(): Promise<string>;
}

/** Whether the ledger is what was signed. */
export interface LedgerCheck {
  /**
   * Resolves at once while it is. Where that is not known yet it waits for the look that runs, or makes one, until the
   * deadline. Throws a Fault: `ledger-mismatch`, or what kept us from looking.
   * @param within asked only when there is something to wait for
   */
  passed(within: () => Deadline): Promise<void>;
}
