// Requests, asks and the ledger in memory, with the meaning that ports.ts gives them: each method is one step that
// nothing comes between, each change of state a compare-and-set, each entry written in the same step.

import { deviceIn } from '../../../src/domain/ask-for-key.ts';
import type { ExportId, ReadingId, RequestId, RotationId } from '../../../src/domain/ids.ts';
import { type Instant, milliseconds, plusSeconds, secondsBetween } from '../../../src/domain/instant.ts';
import type { LedgerEntry } from '../../../src/domain/ledger-entry.ts';
import type { Checkpoints, LedgerCheck } from '../../../src/domain/kept-ledger.ts';
import type { Alerts, Asks, ClaimResult, Ledger, Limit, Requests } from '../../../src/domain/ports.ts';
import type { ExportOffer, Reading } from '../../../src/domain/reading.ts';
import { mayBecome, type RequestState, type RevealRequest } from '../../../src/domain/request.ts';
import type { Rotation } from '../../../src/domain/rotation.ts';
import { planIn } from './rotations.ts';

export interface Memory {
  readonly entries: LedgerEntry[];
  /** Every refusal as it came, before repeats are summed. */
  readonly refusals: LedgerEntry[];
  /** Kinds and subjects of the alerts that were raised. */
  readonly raised: Set<string>;
  readonly requests: Map<RequestId, RevealRequest>;
  readonly rotations: Map<RotationId, Rotation>;
  /** When the job of a rotation will wake it; taken out by whoever plays the jobs. */
  readonly wakeAt: Map<RotationId, Instant>;
  readonly readings: Map<ReadingId, Reading>;
  readonly offers: Map<ExportId, ExportOffer>;
  readonly hideTakenUntil: Map<RequestId, Instant>;
  readonly admitted: Set<string>;
  /** Keys that callers of the API chose. */
  readonly once: Map<string, { readonly wish: string; readonly id: RequestId }>;
  readonly messages: { readonly person: string; readonly at: Instant }[];
}

export const newMemory = (): Memory => ({ entries: [], refusals: [], raised: new Set(), requests: new Map(), rotations: new Map(), wakeAt: new Map(), readings: new Map(), offers: new Map(), hideTakenUntil: new Map(), once: new Map(),
  admitted: new Set(), messages: [] });

export function ledgerOf(memory: Memory): Ledger {
  return {
    append: async (entry) => void memory.entries.push(entry),
    refuse: async (entry) => {
      const recent = (other: LedgerEntry): boolean =>
        other.person?.id === entry.person?.id && other.code === entry.code && secondsBetween(other.time, entry.time) < 60;
      if (!memory.refusals.some(recent)) memory.entries.push(entry);
      memory.refusals.push(entry);
    },
  };
}

export function alertsOf(memory: Memory): Alerts {
  return {
    raise: async ({ subject, entry }) => {
      const name = `${entry.alert} ${subject}`;
      if (memory.raised.has(name)) return false;
      memory.raised.add(name);
      memory.entries.push(entry);
      return true;
    },
  };
}

/** Unsigned, and of the form that a checkpoint has. */
export const checkpointsOf = ({ entries }: Memory): Checkpoints => ({
  current: async () => `keydesk/c0417050-0000-4000-8000-000000000000/1\n${entries.length}\n${Buffer.alloc(32, entries.length).toString('base64')}\n\n\u2014 keydesk/c0417050-0000-4000-8000-000000000000/1 AAAA\n`,
});

/** Whole, unless the script says otherwise. */
export const ledgerCheckOf = (): LedgerCheck => ({ passed: async () => undefined });

export const asksOf = (memory: Memory): Asks => ({
  admit: async ({ person, conversationId, activityId, at, limit }) => {
    const message = `${conversationId} ${activityId}`;
    if (memory.admitted.has(message)) return 'repeat';
    memory.admitted.add(message);
    memory.messages.push({ person, at });
    const count = memory.messages.filter((other) => other.person === person && secondsBetween(other.at, at) < limit.seconds).length;
    return count > limit.max ? 'limit' : 'admitted';
  },
});

const mostMisses = 3;

export function requestsOf(memory: Memory): Requests {
  const { requests, entries, hideTakenUntil } = memory;
  const known = (id: RequestId): RevealRequest => {
    const request = requests.get(id);
    if (request === undefined) throw new Error('the test asks for a request that was never opened');
    return request;
  };
  /** The one compare-and-set. A change that the table of states does not allow is a defect of the store. */
  const move = (id: RequestId, from: readonly RequestState[], change: Partial<RevealRequest> & { readonly state: RequestState }, entry?: LedgerEntry): boolean => {
    const request = requests.get(id);
    if (request === undefined || !from.includes(request.state)) return false;
    if (!mayBecome(request.state, change.state)) throw new Error(`no way from ${request.state} to ${change.state}`);
    requests.set(id, { ...request, ...change });
    if (entry !== undefined) entries.push(entry);
    return true;
  };
  const holds = (id: RequestId, attempt: number): boolean => requests.get(id)?.attempt === attempt;
  const giveUp = (id: RequestId, entry: LedgerEntry, reopen = false): boolean => move(id, ['claimed'], { state: known(id).revealedAt !== undefined ? 'revealed' : reopen ? 'open' : 'failed' }, entry);

  return {
    open: async (request, asked) => {
      requests.set(request.id, request);
      entries.push(asked);
    },
    openOnce: async (request, asked, { caller, key, wish }) => {
      const before = memory.once.get(`${caller} ${key}`);
      if (before !== undefined) return before.wish === wish ? { kind: 'repeat', id: before.id } : { kind: 'other' };
      memory.once.set(`${caller} ${key}`, { wish, id: request.id });
      requests.set(request.id, request);
      entries.push(asked);
      return 'opened';
    },
    find: async (id) => requests.get(id),
    choose: async (id, offer, preset, asked) => move(id, ['choosing'], { state: 'open', choices: [], offer, preset }, asked),
    placed: async (id, card) => void requests.set(id, { ...known(id), card }),
    miss: async (id, entry) => {
      const request = known(id);
      if (request.state !== 'open') return { misses: request.misses, closed: request.state === 'refused' };
      const misses = request.misses + 1;
      requests.set(id, { ...request, misses });
      return { misses, closed: misses >= mostMisses && move(id, ['open'], { state: 'refused' }, entry) };
    },
    close: async (id, to, entry) => move(id, ['open', 'choosing'], { state: to }, entry),
    claim: async (claim): Promise<ClaimResult> => {
      const request = known(claim.id);
      if (request.state !== claim.from || request.attempt !== claim.attempt - 1) return { kind: 'lost', request };
      const broken = brokenLimit(entries, claim.intended, claim.at, claim.limits);
      if (broken !== undefined) return { kind: 'limit', ...broken };
      move(claim.id, [claim.from], { state: 'claimed', attempt: claim.attempt, grant: claim.grant, claimedAt: claim.at }, claim.intended);
      return { kind: 'claimed', request: known(claim.id) };
    },
    revealed: async ({ id, attempt, at, card: { hideAt, showAgainUntil } = { hideAt: at, showAgainUntil: at }, entry, rotation: planned }) => {
      if (!holds(id, attempt)) return 'lost';
      const until = known(id).showAgainUntil ?? showAgainUntil;
      if (!move(id, ['claimed'], { state: 'revealed', revealedAt: at, hideAt, showAgainUntil: until }, entry)) return 'lost';
      const rotation = planned && planIn(memory, planned).rotation;
      const { hiddenAt: _shownAgain, ...request } = known(id);
      requests.set(id, { ...request, ...(rotation && { rotationId: rotation.id }) });
      hideTakenUntil.delete(id);
      return rotation === undefined ? {} : { rotation };
    },
    failed: async ({ id, attempt, entry, reopen }) => holds(id, attempt) && giveUp(id, entry, reopen),
    settleClaims: async (olderThan, at) => {
      const stale = [...requests.values()].filter((request) => request.state === 'claimed' && request.claimedAt !== undefined && request.claimedAt < olderThan);
      return stale.filter((request) => giveUp(request.id, unknownEntry(request, at))).length;
    },
    takeDueHides: async (now, takenUntil, most) => {
      const free = (request: RevealRequest): boolean => (hideTakenUntil.get(request.id) ?? now) <= now;
      const due = [...requests.values()].filter((request) => isDue(request, now) && free(request)).slice(0, most);
      for (const request of due) hideTakenUntil.set(request.id, takenUntil);
      return due;
    },
    hidden: async (id, attempt, at, entry) => {
      const request = known(id);
      if (request.state !== 'revealed' || request.attempt !== attempt || request.hiddenAt !== undefined) return false;
      requests.set(id, { ...request, hiddenAt: at });
      entries.push(entry);
      return true;
    },
  };
}

const isDue = (request: RevealRequest, now: Instant): boolean =>
  request.state === 'revealed' && request.hiddenAt === undefined && request.hideAt !== undefined && request.hideAt <= now;

/** The limit that is broken for longest, counted from `intended` entries of the same person. */
function brokenLimit(entries: readonly LedgerEntry[], intended: LedgerEntry, at: Instant, limits: readonly Limit[]): { limit: Limit; freeAt: Instant } | undefined {
  const times = entries.filter((entry) => entry.act === 'intended' && entry.person?.id === intended.person?.id).map((entry) => entry.time);
  return limits
    .flatMap((limit) => {
      const within = times.filter((time) => secondsBetween(time, at) < limit.seconds).sort();
      const oldest = within[within.length - limit.max];
      return oldest === undefined ? [] : [{ limit, freeAt: plusSeconds(oldest, limit.seconds) }];
    })
    .sort((a, b) => milliseconds(b.freeAt) - milliseconds(a.freeAt))[0];
}

const unknownEntry = (request: RevealRequest, at: Instant): LedgerEntry => ({
  time: at,
  act: 'revealed',
  outcome: 'unknown',
  source: 'teams',
  person: { id: request.person.id, name: request.person.name },
  requestId: request.id,
  attempt: request.attempt,
  ...(request.offer && { device: deviceIn(request.offer) }),
  ...(request.grant && { keyId: request.grant.key.keyId }),
});
