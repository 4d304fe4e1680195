// One recovery password by the API: every rule of product.md §4 but the card. The checks are the card's own; what follows
// them is the same order of effects (read-granted.ts).

import type { ApiCaller } from './api-caller.ts';
import { type ApiProblems, type ApiRefused, apiViewer, askedEntry, countedAsk, findFor, isProblems, no, onBehalfOf } from './ask-by-api.ts';
import { barrierTo, deviceIn, newRequest, notingFailure } from './ask-for-key.ts';
import type { Desk } from './desk.ts';
import { offerOf } from './find-device.ts';
import { readForm } from './form.ts';
import type { EntraDeviceId } from './ids.ts';
import type { Deadline } from './ports.ts';
import { answerToState, type PressInputs } from './press.ts';
import { aboutRequest, type KeyRead, readGranted } from './read-granted.ts';
import type { Grant, RevealRequest } from './request.ts';

export interface RevealWish extends Pick<PressInputs, 'keyId' | 'reason' | 'reasonText' | 'callerCheck' | 'ticket'> {
  readonly requestedBy?: string;
}

export type RevealByApi = Extract<KeyRead, { kind: 'revealed' }> | ApiRefused | ApiProblems;

/** Throws a Fault when Graph, the ledger or the store fails; no password was then handed out. */
export async function revealByApi(desk: Desk, caller: ApiCaller, deviceId: EntraDeviceId, { requestedBy, ...inputs }: RevealWish): Promise<RevealByApi> {
  const deadline = desk.deadlines.press();
  const over = await countedAsk(desk, caller);
  if (over !== undefined) return over;
  const acting = onBehalfOf(caller, requestedBy, 'reveal');
  if (isProblems(acting)) return acting;
  // Keys are read in the name of people here, and a call of the API brings nobody's sign-in.
  if (desk.delegation !== undefined) return no(desk, acting, 'sign-in-needed', {}, { asked: deviceId });
  const judged = await notingFailure(desk, acting, { asked: deviceId }, () => judge(desk, acting, deviceId, inputs, deadline));
  if (judged.kind !== 'granted') return judged;

  const { request, grant } = judged;
  await desk.requests.open(request, askedEntry(desk, acting, aboutRequest(request)));
  const read = await readGranted(desk, acting, { request, grant, from: 'open', deadline });
  switch (read.kind) {
    case 'revealed':
      return read;
    case 'limit':
      return no(desk, acting, 'reveal-limit', { limit: read.limit, at: read.freeAt }, aboutRequest(request));
    case 'hindered':
      return no(desk, acting, read.code, {}, aboutRequest(request));
    case 'lost':
      return no(desk, acting, answerToState[read.request.state], {}, aboutRequest(request));
  }
}

type Judged = { readonly kind: 'granted'; readonly request: RevealRequest; readonly grant: Grant } | ApiRefused | ApiProblems;

/** Who asks, for which device, and what the form of the card would have to hold. Nothing secret is read here. */
async function judge(desk: Desk, caller: ApiCaller, deviceId: EntraDeviceId, inputs: PressInputs, deadline: Deadline): Promise<Judged> {
  const found = await findFor(desk, caller, 'reveal', deviceId, deadline);
  if (found.kind === 'refused') return found;
  const offer = await offerOf(desk, found.device, undefined, deadline);
  const about = { device: deviceIn(offer) };
  const barrier = barrierTo(desk, offer, 'reveal');
  if (barrier !== undefined) return no(desk, caller, barrier.code, barrier.facts, about);

  const request = newRequest(desk, { person: caller.person, viewer: apiViewer }, { purpose: 'reveal', state: 'open', choices: [], offer, preset: {}, api: caller.api });
  const form = readForm(inputs, request, desk.settings);
  // A key that the device does not have, and one that the caller did not read from its screen.
  if (form.kind === 'changed' || form.kind === 'miss') return no(desk, caller, 'key-not-found', {}, about);
  return form.kind === 'problems' ? { kind: 'problems', problems: form.problems } : { kind: 'granted', request, grant: form.grant };
}
