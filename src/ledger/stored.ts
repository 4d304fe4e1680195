// The ledger as it lies in the database, whatever it is by now: nothing of it is believed before it was checked.

/** The columns kept for queries; each repeats something of the body. */
export interface EntryColumns {
  readonly time: Date | null;
  readonly act: string | null;
  readonly outcome: string | null;
  readonly source: string | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly person_id: string | null;
  readonly device_id: string | null;
  readonly key_id: string | null;
  readonly request_id: string | null;
}

/** One entry. `body` is null where only its texts are left. */
export interface StoredEntry extends EntryColumns {
  readonly seq: number;
  readonly body: Uint8Array | null;
  readonly leaf_hash: Uint8Array | null;
  /** The inner nodes that the entry completes, 32 bytes each, the lowest first; null where there is none. */
  readonly nodes: Uint8Array | null;
  readonly texts: unknown;
}

/** A row of the signed heads; `size` and `root` repeat what `note` says. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
}
