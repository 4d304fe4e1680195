// How often the API may be called: by an address before anything is looked at, by a caller once it is known. Counted in
// this process. What gives power has limits of its own, counted from the ledger over all instances.

import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export interface ApiLimits {
  readonly requestsPerMinute: number;
  readonly addressRequestsPerMinute: number;
}

export interface Limiter {
  /** @returns seconds to wait, or undefined when it may go on */
  address(address: string): Promise<number | undefined>;
  caller(id: string): Promise<number | undefined>;
  /** Whether this was told within the last minute: what is asked all the time is one entry a minute. */
  wasTold(question: string): Promise<boolean>;
  /** Once its entry is written, and not before: what failed is told nobody. */
  told(question: string): Promise<void>;
  /** Takes a place among those who read the ledger in full; undefined when there is none. Given back once. */
  export(): (() => void) | undefined;
}

/** Each holds a connection to the database for as long as its reader takes. */
const mostExports = 3;

const minute = 60;

export function createLimiter({ requestsPerMinute, addressRequestsPerMinute }: ApiLimits): Limiter {
  const addresses = new RateLimiterMemory({ keyPrefix: 'address', points: addressRequestsPerMinute, duration: minute });
  const callers = new RateLimiterMemory({ keyPrefix: 'caller', points: requestsPerMinute, duration: minute });
  const questions = new RateLimiterMemory({ keyPrefix: 'question', points: 1, duration: minute });
  let exports = 0;
  return {
    address: (address) => take(addresses, networkOf(address)),
    caller: (id) => take(callers, id),
    wasTold: async (question) => (await questions.get(question)) !== null,
    told: async (question) => void (await questions.set(question, 1, minute)),
    export: () => {
      if (exports >= mostExports) return undefined;
      exports += 1;
      let held = true;
      return () => {
        if (held) exports -= 1;
        held = false;
      };
    },
  };
}

async function take(limiter: RateLimiterMemory, key: string): Promise<number | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    throw refused;
  }
}

/** Whoever has an address of version 6 has 2⁶⁴ of them. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  return [...head, ...Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0'), ...tail].slice(0, 4).join(':');
}
