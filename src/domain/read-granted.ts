// The order of effects is the law (product.md §4), for a press on a card and a call of the API alike:
// decide → intended (durable) → read → revealed (durable) → show. A comment at each effect says what a crash right
// after it leaves behind; settleClaims (run at start and by the timekeeper) settles it.

import { originNoted } from './api-origin.ts';
import { deviceIn } from './ask-for-key.ts';
import { asKeydesk, askFor, hindranceIn, type InNameOf } from './delegation.ts';
import { type Acting, type Desk, entry } from './desk.ts';
import { Fault } from './fault.ts';
import type { ReferenceId } from './ids.ts';
import { type Instant, plusSeconds } from './instant.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { rotationAfter } from './plan-rotation.ts';
import type { Deadline, Limit } from './ports.ts';
import type { RecoveryPassword } from './recovery-password.ts';
import type { Grant, RevealRequest } from './request.ts';
import type { Rotation } from './rotation.ts';

export type KeyRead =
  | { readonly kind: 'revealed'; readonly request: RevealRequest; readonly password: RecoveryPassword; readonly rotation?: Rotation }
  | { readonly kind: 'limit'; readonly limit: Limit; readonly freeAt: Instant }
  /** Graph refused the person in whose name it was asked, and so read nothing: the request is as it was before. */
  | { readonly kind: 'hindered'; readonly code: 'entra-role-missing' | 'sign-in-needed'; readonly reference: ReferenceId; readonly request: RevealRequest }
  /** Somebody or something was faster, or the claim was settled as lost meanwhile: the request as it stands. */
  | { readonly kind: 'lost'; readonly request: RevealRequest };

interface Granted {
  /** Open in the store, or shown before. */
  readonly request: RevealRequest;
  readonly grant: Grant;
  readonly from: 'open' | 'revealed';
  /** Keydesk's own when it is not said. */
  readonly inNameOf?: InNameOf;
  readonly deadline: Deadline;
}

/** Whoever calls has decided that this key may be read for this request. Throws a Fault; then no password was handed out. */
export async function readGranted(desk: Desk, acting: Acting, { request, grant, from, inNameOf = asKeydesk, deadline }: Granted): Promise<KeyRead> {
  const clientRequestId = desk.ids.clientRequest();
  const attempt = request.attempt + 1;
  const about = { ...aboutRequest(request), ...aboutGrant(grant), attempt, clientRequestId, ...inNameOf.noted };

  // Limits, claim and `intended` in one transaction; durable when it returns, whatever the caller's patience.
  // A crash after it: claimed, nothing shown, perhaps nothing read. settleClaims writes outcome `unknown`.
  const claim = await desk.requests.claim({
    id: request.id,
    from,
    attempt,
    grant,
    at: desk.clock.now(),
    limits: desk.settings.revealLimits,
    intended: { ...entry(desk, acting, about), act: 'intended', outcome: 'done' },
  });
  if (claim.kind !== 'claimed') return claim;

  // Graph writes its own audit record of the read. A crash after it: as above, and Entra's log holds one row more.
  const read = await desk.recoveryKeys.read(grant.key.keyId, { clientRequestId, deadline, authority: inNameOf.authority }).catch((error: unknown) => ({ error }));
  if ('error' in read) return giveUp(desk, acting, { request: claim.request, about, attempt, inNameOf }, read.error);

  // A crash after it: revealed and durable, the answer lost on the way. One press on the card offers Show again; a call
  // of the API is made anew.
  const at = desk.clock.now();
  const hideAt = plusSeconds(at, desk.settings.hideSeconds);
  const shown = request.card === undefined ? {} : { card: { hideAt, showAgainUntil: plusSeconds(hideAt, desk.settings.showAgainMinutes * 60) } };
  const graph = read.graphRequestId === undefined ? {} : { graphRequestId: read.graphRequestId };
  const revealed: LedgerEntry = { ...entry(desk, acting, { ...about, ...graph }), act: 'revealed', outcome: 'done' };
  const rotation = rotationAfter(desk, acting, request, grant, at);
  const written = await desk.requests.revealed({ id: request.id, attempt, at, ...shown, entry: revealed, ...(rotation && { rotation }) });
  // The claim was settled as lost by another instance: the password is dropped unseen. After a Show again the request is
  // as it was, and one more press may do; after a first reveal it is over.
  if (written === 'lost') return { kind: 'lost', request: (await desk.requests.find(request.id)) ?? request };

  const { hiddenAt: _shownAgain, ...claimed } = claim.request;
  const result: RevealRequest = { ...claimed, state: 'revealed', grant, attempt, ...shown.card, ...(request.showAgainUntil && { showAgainUntil: request.showAgainUntil }), revealedAt: at, ...(written.rotation && { rotationId: written.rotation.id }) };
  return { kind: 'revealed', request: result, password: read.password, ...(written.rotation && { rotation: written.rotation }) };
}

interface GivenUp {
  readonly request: RevealRequest;
  readonly about: Partial<LedgerEntry>;
  readonly attempt: number;
  readonly inNameOf: InNameOf;
}

/**
 * The read failed: said in the ledger, and the request is over (or, at Show again, as it was). Where Graph refused the
 * person, and so read nothing, it is open again for the next press: the entry of this one carries the reference.
 * Throws `error` unless it is such a no.
 */
async function giveUp(desk: Desk, acting: Acting, { request, about, attempt, inNameOf }: GivenUp, error: unknown): Promise<KeyRead> {
  const code = hindranceIn(error, inNameOf);
  const reference = code && desk.ids.reference();
  const fault = error instanceof Fault ? error : undefined;
  const outcome = fault === undefined || fault.retry === 'unknown-outcome' ? 'unknown' : 'failed';
  const graph = fault?.graphRequestId === undefined ? {} : { graphRequestId: fault.graphRequestId };
  const failed: LedgerEntry = { ...entry(desk, acting, { ...about, ...graph }), act: 'revealed', outcome, code: fault?.code ?? 'internal', ...(reference && { reference }) };
  // When this write fails too, the claim stays and settleClaims writes `unknown`; the first fault is the one to report.
  const given = await desk.requests.failed({ id: request.id, attempt, at: desk.clock.now(), entry: failed, reopen: code !== undefined }).catch(() => false);
  if (code === undefined || reference === undefined || !given) throw error;
  await askFor(desk, request, fault?.claims);
  return { kind: 'hindered', code, reference, request: { ...request, state: 'open' } };
}

export const aboutRequest = (request: RevealRequest): Partial<LedgerEntry> => ({
  requestId: request.id,
  ...(request.by === 'owner' && { source: 'self-service' }),
  ...(request.api && originNoted(request.api)),
  ...(request.offer && { device: deviceIn(request.offer) }),
});

export const aboutGrant = (grant: Grant): Partial<LedgerEntry> => ({
  keyId: grant.key.keyId,
  volumeType: grant.key.volumeType,
  reason: grant.reason,
  ...(grant.reasonText !== undefined && { reasonText: grant.reasonText }),
  ...(grant.callerCheck !== undefined && { callerCheck: grant.callerCheck }),
  ...(grant.ticket !== undefined && { ticket: grant.ticket }),
});
