// The ports of what holds the ledger against Entra's own log (reconcile.ts), as ports.ts has those of the desk.

import type { EntraClaim, EntraProgress, EntraState } from './entra-log.ts';
import type { FaultCode } from './fault.ts';
import type { KeyId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Intention, KeyRead, Verdict } from './key-read.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { Alert, Deadline } from './ports.ts';

/** A part of Entra's log. */
export interface KeyReadPage {
  readonly reads: readonly KeyRead[];
  /** Rows of which nobody can tell what they say. */
  readonly unreadable: number;
}

/** Entra's own log of who read which key. Needs an identity with `AuditLog.Read.All`. */
export interface AuditLog {
  /**
   * All reads of recovery keys from `from` to `to`, both included, page by page, in any order. `take` is waited for before
   * the next page is asked for: what it took before a Fault is whole. When it answers false, nothing further is asked.
   * @param deadline a fresh one for each page: a long list is no reason for a late answer
   */
  keyReads(period: { readonly from: Instant; readonly to: Instant }, options: { readonly deadline: () => Deadline; readonly take: (page: KeyReadPage) => Promise<boolean> }): Promise<void>;
}

/** A read, judged for the first time, and what is written down about it. */
export interface JudgedRead {
  readonly read: KeyRead;
  readonly verdict: Verdict;
  readonly at: Instant;
  readonly entries: readonly LedgerEntry[];
  readonly alert?: Alert;
}

/** A reveal of ours of which Entra's log knows nothing. */
export interface UnreadReveal {
  /** Its `intended`. */
  readonly seq: number;
  readonly intended: LedgerEntry;
  /** What became of it. */
  readonly outcome: 'done' | 'unknown';
}

/**
 * What was read of Entra's log, and how far. One instance reads at a time: whoever has claimed it holds it until
 * `until`, and every write about how far it came is a compare-and-set on the claim, false when it was lost.
 */
export interface EntraReads {
  /** Undefined when somebody else reads, or when it is not time yet. Nobody begins before `nextAt` after it. */
  claim(claim: { readonly now: Instant; readonly until: Instant; readonly nextAt: Instant }): Promise<EntraClaim | undefined>;
  renew(claim: EntraClaim, until: Instant): Promise<boolean>;
  advance(claim: EntraClaim, to: EntraProgress): Promise<boolean>;
  /** All of it was read. */
  succeeded(claim: EntraClaim, end: { readonly at: Instant; readonly unreadable: number }): Promise<boolean>;
  /** It broke off; what was taken stays. */
  failed(claim: EntraClaim, end: { readonly at: Instant; readonly fault: FaultCode; readonly nextAt: Instant }): Promise<boolean>;
  /** Given back in the middle, for anybody to begin again at once. */
  release(claim: EntraClaim): Promise<boolean>;
  /** Undefined when it was never tried. */
  state(): Promise<EntraState | undefined>;

  /** Those of the reads that were not recorded yet. */
  unseen(reads: readonly KeyRead[]): Promise<readonly KeyRead[]>;
  /** Of these keys, in this time, both ends included. */
  intentions(about: { readonly keyIds: readonly KeyId[]; readonly from: Instant; readonly to: Instant }): Promise<readonly Intention[]>;
  /** The read, its entries and its alert in one transaction. False when the row was recorded before: nothing was written. */
  record(judged: JudgedRead): Promise<boolean>;
  /**
   * Reveals whose `intended` lies from `from` (included) to `to` (excluded) and that no matched read of the same key
   * explains (`matchSeconds`): shown, or of unknown outcome. In their order, `most` at most, those behind `after`.
   */
  withoutRead(period: { readonly from: Instant; readonly to: Instant; readonly after: number; readonly most: number }): Promise<readonly UnreadReveal[]>;
  /** Forgets reads recorded before `olderThan`; their entries stay. @returns how many */
  prune(olderThan: Instant): Promise<number>;
}
