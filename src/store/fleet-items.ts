// What scripts are told of the devices of the index, page by page in the order of their ids: a device that comes or goes
// meanwhile moves no other. Written when a sweep concludes (conclusions.ts), and only read here.
import { type FleetItemPage, type FleetItems, foldedName } from '../domain/fleet.ts';
import { parseEntraDeviceId } from '../domain/ids.ts';
import type { Database } from './database.ts';

export async function itemsIn({ run }: Pick<Database, 'run'>, wish: FleetItems): Promise<FleetItemPage> {
  const { text, values } = itemsStatement(wish);
  const [row] = await run<{ readonly lines: string | null }>(text, values);
  const found = row?.lines ?? '';
  const end = endOfLine(found, wish.most);
  const lines = found.slice(0, end);
  if (end === found.length) return { lines };
  const last = parseEntraDeviceId(Object(JSON.parse(lines.slice(lines.lastIndexOf('\n') + 1))).deviceId);
  return { lines, ...(last !== undefined && { next: last }) };
}

/** Where the line with that number ends, or the text. */
function endOfLine(text: string, line: number): number {
  let end = -1;
  for (let passed = 0; passed < line; passed += 1) {
    end = text.indexOf('\n', end + 1);
    if (end < 0) return text.length;
  }
  return end;
}

/**
 * The page as one value: a hundred rows cost the driver more than one text. At least one device more is read than wanted,
 * to know whether there is one. Written by hand and sent without the query builder, because its speed is measured; it
 * always has a value, because what has none is planned anew each time (database.ts).
 */
export function itemsStatement(wish: FleetItems): { readonly text: string; readonly values: readonly string[] } {
  const values: string[] = [];
  const where: string[] = [];
  for (const [valueIn, condition] of conditions) {
    const value = valueIn(wish);
    if (value !== undefined) where.push(condition(`$${values.push(value)}`));
  }
  const page = `select device_id, item from keydesk.device_item i where ${where.join(' and ')} order by device_id limit ${sizeFor(wish.most + 1)}`;
  return { text: `select string_agg(item, e'\\n' order by device_id) as lines from (${page}) page`, values };
}

/** Written out, because a plan for any number of rows is one for many; few numbers, because every text is a plan that is kept. */
const sizes = [11, 101, 1001] as const;
const sizeFor = (most: number): number => sizes.find((size) => size >= most) ?? most;

/** Nobody's. */
const beforeAll = '00000000-0000-0000-0000-000000000000';

type Condition = readonly [valueIn: (wish: FleetItems) => string | undefined, condition: (value: string) => string];

const conditions: readonly Condition[] = [
  [({ after = beforeAll }) => after, (after) => `i.device_id > ${after}::uuid`],
  // The place ($1) is said of the devices too: nothing follows from one side of a join to the other but what is equal.
  [({ status }) => status, (status) => `i.device_id in (select d.device_id from keydesk.device d where d.status = ${status} and d.deleted_at is null and d.device_id > $1::uuid)`],
  [({ deviceId }) => deviceId, (deviceId) => `i.device_id = ${deviceId}::uuid`],
  [({ name }) => name && foldedName(name), (name) => `i.device_id in (select d.device_id from keydesk.device d where d.name_folded = ${name})`],
  [({ user }) => user, (user) => `i.device_id in (select m.device_id from keydesk.managed_device m where lower(m.primary_user) = lower(${user}))`],
  // A range of the primary key: the digits that are not known are between all zeros and all Fs.
  [({ keyId }) => keyId, (hex) => `i.device_id in (select k.device_id from keydesk.device_key k where k.key_id between rpad(${hex}, 32, '0')::uuid and rpad(${hex}, 32, 'f')::uuid)`],
  [({ volume }) => volume, (volume) => `exists (select from keydesk.device_key k where k.device_id = i.device_id and k.volume = ${volume})`],
];
