// A read of a recovery key as Entra's own log tells of it, and what it is to us: ours, somebody else's, or one under our
// name that we know nothing of.

import type { EntraDeviceId, KeyId, PersonId } from './ids.ts';
import { type Instant, milliseconds } from './instant.ts';

/** Who read, as far as Entra says. Names are data. */
export type KeyReader =
  | { readonly kind: 'person'; readonly id?: PersonId; readonly name?: string }
  /** `appId` in lower case; Entra leaves it out for some applications. */
  | { readonly kind: 'app'; readonly appId?: string; readonly name?: string }
  | { readonly kind: 'unknown' };

export interface KeyRead {
  /** Of the row in Entra's log; at most 300 characters. */
  readonly id: string;
  /** By Microsoft's clock. */
  readonly at: Instant;
  readonly keyId: KeyId;
  readonly deviceId?: EntraDeviceId;
  readonly by: KeyReader;
  /** With which program, from which address; at most 300 characters. */
  readonly client?: string;
  /** Entra refused it: no key was given out. */
  readonly failed: boolean;
}

/** An `intended` of ours: somebody was about to be shown a key. */
export interface Intention {
  /** Of its entry in the ledger. */
  readonly seq: number;
  readonly at: Instant;
  readonly keyId: KeyId;
  readonly personId?: PersonId;
}

export type Verdict =
  /** Ours, explained by that entry. Entra writes several rows for one read: many may have the same. */
  | { readonly kind: 'matched'; readonly seq: number }
  /** By somebody else: the portal, a script, self-service. */
  | { readonly kind: 'external' }
  /** Under our own application's name, without any `intended`: somebody else has our credential. */
  | { readonly kind: 'unexplained' }
  /** Tried, and nothing was given out. */
  | { readonly kind: 'failed' };

/** The two clocks may differ, and the read follows its `intended` by the seconds of a press. */
export const matchSeconds = 600;

/**
 * @param intentions those of the key around the time of the read; others do no harm. An `intended` is durable before
 *   Graph is asked, and Entra writes its row when Graph was asked: whoever has seen the row and looks for the `intended`
 *   afterwards, in the database itself and no copy that lags behind, finds it. There is no read of ours that is too young
 *   to be explained.
 * @param ownAppIds client ids under which Keydesk asks Graph, in lower case
 */
export function verdictOn(read: KeyRead, intentions: readonly Intention[], ownAppIds: ReadonlySet<string>): Verdict {
  const { by } = read;
  const near = nearest(read, intentions.filter(({ personId }) => by.kind !== 'person' || (by.id !== undefined && personId === by.id)));
  const own = by.kind === 'app' && by.appId !== undefined && ownAppIds.has(by.appId);
  // Before everything else: an attempt under our name that we did not make is as bad as one that succeeded.
  if (own && near === undefined) return { kind: 'unexplained' };
  if (read.failed) return { kind: 'failed' };
  const mayBeOurs = own || by.kind === 'person' || (by.kind === 'app' && by.appId === undefined);
  return mayBeOurs && near !== undefined ? { kind: 'matched', seq: near.seq } : { kind: 'external' };
}

function nearest({ keyId, at }: KeyRead, intentions: readonly Intention[]): Intention | undefined {
  const apart = (one: Intention): number => Math.abs(milliseconds(one.at) - milliseconds(at));
  return intentions
    .filter((one) => one.keyId === keyId && apart(one) <= matchSeconds * 1000)
    .toSorted((a, b) => apart(a) - apart(b) || a.seq - b.seq)[0];
}
