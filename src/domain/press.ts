// A press on a card (product.md §4.3). Who pressed comes from the authenticated activity; the card's data is user
// input, of which nothing but the request id is believed.

import type { PersonId, RequestId, TenantId } from './ids.ts';
import { type Instant, milliseconds } from './instant.ts';
import type { ConversationKind } from './ledger-entry.ts';
import type { Person } from './person.ts';
import type { RefusalCode } from './refusal.ts';
import type { Purpose, RequestState, RevealRequest, Viewer } from './request.ts';
import type { BroughtSignIn } from './sign-in.ts';

export interface Press {
  readonly person: Person;
  readonly viewer: Viewer;
  readonly conversation: ConversationKind;
  readonly conversationId: string;
  /** `automatic` when a client refreshed a card by itself. */
  readonly trigger: 'manual' | 'automatic';
  /**
   * The message that the card stands in, as the client says. Believed only where nobody else knows: the worst that a
   * wrong one does is that another message of ours in the same private chat is edited to a card without secret.
   */
  readonly cardActivityId?: string;
  /** Absent when the card's data holds no request id. */
  readonly requestId?: RequestId;
  /** In delegated mode, when the client repeats the press. */
  readonly signIn?: BroughtSignIn;
  /** The inputs of the form as text; inputs of other names were dropped. */
  readonly inputs: PressInputs;
}

/** As typed or chosen, not yet believed. */
export interface PressInputs {
  readonly keyId?: string;
  readonly deviceId?: string;
  readonly reason?: string;
  readonly reasonText?: string;
  readonly callerCheck?: string;
  readonly ticket?: string;
}

export type PressVerb = 'reveal' | 'again' | 'hide' | 'cancel' | 'choose' | 'rotate' | 'rotate-ask';

/** The states in which a verb has something to do. In any other the state itself says what to answer. */
const states = {
  choose: ['choosing', 'open'],
  reveal: ['open'],
  again: ['revealed'],
  hide: ['revealed'],
  cancel: ['choosing', 'open'],
  rotate: ['open'],
  'rotate-ask': ['revealed'],
} as const satisfies Record<PressVerb, readonly RequestState[]>;

/** Verbs that are not here go with every card. */
const purposes: Readonly<Partial<Record<PressVerb, readonly Purpose[]>>> = { reveal: ['reveal'], again: ['reveal'], hide: ['reveal'], 'rotate-ask': ['reveal', 'status'], rotate: ['rotate'] };

/** A card that shows a status has no key to come first. */
const statesFor = (verb: PressVerb, { purpose }: RevealRequest): readonly RequestState[] => (verb === 'rotate-ask' && purpose === 'status' ? ['open'] : states[verb]);

/** What a press in a state that has nothing for it is told. */
export const answerToState = {
  choosing: 'request-closed',
  open: 'request-closed',
  claimed: 'request-busy',
  revealed: 'request-used',
  refused: 'request-closed',
  expired: 'request-expired',
  cancelled: 'request-closed',
  failed: 'request-closed',
  started: 'request-closed',
} as const satisfies Record<RequestState, RefusalCode>;

type Rule = (press: Press, request: RevealRequest, verb: PressVerb, now: Instant) => RefusalCode | undefined;

const samePerson = (a: { id: PersonId; tenantId: TenantId }, b: { id: PersonId; tenantId: TenantId }): boolean =>
  a.id === b.id && a.tenantId === b.tenantId;

/** One refusal each, cheapest first; refused by default when there is no request at all. */
const rules: readonly Rule[] = [
  (press, request) => (samePerson(press.person, request.person) ? undefined : 'not-your-card'),
  (press) => (press.trigger === 'manual' ? undefined : 'automatic-refresh'),
  (press, request) =>
    press.conversation === 'personal' && request.card !== undefined && press.conversationId === request.card.conversationId ? undefined : 'wrong-conversation',
  (_press, request, verb) => (purposes[verb]?.includes(request.purpose) === false ? 'card-changed' : undefined),
  (_press, request, verb) => (statesFor(verb, request).includes(request.state) ? undefined : answerToState[request.state]),
  (_press, request, verb, now) =>
    (verb === 'reveal' || verb === 'choose' || verb === 'rotate') && milliseconds(now) >= milliseconds(request.expiresAt) ? 'request-expired' : undefined,
  (_press, request, verb, now) =>
    verb === 'again' && (request.showAgainUntil === undefined || milliseconds(now) >= milliseconds(request.showAgainUntil))
      ? 'show-again-over'
      : undefined,
];

/** The first rule that the press breaks, or undefined when it may go on. */
export function judge(press: Press, request: RevealRequest | undefined, verb: PressVerb, now: Instant): RefusalCode | undefined {
  if (request === undefined) return 'request-unknown';
  for (const rule of rules) {
    const refused = rule(press, request, verb, now);
    if (refused !== undefined) return refused;
  }
  return undefined;
}
