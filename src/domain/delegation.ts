// Delegated mode: a key is read, and a pressed rotation sent, in the name of the one who pressed. Here is decided whether
// a press brings what that takes, in this order: a token at all, brought for this card as it stands, believed, exchanged
// for one that Graph takes. Nothing of it is claimed or written before; so a sign-in in between burns nothing
// (docs/decisions/0018-in-the-name-of-who-pressed.md).

import type { Authority, Token } from './authority.ts';
import { type Desk, refuse } from './desk.ts';
import { Fault } from './fault.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { Deadline } from './ports.ts';
import type { Press } from './press.ts';
import type { Refusal, RefusalCode, RefusalFacts } from './refusal.ts';
import type { RevealRequest } from './request.ts';
import type { Delegation } from './sign-in.ts';

/** In whose name, and what the entries about it say. */
export interface InNameOf {
  readonly authority: Authority;
  readonly noted: Partial<LedgerEntry>;
}
export const asKeydesk: InNameOf = { authority: 'application', noted: {} };

/** The client is to sign the person in and to repeat the press. `renew`: with another token than the one it brought. */
export interface SignInWanted {
  readonly kind: 'sign-in';
  readonly request: RevealRequest;
  readonly exchange: string;
  readonly renew: boolean;
}

interface Barred {
  readonly kind: 'barred';
  readonly code: RefusalCode;
}

/** In application mode nobody signs in; in the other nobody goes on who has not. */
export type SignedIn = { readonly kind: 'application' } | { readonly kind: 'signed-in'; readonly token: Token; readonly delegation: Delegation };

/**
 * The one-time word of an exchange, needing no store: a request is nobody else's and claimed once, and every claim counts
 * up the attempt. A sign-in that was brought for another card, or for an earlier reveal of this one, does not fit.
 */
export const exchangeOf = ({ id, attempt }: Pick<RevealRequest, 'id' | 'attempt'>): string => `${id}.${attempt}`;

/** Whether the press brings a sign-in that may be exchanged; in application mode there is none to bring. Asks nobody but for Entra's keys. */
export async function signInWith({ delegation }: Desk, press: Press, request: RevealRequest, deadline: Deadline): Promise<SignedIn | SignInWanted | Barred> {
  if (delegation === undefined) return { kind: 'application' };
  const wanted = { kind: 'sign-in', request, exchange: exchangeOf(request) } as const;
  const { signIn } = press;
  if (signIn === undefined) return { ...wanted, renew: false };
  if (signIn.exchange !== wanted.exchange) return { kind: 'barred', code: 'token-replayed' };
  switch (await delegation.believe(signIn.token, press.person, deadline)) {
    case 'good':
      return { kind: 'signed-in', token: signIn.token, delegation };
    case 'ended':
      return { ...wanted, renew: true };
    case 'refused':
      return { kind: 'barred', code: 'token-refused' };
    case 'of-another':
      return { kind: 'barred', code: 'token-of-another' };
  }
}

/** Exchanges a sign-in that was believed. Throws a Fault when Entra does not decide; nothing has happened then. */
export async function actingFor(desk: Desk, press: Press, request: RevealRequest, signIn: SignedIn, deadline: Deadline): Promise<{ readonly kind: 'acting'; readonly inNameOf: InNameOf } | SignInWanted | Barred> {
  if (signIn.kind === 'application') return { kind: 'acting', inNameOf: asKeydesk };
  const exchanged = await signIn.delegation.exchange(signIn.token, deadline);
  switch (exchanged.kind) {
    case 'granted': {
      const person = { id: press.person.id, name: press.person.name };
      return { kind: 'acting', inNameOf: { authority: { onBehalfOf: exchanged.token }, noted: { authority: 'delegated', person } } };
    }
    case 'ended':
      return { kind: 'sign-in', request, exchange: exchangeOf(request), renew: true };
    case 'refused':
      return { kind: 'barred', code: 'token-refused' };
    case 'consent-missing':
      return { kind: 'barred', code: 'consent-missing' };
    case 'sign-in-needed':
      await askFor(desk, request, exchanged.claims);
      return { kind: 'barred', code: 'sign-in-needed' };
  }
}

/** Graph's no to the person rather than to Keydesk: what they can do about it themselves. Undefined for anything else. */
export function hindranceIn(error: unknown, { authority }: InNameOf): 'entra-role-missing' | 'sign-in-needed' | undefined {
  if (authority === 'application' || !(error instanceof Fault)) return undefined;
  if (error.code === 'graph-forbidden') return 'entra-role-missing';
  return error.code === 'graph-claims' ? 'sign-in-needed' : undefined;
}

/** Keeps what the next sign-in must meet, so that the page can carry it. */
export async function askFor({ delegation, clock }: Desk, { id, person }: RevealRequest, claims: string | undefined): Promise<void> {
  if (claims !== undefined) await delegation?.ask({ requestId: id, person: person.id, claims, at: clock.now() });
}

/** A no that the card survives: it is written down, and the same card comes back with what to do before the next press. */
export const hinder = (desk: Desk, press: Press, code: RefusalCode, request: RevealRequest, noted: Partial<LedgerEntry>): Promise<Refusal> =>
  refuse(desk, press, code, factsOf(desk, request), noted);

/** For the words: Show again on the card of a shown key; an owner may call. */
export const factsOf = ({ settings: { helpdeskContact } }: Desk, { id, by }: RevealRequest): RefusalFacts => ({
  requestId: id,
  ...(by === 'owner' && { by, ...(helpdeskContact !== undefined && { helpdesk: helpdeskContact }) }),
});
