// The sweep (product.md §5): all devices, managed devices, encryption reports and key metadata, pages only; then the
// status of every device. It is worked on in turns: each goes on where the rows say that the last one was, and ends when
// all that is left has to wait. A sweep without one of its lists says so, and what depends on it is Unknown.

import { concludeSweep } from './conclude-sweep.ts';
import { sweepStreams } from './fleet.ts';
import type { Holding } from './fleet-ports.ts';
import { plusSeconds } from './instant.ts';
import type { Deadline } from './ports.ts';
import type { SweepDesk, SweepTurn } from './sweep-desk.ts';
import { readStream } from './sweep-stream.ts';

export interface Sweeper {
  /** One turn; never two at once. */
  turn(): Promise<SweepTurn>;
  /** Ends a turn under way, whose page is read again by whoever goes on, and lets go of the sweep. Never rejects. */
  stop(): Promise<void>;
}

export function createSweeper(desk: SweepDesk): Sweeper {
  const stopping = new AbortController();
  let turning: Promise<SweepTurn> | undefined;
  return {
    turn: () => (turning ??= sweepFleet(desk, stopping.signal).finally(() => (turning = undefined))),
    stop: async () => {
      stopping.abort();
      await turning?.catch(() => undefined);
      // Without the database nobody else waits for it either; the holding ends by itself.
      await desk.sweeps.release(desk.holder).catch(() => undefined);
    },
  };
}

/** Longer than any one page or batch may take. */
const heldSeconds = 60;

/** Throws a Fault of the store. */
export async function sweepFleet(desk: SweepDesk, stop: Deadline): Promise<SweepTurn> {
  const holding = (): Holding => ({ holder: desk.holder, now: desk.clock.now(), until: plusSeconds(desk.clock.now(), heldSeconds) });
  const sweep = await desk.sweeps.take(holding(), plusSeconds(desk.clock.now(), -desk.sweep.everySeconds));
  if (sweep === undefined) return 'idle';
  const ends = await allOf(sweepStreams.map((stream) => readStream(desk, sweep, stream, holding, stop)));
  const early = (['lost', 'stopped', 'waits'] as const).find((early) => ends.some(({ end }) => end === early));
  if (early !== undefined) return early;
  const streams = Object.fromEntries(sweepStreams.map((stream, index) => [stream, ends[index]?.state ?? sweep.streams[stream]]));
  return concludeSweep(desk, { ...sweep, streams: { ...sweep.streams, ...streams } }, holding, stop);
}

/** Each comes to its end, also when another one throws: nothing goes on behind the caller's back. */
async function allOf<T>(works: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
