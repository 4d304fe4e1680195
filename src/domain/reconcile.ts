// Holds the ledger against Entra's own log, in both directions: reads that are not ours become entries, one under our
// name that we know nothing of an alert, and so does a reveal of ours that Entra has never heard of. Runs beside
// everything else and holds nobody up (docs/decisions/0013-held-against-entras-log.md).

import type { Desk } from './desk.ts';
import { type EntraClaim, type EntraProgress, revealsToJudge, type Slice, slicesToRead } from './entra-log.ts';
import type { AuditLog, EntraReads, JudgedRead, KeyReadPage, UnreadReveal } from './entra-ports.ts';
import { Fault } from './fault.ts';
import { type Instant, plusSeconds } from './instant.ts';
import { type KeyRead, matchSeconds, type Verdict, verdictOn } from './key-read.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { Alert, Deadline } from './ports.ts';

export interface Reconciling extends Pick<Desk, 'clock' | 'alerts'> {
  readonly auditLog: AuditLog;
  readonly reads: EntraReads;
  /** Client ids under which Keydesk asks Graph, in lower case. */
  readonly ownAppIds: ReadonlySet<string>;
  /** From one reading to the next. */
  readonly everySeconds: number;
  /** For one page. */
  readonly deadline: () => Deadline;
  /** Keydesk is being stopped: what was begun is given back. */
  readonly stopping: AbortSignal;
}

/** How many new rows had which verdict, and what else came of it. */
export type Tally = Record<Verdict['kind'] | 'unreadable' | 'withoutRead', number>;

export type Reconciled =
  /** Somebody else reads, or it is not time, or the claim was lost or given back. */
  | { readonly kind: 'left' }
  | { readonly kind: 'done'; readonly tally: Tally }
  | { readonly kind: 'failed'; readonly fault: Fault; readonly tally: Tally };

/** Longer than the longest page takes: its deadline, and the writing of 500 rows. */
const claimSeconds = 120;
const keptDays = 40;
const mostAtOnce = 100;

/** One reading, if it is time for one. Throws when the store fails; what Graph does is told in the answer. */
export async function reconcile(parts: Reconciling): Promise<Reconciled> {
  const { clock, reads, everySeconds, stopping } = parts;
  const now = clock.now();
  const claim = await reads.claim({ now, until: plusSeconds(now, claimSeconds), nextAt: plusSeconds(now, everySeconds) });
  if (claim === undefined) return { kind: 'left' };
  const tally: Tally = { matched: 0, external: 0, unexplained: 0, failed: 0, unreadable: 0, withoutRead: 0 };
  try {
    return (await readAll(parts, claim, now, tally)) ? { kind: 'done', tally } : await left(parts, claim);
  } catch (error) {
    if (stopping.aborted) return left(parts, claim);
    if (!(error instanceof Fault) || !error.code.startsWith('graph-')) {
      await reads.release(claim).catch(() => false);
      throw error;
    }
    // What was taken before stays, and the next reading begins where this one did.
    const at = clock.now();
    await reads.failed(claim, { at, fault: error.code, nextAt: plusSeconds(at, Math.max(everySeconds, error.retryAfterSeconds ?? 0)) });
    return { kind: 'failed', fault: error, tally };
  }
}

async function left({ reads, stopping }: Reconciling, claim: EntraClaim): Promise<Reconciled> {
  if (stopping.aborted) await reads.release(claim);
  return { kind: 'left' };
}

/** False when the claim was lost, or Keydesk is being stopped. */
async function readAll(parts: Reconciling, claim: EntraClaim, now: Instant, tally: Tally): Promise<boolean> {
  const { reads, clock } = parts;
  let progress: EntraProgress = claim;
  let deep = false;
  for (const slice of slicesToRead(claim, now)) {
    // The deep reading passes the quick one's rows once more: those that nobody understands are counted once.
    if (slice.reached.deepTo !== undefined && !deep) [deep, tally.unreadable] = [true, 0];
    if (!(await readSlice(parts, claim, slice, tally))) return false;
    progress = { ...progress, ...slice.reached };
    if (!(await reads.advance(claim, slice.reached))) return false;
  }
  if (!(await missReveals(parts, claim, progress, tally))) return false;
  await reads.prune(plusSeconds(now, -keptDays * 86_400));
  return reads.succeeded(claim, { at: clock.now(), unreadable: tally.unreadable });
}

async function readSlice(parts: Reconciling, claim: EntraClaim, { from, to }: Slice, tally: Tally): Promise<boolean> {
  let held = true;
  const take = async (page: KeyReadPage): Promise<boolean> => {
    tally.unreadable += page.unreadable;
    await judgePage(parts, page.reads, tally);
    held = await hold(parts, claim);
    return held;
  };
  await parts.auditLog.keyReads({ from, to }, { deadline: parts.deadline, take });
  return held;
}

const hold = async ({ clock, reads, stopping }: Reconciling, claim: EntraClaim): Promise<boolean> =>
  !stopping.aborted && reads.renew(claim, plusSeconds(clock.now(), claimSeconds));

/** A crash in the middle: what is recorded is recorded, the rest is new again to whoever reads the page next. */
async function judgePage({ reads, clock, ownAppIds }: Reconciling, page: readonly KeyRead[], tally: Tally): Promise<void> {
  const unseen = await reads.unseen(page);
  if (unseen.length === 0) return;
  const times = unseen.map(({ at }) => at).toSorted();
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return;
  const around = { from: plusSeconds(first, -matchSeconds), to: plusSeconds(last, matchSeconds) };
  const intentions = await reads.intentions({ keyIds: [...new Set(unseen.map(({ keyId }) => keyId))], ...around });
  for (const read of unseen) {
    const judged = judgedRead(read, verdictOn(read, intentions, ownAppIds), clock.now());
    if (await reads.record(judged)) tally[judged.verdict.kind] += 1;
  }
}

function judgedRead(read: KeyRead, verdict: Verdict, at: Instant): JudgedRead {
  switch (verdict.kind) {
    case 'matched':
    case 'failed':
      return { read, verdict, at, entries: [] };
    case 'external':
      return { read, verdict, at, entries: [{ ...aboutRead(read, at), act: 'external-access' }] };
    case 'unexplained':
      return { read, verdict, at, entries: [{ ...aboutRead(read, at), act: 'external-access' }], alert: unexplained(read, at) };
  }
}

/** Its time is that of the recording; when it happened stands beside it. */
function aboutRead({ id, keyId, deviceId, by, client, at: happenedAt, failed }: KeyRead, time: Instant): Omit<LedgerEntry, 'act'> {
  return {
    time,
    outcome: failed ? 'failed' : 'done',
    source: 'entra',
    ...(by.kind === 'person' && by.id !== undefined && { person: { id: by.id, ...(by.name !== undefined && { name: by.name }) } }),
    ...(by.kind === 'app' && by.appId !== undefined && { clientAppId: by.appId }),
    ...(deviceId !== undefined && { device: { deviceId } }),
    ...(client !== undefined && { client }),
    keyId,
    auditId: id,
    happenedAt,
  };
}

const unexplained = (read: KeyRead, at: Instant): Alert => ({ subject: `entra:${read.id}`, entry: { ...aboutRead(read, at), act: 'alert', alert: 'unexplained-read' } });

/** Reveals that Entra has had its day for, and knows nothing of. A crash in the middle: each alert is raised once. */
async function missReveals(parts: Reconciling, claim: EntraClaim, progress: EntraProgress, tally: Tally): Promise<boolean> {
  const { reads, alerts, clock } = parts;
  const period = revealsToJudge(progress);
  if (period === undefined) return true;
  for (let after = 0; ; ) {
    const missed = await reads.withoutRead({ ...period, after, most: mostAtOnce });
    for (const reveal of missed) if (await alerts.raise(missing(reveal, clock.now()))) tally.withoutRead += 1;
    if (missed.length < mostAtOnce) break;
    after = missed.at(-1)?.seq ?? after;
    if (!(await hold(parts, claim))) return false;
  }
  return reads.advance(claim, { judgedTo: period.to });
}

function missing({ seq, intended, outcome }: UnreadReveal, time: Instant): Alert {
  const { device, keyId, requestId, attempt, person, time: happenedAt } = intended;
  return {
    subject: `reveal:${seq}`,
    entry: {
      time,
      act: 'alert',
      alert: 'reveal-without-read',
      // As the reveal had it: shown, and Entra knows nothing; or nobody knew, and now it seems that nothing was read.
      outcome,
      source: 'system',
      happenedAt,
      ...(person && { subjectId: person.id }),
      ...(device && { device }),
      ...(keyId && { keyId }),
      ...(requestId && { requestId }),
      ...(attempt !== undefined && { attempt }),
    },
  };
}
