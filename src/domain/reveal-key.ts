// The one moment in which a person sees a recovery password, by a press on a card: who may press, what the form says, and
// then the law of effects (read-granted.ts).

import { barrierTo, portalIdsOf } from './ask-for-key.ts';
import { actingFor, factsOf, hinder, type InNameOf, signInWith, type SignInWanted } from './delegation.ts';
import { type Desk, entry, refuse } from './desk.ts';
import { type FormAnswer, type InputProblem, keptValues, readForm } from './form.ts';
import { plusSeconds } from './instant.ts';
import { barredFrom, formSettings, inputsFor } from './may-go-on.ts';
import type { Deadline } from './ports.ts';
import { answerToState, judge, type Press } from './press.ts';
import { aboutRequest, type KeyRead, readGranted } from './read-granted.ts';
import type { Refusal, RefusalCode, RefusalFacts } from './refusal.ts';
import type { FormValues, Grant, RevealRequest } from './request.ts';

export type RevealAnswer =
  | Extract<KeyRead, { kind: 'revealed' }>
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

  const signIn = await signInWith(desk, press, request, deadline);
  if (signIn.kind === 'sign-in') return signIn;
  if (signIn.kind === 'barred') return cardStays(desk, press, request, signIn.code);
  const barred = await barredFrom(desk, request, request.offer?.device, 'fresh', deadline);
  if (barred !== undefined) return refusePress(desk, press, barred, request);
  if (form.kind === 'miss') return miss(desk, press, request, form.values);
  const barrier = request.offer && barrierTo(desk, request.offer, 'reveal');
  if (barrier !== undefined) return refusePress(desk, press, barrier.code, request, barrier.facts);
  // Before the claim: whoever must sign in first, or be allowed to, loses nothing. A crash after it leaves nothing behind.
  const taken = await actingFor(desk, press, request, signIn, deadline);
  if (taken.kind === 'sign-in') return taken;
  if (taken.kind === 'barred') return cardStays(desk, press, request, taken.code);
  return readAndShow(desk, press, request, form.grant, verb, taken.inNameOf, deadline);
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

async function readAndShow(desk: Desk, press: Press, request: RevealRequest, grant: Grant, verb: 'reveal' | 'again', inNameOf: InNameOf, deadline: Deadline): Promise<RevealAnswer> {
  const read = await readGranted(desk, press, { request, grant, from: verb === 'reveal' ? 'open' : 'revealed', inNameOf, deadline });
  switch (read.kind) {
    case 'revealed':
      return read;
    case 'limit':
      return refusePress(desk, press, 'reveal-limit', request, { limit: read.limit, at: read.freeAt });
    case 'hindered':
      return withHindrance(press, read.request, { code: read.code, reference: read.reference, facts: factsOf(desk, request) });
    case 'lost':
      return refusePress(desk, press, answerToState[read.request.state], read.request);
  }
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
