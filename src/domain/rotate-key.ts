// A person rotates: by the command, or by the button on a card of a shown key. What happens then is told by
// follow-rotation.ts on the same card.

import { type AskAnswer, barrierTo, deviceIn, newRequest } from './ask-for-key.ts';
import { actingFor, asKeydesk, askFor, hinder, type InNameOf, signInWith, type SignInWanted } from './delegation.ts';
import { type Desk, entry, refuse } from './desk.ts';
import { failed } from './end-rotation.ts';
import { type InputProblem, keptValues, readRotationForm } from './form.ts';
import { offerOf } from './find-device.ts';
import { plusSeconds } from './instant.ts';
import { permits } from './person.ts';
import { rotationWanted } from './plan-rotation.ts';
import type { Deadline } from './ports.ts';
import { judge, type Press } from './press.ts';
import type { Refusal, RefusalCode, RefusalFacts } from './refusal.ts';
import type { FormValues, RevealRequest } from './request.ts';
import { aboutRequest } from './read-granted.ts';
import { type Rotation, sentByPeopleAlone } from './rotation.ts';
import { sendRotation } from './send-rotation.ts';

export type RotateAnswer =
  /** `joined`: another cause had it under way. */
  | { readonly kind: 'rotating'; readonly request: RevealRequest; readonly rotation: Rotation; readonly joined: boolean }
  | { readonly kind: 'card-back'; readonly request: RevealRequest; readonly values: FormValues; readonly problems: readonly InputProblem[]; readonly hindrance?: Refusal }
  | SignInWanted
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** The button on a card of a shown or hidden key, or of a status: a confirm card of its own, which the caller sends into the same chat. */
export async function askToRotateShown(desk: Desk, press: Press): Promise<AskAnswer> {
  const shown = press.requestId && (await desk.requests.find(press.requestId));
  const refused = judge(press, shown, 'rotate-ask', desk.clock.now());
  if (refused !== undefined || shown?.offer === undefined || shown.card === undefined) return no(desk, press, refused ?? 'request-unknown', shown);
  const deadline = desk.deadlines.press();
  if (!permits(await desk.roles.recent(press.person.id, deadline), 'rotate', desk.settings)) return no(desk, press, 'no-role', shown);
  // Afresh: a hidden card may be days old, and the confirm card names the keys that will be superseded.
  const offer = await offerOf(desk, shown.offer.device, undefined, deadline);
  const barrier = barrierTo(desk, offer, 'rotate');
  if (barrier !== undefined) return no(desk, press, barrier.code, shown, barrier.facts);
  const { activityId: _another, ...card } = shown.card;
  const ticket = shown.grant?.ticket;
  const request = newRequest(desk, press, { purpose: 'rotate', state: 'open', choices: [], offer, preset: { ...(shown.purpose === 'reveal' && { reason: 'key-exposed' }), ...(ticket && { ticket }) }, card });
  await desk.requests.open(request, { ...entry(desk, press, { requestId: request.id, device: deviceIn(offer) }), act: 'asked', outcome: 'done' });
  return { kind: 'confirm', request };
}

/**
 * The press on the confirm card. A second press shows the same rotation. Throws a Fault when the store or Graph cannot
 * answer; nothing was then scheduled.
 */
export async function startRotation(desk: Desk, press: Press): Promise<RotateAnswer> {
  const deadline = desk.deadlines.press();
  const request = press.requestId && (await desk.requests.find(press.requestId));
  const before = request && (await startedBefore(desk, press, request));
  if (before !== undefined) return before;
  const refused = judge(press, request, 'rotate', desk.clock.now());
  if (refused !== undefined || request?.offer === undefined) return no(desk, press, refused ?? 'request-unknown', request);

  const form = readRotationForm(press.inputs, desk.settings);
  if (form.kind === 'problems') return { kind: 'card-back', request, values: form.values, problems: form.problems };
  const signIn = await signInWith(desk, press, request, deadline);
  if (signIn.kind === 'sign-in') return signIn;
  if (signIn.kind === 'barred') return cardStays(desk, press, request, signIn.code);
  if (!permits(await desk.roles.fresh(press.person.id, deadline), 'rotate', desk.settings)) return no(desk, press, 'no-role', request);
  const taken = await actingFor(desk, press, request, signIn, deadline);
  if (taken.kind === 'sign-in') return taken;
  if (taken.kind === 'barred') return cardStays(desk, press, request, taken.code);

  const inOwnName = taken.inNameOf !== asKeydesk;
  const cause = { by: 'person', requestId: request.id, person: request.person, ...form.wish, ...(inOwnName && { delegated: true }) } as const;
  const now = desk.clock.now();
  const { plan, entry: planned } = rotationWanted(desk, press, request.offer, cause, now);
  // Durable with its entry and its job when it returns; from here on a crash loses nothing.
  const started = await desk.rotations.start(request.id, { plan: { ...plan, ...(inOwnName && { lookAt: plusSeconds(now, secondsUntilLost) }) }, entry: planned });
  if (started.kind !== 'started') return (await startedBefore(desk, press, started.request)) ?? no(desk, press, 'request-closed', started.request);
  const { joined } = started;
  const rotation = inOwnName ? await sendNow(desk, request, started.rotation, taken.inNameOf, deadline) : started.rotation;
  return { kind: 'rotating', request: { ...request, state: 'started', rotationId: rotation.id }, rotation, joined };
}

/** The jobs look no sooner: while somebody is signed in, the press sends it. */
const secondsUntilLost = 60;

/**
 * In the name of the one who pressed, while there is a token for it; one that is under way already was only joined. A
 * crash in it leaves the rotation to its job, which follows what was sent and sends nothing in nobody's name.
 */
async function sendNow(desk: Desk, request: RevealRequest, planned: Rotation, inNameOf: InNameOf, deadline: Deadline): Promise<Rotation> {
  if (planned.state !== 'scheduled') return planned;
  const after = (await sendRotation(desk, planned, { ...inNameOf, deadline, hindered: (claims) => askFor(desk, request, claims) })) ?? (await desk.rotations.find(planned.id)) ?? planned;
  if (after.state !== 'scheduled' || !sentByPeopleAlone(after)) return after;
  return (await failed(desk, after, 'sign-in-lost', { noted: inNameOf.noted })) ?? after;
}

async function cardStays(desk: Desk, press: Press, request: RevealRequest, code: RefusalCode): Promise<RotateAnswer> {
  return { kind: 'card-back', request, values: keptValues(press.inputs, false), problems: [], hindrance: await hinder(desk, press, code, request, aboutRequest(request)) };
}

/** The same person pressing the same card again is shown what became of it. */
async function startedBefore(desk: Desk, press: Press, request: RevealRequest): Promise<RotateAnswer | undefined> {
  if (request.state !== 'started' || request.rotationId === undefined) return undefined;
  // Asked as of a request that is still open: who pressed, and where, is judged all the same.
  if (judge(press, { ...request, state: 'open', expiresAt: desk.clock.now() }, 'cancel', desk.clock.now()) !== undefined) return undefined;
  const rotation = await desk.rotations.find(request.rotationId);
  return rotation && { kind: 'rotating', request, rotation, joined: false };
}

async function no(desk: Desk, press: Press, code: RefusalCode, request: RevealRequest | undefined, facts: RefusalFacts = {}): Promise<{ kind: 'refused'; refusal: Refusal }> {
  if (code === 'request-expired' && request?.state === 'open') {
    const expired = { ...entry(desk, press, aboutRequest(request)), act: 'refused', outcome: 'refused', code, reference: desk.ids.reference() } as const;
    if (await desk.requests.close(request.id, 'expired', expired)) return { kind: 'refused', refusal: { code, reference: expired.reference, facts } };
  }
  return { kind: 'refused', refusal: await refuse(desk, press, code, facts, request === undefined ? {} : aboutRequest(request)) };
}
