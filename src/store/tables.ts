import type { ColumnType } from 'kysely';
import type { AlertKind } from '../domain/ledger-entry.ts';
import type { Purpose, RequestBy, RequestState } from '../domain/request.ts';
import type { RotationState } from '../domain/rotation.ts';
import type { Jsonb } from './values.ts';

// The tables as the migrations make them, written by hand: what comes out is not believed before it was parsed.

/** timestamptz(3): out as Date, in as ISO 8601. */
type Time = ColumnType<Date, string, string>;
type MaybeTime = ColumnType<Date | null, string | null | undefined, string | null>;
type Json = ColumnType<unknown, Jsonb, Jsonb>;
type MaybeJson = ColumnType<unknown, Jsonb | null | undefined, Jsonb | null>;
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
  texts: Json;
}

export interface LedgerCheckpointTable {
  size: ColumnType<string, number, never>;
  root: ColumnType<Buffer, Uint8Array, never>;
  /** The signed note. */
  note: ColumnType<string, string, never>;
  at: ColumnType<Date, string, never>;
}

export interface AlertRaisedTable {
  kind: ColumnType<string, AlertKind, never>;
  subject: string;
  at: Time;
}

export interface RefusalTallyTable {
  person_id: string;
  code: string;
  ends_at: Time;
  count: number;
  common: MaybeJson;
}

export interface AskTable {
  message: Uint8Array;
  person_id: string;
  at: Time;
}

export interface RequestTable {
  id: string;
  purpose: ColumnType<string, Purpose, never>;
  asked_by: ColumnType<string, RequestBy, never>;
  state: ColumnType<string, RequestState, RequestState>;
  person_id: string;
  tenant_id: string;
  person_name: string;
  viewer: Json;
  caller_proof: boolean;
  choices: Json;
  offer: MaybeJson;
  preset: Json;
  misses: number;
  card: Json;
  opened_at: Time;
  expires_at: Time;
  claimed_at: MaybeTime;
  attempt: number;
  /** The grant; `grant` is a word of SQL. */
  given: MaybeJson;
  revealed_at: MaybeTime;
  hide_at: MaybeTime;
  hidden_at: MaybeTime;
  show_again_until: MaybeTime;
  hide_taken_until: MaybeTime;
  rotation_id: ColumnType<string | null, string | null | undefined, string | null>;
}

export interface RotationTable {
  id: string;
  device_id: string;
  device: Json;
  causes: Json;
  volume_types: Json;
  state: ColumnType<string, RotationState, RotationState>;
  created_at: Time;
  due_at: Time;
  attempt: number;
  claimed_at: MaybeTime;
  baseline: MaybeJson;
  sent_at: MaybeTime;
  looks: number;
  new_keys: Json;
  by_itself: boolean | null;
  failure: string | null;
  error_code: number | null;
  ended_at: MaybeTime;
  /** When it wants to be worked on; null when it is over. */
  look_at: MaybeTime;
  /** Its job was given up, until it moves again. */
  dead_at: MaybeTime;
}

export interface MigrationTable {
  name: string;
  checksum: string;
  applied_at: ColumnType<Date, never, never>;
}

export interface Tables {
  'keydesk.ledger_entry': LedgerEntryTable;
  'keydesk.ledger_text': LedgerTextTable;
  'keydesk.ledger_checkpoint': LedgerCheckpointTable;
  'keydesk.alert_raised': AlertRaisedTable;
  'keydesk.refusal_tally': RefusalTallyTable;
  'keydesk.ask': AskTable;
  'keydesk.request': RequestTable;
  'keydesk.rotation': RotationTable;
  'keydesk.migration': MigrationTable;
}
