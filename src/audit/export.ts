import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import { systemClock } from '../config/system.ts';
import { parseKeyIdFragment } from '../domain/device.ts';
import { parseEntraDeviceId, parsePersonId } from '../domain/ids.ts';
import { type Instant, parseInstant } from '../domain/instant.ts';
import { accessSources, type ExportFormat, exportFormats, ledgerActs, type LedgerEntry } from '../domain/ledger-entry.ts';
import type { ReadingFilter } from '../domain/reading.ts';
import type { LedgerReader, Part } from '../domain/reading-ports.ts';
import type { Database } from '../store/database.ts';
import { ledgerIn } from '../store/ledger.ts';
import { ledgerReaderIn } from '../store/read-entries.ts';
import { type Command, type ExitCode, exitCodes, parseOptions, UsageError } from './command.ts';
import { withDatabase } from './database.ts';

const help = `npm run audit -- export --format csv|jsonl|ocsf [--out FILE] [--from TIME] [--to TIME] [--person ID] [--device NAME|ID]
                         [--key KEYID] [--act ACT]… [--source SOURCE]
  Entries as a file, oldest first, to the standard output or into a new FILE that only you can read. The export is itself
  an entry of the ledger, written before the first line leaves; a database that takes no entry exports nothing.
  --format   csv: for a spreadsheet, safe to open; jsonl: one JSON object a line; ocsf: API Activity events for a SIEM
  --from     this moment or later, --to before this one: 2026-11-01 (midnight UTC) or 2026-11-01T08:00+01:00
  --person   object id of a person in Entra
  --device   name of a device, as some entry has it, or its Entra deviceId
  --key      key ID, or at least its first eight characters
  --act      ${ledgerActs.slice(0, 5).join(', ')}, …; may be given several times
  --source   ${accessSources.join(', ')}`;

const options = {
  format: { type: 'string' },
  out: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  person: { type: 'string' },
  device: { type: 'string' },
  key: { type: 'string' },
  act: { type: 'string', multiple: true },
  source: { type: 'string' },
} as const;

interface Order {
  readonly format: ExportFormat;
  readonly out?: string;
  readonly filter: ReadingFilter;
  /** To be found among the entries. */
  readonly deviceName?: string;
  /** For the entry: `device LAPTOP-42, act revealed`. */
  readonly words: string;
}

function readOrder(args: readonly string[]): Order {
  const { format: form, out, from: begin, to: end, person: who, device, key, act: acts = [], source: origin } = parseOptions(args, options);
  const format = exportFormats.find((known) => known === form);
  if (format === undefined) throw new UsageError(`--format wants ${exportFormats.join(', ')}${form === undefined ? '.' : `, and got ${form}.`}`);
  const from = checked('--from', 'a day or a time with its zone', begin, parseInstant);
  const to = checked('--to', 'a day or a time with its zone', end, parseInstant);
  if (from !== undefined && to !== undefined && to <= from) throw new UsageError('--to must be later than --from.');
  const person = checked('--person', 'the object id of a person (a GUID)', who, parsePersonId);
  const keyId = checked('--key', 'a key ID, or its first eight characters', key, (text) => parseKeyIdFragment(String(text))?.hex);
  const source = checked('--source', accessSources.join(', '), origin, (text) => accessSources.find((known) => known === text));
  const known = acts.map((act) => ledgerActs.find((one) => one === act) ?? unknownAct(act));
  const deviceId = parseEntraDeviceId(device);
  const filter: ReadingFilter = {
    ...(person && { persons: [person] }),
    ...(deviceId && { devices: [deviceId] }),
    ...(keyId !== undefined && { keyId }),
    ...(known.length > 0 && { acts: known }),
    ...(source && { source }),
    ...(from && { from }),
    ...(to && { to }),
  };
  const said = { person: who, device, key, act: acts.length === 0 ? undefined : acts.join(' '), source: origin };
  const words = Object.entries(said).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
  return { format, filter, words: words.join(', ') || 'all entries', ...(out !== undefined && { out }), ...(device !== undefined && deviceId === undefined && { deviceName: device }) };
}

function checked<T>(option: string, wanted: string, given: string | undefined, parse: (value: unknown) => T | undefined): T | undefined {
  const value = given === undefined ? undefined : parse(given);
  if (given !== undefined && value === undefined) throw new UsageError(`${option} wants ${wanted}, and got ${given}.`);
  return value;
}

function unknownAct(act: string): never {
  throw new UsageError(`There is no act ${act}. There are: ${ledgerActs.join(', ')}.`);
}

async function write(database: Database, order: Order): Promise<ExitCode> {
  const reader = ledgerReaderIn(database);
  const part = await partOf(reader, order);
  // Opened before the entry is written: a file that cannot be made is no export.
  const target = await targetOf(order.out);
  const count = await reader.count(part, mostCounted);
  await ledgerIn(database, randomBytes).append(exportedEntry(order, count));
  for await (const piece of inChunks(reader.file(order.format, part, (read) => read))) if (!target.write(piece)) await new Promise((resolve) => target.once('drain', resolve));
  if (order.out !== undefined) {
    target.end();
    await finished(target);
  }
  console.error(`${count === 1 ? '1 entry' : `${count} entries`}${order.out === undefined ? '' : ` in ${order.out}`}. The export is in the ledger.`);
  return exitCodes.done;
}

/** As many as PostgreSQL can count into an integer. */
const mostCounted = 2_147_483_647;

async function partOf(reader: LedgerReader, { filter, deviceName }: Order): Promise<Part> {
  const head = await reader.head();
  if (deviceName === undefined) return { filter, head };
  const devices = await reader.devicesCalled(deviceName);
  if (devices.length === 0) throw new UsageError(`No entry names a device ${deviceName}. Ask by its deviceId when its name was erased.`);
  return { filter: { ...filter, devices }, head };
}

async function targetOf(out: string | undefined): Promise<Writable> {
  if (out === undefined) return process.stdout;
  const file = createWriteStream(out, { flags: 'wx', mode: 0o600 });
  await new Promise<void>((resolve, reject) => {
    file.once('open', () => resolve());
    file.once('error', (error) => reject(new UsageError(`${out} cannot be made: ${error.message}.`)));
  });
  return file;
}

/** A write for each line would cost more than the line. */
async function* inChunks(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  const enough = 65_536;
  let chunk = '';
  for await (const piece of pieces) {
    chunk += piece;
    if (chunk.length < enough) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

const exportedEntry = ({ format, filter, words }: Order, count: number): LedgerEntry => ({
  time: now(),
  act: 'exported',
  outcome: 'done',
  source: 'system',
  format,
  ...(count > 0 && { count }),
  ...(filter.from && { from: filter.from }),
  ...(filter.to && { to: filter.to }),
  asked: words,
  client: `${userInfo().username}@${hostname()}`,
});

const now = (): Instant => systemClock.now();

/** Named so because `export` is a word of the language. */
export const exportEntries: Command = {
  help,
  run: async (args, env) => {
    const order = readOrder(args);
    return withDatabase(env, (database) => write(database, order));
  },
};
