// What the keeper of the ledger needs from where it lies (keep-ledger.ts).

import type { Instant } from './instant.ts';

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
