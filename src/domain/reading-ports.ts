// What reading the ledger needs from outside. The rest of the ports stand in ports.ts.

import type { EntraDeviceId, ExportId, ReadingId } from './ids.ts';
import type { ExportFormat, LedgerEntry } from './ledger-entry.ts';
import type { ExportOffer, ReadEntry, Reading, ReadingFilter } from './reading.ts';
import type { CardPlace } from './request.ts';

/** What part of the ledger, and up to which entry. */
export interface Part {
  readonly filter: ReadingFilter;
  /** The newest entry that counts. */
  readonly head: number;
}

/** The ledger as people read it. Its methods throw `ledger-unavailable`. */
export interface LedgerReader {
  /** Number of the newest entry, 0 when there is none. */
  head(): Promise<number>;
  /** How many entries fit, at most `most`. */
  count(part: Part, most: number): Promise<number>;
  /** Newest first. */
  page(part: Part, place: { readonly skip: number; readonly most: number }): Promise<readonly ReadEntry[]>;
  /**
   * For each of these entries that the newest checkpoint covers, the proof that it is in the ledger, as https://c2sp.org/tlog-proof
   * writes it; all of them against that one checkpoint. Throws `ledger-mismatch` when what is stored does not make the
   * root that was signed.
   */
  proofs(seqs: readonly number[]): Promise<ReadonlyMap<number, string>>;
  /** Devices that bear the name in some entry, case folded: for those that Entra no longer knows. Erased names are not found. */
  devicesCalled(name: string): Promise<readonly EntraDeviceId[]>;
  /**
   * A file, piece by piece, oldest first; memory does not grow with it. `seen` is applied to each entry.
   * Throws a Fault `internal` before the piece that would hold a recovery password (law 1).
   */
  file(format: ExportFormat, part: Part, seen: (read: ReadEntry) => ReadEntry): AsyncIterable<string>;
}

/** Questions to the ledger while their cards may be used, and files that were offered. */
export interface Readings {
  open(reading: Reading): Promise<void>;
  find(id: ReadingId): Promise<Reading | undefined>;
  /** Where the card came to stand. */
  placed(id: ReadingId, card: CardPlace): Promise<void>;
  offer(offer: ExportOffer): Promise<void>;
  findOffer(id: ExportId): Promise<ExportOffer | undefined>;
  offerPlaced(id: ExportId, card: CardPlace): Promise<void>;
  /** offered → taken, with its entry in the same statement. False when it was taken or declined before. */
  take(id: ExportId, exported: LedgerEntry): Promise<boolean>;
  /** offered → declined. False when it was taken or declined before. */
  decline(id: ExportId): Promise<boolean>;
}
