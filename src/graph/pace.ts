import type { Clock, Deadline } from '../domain/ports.ts';
import { milliseconds } from '../domain/instant.ts';
import type { Question } from './ask.ts';
import type { Timer } from './waiting.ts';

/** Resolves when another page of the service may be asked for, or when the deadline is over. */
export type Pace = (service: Question['service'], deadline: Deadline) => Promise<void>;

/**
 * Pages a second, for all that is not asked by a person. Far below what Microsoft publishes: Intune takes 2,000 requests
 * in 20 s of an application, the directory 3,500 units in 10 s of the smallest tenant, at about two units a page. For
 * BitLocker's endpoint no limit is published.
 */
export const sweepPace = { directory: 20, intune: 20, bitlocker: 20 } as const satisfies Record<Question['service'], number>;

/** The next page goes out when its turn has come, however many ask. */
export function createPace(perSecond: Readonly<Record<Question['service'], number>>, { clock, timer }: { readonly clock: Clock; readonly timer: Timer }): Pace {
  const freeAt = new Map<Question['service'], number>();
  return async (service, deadline) => {
    const now = milliseconds(clock.now());
    const gap = 1000 / perSecond[service];
    // A clock that was put back must not stop the sweep.
    const turn = Math.min(Math.max(now, freeAt.get(service) ?? 0), now + 10 * gap);
    freeAt.set(service, turn + gap);
    if (turn > now) await timer(Math.ceil(turn - now), deadline);
  };
}
