// npm run audit: reads the ledger and checks it. Needs the database and nothing else: no Graph, no Teams.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault } from './domain/fault.ts';
import { parseEntraDeviceId, parsePersonId } from './domain/ids.ts';
import { ledgerTable } from './ledger/table.ts';
import { describe, verifyLedger } from './ledger/verify.ts';
import { hasCluster, startPostgres } from './postgres/start.ts';
import { type Database, openDatabase } from './store/database.ts';
import { type EntryFilter, listEntries, storedEntries } from './store/stored-entries.ts';

const help = `npm run audit -- list [--last N] [--person ID] [--device NAME|ID] [--json]
npm run audit -- verify

list     the newest entries (20, or N), oldest first
         --person   object id of a person in Entra
         --device   name of a device, or its Entra deviceId
         --json     one JSON object a line: seq and entry
verify   checks every entry: its bytes against its hash, its number, its columns, its texts. Note the root that it
         prints, elsewhere: a ledger cut off at its end, or written anew as a whole, fits in itself too

The database is the one of DATABASE_URL, else the demo's in KEYDESK_DATA_DIR (default .keydesk), which is started for
as long as it takes.

Exit code 0: done, and with verify: all intact. 1: verify found tampering. 2: wrong usage. 3: could not be looked at.`;

/** What was wrong with the command line, in words. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Exit codes; nothing else decides how the process ends. */
const done = 0;
const tampered = 1;
const wrongUsage = 2;
const unavailable = 3;

async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const command = readCommand(args);
    if (command.name === 'help') {
      console.log(help);
      return done;
    }
    return await withDatabase(env, (database) => (command.name === 'list' ? list(database, command.filter, command.json) : verify(database)));
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message} "npm run audit -- --help" says what there is.`);
      return wrongUsage;
    }
    console.error(error instanceof Fault ? remedyFor(error) : error instanceof Error ? error.message : String(error));
    return unavailable;
  }
}

type Command = { readonly name: 'help' } | { readonly name: 'verify' } | { readonly name: 'list'; readonly filter: EntryFilter; readonly json: boolean };

const listOptions = { last: { type: 'string' }, json: { type: 'boolean' }, person: { type: 'string' }, device: { type: 'string' } } as const;

function readCommand(args: readonly string[]): Command {
  const [name, ...rest] = args;
  if (name === undefined) throw new UsageError('What shall be done: list or verify?');
  if (args.includes('--help') || name === 'help') return { name: 'help' };
  if (name === 'verify') {
    if (rest.length > 0) throw new UsageError(`verify takes nothing more, and got ${rest.join(' ')}.`);
    return { name };
  }
  if (name !== 'list') throw new UsageError(`There is no ${name}.`);
  const { last = '20', json = false, person, device } = parse(rest);
  if (!/^[1-9]\d{0,6}$/.test(last)) throw new UsageError(`--last wants a number from 1 to 9999999, and got ${last}.`);
  const personId = parsePersonId(person);
  if (person !== undefined && personId === undefined) throw new UsageError(`--person wants the object id of a person (a GUID), and got ${person}.`);
  const deviceId = parseEntraDeviceId(device);
  const filter = {
    last: Number(last),
    ...(personId !== undefined && { person: personId }),
    ...(device !== undefined && { device: deviceId === undefined ? { name: device } : { id: deviceId } }),
  };
  return { name, filter, json };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: listOptions }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function withDatabase(env: NodeJS.ProcessEnv, work: (database: Database) => Promise<number>): Promise<number> {
  const own = env['DATABASE_URL'] ? undefined : await demoDatabase(env['KEYDESK_DATA_DIR'] || '.keydesk', env['KEYDESK_POSTGRES_PORT']);
  const database = openDatabase(own?.appUrl ?? env['DATABASE_URL'] ?? '', { applicationName: 'keydesk audit', maxConnections: 1 });
  try {
    return await work(database);
  } finally {
    await database.close();
    await own?.stop();
  }
}

function demoDatabase(dataFolder: string, port: string | undefined) {
  if (!hasCluster(dataFolder)) {
    throw new Error(`There is no ledger to look at: DATABASE_URL is not set, and ${join(dataFolder)} holds no database of the demo. Set one of them, or run "npm run demo" once.`);
  }
  return startPostgres({ dataFolder, ...(port !== undefined && /^\d+$/.test(port) && { port: Number(port) }) });
}

async function list(database: Database, filter: EntryFilter, json: boolean): Promise<number> {
  const entries = await listEntries(database, filter);
  if (json) for (const { seq, entry } of entries) console.log(JSON.stringify({ seq, entry: entry ?? null }));
  else console.log(entries.length === 0 ? 'No entries.' : ledgerTable(entries));
  return done;
}

async function verify(database: Database): Promise<number> {
  const findings = verifyLedger(storedEntries(database));
  let step = await findings.next();
  for (; step.done !== true; step = await findings.next()) console.log(describe(step.value));
  const { size, root, erased, findings: found } = step.value;
  const entries = size === 1 ? '1 entry' : `${size} entries`;
  const texts = erased === 0 ? '' : ` (${erased === 1 ? '1 personal text was' : `${erased} personal texts were`} erased, which is no tampering)`;
  if (found === 0) {
    console.log(`${entries}, root ${Buffer.from(root).toString('hex')}, all intact${texts}.`);
    return done;
  }
  console.log(`\n${entries}, ${found === 1 ? '1 sign' : `${found} signs`} of tampering${texts}.`);
  console.log('Keep a copy of this database as it is. Compare the entries named above with a backup, and look for who could log in as its owner.');
  return tampered;
}

function remedyFor(fault: Fault): string {
  if (/ 42P01| 3F000/.test(fault.message)) return `There are no tables in this database (${fault.message}). Run "npm run migrate", or set DATABASE_URL to the database of the service.`;
  if (/ 28| 42501/.test(fault.message)) return `The database does not let this role in or read (${fault.message}). DATABASE_URL wants the role of the service, or the owner.`;
  return `The ledger could not be read (${fault.message}). Is the database of DATABASE_URL there?`;
}

// A reader that has seen enough (| head) is no error.
process.stdout.on('error', (error) => process.exit('code' in error && error.code === 'EPIPE' ? done : unavailable));
process.exitCode = await main(process.argv.slice(2), process.env);
