// Our own retry layer. The SDK's repeats POSTs as well (a rotation went out four times on one 504), and its waiting
// ignores abort. Here only calls are repeated that may be, and no wait is begun that would outlast the deadline.

import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import { milliseconds } from '../domain/instant.ts';
import type { Clock, Deadline } from '../domain/ports.ts';
import { answerOf, type Call, callOf } from './call.ts';
import { retryAfterSeconds } from './retry-after.ts';
import type { Timer } from './waiting.ts';

export interface RetrySettings {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly timer: Timer;
}

const mostAttempts = 4;
const firstPauseMilliseconds = 200;
// How long one wait may take when nobody said when the deadline ends.
const patienceMilliseconds = 2_000;

export function retryLayer({ clock, random, timer }: RetrySettings): Middleware {
  let next: Middleware | undefined;
  const execute = async (context: Context): Promise<void> => {
    const call = callOf(context);
    for (let attempt = 1; ; attempt += 1) {
      call.attempts += 1;
      await next?.execute(context);
      if (attempt === mostAttempts || !isRepeatable(call)) return;
      const now = milliseconds(clock.now());
      const pause = pauseAfter(call, attempt, random, now);
      // It does not fit: the fault that follows says when to come back.
      if (pause > timeLeft(call.deadline, now)) return;
      await timer(pause, call.deadline);
      if (!call.deadline.aborted) continue;
      call.outcome = { kind: 'timeout', sent: false };
      return;
    }
  };
  return { execute, setNext: (link) => void (next = link) };
}

/**
 * Throttled (429) and unavailable (503) say that nothing was done. After any other failure of Graph, and after a cut
 * connection, nobody knows: a secret is then not read twice, because each read is a row in Entra's audit log. An act is
 * never repeated here, whatever was answered: when, and whether, is decided where it is written down.
 */
function isRepeatable(call: Call): boolean {
  const { outcome } = call;
  if (call.kind === 'act' || outcome === undefined || !('kind' in outcome)) return false;
  if (outcome.kind === 'cut') return call.kind === 'read' || !outcome.sent;
  const status = answerOf(call)?.status;
  return status === 429 || status === 503 || (call.kind === 'read' && (status === 500 || status === 502 || status === 504));
}

/** Milliseconds: what Graph asks for, else 200, 400, 800 less up to a half, so that callers do not come back together. */
function pauseAfter(call: Call, attempt: number, random: () => number, now: number): number {
  const asked = retryAfterSeconds(answerOf(call)?.headers['retry-after'], now);
  if (asked !== undefined) return Math.ceil(asked * 1000);
  return Math.round(firstPauseMilliseconds * 2 ** (attempt - 1) * (1 - random() / 2));
}

const timeLeft = (deadline: Deadline, now: number): number =>
  deadline.endsAt === undefined ? patienceMilliseconds : milliseconds(deadline.endsAt) - now;
