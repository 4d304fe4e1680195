// What operators read of a sweep: a line on /readyz, and lines of the log. Counts and codes, no names.

import type { IndexState } from './fleet.ts';
import { type Instant, secondsBetween } from './instant.ts';
import type { Clock } from './ports.ts';
import type { SweepEvent } from './sweep-desk.ts';

/** `ok`, `running: 42 %`, or what is wrong. Only what is wrong makes the service `degraded`. */
export function sweepWord({ running, sweptAt, missing }: IndexState, now: Instant, everySeconds: number): string {
  if (running !== undefined) return `running: ${running.share === undefined ? `${running.entries} entries read` : `${Math.floor(100 * running.share)} %`}`;
  if (sweptAt === undefined) return 'running: 0 entries read';
  if (missing.length > 0) return `the last sweep was without: ${missing.join(', ')}`;
  return secondsBetween(sweptAt, now) > lateAfter * everySeconds ? `none since ${sweptAt}` : 'ok';
}

const lateAfter = 3;

export const isSweepWell = (word = 'ok'): boolean => word === 'ok' || word.startsWith('running: ');

type Say = (level: 'info' | 'warn', fields: object, message: string) => void;

const secondsBetweenLines = 30;

/** Progress at most every half minute, whatever went wrong at once. */
export function createSweepTeller(clock: Clock, say: Say): (event: SweepEvent) => void {
  let toldAt: Instant | undefined;
  return (event) => {
    if (event.kind === 'done') {
      toldAt = undefined;
      const { kind: _kind, missing, ...fields } = event;
      say(missing.length > 0 ? 'warn' : 'info', { ...fields, missing }, missing.length > 0 ? 'the fleet was swept without one of its lists: what depends on it is unknown' : 'the fleet was swept');
      return;
    }
    const { stream, state } = event;
    const fields = { stream, pages: state.pages, entries: state.entries };
    if (state.state === 'failed') return say('warn', { ...fields, code: state.code }, 'a list of the sweep was given up');
    if (state.waitUntil !== undefined) return say('warn', { ...fields, failures: state.failures, until: state.waitUntil }, 'a list of the sweep waits');
    const now = clock.now();
    if (toldAt !== undefined && Math.abs(secondsBetween(toldAt, now)) < secondsBetweenLines) return;
    toldAt = now;
    say('info', fields, 'the sweep goes on');
  };
}
