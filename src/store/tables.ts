import type { ColumnType } from 'kysely';
import type { PostingState } from '../domain/channel.ts';
import type { FaultCode } from '../domain/fault.ts';
import type { Verdict } from '../domain/key-read.ts';
import type { AlertKind, ExportFormat } from '../domain/ledger-entry.ts';
import type { ReadingScope } from '../domain/person.ts';
import type { ExportOffer } from '../domain/reading.ts';
import type { Purpose, RequestBy, RequestState } from '../domain/request.ts';
import type { RotationState } from '../domain/rotation.ts';
import type { LedgerCheckpointTable, LedgerEntryTable, LedgerTextTable } from './ledger-tables.ts';
import type { Jsonb } from './values.ts';

// The tables as the migrations make them, written by hand: what comes out is not believed before it was parsed.

/** timestamptz(3): out as Date, in as ISO 8601. */
type Time = ColumnType<Date, string, string>;
type MaybeTime = ColumnType<Date | null, string | null | undefined, string | null>;
type Json = ColumnType<unknown, Jsonb, Jsonb>;
type MaybeJson = ColumnType<unknown, Jsonb | null | undefined, Jsonb | null>;
/** bigint: out as text. */
type Big = ColumnType<string, never, never>;

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
  card: MaybeJson;
  api: MaybeJson;
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
  /** Rotations that became part of it. */
  absorbed: ColumnType<string[], string[] | undefined, string[]>;
}

export interface ApiOnceTable {
  caller: string;
  /** SHA-256 of the key, and of what was asked for. */
  key: ColumnType<Buffer, Buffer, never>;
  wish: ColumnType<Buffer, Buffer, Buffer>;
  request_id: string;
  at: Time;
}

export interface EntraReadTable {
  id: string;
  at: Time;
  key_id: string;
  device_id: string | null;
  verdict: ColumnType<string, Verdict['kind'], never>;
  /** The `intended` that explains it. */
  entry_seq: ColumnType<string | null, number | null, never>;
  seen_at: Time;
}

/** One row, made by the first claim. */
export interface EntraLogTable {
  one: boolean;
  taken: ColumnType<string, number, number>;
  taken_until: MaybeTime;
  next_at: Time;
  read_to: MaybeTime;
  deep_from: MaybeTime;
  deep_to: MaybeTime;
  judged_to: MaybeTime;
  succeeded_at: MaybeTime;
  unreadable: number;
  failed_at: MaybeTime;
  fault: ColumnType<string | null, FaultCode | null | undefined, FaultCode | null>;
}

export interface ReadingTable {
  id: string;
  person_id: string;
  tenant_id: string;
  person_name: string;
  viewer: Json;
  scope: ColumnType<string, ReadingScope, never>;
  filter: Json;
  about: string;
  head: ColumnType<string, number, never>;
  count: number;
  card: Json;
  at: Time;
}

export interface ExportOfferTable {
  id: string;
  reading_id: string | null;
  names: Json | null;
  person_id: string;
  tenant_id: string;
  person_name: string;
  format: ColumnType<string, ExportFormat, never>;
  file_name: string;
  state: ColumnType<string, ExportOffer['state'], ExportOffer['state']>;
  card: Json;
  at: Time;
}

export interface ChannelTable {
  id: string;
  service_url: string | null;
  bot_id: string | null;
  bot_name: string | null;
  locale: string | null;
  schedule: string | null;
  next_at: MaybeTime;
  covered_to: MaybeTime;
  posted_to: MaybeTime;
  subscribed_by: string | null;
  busy_until: MaybeTime;
  dead_at: MaybeTime;
  dead_status: number | null;
  lives: number;
}

export interface PostingTable {
  id: Big;
  channel_id: string;
  kind: ColumnType<string, 'summary' | 'alert', never>;
  period_from: MaybeTime;
  period_to: MaybeTime;
  entry_seq: ColumnType<string | null, number | undefined, never>;
  entry_hash: ColumnType<Buffer | null, Uint8Array | undefined, never>;
  state: ColumnType<string, PostingState | undefined, PostingState>;
  wanted_at: Time;
  due_at: Time;
  taken_until: MaybeTime;
  attempt: ColumnType<number, number | undefined, number>;
  activity_id: string | null;
  posted_at: MaybeTime;
  told: ColumnType<boolean, boolean | undefined, boolean>;
}

export interface WatchTable {
  name: string;
  seq: ColumnType<string, number, number>;
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
  'keydesk.api_once': ApiOnceTable;
  'keydesk.entra_read': EntraReadTable;
  'keydesk.entra_log': EntraLogTable;
  'keydesk.reading': ReadingTable;
  'keydesk.export_offer': ExportOfferTable;
  'keydesk.channel': ChannelTable;
  'keydesk.posting': PostingTable;
  'keydesk.watch': WatchTable;
  'keydesk.migration': MigrationTable;
}
