// One access token for Graph, kept in memory only. The credential's own memory is not enough: it would hand out again
// the very token that Graph has just refused.

import type { AccessToken, TokenCredential } from '@azure/identity';
import { Fault } from '../domain/fault.ts';
import { milliseconds } from '../domain/instant.ts';
import type { Clock, Deadline } from '../domain/ports.ts';
import type { Challenge } from './challenge.ts';
import { causeOf } from './failures.ts';
import { within } from './waiting.ts';

export interface Tokens {
  /** Throws `graph-token` when there is none to be had, `graph-timeout` when not within the deadline. */
  take(deadline: Deadline): Promise<string>;
  /** Graph refused this token: the next one is a new one, and meets the challenge if there was one. */
  drop(token: string, challenge?: Challenge): void;
}

const scope = 'https://graph.microsoft.com/.default';
// A token that ends sooner is not used any more; one that ends soon is used while the next is fetched beside it.
const spareMilliseconds = 60_000;
const renewMilliseconds = 300_000;
const pauseMilliseconds = 10_000;

export interface TokensSettings {
  readonly credential: TokenCredential;
  readonly clock: Clock;
  /** Only tests. */
  readonly patience?: () => Deadline;
}

export function createTokens({ credential, clock, patience }: TokensSettings): Tokens {
  let held: AccessToken | undefined;
  let claims: string | undefined;
  let fetching: Promise<AccessToken> | undefined;
  let lastFetch = 0;
  const now = (): number => milliseconds(clock.now());

  const fetch = (): Promise<AccessToken> => {
    lastFetch = now();
    if (fetching !== undefined) return fetching;
    // Claims serve one asking: some that Entra does not take must not shut Keydesk out until it is started again.
    const wanted = claims;
    claims = undefined;
    fetching = askForToken(credential, scope, { enableCae: true, ...(wanted !== undefined && { claims: wanted }), ...(patience && { patience }) })
      .then((token) => (held = token))
      .finally(() => (fetching = undefined));
    return fetching;
  };

  return {
    async take(deadline) {
      const left = held === undefined ? 0 : held.expiresOnTimestamp - now();
      if (held === undefined || left < spareMilliseconds) return (await within(fetch(), deadline, timedOut)).token;
      const due = left < renewMilliseconds || (held.refreshAfterTimestamp ?? Infinity) < now();
      // Beside the work: a failure shows when the old token is used up.
      if (due && now() - lastFetch > pauseMilliseconds) fetch().catch(() => undefined);
      return held.token;
    },
    drop(token, challenge) {
      if (held?.token === token) held = undefined;
      if (challenge !== undefined) claims = challenge.json;
    },
  };
}

// The fetching serves all callers, so that it outlives the deadline of the one who began it.
const realPatience = (): Deadline => AbortSignal.timeout(15_000);

interface Wanted {
  /** A token that Entra can end before its time, because we understand the challenge that follows. */
  readonly enableCae?: true;
  /** What it must meet. */
  readonly claims?: string;
  readonly patience?: () => Deadline;
}

/** Once, whatever is held. Throws a Fault `graph-token`, after 15 s at the latest where nobody says sooner: the library itself may wait for a proof for ever. */
export async function askForToken(credential: TokenCredential, wantedFor: string, { patience = realPatience, ...wanted }: Wanted = {}): Promise<AccessToken> {
  const what = wantedFor === scope ? 'Graph' : wantedFor;
  const abortSignal = patience();
  try {
    const token = await within(credential.getToken(wantedFor, { ...wanted, abortSignal }), abortSignal, () => new Error('too late'));
    if (token !== null && token.token !== '') return token;
  } catch (error) {
    throw new Fault('graph-token', 'later', { message: `no token for ${what}${entraCodes(error)}`, cause: causeOf(error) });
  }
  throw new Fault('graph-token', 'later', { message: `no token for ${what}: the credential gave none` });
}

const timedOut = (): Fault => new Fault('graph-timeout', 'later', { message: 'no token for Graph within the deadline' });

/** ` (AADSTS7000222)`: Entra's own numbers say what is wrong, and the text around them names tenant and application. */
export function entraCodes(error: unknown): string {
  const codes = error instanceof Error ? (error.message.match(/AADSTS\d{1,10}/g) ?? []) : [];
  return codes.length === 0 ? '' : ` (${[...new Set(codes)].slice(0, 3).join(', ')})`;
}
