import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import assert from 'node:assert/strict';
import { Fault } from '../../src/domain/fault.ts';
import { type Instant, instantAt, milliseconds } from '../../src/domain/instant.ts';
import type { Deadline } from '../../src/domain/ports.ts';
import type { CallRecord } from '../../src/graph/ask.ts';
import { createGraph, type Graph, type GraphSettings } from '../../src/graph/graph.ts';
import { lastHopTurnedTo } from '../../src/graph/turned.ts';

export const groups = {
  agent: '5c000000-0000-4000-8000-000000000001',
  admin: '5c000000-0000-4000-8000-000000000002',
} as const;

/** A clock that moves when told to, and by the waiting of the timer beside it. */
export function handClock(start = Date.parse('2026-11-22T09:00:00Z')) {
  let now = start;
  const waits: number[] = [];
  return {
    waits,
    now: (): Instant => instantAt(now),
    advance: (by: number): void => void (now += by),
    timer: (wait: number): Promise<void> => {
      waits.push(wait);
      now += wait;
      return Promise.resolve();
    },
  };
}

export type HandClock = ReturnType<typeof handClock>;

/** Hands out `token-1`, `token-2`, … each good for an hour, and keeps what it was asked with. */
export function countingCredential(clock: HandClock) {
  const asked: GetTokenOptions[] = [];
  const credential: TokenCredential = {
    getToken(_scopes, options = {}): Promise<AccessToken> {
      asked.push(options);
      return Promise.resolve({ token: `token-${asked.length}`, expiresOnTimestamp: milliseconds(clock.now()) + 3_600_000 });
    },
  };
  return { credential, asked };
}

export interface Bench {
  readonly graph: Graph;
  readonly clock: HandClock;
  readonly tokensAsked: readonly GetTokenOptions[];
  readonly calls: CallRecord[];
}

/** The whole edge over real HTTP against `origin`, with clock, randomness and tokens in hand. */
export function graphAt(origin: string, change: Partial<GraphSettings> = {}): Bench {
  const clock = handClock();
  const { credential, asked } = countingCredential(clock);
  const calls: CallRecord[] = [];
  let requests = 0;
  const graph = createGraph({
    credential,
    roleGroups: groups,
    version: '9.9',
    clock,
    ids: { clientRequest: () => `c1000000-0000-4000-8000-${String((requests += 1)).padStart(12, '0')}` },
    random: () => 0,
    observe: (call) => void calls.push(call),
    lastHop: lastHopTurnedTo(origin),
    timer: clock.timer,
    ...change,
  });
  return { graph, clock, tokensAsked: asked, calls };
}

/** A deadline in the time of the clock in hand; the signal itself never aborts. */
export const deadlineAt = (endsAt: Instant): Deadline => Object.assign(new AbortController().signal, { endsAt });

export const never = (): Deadline => new AbortController().signal;

/** The Fault that the work ends in; anything else fails the test. */
export async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const outcome = await work.then(
    () => 'no fault',
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof Fault, `expected a Fault, got ${String(outcome)}`);
  return outcome;
}

/** All that a log line could make of an error: message, stack, cause and fields. */
export const everythingIn = (error: unknown): string =>
  error instanceof Error
    ? [error.message, error.stack, JSON.stringify(error), ...Object.values(error).map(everythingIn), everythingIn(error.cause)].join('\n')
    : (JSON.stringify(error) ?? '');
