// What scripts are told of the devices of the index, page by page in the order of their ids: a device that comes or goes
// meanwhile moves no other. Written when a sweep concludes (conclusions.ts), and only read here.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type FleetItemPage, type FleetItems, foldedName } from '../domain/fleet.ts';
import { parseEntraDeviceId } from '../domain/ids.ts';
import type { Tables } from './tables.ts';

export async function itemsIn(db: Kysely<Tables>, wish: FleetItems): Promise<FleetItemPage> {
  const { rows } = await itemsQuery(wish).execute(db);
  const found = rows[0]?.lines ?? '';
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

/** The page as one value: a hundred rows cost the driver more than one text. At least one device more is read than wanted, to know whether there is one. */
export function itemsQuery(wish: FleetItems): RawBuilder<{ readonly lines: string | null }> {
  const all = conditionsOf(wish);
  const where = all.length === 0 ? sql`` : sql`where ${sql.join(all, sql` and `)}`;
  return sql`
    select string_agg(item, e'\\n' order by device_id) as lines
    from (select device_id, item from keydesk.device_item i ${where} order by device_id limit ${sql.lit(sizeFor(wish.most + 1))}) page`;
}

/** Written out, because a plan for any number of rows is one for many; few numbers, because every text is a plan that is kept. */
const sizes = [11, 101, 1001] as const;
const sizeFor = (most: number): number => sizes.find((size) => size >= most) ?? most;

const noDevice = '00000000-0000-0000-0000-000000000000';

type Condition = (wish: FleetItems) => RawBuilder<unknown> | undefined;

const conditions: readonly Condition[] = [
  ({ after }) => (after === undefined ? undefined : sql`i.device_id > ${after}::uuid`),
  // The place is said of the devices too: nothing follows from one side of a join to the other but what is equal.
  ({ status, after = noDevice }) => (status === undefined ? undefined : sql`i.device_id in (select d.device_id from keydesk.device d where d.status = ${status} and d.deleted_at is null and d.device_id > ${after}::uuid)`),
  ({ deviceId }) => (deviceId === undefined ? undefined : sql`i.device_id = ${deviceId}::uuid`),
  ({ name }) => (name === undefined ? undefined : sql`i.device_id in (select d.device_id from keydesk.device d where d.name_folded = ${foldedName(name)})`),
  ({ user }) => (user === undefined ? undefined : sql`i.device_id in (select m.device_id from keydesk.managed_device m where lower(m.primary_user) = lower(${user}))`),
  ({ keyId }) => (keyId === undefined ? undefined : sql`i.device_id in (select k.device_id from keydesk.device_key k where k.key_id between ${keyId.padEnd(32, '0')}::uuid and ${keyId.padEnd(32, 'f')}::uuid)`),
  ({ volume }) => (volume === undefined ? undefined : sql`exists (select from keydesk.device_key k where k.device_id = i.device_id and k.volume = ${volume})`),
];

const conditionsOf = (wish: FleetItems): readonly RawBuilder<unknown>[] => conditions.map((condition) => condition(wish)).filter((condition) => condition !== undefined);
