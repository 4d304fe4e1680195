// CSV as in RFC 4180, for people with a spreadsheet: UTF-8 with a byte order mark, lines that end in CR LF, every field
// in quotes that needs them, and nothing that a spreadsheet takes for a formula.
import type { ReadEntry } from '../../domain/reading.ts';
import type { LedgerEntry } from '../../domain/ledger-entry.ts';

type Cell = string | number | undefined;

/** Texts from outside are `outside(…)`: they may begin like a formula. The rest are our own codes, ids and times. */
const columns = {
  entry: ({ seq }) => seq,
  time: ({ entry }) => entry.time,
  act: ({ entry }) => entry.act,
  outcome: ({ entry }) => entry.outcome,
  code: ({ entry }) => entry.code,
  source: ({ entry }) => entry.source,
  person_id: ({ entry }) => entry.person?.id,
  person_name: (row) => outside(row, 'personName', row.entry.person?.name),
  device_id: ({ entry }) => entry.device?.deviceId,
  device_object_id: ({ entry }) => entry.device?.objectId,
  device_name: (row) => outside(row, 'deviceName', row.entry.device?.name),
  key_id: ({ entry }) => entry.keyId,
  volume_type: ({ entry }) => entry.volumeType,
  reason: ({ entry }) => entry.reason,
  reason_text: (row) => outside(row, 'reasonText', row.entry.reasonText),
  caller_check: ({ entry }) => entry.callerCheck,
  ticket: (row) => outside(row, 'ticket', row.entry.ticket),
  request_id: ({ entry }) => entry.requestId,
  attempt: ({ entry }) => entry.attempt,
  reference: ({ entry }) => entry.reference,
  graph_request_id: ({ entry }) => entry.graphRequestId && formulaSafe(entry.graphRequestId),
  client_request_id: ({ entry }) => entry.clientRequestId && formulaSafe(entry.clientRequestId),
  conversation: ({ entry }) => entry.conversation,
  count: ({ entry }) => entry.count,
  asked: (row) => outside(row, 'asked', row.entry.asked),
  configuration: ({ entry }) => entry.configuration,
  rotation_id: ({ entry }) => entry.rotationId,
  cause: ({ entry }) => entry.cause,
  new_key_id: ({ entry }) => entry.newKeyId,
  result: ({ entry }) => entry.result,
  alert: ({ entry }) => entry.alert,
  subject_id: ({ entry }) => entry.subjectId,
  audit_id: ({ entry }) => entry.auditId && formulaSafe(entry.auditId),
  happened_at: ({ entry }) => entry.happenedAt,
  client_app_id: ({ entry }) => entry.clientAppId,
  channel: ({ entry }) => entry.channel && formulaSafe(entry.channel),
  schedule: ({ entry }) => entry.schedule && formulaSafe(entry.schedule),
  period_from: ({ entry }) => entry.from,
  period_to: ({ entry }) => entry.to,
  format: ({ entry }) => entry.format,
  note: ({ entry }) => entry.note && formulaSafe(entry.note),
  client: (row) => outside(row, 'client', row.entry.client),
  authority: ({ entry }) => entry.authority,
  erased: ({ erased }) => erased.join(' '),
  caller: ({ entry }) => entry.caller,
  requested_by: (row) => outside(row, 'requestedBy', row.entry.requestedBy),
} satisfies Record<string, (row: Row) => Cell>;

type Row = ReadEntry & { readonly entry: LedgerEntry };

const lineBreak = '\r\n';
/** Without it Excel takes UTF-8 for something else. */
export const byteOrderMark = '\ufeff';

/** The byte order mark and the headings. */
export const csvHead = `${byteOrderMark}${Object.keys(columns).join(',')}${lineBreak}`;

export function csvLine({ entry, ...read }: ReadEntry): string {
  // What cannot be read any more is a line all the same: a hole would hide it.
  const cells = entry === undefined ? [String(read.seq), '', 'unreadable', ...Object.keys(columns).slice(3).map(() => '')] : Object.values(columns).map((cell) => cell({ ...read, entry }));
  return cells.map(quoted).join(',') + lineBreak;
}

/** Any table; every cell may be from outside. */
export const sheetLine = (cells: readonly string[]): string => cells.map((cell) => quoted(formulaSafe(cell))).join(',') + lineBreak;

const outside = ({ erased }: Row, name: ReadEntry['erased'][number], text: string | undefined): string | undefined => (erased.includes(name) ? '(erased)' : text === undefined ? undefined : formulaSafe(text));

/**
 * A cell that begins with one of these is a formula to Excel, LibreOffice or Google Sheets, in full width too; blanks and
 * controls before it are skipped by some. An apostrophe makes it text. The same behind a semicolon or a tab, where a
 * spreadsheet of another language begins the next cell.
 */
export function formulaSafe(text: string): string {
  const within = text.replaceAll(/([;\t\r\n])(?=(?:[^\S\t\r\n]|\p{Cf})*[=+\-@\uff1d\uff0b\uff0d\uff20])/gu, "$1'");
  return /^(?:[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/u.test(within) ? `'${within}` : within;
}

function quoted(cell: Cell): string {
  const text = cell === undefined ? '' : String(cell);
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
