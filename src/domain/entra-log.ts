// How far Entra's log was read, what is to be read next, and what it means when it could not be.

import type { FaultCode } from './fault.ts';
import { type Instant, instantAt, milliseconds, plusSeconds, secondsBetween } from './instant.ts';
import { matchSeconds } from './key-read.ts';

/** Each absent until it was reached once. */
export interface EntraProgress {
  /** The quick readings came up to here. */
  readonly readTo?: Instant;
  /** Between these two every moment was read, and read again a day later. */
  readonly deepFrom?: Instant;
  readonly deepTo?: Instant;
  /** Reveals before this were looked for in Entra's log. */
  readonly judgedTo?: Instant;
}

export interface EntraClaim extends EntraProgress {
  /** Names the claim in compare-and-set. */
  readonly taken: number;
  /** Of the oldest entry of the ledger; absent while it is empty. */
  readonly ledgerBegan?: Instant;
}

export interface EntraState {
  readonly succeededAt?: Instant;
  /** Of the last try, when it broke off. */
  readonly fault?: FaultCode;
  /** Rows of the last whole reading that nobody understood. */
  readonly unreadable: number;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Rows come late: by minutes as a rule, by an hour now and then. */
const overlapSeconds = 2 * hour;
/** And what came later still is found by a longer look, once an hour. */
const deepEverySeconds = hour;
const deepSeconds = 26 * hour;
const sliceSeconds = 6 * hour;
/** So long does Entra keep its log in every edition. */
const mostBackSeconds = 7 * day;
/** A reveal is missed when nothing has come after a day. */
export const patienceSeconds = day;

export interface Slice {
  readonly from: Instant;
  readonly to: Instant;
  /** True of when this slice was read to its end. */
  readonly reached: EntraProgress;
}

/**
 * What is to be read: what is new first, for the sake of a stolen credential, then what came late. In slices, the oldest
 * first, each of them short enough for the pages of one answer also on a day on which all devices make new keys; a slice
 * that was read to its end is kept, so that a long gap is not begun anew after each fault.
 */
export function slicesToRead(progress: EntraClaim, now: Instant): readonly Slice[] {
  const { readTo, deepTo, deepFrom, ledgerBegan = now } = progress;
  const kept = plusSeconds(now, -mostBackSeconds);
  // Nothing before the ledger is its business. Entra's clock may be behind the one by which it began.
  const earliest = latest(kept, plusSeconds(ledgerBegan, -matchSeconds));
  const recent = cut(latest(earliest, plusSeconds(readTo ?? now, -overlapSeconds)), now, (to) => ({ readTo: latest(to, readTo ?? to) }));
  if (deepTo !== undefined && secondsBetween(deepTo, now) < deepEverySeconds) return recent;
  const wanted = deepTo === undefined ? earliest : plusSeconds(deepTo, -deepSeconds);
  const from = latest(earliest, wanted);
  // What Entra kept no longer was not looked at a second time, or not at all: nothing may be concluded about it.
  const whole = deepTo !== undefined && deepFrom !== undefined && wanted >= kept;
  return [...recent, ...cut(from, now, (to) => (whole ? { deepFrom, deepTo: latest(to, deepTo) } : { deepFrom: from, deepTo: to }))];
}

function cut(from: Instant, to: Instant, reached: (to: Instant) => EntraProgress): readonly Slice[] {
  const count = Math.max(1, Math.ceil(secondsBetween(from, to) / sliceSeconds));
  return Array.from({ length: count }, (_, index) => {
    const end = index === count - 1 ? to : plusSeconds(from, (index + 1) * sliceSeconds);
    return { from: plusSeconds(from, index * sliceSeconds), to: end, reached: reached(end) };
  });
}

const latest = (a: Instant, b: Instant): Instant => instantAt(Math.max(milliseconds(a), milliseconds(b)));

/**
 * The reveals that may be judged: a day old at least, and everything from shortly before them until a day after them read
 * completely since. The deep reading that came past that day began two hours before the reveal or earlier, so that all of
 * it was looked at once more when it was over. Undefined when there are none.
 */
export function revealsToJudge({ deepFrom, deepTo, judgedTo }: EntraProgress): { readonly from: Instant; readonly to: Instant } | undefined {
  if (deepFrom === undefined || deepTo === undefined) return undefined;
  const from = latest(plusSeconds(deepFrom, matchSeconds), judgedTo ?? deepFrom);
  const to = plusSeconds(deepTo, -patienceSeconds);
  return from < to ? { from, to } : undefined;
}

/** For /readyz: `ok`, or in words what is wrong and what to do. */
export function stateInWords(state: EntraState | undefined, now: Instant, everySeconds: number): string {
  if (state === undefined) return 'ok';
  const { succeededAt, fault, unreadable } = state;
  if (fault === 'graph-forbidden') return 'off: Graph refuses the log; grant AuditLog.Read.All';
  if (fault !== undefined) return `${fault}; ${succeededAt === undefined ? 'never read' : `read ${succeededAt}`}`;
  const silent = succeededAt !== undefined && secondsBetween(succeededAt, now) > Math.max(30 * minute, 3 * everySeconds);
  if (silent) return `not read since ${succeededAt}`;
  return unreadable === 0 ? 'ok' : `rows not understood: ${unreadable}`;
}
