import type { ColumnType } from 'kysely';
import type { Jsonb } from './values.ts';

// The tables of the ledger; the others stand in tables.ts.

/** bigint: out as text. */
type Big = ColumnType<string, never, never>;
/** Given by the trigger on insert. */
type Sealed<T> = ColumnType<T, never, never>;

export interface LedgerEntryTable {
  seq: Big;
  body: ColumnType<Buffer, Uint8Array, never>;
  leaf_hash: Sealed<Buffer>;
  /** 32 bytes for each inner node that the entry completes (0003-tree.ts). */
  nodes: Sealed<Buffer | null>;
  time: Sealed<Date>;
  act: Sealed<string>;
  outcome: Sealed<string>;
  source: Sealed<string>;
  code: Sealed<string | null>;
  reason: Sealed<string | null>;
  person_id: Sealed<string | null>;
  device_id: Sealed<string | null>;
  key_id: Sealed<string | null>;
  request_id: Sealed<string | null>;
}

export interface LedgerTextTable {
  seq: ColumnType<string, string, never>;
  texts: ColumnType<unknown, Jsonb, Jsonb>;
}

export interface LedgerCheckpointTable {
  size: ColumnType<string, number, never>;
  root: ColumnType<Buffer, Uint8Array, never>;
  /** The signed note. */
  note: ColumnType<string, string, never>;
  at: ColumnType<Date, string, never>;
}
