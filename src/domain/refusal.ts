import type { EntraObjectId, IntuneDeviceId, ReferenceId, RequestId } from './ids.ts';
import type { Instant } from './instant.ts';

/**
 * Every "no" that Keydesk says to a person. Closed: a new code does not compile until the cards, the docs and the
 * ledger say what they do with it.
 */
export const refusalCodes = [
  // the ask
  'ask-limit', // more than 30 asks in a minute
  'no-role', // none of the roles that may do this
  'device-not-found',
  'person-not-found',
  'no-devices', // the person has none
  'key-not-found', // no key with this ID, or none that begins with it
  'key-id-too-short', // a prefix without a device: searched over the tenant only with an index
  'no-keys', // the device has no key in escrow
  'approval-unavailable', // a sensitive device, and nobody can approve yet
  'private-chat-closed', // Teams did not let us write to the person
  // the press
  'not-your-card',
  'wrong-conversation',
  'automatic-refresh',
  'request-unknown', // changed card data, or a request long gone
  'request-busy', // the same press is being worked on
  'request-used', // revealed already; Show again
  'request-expired',
  'request-closed', // cancelled, refused or failed before
  'card-changed', // a value that this card never offered
  'too-many-misses', // the caller's key ID was wrong three times
  'reveal-limit', // 5 a minute, 20 an hour, 40 a day
  'show-again-over',
  // the rotation
  'not-managed', // Intune does not manage the device
  'several-managed', // several managed devices carry its id: which one is meant cannot be known
  // the ledger
  'not-your-entries', // somebody else's entries, or all of them, asked for without the role
  'reading-unknown', // a card of the ledger that was changed, or is more than a day old
  'export-taken', // the file was sent, or is on its way
  // the summaries
  'audit-channel-stays', // the audit channel's summaries cannot be switched off
  // self-service
  'self-service-off', // the installation or the tenant does not let owners see their keys
  'no-own-device', // Entra and Intune know of no device of the person's own
  'not-your-device', // not, or no longer, the person's own
  // the index of the fleet
  'key-id-ambiguous', // keys of several devices begin like this
  'index-not-ready', // no sweep has come to its end yet
  // delegated mode: the card stays, and may be pressed again
  'token-refused', // a sign-in that is not one for this Keydesk, or that Entra does not take
  'token-of-another', // another person's sign-in
  'token-replayed', // a sign-in brought for another card, or for an earlier reveal of this one
  'consent-missing', // Keydesk was never allowed to act for the person
  'sign-in-needed', // Conditional Access, or a session that was ended
  'entra-role-missing', // Graph refuses the person: no role in Entra that is active now
  // the API
  'no-right', // the token holds neither the scope nor the app role for it
  'app-reveal-off', // an application by itself may be told no key
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** "No", with what a person needs: a code that a card turns into words, and a reference for the phone. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly reference: ReferenceId;
  readonly facts: RefusalFacts;
}

/** What the words of a refusal may need. All of it may be shown to the person refused; nothing of it is a secret. */
export interface RefusalFacts {
  /** What was asked for, as typed. Hostile until escaped. */
  readonly asked?: string;
  /** Names that come close. Only for people with a role. */
  readonly closest?: readonly string[];
  /** Intune knows a device of that name, Entra does not: its keys went with the device in Entra. */
  readonly onlyInIntune?: boolean;
  /** When it may be tried again, or when the key was shown. */
  readonly at?: Instant;
  /** Which limit: so many within so many seconds. */
  readonly limit?: { readonly max: number; readonly seconds: number };
  /** Why a device has no key in escrow, as far as known. */
  readonly escrow?: 'encrypted' | 'not-encrypted' | 'not-managed' | 'unknown';
  /** The ids by which the portals know the device, for the links. */
  readonly device?: { readonly objectId: EntraObjectId; readonly intuneId?: IntuneDeviceId };
  /** An owner was refused, who is no helpdesk and has none of its words. */
  readonly by?: 'owner';
  /** Whom to call, and whether owners may help themselves; with the refusals of people who have no role. */
  readonly helpdesk?: string;
  readonly selfService?: boolean;
  /** How old the index is that was searched; absent without one. */
  readonly indexAt?: Instant;
  /** How far the first sweep is. */
  readonly indexing?: { readonly share?: number; readonly entries: number };
  /** The request for Show again. */
  readonly requestId?: RequestId;
  /** Of `no-role`: for what, where it was not a key. */
  readonly wanted?: 'summaries' | 'audit-schedule';
}
