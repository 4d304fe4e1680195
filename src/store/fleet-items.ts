// Devices of the index with their keys, page by page in the order of their ids: a device that comes or goes meanwhile moves
// no other. One statement; the page is cut out before its keys are looked up.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { escrowReasons, escrowStatuses } from '../domain/escrow.ts';
import { type FleetItem, type FleetItems, foldedName } from '../domain/fleet.ts';
import { parseEntraDeviceId, parseKeyId } from '../domain/ids.ts';
import { parsedBy, text, time, volumeType } from './row-parts.ts';
import type { Tables } from './tables.ts';

const maybeTime = time.nullable().transform((at) => at ?? undefined);
const page = z.array(
  z.object({
    deviceId: parsedBy(parseEntraDeviceId),
    name: text,
    status: z.enum(escrowStatuses),
    reason: z.enum(escrowReasons),
    asOf: maybeTime,
    keys: z.array(z.object({ keyId: parsedBy(parseKeyId), volumeType, createdAt: maybeTime })).nullable().transform((keys) => keys ?? []),
  }),
);

export async function itemsIn(db: Kysely<Tables>, wish: FleetItems): Promise<readonly FleetItem[]> {
  const { rows } = await itemsQuery(wish).execute(db);
  return page.parse(rows[0]?.items ?? []).slice(0, wish.most);
}

/** The page as one value: a hundred rows of a few columns each cost the driver more than one text. */
export const itemsQuery = (wish: FleetItems): RawBuilder<{ readonly items: unknown }> => sql`
  select json_agg(json_build_object('deviceId', d.device_id, 'name', d.name, 'status', d.status, 'reason', d.reason, 'asOf', d.as_of, 'keys',
    (select json_agg(json_build_object('keyId', k.key_id, 'volumeType', k.volume, 'createdAt', k.created_at)) from keydesk.device_key k where k.device_id = d.device_id)
  ) order by d.device_id) as items
  from (
    select device_id, name, status, reason, as_of from keydesk.device d where ${sql.join(conditionsOf(wish), sql` and `)}
    order by device_id limit ${sql.lit(sizeFor(wish.most))}) d`;

/** Written out, because a plan for any number of rows is one for many; few numbers, because every text is a plan that is kept. */
const sizes = [11, 101, 1001] as const;
const sizeFor = (most: number): number => sizes.find((size) => size >= most) ?? most;

type Condition = (wish: FleetItems) => RawBuilder<unknown> | undefined;

const conditions: readonly Condition[] = [
  () => sql`d.deleted_at is null and d.status is not null`,
  ({ after }) => (after === undefined ? undefined : sql`d.device_id > ${after}::uuid`),
  ({ status }) => (status === undefined ? undefined : sql`d.status = ${status}`),
  ({ deviceId }) => (deviceId === undefined ? undefined : sql`d.device_id = ${deviceId}::uuid`),
  ({ name }) => (name === undefined ? undefined : sql`d.name_folded = ${foldedName(name)}`),
  ({ user }) => (user === undefined ? undefined : sql`d.device_id in (select m.device_id from keydesk.managed_device m where lower(m.primary_user) = lower(${user}))`),
  ({ keyId }) => (keyId === undefined ? undefined : sql`d.device_id in (select k.device_id from keydesk.device_key k where k.key_id between ${keyId.padEnd(32, '0')}::uuid and ${keyId.padEnd(32, 'f')}::uuid)`),
  ({ volume }) => (volume === undefined ? undefined : sql`exists (select from keydesk.device_key k where k.device_id = d.device_id and k.volume = ${volume})`),
];

const conditionsOf = (wish: FleetItems): readonly RawBuilder<unknown>[] => conditions.map((condition) => condition(wish)).filter((condition) => condition !== undefined);
