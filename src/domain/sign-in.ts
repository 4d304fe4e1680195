// A sign-in of a person, as it comes with a press in delegated mode, and what Entra makes of it.

import type { Token } from './authority.ts';
import type { PersonId, RequestId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Person } from './person.ts';
import type { Deadline } from './ports.ts';

/** What a client brings when it repeats a press after it was told to sign in. User input, like all of a press. */
export interface BroughtSignIn {
  /** For which card, and which of its reveals (`exchangeOf`, delegation.ts). */
  readonly exchange: string;
  readonly token: Token;
}

/** `ended`: it was good, and another one would do. */
export type Believed = 'good' | 'ended' | 'refused' | 'of-another';

export type Exchanged =
  | { readonly kind: 'granted'; readonly token: Token }
  | { readonly kind: 'ended' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'consent-missing' }
  /** Conditional Access, or a session that was ended. `claims`: what the next sign-in must meet, in base64. */
  | { readonly kind: 'sign-in-needed'; readonly claims?: string };

export interface Delegation {
  /** Whether the token is this person's, for this Keydesk, now. Throws a Fault when Entra's keys cannot be had. */
  believe(token: Token, person: Person, deadline: Deadline): Promise<Believed>;
  /** Takes a token for Graph in the name of its bearer, and keeps neither. Throws a Fault when Entra does not decide. */
  exchange(token: Token, deadline: Deadline): Promise<Exchanged>;
  /** What the next sign-in for this request must meet; for the page that carries it to Entra. */
  ask(signIn: { readonly requestId: RequestId; readonly person: PersonId; readonly claims: string; readonly at: Instant }): Promise<void>;
}
