// The ledger by the API: the same scopes as in Teams, as pages or as one file.

import { type ApiCaller, barredCaller, rolesOf } from './api-caller.ts';
import { type ApiRefused, apiViewer, no } from './ask-by-api.ts';
import { type Desk, entry } from './desk.ts';
import type { KeyIdFragment } from './device.ts';
import type { EntraDeviceId, PersonId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { AccessSource, LedgerAct, LedgerEntry } from './ledger-entry.ts';
import { permits, type ReadingScope, scopeOfReading } from './person.ts';
import type { Deadline } from './ports.ts';
import type { Part } from './reading-ports.ts';
import type { AuditSubject, ReadEntry, ReadingFilter } from './reading.ts';
import { resolveReading } from './resolve-reading.ts';
import { seenBy } from './seen-by.ts';

/** All that is there must hold. */
export interface AuditWish {
  readonly device?: EntraDeviceId;
  readonly person?: PersonId | { readonly address: string };
  readonly act?: LedgerAct;
  readonly source?: AccessSource;
  readonly keyId?: KeyIdFragment;
  readonly from?: Instant;
  readonly to?: Instant;
}

/** The question resolved: how much of the ledger it means, and what of it the caller may see. */
export interface OpenAudit {
  readonly kind: 'audit';
  readonly scope: ReadingScope;
  readonly part: Part;
  readonly seen: (read: ReadEntry) => ReadEntry;
}

export interface AuditPageByApi {
  /** Newest first. */
  readonly entries: readonly ReadEntry[];
  /** The newest entry of the next page, where there is one. */
  readonly next?: number;
  readonly proofs?: ReadonlyMap<number, string>;
}

/**
 * @param before pages go on behind what was read: entries that came meanwhile stand before the first
 * @param inFull data leaves by the thousand: the role is asked for afresh
 * Throws a Fault when Entra or the ledger cannot answer.
 */
export async function openAudit(desk: Desk, caller: ApiCaller, wish: AuditWish, { before, inFull = false }: { readonly before?: number; readonly inFull?: boolean }): Promise<OpenAudit | ApiRefused> {
  const deadline = desk.deadlines.ask();
  const barred = await barredCaller(desk, caller, 'read-ledger', deadline);
  if (barred !== undefined) return no(desk, caller, barred);
  const scope = await scopeOf(desk, caller, inFull, deadline);
  if (scope === undefined) return no(desk, caller, 'no-role');
  const filter = await filterOf(desk, caller, wish, scope, deadline);
  if ('kind' in filter) return filter;
  const head = before ?? (await desk.reader.head());
  const reader = { person: caller.person.id, scope, callerProof: desk.settings.callerProof };
  return { kind: 'audit', scope, part: { filter, head }, seen: (read) => seenBy(reader, read) };
}

/** Undefined where the role went since the token was given: without one there is Teams, and nothing here. */
async function scopeOf(desk: Desk, caller: ApiCaller, afresh: boolean, deadline: Deadline): Promise<ReadingScope | undefined> {
  if (caller.api.caller === 'app') return 'all';
  const held = await (afresh ? desk.roles.fresh(caller.person.id, deadline) : rolesOf(desk, caller, 'read-ledger', deadline));
  return permits(held, 'read-ledger', desk.settings) ? scopeOfReading(held) : undefined;
}

async function filterOf(desk: Desk, caller: ApiCaller, { device, person, act, source, keyId, from, to }: AuditWish, scope: ReadingScope, deadline: Deadline): Promise<ReadingFilter | ApiRefused> {
  const meant = await meantBy(desk, caller, { ...(device && { device }), ...(person && { person }) }, scope, deadline);
  if ('kind' in meant) return meant;
  return {
    ...meant,
    ...(act !== undefined && { acts: [act] }),
    ...(source !== undefined && { source }),
    ...(keyId !== undefined && { keyId: keyId.hex }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

/** Whom and what the entries must be about, within what the caller may read: what a scope says of one is never widened by the other. */
async function meantBy(desk: Desk, caller: ApiCaller, { device, person }: Pick<AuditWish, 'device' | 'person'>, scope: ReadingScope, deadline: Deadline): Promise<ReadingFilter | ApiRefused> {
  const subjects: readonly (AuditSubject | undefined)[] = [...(person === undefined ? [] : [subjectOf(person)]), ...(device === undefined ? [] : [{ by: 'guid', id: device } as const])];
  let filter: ReadingFilter = {};
  for (const subject of subjects.length === 0 ? [undefined] : subjects) {
    // Whoever may read all says here of which of the two an id is.
    if (scope === 'all' && subject?.by === 'guid') continue;
    if (scope === 'own' && typeof person === 'string' && person !== caller.person.id) return no(desk, caller, 'not-your-entries');
    const resolved = await resolveReading(desk, { person: caller.person, viewer: apiViewer }, subject === undefined ? {} : { subject }, scope, deadline);
    if (resolved.kind === 'refused') return no(desk, caller, resolved.code, resolved.facts);
    filter = { ...filter, ...resolved.filter };
  }
  return scope === 'all' ? { ...filter, ...(typeof person === 'string' && { persons: [person] }), ...(device !== undefined && { devices: [device] }) } : filter;
}

const subjectOf = (person: NonNullable<AuditWish['person']>): AuditSubject => (typeof person === 'string' ? { by: 'guid', id: person } : { by: 'person', who: person.address });

/** @param note what is asked, in words: the first page is an entry, as a file is; those behind it belong to it. */
export async function pageByApi(desk: Desk, caller: ApiCaller, audit: OpenAudit, page: { readonly most: number; readonly proof: boolean; readonly note?: string }): Promise<AuditPageByApi | ApiRefused> {
  // A proof holds the bytes of the entry, with all that it says.
  if (page.proof && audit.scope !== 'all') return no(desk, caller, 'not-your-entries');
  const found = await desk.reader.page(audit.part, { skip: 0, most: page.most + 1 });
  const entries = found.slice(0, page.most);
  const next = found[page.most]?.seq;
  const proofs = page.proof ? await desk.reader.proofs(entries.map(({ seq }) => seq)) : undefined;
  if (page.note !== undefined) await desk.ledger.append(exported(desk, caller, audit, page.note));
  return { entries: entries.map(audit.seen), ...(next !== undefined && { next }), ...(proofs && { proofs }) };
}

/** Nothing leaves without its entry: it is durable before the first piece. */
export async function fileByApi(desk: Desk, caller: ApiCaller, audit: OpenAudit, format: 'csv' | 'jsonl', note: string): Promise<AsyncIterable<string>> {
  await desk.ledger.append({ ...exported(desk, caller, audit, note), format });
  return desk.reader.file(format, audit.part, audit.seen);
}

const exported = (desk: Desk, caller: ApiCaller, { part: { filter } }: OpenAudit, asked: string): LedgerEntry => ({
  ...entry(desk, caller, { asked, ...(filter.from && { from: filter.from }), ...(filter.to && { to: filter.to }) }),
  act: 'exported',
  outcome: 'done',
});
