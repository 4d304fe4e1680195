// A claim is the right to ask Graph for one key once. Taken, kept and given back by compare-and-set on
// (request, state, attempt), so that it holds over all instances.
import { type Kysely, sql, type Transaction } from 'kysely';
import { Fault } from '../domain/fault.ts';
import type { RequestId } from '../domain/ids.ts';
import { type Instant, milliseconds, parseInstant, plusSeconds } from '../domain/instant.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { ClaimResult, Limit, PlannedRotation, Requests } from '../domain/ports.ts';
import type { RevealRequest } from '../domain/request.ts';
import { aboutGrant, aboutRequest } from '../domain/read-granted.ts';
import { appendAll, type Random } from './append.ts';
import { change } from './change.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import { parseRequest } from './request-row.ts';
import { parseRotation } from './rotation-row.ts';
import { lockDevice, schedule } from './schedule-rotation.ts';
import type { WakeLater } from './statements.ts';
import type { Tables } from './tables.ts';
import { jsonb } from './values.ts';

type Claim = Parameters<Requests['claim']>[0];
type Shown = Parameters<Requests['revealed']>[0];
type ShownAnswer = Awaited<ReturnType<Requests['revealed']>>;

/** First key of the advisory locks that serialise the claims of one person; the second is a hash of the person. */
const personLocks = 758_361;

export function claimsIn({ db }: Database, random: Random, wakeLater: WakeLater): Pick<Requests, 'claim' | 'revealed' | 'failed' | 'settleClaims'> {
  const store = <T>(act: () => Promise<T>): Promise<T> => orFault('store-unavailable', act);
  // Back to revealed where it had been shown before: a failed Show again takes nothing away.
  const givenUp = sql`state = case when revealed_at is null then 'failed' else 'revealed' end`;
  const openAgain = sql`state = case when revealed_at is null then 'open' else 'revealed' end`;
  const giveUp = async (id: RequestId, attempt: number, entry: LedgerEntry, reopen = false): Promise<boolean> =>
    (await change({ db }, id, held(attempt), reopen ? openAgain : givenUp, entry, random)) !== undefined;

  return {
    // No signal and no timer of the caller reaches in here: once begun, it is done or rolled back as a whole.
    claim: (claim) => store(() => db.transaction().execute((tx) => take(tx, claim, random))),
    revealed: (shown) =>
      store(() => {
        const { rotation } = shown;
        return rotation === undefined ? show(db, shown, random) : db.transaction().execute((tx) => showAndPlan(tx, shown, rotation, random, wakeLater));
      }),
    failed: ({ id, attempt, entry, reopen }) => store(() => giveUp(id, attempt, entry, reopen)),
    settleClaims: (olderThan, at) =>
      store(async () => {
        const stale = db.selectFrom('keydesk.request').selectAll().where('state', '=', 'claimed');
        const rows = await stale.where('claimed_at', '<', sql<Date>`${olderThan}::timestamptz`).orderBy('claimed_at').execute();
        let settled = 0;
        for (const request of rows.map(parseRequest)) {
          if (await giveUp(request.id, request.attempt, lostClaim(request, at))) settled += 1;
        }
        return settled;
      }),
  };
}

const held = (attempt: number) => sql`state = 'claimed' and attempt = ${attempt}`;
/** An answer of the API stands nowhere where it could be hidden or shown again: it is over at once. */
const shownAt = ({ at, card }: Shown) => sql`state = 'revealed', revealed_at = ${at}::timestamptz, hide_at = ${card?.hideAt ?? at}::timestamptz,
  hidden_at = ${card === undefined ? at : null}::timestamptz, hide_taken_until = null, show_again_until = coalesce(show_again_until, ${card?.showAgainUntil ?? at}::timestamptz)`;

/** Without a rotation it is one statement. */
async function show(db: Kysely<Tables>, shown: Shown, random: Random): Promise<ShownAnswer> {
  const request = await change({ db }, shown.id, held(shown.attempt), shownAt(shown), shown.entry, random);
  return request === undefined ? 'lost' : {};
}

/**
 * 1. the device's lock: two reveals of one device, wherever, come one after the other and share a rotation
 * 2. the request, locked, while this claim holds it; one that was shown before keeps the rotation it has
 * 3. the rotation and its job
 * 4. `revealed` and, for a cause that is new, `rotation-scheduled`: the ledger's lock is held for these and the commit
 *
 * A crash before the commit leaves the claim as it was; after it, all of it.
 */
async function showAndPlan(tx: Transaction<Tables>, shown: Shown, planned: PlannedRotation, random: Random, wakeLater: WakeLater): Promise<ShownAnswer> {
  const { id, attempt } = shown;
  await lockDevice(tx, planned.plan.device.deviceId);
  const standing = await tx.selectFrom('keydesk.request').select('rotation_id').where('id', '=', id).where(sql<boolean>`${held(attempt)}`).forUpdate().executeTakeFirst();
  if (standing === undefined) return 'lost';
  const before = standing.rotation_id === null ? undefined : await tx.selectFrom('keydesk.rotation').selectAll().where('id', '=', standing.rotation_id).executeTakeFirst();
  const rotation = before === undefined ? (await schedule(tx, planned.plan, wakeLater)).rotation : parseRotation(before);
  await change({ db: tx }, id, held(attempt), sql`${shownAt(shown)}, rotation_id = ${rotation.id}`, shown.entry, random);
  if (before === undefined) await appendAll(tx, [planned.entry(rotation)], random);
  return { rotation };
}

/**
 * 1. the person's lock: two claims of one person, wherever, come one after the other, and see each other's entries
 * 2. the limits, over the `intended` entries that are there now
 * 3. the compare-and-set and `intended`, in the last statement: the ledger's lock is held for it and the commit alone
 *
 * A crash before the commit leaves nothing; after it, a claim with its entry, which settleClaims ends.
 */
async function take(tx: Transaction<Tables>, claim: Claim, random: Random): Promise<ClaimResult> {
  const { id, from, attempt, at, limits, intended } = claim;
  const standing = await lockPerson(tx, id);
  if (intended.person?.id !== standing.person.id || intended.act !== 'intended') throw new Fault('internal', 'never', { message: 'a claim and its entry speak of different things' });
  if (standing.state !== from || standing.attempt !== attempt - 1) return { kind: 'lost', request: standing };

  const reached = reachedLimit(await intentions(tx, standing, at, limits), limits, at);
  if (reached !== undefined) return { kind: 'limit', ...reached };

  const when = sql`state = ${from} and attempt = ${attempt - 1}`;
  const set = sql`state = 'claimed', attempt = ${attempt}, claimed_at = ${at}::timestamptz, given = ${jsonb(claim.grant)}::jsonb`;
  const request = await change({ db: tx }, id, when, set, intended, random);
  // Cancelled or closed by another act between the look and the set.
  return request === undefined ? { kind: 'lost', request: await lockPerson(tx, id) } : { kind: 'claimed', request };
}

async function lockPerson(tx: Transaction<Tables>, id: RequestId): Promise<RevealRequest> {
  const owner = sql`(select person_id::text from keydesk.request where id = ${id})`;
  await sql`select pg_advisory_xact_lock(${personLocks}::int, hashtext(${owner}))`.execute(tx);
  // A statement of its own: it sees what was committed while we waited.
  const row = await tx.selectFrom('keydesk.request').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new Fault('internal', 'never', { message: `request ${id} was never opened` });
  return parseRequest(row);
}

/** Times of the newest `intended` entries of the person, newest first; as many as the largest limit needs. */
async function intentions(tx: Transaction<Tables>, request: RevealRequest, at: Instant, limits: readonly Limit[]): Promise<readonly Instant[]> {
  const longest = Math.max(0, ...limits.map((limit) => limit.seconds));
  const most = Math.max(0, ...limits.map((limit) => limit.max));
  const rows = await tx
    .selectFrom('keydesk.ledger_entry')
    .select('time')
    .where('person_id', '=', request.person.id)
    .where('act', '=', 'intended')
    .where('time', '>', sql<Date>`${plusSeconds(at, -longest)}::timestamptz`)
    .orderBy('time', 'desc')
    .limit(most)
    .execute();
  return rows.flatMap((row) => parseInstant(row.time) ?? []);
}

/**
 * The limit that is reached, the one that lasts longest when there are several; free again when the oldest that fills it
 * is as old as its window.
 * @param times newest first
 */
export function reachedLimit(times: readonly Instant[], limits: readonly Limit[], at: Instant): { limit: Limit; freeAt: Instant } | undefined {
  const reached = limits.flatMap((limit) => {
    const within = times.filter((time) => time > plusSeconds(at, -limit.seconds));
    const oldest = within[limit.max - 1];
    return within.length >= limit.max ? [{ limit, freeAt: plusSeconds(oldest ?? at, limit.seconds) }] : [];
  });
  return reached.sort((a, b) => milliseconds(b.freeAt) - milliseconds(a.freeAt))[0];
}

const lostClaim = (request: RevealRequest, at: Instant): LedgerEntry => ({
  time: at,
  act: 'revealed',
  outcome: 'unknown',
  source: 'teams',
  person: { id: request.person.id, name: request.person.name },
  ...aboutRequest(request),
  ...(request.grant && aboutGrant(request.grant)),
  attempt: request.attempt,
});
