// Tokens that were found good a short while ago, and whose they are. To look at a signature costs more than the rest of a
// small answer; a program that reads page after page brings the same token with each. What gives power looks every time.

import { hash } from 'node:crypto';
import type { ApiCaller } from '../domain/api-caller.ts';
import { milliseconds } from '../domain/instant.ts';
import type { Clock } from '../domain/ports.ts';

export interface KnownTokens {
  find(token: string): ApiCaller | undefined;
  /** @param endsAt in seconds since 1970: from then on the token is good for nothing */
  keep(token: string, caller: ApiCaller, endsAt: number): void;
}

/** Much shorter than a key of Entra's is believed (gatekeeper.ts). */
const keptSeconds = 60;
const mostKept = 1000;

export function createKnownTokens(clock: Clock): KnownTokens {
  // By their hash: nobody finds a token here that could be used.
  const known = new Map<string, { readonly caller: ApiCaller; readonly until: number }>();
  const now = (): number => milliseconds(clock.now()) / 1000;
  return {
    find: (token) => {
      const entry = known.get(hashOf(token));
      return entry !== undefined && now() < entry.until ? entry.caller : undefined;
    },
    keep: (token, caller, endsAt) => {
      const id = hashOf(token);
      known.delete(id);
      // A map gives its entries in the order in which they came.
      const [oldest] = known.size < mostKept ? [] : known.keys();
      if (oldest !== undefined) known.delete(oldest);
      known.set(id, { caller, until: Math.min(now() + keptSeconds, endsAt) });
    },
  };
}

const hashOf = (token: string): string => hash('sha256', token, 'base64');
