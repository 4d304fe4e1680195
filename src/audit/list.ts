import { parseEntraDeviceId, parsePersonId } from '../domain/ids.ts';
import { ledgerTable } from '../ledger/table.ts';
import { type EntryFilter, listEntries } from '../store/stored-entries.ts';
import { type Command, exitCodes, parseOptions, UsageError } from './command.ts';
import { withDatabase } from './database.ts';

const help = `npm run audit -- list [--last N] [--person ID] [--device NAME|ID] [--json]
  The newest entries (20, or N), oldest first.
  --person   object id of a person in Entra
  --device   name of a device, or its Entra deviceId
  --json     one JSON object a line: seq and entry`;

const options = { last: { type: 'string' }, json: { type: 'boolean' }, person: { type: 'string' }, device: { type: 'string' } } as const;

function readFilter({ last = '20', person, device }: { readonly last?: string; readonly person?: string; readonly device?: string }): EntryFilter {
  if (!/^[1-9]\d{0,6}$/.test(last)) throw new UsageError(`--last wants a number from 1 to 9999999, and got ${last}.`);
  const personId = parsePersonId(person);
  if (person !== undefined && personId === undefined) throw new UsageError(`--person wants the object id of a person (a GUID), and got ${person}.`);
  const deviceId = parseEntraDeviceId(device);
  return {
    last: Number(last),
    ...(personId !== undefined && { person: personId }),
    ...(device !== undefined && { device: deviceId === undefined ? { name: device } : { id: deviceId } }),
  };
}

export const list: Command = {
  help,
  run: async (args, env) => {
    const { json = false, ...given } = parseOptions(args, options);
    const filter = readFilter(given);
    const entries = await withDatabase(env, (database) => listEntries(database, filter));
    if (json) for (const { seq, entry } of entries) console.log(JSON.stringify({ seq, entry: entry ?? null }));
    else console.log(entries.length === 0 ? 'No entries.' : ledgerTable(entries));
    return exitCodes.done;
  },
};
