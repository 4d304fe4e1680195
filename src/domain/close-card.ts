// What else happens to a card: a device is chosen from several, the ask is cancelled, a shown key is hidden.

import { type AskAnswer, barrierTo, deviceIn, matchKey } from './ask-for-key.ts';
import { type Desk, entry, refuse } from './desk.ts';
import { statusAgain, type StatusAnswer, statusOfChosen } from './device-status.ts';
import { Fault } from './fault.ts';
import { offerOf } from './find-device.ts';
import { parseEntraDeviceId } from './ids.ts';
import { plusSeconds } from './instant.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { barredFrom } from './may-go-on.ts';
import { answerToState, judge, type Press } from './press.ts';
import type { Refusal } from './refusal.ts';
import { offeredChoice, type RevealRequest } from './request.ts';
import { aboutGrant, aboutRequest } from './read-granted.ts';

/** One of several devices was chosen: its card, under the same request. A second press gives the same card. */
export async function chooseDevice(desk: Desk, press: Press): Promise<AskAnswer | StatusAnswer> {
  const deadline = desk.deadlines.press();
  const request = press.requestId && (await desk.requests.find(press.requestId));
  const refused = judge(press, request, 'choose', desk.clock.now());
  if (refused !== undefined || request === undefined) return refusal(desk, press, refused ?? 'request-unknown', request);
  if (request.state === 'open') return request.purpose === 'status' ? statusAgain(desk, request, deadline) : { kind: 'confirm', request };

  const deviceId = parseEntraDeviceId(press.inputs.deviceId);
  const choice = deviceId && offeredChoice(request, deviceId);
  if (choice === undefined) return press.inputs.deviceId ? refusal(desk, press, 'card-changed', request) : { kind: 'choose', request };
  const barred = await barredFrom(desk, request, choice.device, 'recent', deadline);
  if (barred !== undefined) return refusal(desk, press, barred, request);
  if (request.purpose === 'status') return statusOfChosen(desk, press, request, choice.device, deadline);

  const offer = await offerOf(desk, choice.device, undefined, deadline);
  const barrier = barrierTo(desk, offer, request.purpose);
  if (barrier !== undefined) {
    const no = await refuse(desk, press, barrier.code, { ...barrier.facts, ...forOwner(request) }, { ...aboutRequest(request), device: deviceIn(offer) });
    return { kind: 'refused', refusal: no };
  }
  const asked: LedgerEntry = { ...entry(desk, press, { ...aboutRequest(request), device: deviceIn(offer) }), act: 'asked', outcome: 'done' };
  const { preset, note } = matchKey(desk, request.preset, offer);
  if (await desk.requests.choose(request.id, offer, preset, asked)) {
    return { kind: 'confirm', request: { ...request, state: 'open', choices: [], offer, preset }, ...(note && { note }) };
  }
  const now = await desk.requests.find(request.id);
  return now?.state === 'open' ? { kind: 'confirm', request: now } : refusal(desk, press, 'request-closed', now);
}

async function refusal(desk: Desk, press: Press, code: Refusal['code'], request: RevealRequest | undefined): Promise<AskAnswer> {
  return { kind: 'refused', refusal: await refuse(desk, press, code, request === undefined ? {} : forOwner(request), request === undefined ? {} : aboutRequest(request)) };
}

const forOwner = ({ by }: RevealRequest): { readonly by?: 'owner' } => (by === 'owner' ? { by } : {});

export type CloseAnswer =
  | { readonly kind: 'closed'; readonly request: RevealRequest }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Cancel, before anything was shown. */
export async function cancelRequest(desk: Desk, press: Press): Promise<CloseAnswer> {
  const request = press.requestId && (await desk.requests.find(press.requestId));
  const refused = judge(press, request, 'cancel', desk.clock.now());
  if (refused === undefined && request !== undefined) {
    const cancelled: LedgerEntry = { ...entry(desk, press, aboutRequest(request)), act: 'cancelled', outcome: 'done' };
    if (await desk.requests.close(request.id, 'cancelled', cancelled)) return { kind: 'closed', request: { ...request, state: 'cancelled' } };
    // A reveal was faster.
    const now = (await desk.requests.find(request.id)) ?? request;
    return notClosed(desk, press, answerToState[now.state], now);
  }
  return notClosed(desk, press, refused ?? 'request-unknown', request);
}

/**
 * Hide, pressed by the one who sees the key: its message first and then the entry, as when the time has come, so that a
 * crash between them leaves the card to hideDueCards. Hiding what is hidden already answers the same.
 */
export async function hideKey(desk: Desk, press: Press, hideCard: HideCard): Promise<CloseAnswer> {
  const request = press.requestId && (await desk.requests.find(press.requestId));
  const refused = judge(press, request, 'hide', desk.clock.now());
  if (refused !== undefined || request === undefined) return notClosed(desk, press, refused ?? 'request-unknown', request);
  const at = desk.clock.now();
  const outcome = request.hiddenAt === undefined ? await editedOrLater(request, hideCard) : 'later';
  if (outcome !== 'later') await desk.requests.hidden(request.id, request.attempt, at, hiddenEntry(desk, request, outcome === 'done' ? 'done' : 'failed'));
  return { kind: 'closed', request: { ...request, hiddenAt: request.hiddenAt ?? at } };
}

/** Teams is away: the answer to the press takes the key off the screen, the message is edited when the time has come. */
async function editedOrLater(request: RevealRequest, hideCard: HideCard): Promise<'done' | 'gone' | 'later'> {
  try {
    return await hideCard(request);
  } catch (error) {
    if (error instanceof Fault) return 'later';
    throw error;
  }
}

/** When a key was shown is told to nobody but the one who asked for it. */
async function notClosed(desk: Desk, press: Press, code: Refusal['code'], request: RevealRequest | undefined): Promise<CloseAnswer> {
  const facts = request?.revealedAt === undefined || code === 'not-your-card' || code === 'wrong-conversation' ? {} : { at: request.revealedAt };
  return { kind: 'refused', refusal: await refuse(desk, press, code, facts, request ? aboutRequest(request) : {}) };
}

/** Replaces the card of a shown key by one without it. */
export type HideCard = (request: RevealRequest) => Promise<'done' | 'gone'>;

const mostHidesAtOnce = 20;
const secondsForOneHide = 60;
const hoursUntilGivingUp = 1;

/**
 * Hides what should be hidden by now; the timekeeper calls it every second and start-up once. Several instances share
 * the work by compare-and-set. A crash between the edit and the entry repeats the edit, which changes nothing.
 * @returns how many were hidden.
 */
export async function hideDueCards(desk: Desk, hideCard: HideCard): Promise<number> {
  const now = desk.clock.now();
  const due = await desk.requests.takeDueHides(now, plusSeconds(now, secondsForOneHide), mostHidesAtOnce);
  // All of them to their end, also when one meets a defect: whoever stops us waits for this call.
  const done = await Promise.allSettled(due.map((request) => hideOne(desk, request, hideCard)));
  const broken = done.find((one) => one.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  return done.filter((one) => one.status === 'fulfilled' && one.value).length;
}

async function hideOne(desk: Desk, request: RevealRequest, hideCard: HideCard): Promise<boolean> {
  const tooLate = request.hideAt !== undefined && plusSeconds(request.hideAt, hoursUntilGivingUp * 3600) < desk.clock.now();
  try {
    const outcome = await hideCard(request);
    return await desk.requests.hidden(request.id, request.attempt, desk.clock.now(), hiddenEntry(desk, request, outcome === 'done' ? 'done' : 'failed'));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // Taken again when `takenUntil` has passed, until it is too late to matter.
    return tooLate && desk.requests.hidden(request.id, request.attempt, desk.clock.now(), hiddenEntry(desk, request, 'failed'));
  }
}

const hiddenEntry = (desk: Desk, request: RevealRequest, outcome: 'done' | 'failed'): LedgerEntry => ({
  ...entry(desk, { person: request.person, conversation: 'personal' }, { ...aboutRequest(request), ...(request.grant && aboutGrant(request.grant)), attempt: request.attempt }),
  act: 'hidden',
  outcome,
});

/** Claims whose instance is gone; run at start and by the timekeeper. @returns how many were settled. */
export const settleClaims = (desk: Desk): Promise<number> => {
  const now = desk.clock.now();
  return desk.requests.settleClaims(plusSeconds(now, -desk.settings.staleClaimSeconds), now);
};
