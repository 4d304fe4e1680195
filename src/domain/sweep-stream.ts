// One list of a sweep, read page by page. Whatever goes wrong is noted with the list and waited for in its row, not in
// this process: a restart, or another instance, goes on where it was.

import { Fault } from './fault.ts';
import type { StreamState, Sweep, SweepStream } from './fleet.ts';
import type { Holding, StreamChange } from './fleet-ports.ts';
import { type Instant, plusSeconds } from './instant.ts';
import type { Deadline } from './ports.ts';
import type { SweepDesk } from './sweep-desk.ts';

/** `waits`: there is more, later. `lost`: somebody else works on the sweep. */
export interface StreamEnd {
  readonly end: 'ended' | 'waits' | 'lost' | 'stopped';
  readonly state: StreamState;
}

const mostRestarts = 2;
const mostFailures = 8;
const longestWaitSeconds = 300;
/** Graph may send empty pages with a next one; it does not send a hundred. */
const mostEmptyPages = 100;

/** @param stop a call under way is given up, and its page read again later */
export async function readStream(desk: SweepDesk, sweep: Sweep, stream: SweepStream, holding: () => Holding, stop: Deadline): Promise<StreamEnd> {
  let state = sweep.streams[stream];
  const deadline = deadlines(desk, stop);
  while (state.state === 'reading') {
    if (stop.aborted) return { end: 'stopped', state };
    if (state.waitUntil !== undefined && state.waitUntil > desk.clock.now()) return { end: 'waits', state };
    const next = await turn(desk, sweep, stream, state, holding, { stop, deadline: deadline() });
    if (next === undefined) return { end: stop.aborted ? 'stopped' : 'lost', state };
    state = next;
    desk.told({ kind: 'page', stream, state });
  }
  return { end: 'ended', state };
}

/** One page, or what kept it away. */
async function turn(desk: SweepDesk, sweep: Sweep, stream: SweepStream, state: StreamState, holding: () => Holding, { stop, deadline }: { readonly stop: Deadline; readonly deadline: Deadline }): Promise<StreamState | undefined> {
  const note = (change: StreamChange): Promise<StreamState | undefined> => desk.sweeps.note(sweep, holding(), stream, change);
  try {
    const page = await desk.pages.page(stream, state.link, deadline);
    const kept = await desk.sweeps.keep(sweep, holding(), stream, page);
    if (kept === undefined) return undefined;
    // A page all of which was met before leads in a circle; its rows are right all the same.
    const circles = page.next !== undefined && (page.next === state.link || (page.entries.length > 0 && kept.fresh === 0) || kept.state.emptyRun > mostEmptyPages);
    return circles ? await note(again(kept.state)) : kept.state;
  } catch (error) {
    if (stop.aborted) return undefined;
    if (!(error instanceof Fault) || error.code === 'internal' || error.code === 'store-unavailable') throw error;
    return note(after(error, state, desk));
  }
}

const secondsShared = 5;

/**
 * A deadline for each page, the same one for those begun within a few seconds: one of its own would live, with all that
 * hangs on it, until its time is over, and that is longer than a hundred pages take.
 */
function deadlines(desk: SweepDesk, stop: Deadline): () => Deadline {
  let shared: { readonly signal: Deadline; readonly until: Instant } | undefined;
  return () => {
    const now = desk.clock.now();
    if (shared === undefined || shared.until <= now) shared = { signal: AbortSignal.any([desk.deadlines.work(), stop]), until: plusSeconds(now, secondsShared) };
    return shared.signal;
  };
}

/** A list that cannot be right is read from its beginning, and given up when that does not help. */
const again = ({ restarts }: StreamState): StreamChange => (restarts < mostRestarts ? { restart: true } : { state: 'failed', code: 'graph-nonsense' });

function after(fault: Fault, state: StreamState, { clock }: SweepDesk): StreamChange {
  const isLater = state.link !== undefined;
  // A next page that Graph does not know any more: links grow old.
  if (fault.code === 'graph-nonsense' || (fault.code === 'graph-not-found' && isLater)) return again(state);
  if (fault.retry === 'never') return { state: 'failed', code: fault.code };
  const failures = state.failures + 1;
  if (failures > mostFailures) return { state: 'failed', code: fault.code };
  const seconds = Math.max(fault.retryAfterSeconds ?? 0, Math.min(longestWaitSeconds, 2 ** failures));
  return { failures, waitUntil: plusSeconds(clock.now(), seconds) };
}
