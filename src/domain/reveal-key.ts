// The one moment in which a person sees a recovery password. The order of effects is the law (product.md §4):
// decide → intended (durable) → read → revealed (durable) → show. A comment at each effect says what a crash right
// after it leaves behind; settleClaims (run at start and by the timekeeper) settles it.

import { barrierTo, deviceIn, portalIdsOf } from './ask-for-key.ts';
import { actingFor, askFor, type Acting, factsOf, hinder, hindranceIn, signInOf, type SignInWanted } from './delegation.ts';
import { type Desk, entry, refuse } from './desk.ts';
import { Fault } from './fault.ts';
import { type FormAnswer, type InputProblem, keptValues, readForm } from './form.ts';
import { plusSeconds } from './instant.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { barredFrom, formSettings, inputsFor } from './may-go-on.ts';
import type { Deadline } from './ports.ts';
import { answerToState, judge, type Press } from './press.ts';
import type { RecoveryPassword } from './recovery-password.ts';
import type { Refusal, RefusalCode, RefusalFacts } from './refusal.ts';
import type { FormValues, Grant, RevealRequest } from './request.ts';
import type { Rotation } from './rotation.ts';
import { rotationAfter } from './plan-rotation.ts';

export type RevealAnswer =
  | { readonly kind: 'revealed'; readonly request: RevealRequest; readonly password: RecoveryPassword; readonly rotation?: Rotation }
  /** The same card again, values kept. `missesLeft` only with `callerProof` and only after a miss. */
  | {
      readonly kind: 'card-back';
      readonly request: RevealRequest;
      readonly values: FormValues;
      readonly problems: readonly InputProblem[];
      readonly missesLeft?: number;
      /** What is to be done before the next press. */
      readonly hindrance?: Refusal;
    }
  | SignInWanted
  /** `request` as it stands, where it belongs to the one who pressed. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly request?: RevealRequest };

const mostMisses = 3;

/** Throws a Fault when Graph, the ledger or the store fails; no password is then shown. */
export const revealKey = (desk: Desk, press: Press): Promise<RevealAnswer> => reveal(desk, press, 'reveal');

/** Show again: the same request, no form, everything else afresh, an entry of its own. */
export const showAgain = (desk: Desk, press: Press): Promise<RevealAnswer> => reveal(desk, press, 'again');

async function reveal(desk: Desk, press: Press, verb: 'reveal' | 'again'): Promise<RevealAnswer> {
  const deadline = desk.deadlines.press();
  const request = await currentRequest(desk, press);
  const refused = judge(press, request, verb, desk.clock.now());
  if (refused !== undefined || request === undefined) return refusePress(desk, press, refused ?? 'request-unknown', request);

  const form: FormAnswer = verb === 'again' ? granted(request) : readForm(inputsFor(press.inputs, request), request, formSettings(desk.settings, request));
  if (form.kind === 'changed') return refusePress(desk, press, 'card-changed', request);
  if (form.kind === 'problems') return { kind: 'card-back', request, values: form.values, problems: form.problems };

  const signIn = await signInOf(desk, press, request, deadline);
  if (signIn.kind === 'sign-in') return signIn;
  if (signIn.kind === 'barred') return cardStays(desk, press, request, signIn.code);
  const barred = await barredFrom(desk, request, request.offer?.device, 'fresh', deadline);
  if (barred !== undefined) return refusePress(desk, press, barred, request);
  if (form.kind === 'miss') return miss(desk, press, request, form.values);
  const barrier = request.offer && barrierTo(desk, request.offer, 'reveal');
  if (barrier !== undefined) return refusePress(desk, press, barrier.code, request, barrier.facts);
  // Before the claim: whoever must sign in first, or be allowed to, loses nothing. A crash after it leaves nothing behind.
  const taken = await actingFor(desk, press, request, signIn.kind === 'signed-in' ? signIn.token : undefined, deadline);
  if (taken.kind === 'sign-in') return taken;
  if (taken.kind === 'barred') return cardStays(desk, press, request, taken.code);
  return readAndShow(desk, press, request, form.grant, verb, taken.acting, deadline);
}

/** A no about the sign-in: what was typed comes back on the card, or, at Show again, the button. */
async function cardStays(desk: Desk, press: Press, request: RevealRequest, code: RefusalCode): Promise<RevealAnswer> {
  return withHindrance(press, request, await hinder(desk, press, code, request, aboutRequest(request)));
}

const withHindrance = (press: Press, request: RevealRequest, hindrance: Refusal): RevealAnswer =>
  request.revealedAt === undefined ? { kind: 'card-back', request, values: keptValues(inputsFor(press.inputs, request), request.callerProof), problems: [], hindrance } : { kind: 'refused', refusal: hindrance, request };

/** The request of the press; a claim whose instance is gone is settled first, so that nobody waits for it for ever. */
async function currentRequest(desk: Desk, press: Press): Promise<RevealRequest | undefined> {
  if (press.requestId === undefined) return undefined;
  const request = await desk.requests.find(press.requestId);
  const now = desk.clock.now();
  const stale = plusSeconds(now, -desk.settings.staleClaimSeconds);
  if (request?.state !== 'claimed' || request.claimedAt === undefined || request.claimedAt >= stale) return request;
  await desk.requests.settleClaims(stale, now);
  return desk.requests.find(press.requestId);
}

const granted = (request: RevealRequest): FormAnswer =>
  request.grant === undefined ? { kind: 'changed' } : { kind: 'grant', grant: request.grant };

async function miss(desk: Desk, press: Press, request: RevealRequest, values: FormValues): Promise<RevealAnswer> {
  const reference = desk.ids.reference();
  const noted = { ...entry(desk, press, aboutRequest(request)), act: 'refused', outcome: 'refused', code: 'too-many-misses', reference } as const;
  const { misses, closed } = await desk.requests.miss(request.id, noted);
  if (closed) return { kind: 'refused', refusal: { code: 'too-many-misses', reference, facts: {} }, request: { ...request, misses, state: 'refused' } };
  return { kind: 'card-back', request, values, problems: [{ input: 'keyId', problem: 'no-match' }], missesLeft: mostMisses - misses };
}

async function readAndShow(desk: Desk, press: Press, request: RevealRequest, grant: Grant, verb: 'reveal' | 'again', acting: Acting, deadline: Deadline): Promise<RevealAnswer> {
  const clientRequestId = desk.ids.clientRequest();
  const attempt = request.attempt + 1;
  const about = { ...aboutRequest(request), ...aboutGrant(grant), attempt, clientRequestId, ...acting.noted };

  // Limits, claim and `intended` in one transaction; durable when it returns, whatever the caller's patience.
  // A crash after it: claimed, nothing shown, perhaps nothing read. settleClaims writes outcome `unknown`.
  const claim = await desk.requests.claim({
    id: request.id,
    from: verb === 'reveal' ? 'open' : 'revealed',
    attempt,
    grant,
    at: desk.clock.now(),
    limits: desk.settings.revealLimits,
    intended: { ...entry(desk, press, about), act: 'intended', outcome: 'done' },
  });
  if (claim.kind === 'limit') return refusePress(desk, press, 'reveal-limit', request, { limit: claim.limit, at: claim.freeAt });
  if (claim.kind === 'lost') return refusePress(desk, press, answerToState[claim.request.state], claim.request);

  // Graph writes its own audit record of the read. A crash after it: as above, and Entra's log holds one row more.
  const read = await desk.recoveryKeys.read(grant.key.keyId, { clientRequestId, deadline, authority: acting.authority }).catch((error: unknown) => ({ error }));
  if ('error' in read) return giveUp(desk, press, claim.request, about, attempt, acting, read.error);

  // A crash after it: revealed and durable, the answer lost on the way. One press on the card offers Show again.
  const at = desk.clock.now();
  const hideAt = plusSeconds(at, desk.settings.hideSeconds);
  const showAgainUntil = plusSeconds(hideAt, desk.settings.showAgainMinutes * 60);
  const graph = read.graphRequestId === undefined ? {} : { graphRequestId: read.graphRequestId };
  const revealed: LedgerEntry = { ...entry(desk, press, { ...about, ...graph }), act: 'revealed', outcome: 'done' };
  const rotation = rotationAfter(desk, press, request, grant, at);
  const written = await desk.requests.revealed({ id: request.id, attempt, at, hideAt, showAgainUntil, entry: revealed, ...(rotation && { rotation }) });
  // The claim was settled as lost by another instance: the password is dropped unseen.
  if (written === 'lost') return lostMeanwhile(desk, press, request);

  const { hiddenAt: _shownAgain, ...claimed } = claim.request;
  const shown: RevealRequest = { ...claimed, state: 'revealed', grant, attempt, hideAt, showAgainUntil: request.showAgainUntil ?? showAgainUntil, revealedAt: at, ...(written.rotation && { rotationId: written.rotation.id }) };
  return { kind: 'revealed', request: shown, password: read.password, ...(written.rotation && { rotation: written.rotation }) };
}

/** After a Show again the request is as it was, and one more press may do; after a first reveal it is over. */
async function lostMeanwhile(desk: Desk, press: Press, request: RevealRequest): Promise<RevealAnswer> {
  const now = (await desk.requests.find(request.id)) ?? request;
  return refusePress(desk, press, answerToState[now.state], now);
}

/**
 * The read failed: said in the ledger, and the request is over (or, at Show again, as it was). Where Graph refused the
 * person, and so read nothing, it is open again for the next press: the entry of this one carries the reference.
 */
async function giveUp(desk: Desk, press: Press, request: RevealRequest, about: ReturnType<typeof aboutRequest>, attempt: number, acting: Acting, error: unknown): Promise<RevealAnswer> {
  const hindrance = hindranceIn(error, acting);
  const reference = hindrance && desk.ids.reference();
  const fault = error instanceof Fault ? error : undefined;
  const outcome = fault === undefined || fault.retry === 'unknown-outcome' ? 'unknown' : 'failed';
  const graph = fault?.graphRequestId === undefined ? {} : { graphRequestId: fault.graphRequestId };
  const failed: LedgerEntry = { ...entry(desk, press, { ...about, ...graph }), act: 'revealed', outcome, code: fault?.code ?? 'internal', ...(reference && { reference }) };
  // When this write fails too, the claim stays and settleClaims writes `unknown`; the first fault is the one to report.
  const given = await desk.requests.failed({ id: request.id, attempt, at: desk.clock.now(), entry: failed, reopen: hindrance !== undefined }).catch(() => false);
  if (hindrance === undefined || reference === undefined || !given) throw error;
  await askFor(desk, request, fault?.claims);
  return withHindrance(press, { ...request, state: 'open' }, { code: hindrance, reference, facts: factsOf(desk, request) });
}

async function refusePress(desk: Desk, press: Press, code: RefusalCode, request: RevealRequest | undefined, facts: RefusalFacts = {}): Promise<RevealAnswer> {
  const own = request !== undefined && code !== 'not-your-card' && code !== 'wrong-conversation';
  const known: RefusalFacts = own ? { ...aboutUse(request), ...facts } : {};
  if (code === 'request-expired' && request?.state === 'open') {
    const expired = { ...entry(desk, press, aboutRequest(request)), act: 'refused', outcome: 'refused', code, reference: desk.ids.reference() } as const;
    if (await desk.requests.close(request.id, 'expired', expired)) return { kind: 'refused', refusal: { code, reference: expired.reference, facts: known }, request: { ...request, state: 'expired' } };
  }
  const refusal = await refuse(desk, press, code, known, request === undefined ? {} : aboutRequest(request));
  return { kind: 'refused', refusal, ...(own && { request }) };
}

const aboutUse = (request: RevealRequest): RefusalFacts => ({
  requestId: request.id,
  ...(request.revealedAt && { at: request.revealedAt }),
  ...(request.offer && { device: portalIdsOf(request.offer), asked: request.offer.device.name }),
  ...(request.by === 'owner' && { by: 'owner' }),
});

export const aboutRequest = (request: RevealRequest): Partial<LedgerEntry> => ({
  requestId: request.id,
  ...(request.by === 'owner' && { source: 'self-service' }),
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
