// The ask (product.md §4.1): find the one device that is meant and offer its keys. Nothing secret is read here.

import type { KeyQuestion } from './command.ts';
import { type Acting, type Asker, type Desk, entry, refuse } from './desk.ts';
import { type Device, type KeyIdFragment, matching, parseKeyIdFragment } from './device.ts';
import { Fault } from './fault.ts';
import { candidates, closestNames, type FoundDevices, offerOf, summaryOf } from './find-device.ts';
import { plusSeconds } from './instant.ts';
import { lookAhead } from './look-ahead.ts';
import { permits } from './person.ts';
import type { Deadline } from './ports.ts';
import type { Refusal } from './refusal.ts';
import { actFor, type CardPlace, type DeviceOffer, type FormValues, type Purpose, type RequestBy, type RevealRequest } from './request.ts';
import { isSensitive } from './settings.ts';

export type AskAnswer =
  /** A confirm card for one device. */
  | { readonly kind: 'confirm'; readonly request: RevealRequest; readonly note?: AskNote }
  /** Several devices: a choice, never a pick. `unlisted`: so many more than a card bears; the oldest sign-ins are left out. */
  | { readonly kind: 'choose'; readonly request: RevealRequest; readonly unlisted?: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What the confirm card says about the key ID that was typed in the ask. Never with `callerProof`. */
export interface AskNote {
  readonly kind: 'no-key-matches' | 'several-keys-match' | 'letters-read-as-digits';
  /** Capitals, as Windows writes it. */
  readonly typed: string;
}

/** Where a message came from, for counting it once. */
export interface MessagePlace {
  readonly conversationId: string;
  readonly activityId: string;
}

/**
 * Counts one message and says whether to work on it.
 * @returns `repeat` for a message that Teams delivered before: answer nothing.
 */
export async function admit(desk: Desk, asker: Asker, message: MessagePlace): Promise<'admitted' | 'repeat' | Refusal> {
  const limit = desk.settings.askLimit;
  const answer = await desk.asks.admit({ person: asker.person.id, ...message, at: desk.clock.now(), limit });
  return answer === 'limit' ? refuse(desk, asker, 'ask-limit', { limit }) : answer;
}

/**
 * @param place the private chat with the asker, being opened meanwhile; undefined when Teams does not let us.
 * Throws a Fault when Graph or the store cannot answer; that it was asked is in the ledger all the same.
 */
export const askForKey = (desk: Desk, asker: Asker, question: KeyQuestion, place: Promise<CardPlace | undefined>): Promise<AskAnswer> =>
  ask(desk, asker, question, place, 'reveal');

/** The same for a rotation: the same devices, the same choice, its own card and its own right. */
export const askToRotate = (desk: Desk, asker: Asker, question: KeyQuestion, place: Promise<CardPlace | undefined>): Promise<AskAnswer> =>
  ask(desk, asker, question, place, 'rotate');

function ask(desk: Desk, asker: Asker, question: KeyQuestion, place: Promise<CardPlace | undefined>, purpose: Purpose): Promise<AskAnswer> {
  // Both are awaited below; a rejection before that must not end the process.
  place.catch(() => undefined);
  return notingFailure(desk, asker, { asked: askedFor(question) }, () => answer(desk, asker, question, place, purpose));
}

/** That somebody asked is in the ledger also when the answer is a fault. */
export async function notingFailure<T>(desk: Desk, asker: Acting, noted: Parameters<typeof entry>[2], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Fault ? error.code : 'internal';
    const failed = { ...entry(desk, asker, noted), act: 'asked', outcome: 'failed', code } as const;
    // The first fault is the one to report; a ledger that is gone as well shows at the next press and on /readyz.
    await desk.ledger.append(failed).catch(() => undefined);
    throw error;
  }
}

async function answer(desk: Desk, asker: Asker, question: KeyQuestion, place: Promise<CardPlace | undefined>, purpose: Purpose): Promise<AskAnswer> {
  const deadline = desk.deadlines.ask();
  const asked = askedFor(question);
  const no = async (...refusal: [Refusal['code'], Refusal['facts']?]): Promise<AskAnswer> => ({
    kind: 'refused',
    refusal: await refuse(desk, asker, refusal[0], { asked, ...refusal[1] }, { asked }),
  });

  // Round 1: who may, and which devices, at once; with an index, what is known of them beside it.
  const early = lookAhead(desk, question, deadline);
  const finding = candidates(early, question, deadline);
  finding.catch(() => undefined);
  if (!permits(await desk.roles.recent(asker.person.id, deadline), actFor[purpose], desk.settings)) return no('no-role');
  const found = await finding;
  if (found.kind === 'refused') {
    const closest = found.code === 'device-not-found' ? await closestNames(desk, asked, deadline) : [];
    return no(found.code, { ...found.facts, closest });
  }
  const card = await place;
  if (card === undefined) return no('private-chat-closed');

  const [only, ...more] = found.devices;
  return only === undefined || more.length > 0
    ? choose(early, asker, question, found, card, deadline, purpose)
    : confirm(early, asker, question, only, found, card, deadline, purpose, no);
}

async function choose(desk: Desk, asker: Asker, question: KeyQuestion, found: FoundDevices, card: CardPlace, deadline: Deadline, purpose: Purpose): Promise<AskAnswer> {
  const choices = await Promise.all(found.devices.map((device) => summaryOf(desk, device, deadline)));
  const request = newRequest(desk, asker, { purpose, state: 'choosing', choices, preset: presetOf(question), card });
  const asked = entry(desk, asker, { requestId: request.id, asked: askedFor(question) });
  await desk.requests.open(request, { ...asked, act: 'asked', outcome: 'done' });
  return { kind: 'choose', request, ...(found.unlisted > 0 && { unlisted: found.unlisted }) };
}

async function confirm(
  desk: Desk,
  asker: Asker,
  question: KeyQuestion,
  device: Device,
  found: FoundDevices,
  card: CardPlace,
  deadline: Deadline,
  purpose: Purpose,
  no: (...refusal: [Refusal['code'], Refusal['facts']?]) => Promise<AskAnswer>,
): Promise<AskAnswer> {
  // Round 2: what is known of it, at once.
  const offer = await offerOf(desk, device, found.managed, deadline);
  const barrier = barrierTo(desk, offer, purpose);
  if (barrier !== undefined) return no(barrier.code, barrier.facts);
  const { preset, note } = matchKey(desk, presetOf(question), offer, fragmentIn(question)?.forgiven);
  const request = newRequest(desk, asker, { purpose, state: 'open', choices: [], offer, preset, card });
  await desk.requests.open(request, { ...entry(desk, asker, { requestId: request.id, device: deviceIn(offer), ...ticketIn(question) }), act: 'asked', outcome: 'done' });
  return { kind: 'confirm', request, ...(note && { note }) };
}

/** What stands between a device and its confirm card; also asked when a device was chosen from several. */
export function barrierTo(desk: Desk, offer: DeviceOffer, purpose: Purpose): Pick<Refusal, 'code' | 'facts'> | undefined {
  const facts = { device: portalIdsOf(offer), asked: offer.device.name };
  if (purpose === 'status') return undefined;
  // A device without a key may be rotated: it then makes one.
  if (purpose === 'rotate') return offer.managed === undefined && !offer.missing.includes('managed-device') ? { code: 'not-managed', facts } : undefined;
  if (isSensitive(desk.settings, offer.device.name)) return { code: 'approval-unavailable', facts };
  if (offer.keys.length > 0) return undefined;
  const encrypted = offer.managed?.encrypted;
  const escrow = offer.missing.includes('managed-device')
    ? 'unknown'
    : offer.managed === undefined
      ? 'not-managed'
      : encrypted === undefined
        ? 'unknown'
        : encrypted
          ? 'encrypted'
          : 'not-encrypted';
  return { code: 'no-keys', facts: { ...facts, escrow } };
}

/**
 * The key ID typed in the ask (`preset.typedKeyId`), held against the keys of the device. With `callerProof` nothing is
 * said about it: not even whether it fits.
 */
export function matchKey(desk: Desk, preset: FormValues, offer: DeviceOffer, forgiven = false): { preset: FormValues; note?: AskNote } {
  const fragment = parseKeyIdFragment(preset.typedKeyId ?? '');
  if (fragment === undefined || desk.settings.callerProof) return { preset };
  const typed = fragment.hex.toUpperCase();
  const matches = matching(offer.keys, fragment);
  const [only] = matches;
  if (matches.length > 1) return { preset, note: { kind: 'several-keys-match', typed } };
  if (only === undefined) return { preset, note: { kind: 'no-key-matches', typed } };
  const chosen = { preset: { ...preset, keyId: only.keyId } };
  return forgiven ? { ...chosen, note: { kind: 'letters-read-as-digits', typed } } : chosen;
}

/** What was typed stays with the request, also while a device is still to be chosen. */
function presetOf(question: KeyQuestion): FormValues {
  const fragment = fragmentIn(question);
  return { ...ticketIn(question), ...(fragment && { typedKeyId: fragment.hex.toUpperCase() }) };
}

export const fragmentIn = (question: KeyQuestion): KeyIdFragment | undefined =>
  question.by === 'device' || question.by === 'person'
    ? question.keyId
    : question.by === 'key-id'
      ? { hex: question.keyId.replaceAll('-', ''), forgiven: false }
      : question.fragment;

const ticketIn = (question: KeyQuestion): { ticket?: string } =>
  question.ticket !== undefined ? { ticket: question.ticket } : {};

export const askedFor = (question: KeyQuestion): string => {
  switch (question.by) {
    case 'device':
      return question.name;
    case 'person':
      return question.who;
    case 'key-id':
      return question.keyId;
    case 'key-id-prefix':
      return question.fragment.hex.toUpperCase();
  }
};

export const deviceIn = (offer: DeviceOffer) => ({
  deviceId: offer.device.deviceId,
  objectId: offer.device.objectId,
  name: offer.device.name,
});

export const portalIdsOf = ({ device, managed }: DeviceOffer) => ({ objectId: device.objectId, ...(managed && { intuneId: managed.intuneId }) });

export function newRequest(
  desk: Desk,
  asker: Pick<Asker, 'person' | 'viewer'>,
  part: Pick<RevealRequest, 'purpose' | 'state' | 'choices' | 'preset' | 'card' | 'api'> & { readonly offer?: DeviceOffer; readonly by?: RequestBy },
): RevealRequest {
  const openedAt = desk.clock.now();
  return {
    id: desk.ids.request(),
    person: asker.person,
    viewer: asker.viewer,
    by: 'helpdesk',
    // The proof is that a caller sits before the screen; an owner has the device, and nobody calls.
    callerProof: desk.settings.callerProof && part.by !== 'owner',
    misses: 0,
    attempt: 0,
    openedAt,
    expiresAt: plusSeconds(openedAt, desk.settings.requestMinutes * 60),
    ...part,
  };
}
