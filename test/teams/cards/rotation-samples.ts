// The cards of a rotation in every state that a person may meet, for the laws and the gallery.

import { faultCodes } from '../../../src/domain/fault.ts';
import { refusalCodes } from '../../../src/domain/refusal.ts';
import { rotationFailures } from '../../../src/domain/rotation-failure.ts';
import { type Rotation, rotationStates } from '../../../src/domain/rotation.ts';
import { cancelledCard } from '../../../src/teams/cards/cancelled.ts';
import type { CardMessage } from '../../../src/teams/cards/card.ts';
import { confirmRotateCard } from '../../../src/teams/cards/confirm-rotate.ts';
import { expiredCard } from '../../../src/teams/cards/expired.ts';
import { faultCard } from '../../../src/teams/cards/fault.ts';
import { hiddenKeyCard, usedCard } from '../../../src/teams/cards/hidden-key.ts';
import { refusedCard } from '../../../src/teams/cards/refused.ts';
import { revealedKeyCard } from '../../../src/teams/cards/revealed-key.ts';
import { rotationProgressCard } from '../../../src/teams/cards/rotation-progress.ts';
import { inOrder } from '../../../src/domain/device.ts';
import * as the from './people-and-devices.ts';

const { now, viewer, settings } = the;
/** When the states after the plan are looked at. */
const afternoon = the.at('2026-11-22T14:12:00Z');
const hostile = the.rotateRequest({ offer: the.offer({ device: the.device({ name: the.hostileName }), owner: { name: the.hostileName } }) });
const longest = the.rotateRequest({ offer: the.offer({ device: the.device({ name: the.longWindowsName }) }) });
const twoVolumes = the.offer({ keys: inOrder([the.key(0), the.key(1), the.key(3, { volumeType: 'fixedData' })]) });
const unmanaged = { device: the.device(), keys: the.twoKeys, missing: [] } as const;

const confirm = (over: Partial<Parameters<typeof confirmRotateCard>[0]> = {}): CardMessage => confirmRotateCard({ request: the.rotateRequest({ preset: { ticket: 'INC0012345' } }), settings, now, ...over });
const progress = (rotation: Rotation, request = the.rotateRequest({ state: 'started' })): CardMessage => rotationProgressCard({ request, rotation, now: rotation.state === 'scheduled' ? now : afternoon, overdueHours: settings.overdueHours });

const confirms: Record<string, CardMessage> = {
  'rotate-confirm': confirm(),
  'rotate-confirm-after-reveal': confirm({ request: the.rotateRequest({ preset: { reason: 'key-exposed', ticket: 'INC0012345' }, offer: twoVolumes }), underWay: the.rotation({ causes: [the.afterReveal()] }) }),
  'rotate-confirm-under-way': confirm({ underWay: the.rotationIn.waiting() }),
  'rotate-confirm-about-to-begin': confirm({ underWay: the.rotation({ dueAt: now }) }),
  'rotate-confirm-no-key': confirm({ request: the.rotateRequest({ offer: the.offer({ keys: [] }) }) }),
  'rotate-confirm-caller-proof': confirm({ request: the.rotateRequest({ callerProof: true, offer: twoVolumes }) }),
  'rotate-confirm-silent-disabled': confirm({ request: the.rotateRequest({ offer: the.offer({ device: the.device({ enabled: false }), managed: { intuneId: the.intuneId, name: 'LAPTOP-42', lastSync: the.at('2026-11-01T09:00:00Z') } }) }) }),
  'rotate-confirm-incomplete': confirm({ request: the.rotateRequest({ offer: { device: the.device(), keys: the.twoKeys, missing: ['owner', 'managed-device'] } }) }),
  'rotate-confirm-mistakes': confirm({
    settings: { ...settings, ticketRequired: true },
    values: { reason: 'other', reasonText: '', ticket: 'call 17' },
    problems: [
      { input: 'reasonText', problem: 'missing' },
      { input: 'ticket', problem: 'wrong-form' },
    ],
  }),
  'rotate-confirm-hostile-name': confirm({ request: hostile }),
  'rotate-confirm-longest-windows-name': confirm({ request: longest }),
};

const states: Record<string, CardMessage> = {
  ...Object.fromEntries(rotationStates.map((state) => [`rotation-${state}`, progress(the.rotationIn[state]())])),
  'rotation-begins': progress(the.rotation({ dueAt: now })),
  'rotation-next-try': progress(the.rotation({ attempt: 2, dueAt: the.at('2026-11-22T13:07:00Z') })),
  'rotation-joined': progress(the.rotationIn.waiting({ causes: [the.wish({ reason: 'other', reasonText: 'Handed to **somebody** else', ticket: 'INC0012345' }), the.afterReveal()] })),
  'rotation-done-two-volumes': progress(the.rotationIn.done({ newKeys: [the.newKey(), the.key(4, { volumeType: 'fixedData' })] }), the.rotateRequest({ state: 'started', offer: twoVolumes })),
  'rotation-failed-in-part': progress(the.rotationIn.failed({ failure: 'gave-up', newKeys: [the.newKey()], volumeTypes: ['operatingSystem', 'fixedData'] }), the.rotateRequest({ state: 'started', offer: twoVolumes })),
  'rotation-done-by-itself': progress(the.rotationIn.done({ byItself: true })),
  'rotation-done-caller-proof': progress(the.rotationIn.done(), the.rotateRequest({ state: 'started', callerProof: true })),
  'rotation-hostile-name': progress(the.rotationIn.failed({ device: { ...the.rotation().device, name: the.hostileName }, causes: [the.wish({ reason: 'after-repair', reasonText: the.hostileName })] })),
  'rotation-longest-windows-name': progress(the.rotationIn.waiting({ device: { ...the.rotation().device, name: the.longWindowsName } })),
  ...Object.fromEntries(rotationFailures.map((failure) => [`rotation-failed-${failure}`, progress(failed(failure))])),
};

/** Only Windows' own refusals come with a number. */
function failed(failure: Rotation['failure'] & string): Rotation {
  const { errorCode, ...rotation } = the.rotationIn.failed({ failure });
  return ['not-managed', 'several-managed', 'device-gone', 'forbidden', 'refused', 'cancelled', 'gave-up', 'person-forbidden', 'sign-in-needed', 'sign-in-lost'].includes(failure) || errorCode === undefined ? rotation : { ...rotation, errorCode };
}

const hidden = (rotation: Rotation, mayRotate = true): CardMessage => hiddenKeyCard({ request: the.revealedRequest(), now: rotation.state === 'scheduled' ? now : afternoon, rotation, mayRotate });

const cardsOfShownKeys: Record<string, CardMessage> = {
  ...Object.fromEntries(rotationStates.map((state) => [`hidden-rotation-${state}`, hidden(the.rotationIn[state]({ causes: [the.afterReveal()] }))])),
  'hidden-rotation-scheduled-agent': hidden(the.rotation(), false),
  'hidden-rotation-due': hidden(the.rotation({ dueAt: now })),
  'hidden-rotation-by-itself': hidden(the.rotationIn.done({ byItself: true })),
  'hidden-rotation-off': hiddenKeyCard({ request: the.revealedRequest(), now, rotationOff: true, mayRotate: true }),
  'hidden-rotation-failed-in-part': hidden(the.rotationIn.failed({ failure: 'gave-up', newKeys: [the.newKey()], volumeTypes: ['operatingSystem', 'fixedData'] })),
  'hidden-rotation-failed-agent': hidden(the.rotationIn.failed(), false),
  'hidden-removable': hiddenKeyCard({ request: the.revealedRequest({ grant: the.grant({ key: { ...the.firstKey(), volumeType: 'removableData' } }) }), now, mayRotate: true }),
  'hidden-rotation-unmanaged': hiddenKeyCard({ request: the.revealedRequest({ offer: unmanaged }), now, rotation: the.rotation() }),
  'used-rotation-scheduled': usedCard({ request: the.revealedRequest(), now, rotation: the.rotation(), mayRotate: true }),
};

const ends: Record<string, CardMessage> = {
  'rotate-cancelled': cancelledCard({ request: the.rotateRequest() }),
  'rotate-expired': expiredCard({ request: the.rotateRequest() }),
  ...Object.fromEntries(
    refusalCodes.map((code) => [
      `rotate-refused-${code}`,
      refusedCard({ refusal: { code, reference: the.reference, facts: { asked: 'LAPTOP-24', device: { objectId: the.device().objectId } } }, viewer, now, purpose: 'rotate' }),
    ]),
  ),
  ...Object.fromEntries(
    faultCodes.map((code) => [
      `rotate-fault-${code}`,
      faultCard({ fault: { code, retry: code === 'store-unavailable' ? 'unknown-outcome' : 'later', retryAfterSeconds: undefined }, reference: the.reference, purpose: 'rotate' }),
    ]),
  ),
};

export const rotationSamples = { ...confirms, ...states, ...cardsOfShownKeys, ...ends };

export const rotationSamplesWithKey = {
  'revealed-rotation-scheduled': revealedKeyCard({ request: the.revealedRequest(), password: the.password, rotation: the.rotation(), mayRotate: true }),
  'revealed-rotation-at-once': revealedKeyCard({ request: the.revealedRequest(), password: the.password, rotation: the.rotation({ dueAt: now }) }),
  'revealed-rotation-off': revealedKeyCard({ request: the.revealedRequest(), password: the.password, rotationOff: true }),
  'revealed-rotation-under-way': revealedKeyCard({ request: the.revealedRequest(), password: the.password, rotation: the.rotationIn.waiting() }),
};
