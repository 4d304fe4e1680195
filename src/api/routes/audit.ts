// The ledger: a page as JSON, or all of the question as one file, as the caller takes it.

import { fileByApi, openAudit, pageByApi, type AuditWish } from '../../domain/audit-by-api.ts';
import { parseKeyIdFragment } from '../../domain/device.ts';
import { parseEntraDeviceId, parsePersonId } from '../../domain/ids.ts';
import { parseInstant } from '../../domain/instant.ts';
import type { ReadEntry } from '../../domain/reading.ts';
import { mayHoldPassword } from '../../domain/recovery-password.ts';
import { withoutTyped } from '../../domain/seen-by.ts';
import { chosen } from '../accept.ts';
import { holds, listAnswer } from '../answers.ts';
import { type Call, refuse, refused, wrongParameter } from '../call.ts';
import { type ApiAnswer, neverStored } from '../http.ts';
import { auditQuery, type AuditQuery, mostProofs, readQuery } from '../query.ts';

const formats = { 'application/json': 'page', 'application/x-ndjson': 'jsonl', 'text/csv': 'csv' } as const;
type MediaType = keyof typeof formats;
export const auditTypes = Object.keys(formats).filter((type): type is MediaType => type in formats);

export async function getAudit(call: Call): Promise<ApiAnswer> {
  const type = chosen(call.request.headers['accept'], auditTypes);
  if (type === undefined) return refuse(call, 'not-acceptable', { detail: `There is ${auditTypes.join(', ')}.` });
  const read = readQuery(auditQuery, call.request.query);
  if ('wrong' in read) return wrongParameter(call, read);
  const { value: query } = read;
  const wish = wishOf(query);
  if (typeof wish === 'string') return wrongParameter(call, { wrong: wish, unknown: false });
  const format = formats[type];
  return format === 'page' ? page(call, query, wish) : file(call, query, wish, type, format);
}

async function page(call: Call, query: AuditQuery, wish: AuditWish): Promise<ApiAnswer> {
  if (query.proof && query.limit > mostProofs) return wrongParameter(call, { wrong: 'limit', unknown: false });
  const { cursor, limit: most, proof, ...filters } = query;
  const question = ['audit', call.caller.person.id, call.caller.api.appId, filters];
  const before = cursor === undefined ? undefined : call.cursors.read(question, cursor);
  if (cursor !== undefined && typeof before !== 'number') return refuse(call, 'cursor-invalid');
  const audit = await openAudit(call.desk, call.caller, wish, typeof before === 'number' ? { before } : {});
  if (audit.kind === 'refused') return refused(call, audit, 'read-ledger');
  const found = await pageByApi(call.desk, call.caller, audit, { most, proof, ...(before === undefined && { note: inWords(filters) }) });
  if ('kind' in found) return refused(call, found, 'read-ledger');
  const lineOf = (read: ReadEntry): string => JSON.stringify({ ...viewOf(read), ...(found.proofs && { proof: found.proofs.get(read.seq) ?? null }) });
  // Halves in two texts of one entry keep nobody from the page: as in a file (ledger/export/file.ts).
  const lines = found.entries.map((read) => (holds(lineOf(read)) ? lineOf(withoutTyped(read)) : lineOf(read)));
  return listAnswer(lines.join('\n'), found.next === undefined ? null : call.cursors.write(question, found.next));
}

async function file(call: Call, { cursor, limit: _limit, proof, ...filters }: AuditQuery, wish: AuditWish, type: MediaType, format: 'csv' | 'jsonl'): Promise<ApiAnswer> {
  if (proof || cursor !== undefined) return wrongParameter(call, { wrong: proof ? 'proof' : 'cursor', unknown: false });
  const giveBack = call.limiter.export();
  if (giveBack === undefined) return refuse(call, 'export-busy', { retryAfterSeconds: 30 });
  try {
    const audit = await openAudit(call.desk, call.caller, wish, { inFull: true });
    if (audit.kind === 'refused') {
      giveBack();
      return refused(call, audit, 'read-ledger');
    }
    const { body, close } = await begun(await fileByApi(call.desk, call.caller, audit, format, inWords(filters)));
    const over = (): void => {
      close();
      giveBack();
    };
    const name = `keydesk-ledger.${format}`;
    return { status: 200, headers: { 'content-type': `${type}; charset=utf-8`, 'content-disposition': `attachment; filename="${name}"`, ...neverStored }, body, over };
  } catch (error) {
    giveBack();
    throw error;
  }
}

/** The first piece is there before the status is said: a ledger that cannot be read is an answer, and no file cut off. */
async function begun(pieces: AsyncIterable<string>): Promise<{ readonly body: AsyncIterable<string>; readonly close: () => void }> {
  const rest = pieces[Symbol.asyncIterator]();
  const first = await rest.next();
  async function* whole(): AsyncGenerator<string, void> {
    for (let step = first; step.done !== true; step = await rest.next()) yield step.value;
  }
  // Also when nobody takes a single piece: what was begun holds a connection to the database.
  return { body: whole(), close: () => void rest.return?.().catch(() => undefined) };
}

/** Undefined when an id is none: which parameter. */
function wishOf({ device, person, keyId, from, to, act, source }: AuditQuery): AuditWish | string {
  const deviceId = device === undefined ? undefined : parseEntraDeviceId(device);
  if (device !== undefined && deviceId === undefined) return 'device';
  const who = person === undefined ? undefined : (parsePersonId(person) ?? (person.includes('@') ? { address: person } : undefined));
  if (person !== undefined && who === undefined) return 'person';
  const fragment = parseKeyIdFragment(keyId ?? '');
  const [since, until] = [parseInstant(from), parseInstant(to)];
  return {
    ...(deviceId && { device: deviceId }),
    ...(who && { person: who }),
    ...(act && { act }),
    ...(source && { source }),
    ...(fragment && { keyId: fragment }),
    ...(since && { from: since }),
    ...(until && { to: until }),
  };
}

const inWords = (filters: Readonly<Record<string, unknown>>): string =>
  Object.entries(filters)
    .flatMap(([name, value]) => (typeof value === 'string' && !mayHoldPassword(value) ? [`${name}=${value}`] : []))
    .join(', ') || 'all entries';

/** As a line of the file in JSON Lines has it. */
const viewOf = ({ seq, entry, erased }: ReadEntry): object => ({ entry: seq, ...(entry ?? { unreadable: true }), ...(erased.length > 0 && { erased }) });
