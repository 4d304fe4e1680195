// Questions to the ledger and offered files, for a day.
import { type Selectable, sql } from 'kysely';
import { z } from 'zod';
import { Fault } from '../domain/fault.ts';
import { parseEntraDeviceId, parseExportId, parsePersonId, parseReadingId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { accessSources, exportFormats, ledgerActs } from '../domain/ledger-entry.ts';
import { readingScopes } from '../domain/person.ts';
import type { ExportOffer, Reading, ReadingFilter } from '../domain/reading.ts';
import type { Readings } from '../domain/reading-ports.ts';
import type { CardPlace, Viewer } from '../domain/request.ts';
import { appendedWhen, type Random } from './append.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import { parsedBy, person, type Shape, text, time } from './row-parts.ts';
import type { ExportOfferTable, ReadingTable } from './tables.ts';
import { jsonb } from './values.ts';

export interface ReadingStore extends Readings {
  /** Forgets questions and offers from before `olderThan`. @returns how many */
  prune(olderThan: Instant): Promise<number>;
}

export function readingsIn({ db }: Database, random: Random): ReadingStore {
  const store = <T>(act: () => Promise<T>): Promise<T> => orFault('store-unavailable', act);
  return {
    open: (reading) => store(async () => void (await db.insertInto('keydesk.reading').values(readingRow(reading)).execute())),
    find: (id) =>
      store(async () => {
        const row = await db.selectFrom('keydesk.reading').selectAll().where('id', '=', id).executeTakeFirst();
        return row && parseReading(row);
      }),
    placed: (id, card) => store(async () => void (await db.updateTable('keydesk.reading').set({ card: jsonb(card) }).where('id', '=', id).execute())),
    offer: (offer) => store(async () => void (await db.insertInto('keydesk.export_offer').values(offerRow(offer)).execute())),
    findOffer: (id) =>
      store(async () => {
        const row = await db.selectFrom('keydesk.export_offer').selectAll().where('id', '=', id).executeTakeFirst();
        return row && parseOffer(row);
      }),
    offerPlaced: (id, card) => store(async () => void (await db.updateTable('keydesk.export_offer').set({ card: jsonb(card) }).where('id', '=', id).execute())),
    take: (id, exported) =>
      orFault('ledger-unavailable', async () => {
        // One statement: what was taken has its entry.
        const { rows } = await sql`
          with taken as (update keydesk.export_offer set state = 'taken' where id = ${id} and state = 'offered' returning 1), ${appendedWhen('taken', exported, random)}
          select from taken`.execute(db);
        return rows.length === 1;
      }),
    decline: (id) =>
      store(async () => {
        const { numUpdatedRows } = await db.updateTable('keydesk.export_offer').set({ state: 'declined' }).where('id', '=', id).where('state', '=', 'offered').executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
    prune: (olderThan) =>
      store(async () => {
        const before = sql<Date>`${olderThan}::timestamptz`;
        const readings = await db.deleteFrom('keydesk.reading').where('at', '<', before).executeTakeFirst();
        const offers = await db.deleteFrom('keydesk.export_offer').where('at', '<', before).executeTakeFirst();
        return Number(readings.numDeletedRows + offers.numDeletedRows);
      }),
  };
}

const card = z.object({ conversationId: text, serviceUrl: text, activityId: text.exactOptional() } satisfies Shape<CardPlace>);
const filter = z.object({
  persons: z.array(parsedBy(parsePersonId)).exactOptional(),
  devices: z.array(parsedBy(parseEntraDeviceId)).exactOptional(),
  either: text.exactOptional(),
  keyId: text.exactOptional(),
  acts: z.array(z.enum(ledgerActs)).exactOptional(),
  source: z.enum(accessSources).exactOptional(),
  from: time.exactOptional(),
  to: time.exactOptional(),
} satisfies Shape<ReadingFilter>);
const readingForm = z.object({
  id: parsedBy(parseReadingId),
  person,
  viewer: z.object({ locale: text, timeZone: text } satisfies Shape<Viewer>),
  scope: z.enum(readingScopes),
  filter,
  about: text,
  head: z.number(),
  count: z.number(),
  card,
  at: time,
} satisfies Shape<Reading>);
const offerForm = z.object({
  id: parsedBy(parseExportId),
  readingId: parsedBy(parseReadingId).exactOptional(),
  names: z.array(text).exactOptional(),
  person,
  format: z.enum(exportFormats),
  fileName: text,
  state: z.enum(['offered', 'taken', 'declined']),
  card,
  at: time,
} satisfies Shape<ExportOffer>);

/** Throws a Fault `internal` when the row is not what this program writes. */
function parseReading(row: Selectable<ReadingTable>): Reading {
  const { id, viewer, scope, about, count, at } = row;
  const parsed = readingForm.safeParse({ id, person: personIn(row), viewer, scope, filter: row.filter, about, head: Number(row.head), count, card: row.card, at });
  if (parsed.success) return parsed.data;
  throw unreadable(`reading ${id}`, parsed.error);
}

function parseOffer(row: Selectable<ExportOfferTable>): ExportOffer {
  const { id, format, state, at, reading_id, names } = row;
  const parsed = offerForm.safeParse({ id, ...(reading_id !== null && { readingId: reading_id }), ...(names !== null && { names }), person: personIn(row), format, fileName: row.file_name, state, card: row.card, at });
  if (parsed.success) return parsed.data;
  throw unreadable(`export ${id}`, parsed.error);
}

const personIn = (row: Pick<Selectable<ReadingTable>, 'person_id' | 'tenant_id' | 'person_name'>): object => ({ id: row.person_id, tenantId: row.tenant_id, name: row.person_name });

const unreadable = (what: string, { issues }: z.ZodError): Fault => new Fault('internal', 'never', { message: `${what} cannot be read: ${issues.map((issue) => issue.path.join('.')).join(', ')}` });

const readingRow = ({ id, person: { id: person_id, tenantId: tenant_id, name: person_name }, viewer, scope, filter: asked, about, head, count, card: place, at }: Reading) => ({
  id, person_id, tenant_id, person_name, viewer: jsonb(viewer), scope, filter: jsonb(asked), about, head, count, card: jsonb(place), at,
});

const offerRow = ({ id, readingId, names, person: { id: person_id, tenantId: tenant_id, name: person_name }, format, fileName: file_name, state, card: place, at }: ExportOffer) => ({
  id, reading_id: readingId ?? null, names: names === undefined ? null : jsonb(names), person_id, tenant_id, person_name, format, file_name, state, card: jsonb(place), at,
});
