// The question before a rotation (product.md §6), in the private chat: which device, what happens to it and what it
// takes, which keys are replaced, and why. Nothing is secret here and nothing is lost by it: a former key is superseded,
// not erased.

import type { InputProblem } from '../../domain/form.ts';
import { shortKeyId } from '../../domain/ids.ts';
import { type Instant, secondsBetween } from '../../domain/instant.ts';
import type { DeviceOffer, FormValues, RevealRequest } from '../../domain/request.ts';
import type { Rotation } from '../../domain/rotation.ts';
import { box, type CardMessage, type Element, facts, heading, line, message, note, press } from './card.ts';
import { type FormSettings, rotationInputs } from './confirm-inputs.ts';
import { joined, plain, type Said, say } from './escape.ts';
import { type Hindrance, hindranceBox } from './hindrance.ts';
import { signInButton } from './portals.ts';
import { problemsBox } from './problems.ts';
import { isDue } from './rotation-words.ts';
import { age, time, when } from './times.ts';
import { deviceName, ownerWords, volumeWords } from './words.ts';

export interface ConfirmRotation {
  /** To rotate, open, with its offer. */
  readonly request: RevealRequest;
  readonly settings: FormSettings;
  readonly now: Instant;
  /** The one that is under way for the device; a press joins it. */
  readonly underWay?: Rotation;
  /** What was typed before a mistake; without it the presets of the request. */
  readonly values?: FormValues;
  readonly problems?: readonly InputProblem[];
  /** What has to be done before the next press. */
  readonly hindrance?: Hindrance;
}

const daysUntilSilent = 7;

/** Throws when the request has no offer: only a request with one is open. */
export function confirmRotateCard(confirm: ConfirmRotation): CardMessage {
  const { request, problems = [], settings, values } = confirm;
  const { offer } = request;
  if (offer === undefined) throw new Error('a confirm card needs an offer');
  const name = deviceName(offer.device);
  return message(
    plain`Confirm to rotate the recovery key of ${name}.`,
    [
      heading(say`Rotate the key of ${name}?`),
      ...problemsBox(problems, { title: say`▲ Not rotated yet` }),
      ...hindranceBox(confirm.hindrance, { viewer: request.viewer, now: confirm.now, purpose: 'rotate' }),
      ...underWay(confirm),
      deviceFacts(offer, confirm),
      ...warnings(offer, confirm),
      line(say`The device makes the new key itself when it next checks in with Intune. For that it must be switched on and online.`, { spacing: 'medium' }),
      line(say`BitLocker stays on, and nobody at the device has to do anything. The replaced key stays listed, as superseded.`, { spacing: 'small' }),
      ...rotationInputs({ request, settings, problems, ...(values && { values }) }),
      note(say`Rotating is written into the ledger under your name. This card is open until ${time(request.expiresAt, request.viewer)}.`, { spacing: 'medium' }),
    ],
    [press('rotate', 'Rotate', request.id, { style: 'positive', tooltip: 'Asks Intune for a new key, now' }), press('cancel', 'Cancel', request.id), ...signInButton(confirm.hindrance?.signInPage)],
  );
}

function underWay({ underWay: rotation, request, now }: ConfirmRotation): readonly Element[] {
  if (rotation === undefined) return [];
  const text =
    rotation.state !== 'scheduled'
      ? say`A rotation of this device is under way already. With Rotate you join it; Intune is not asked twice.`
      : isDue(rotation, now)
        ? say`A rotation of this device is about to begin. With Rotate you join it.`
        : say`A rotation of this device is planned for ${when(rotation.dueAt, now, request.viewer)}. With Rotate it comes now instead.`;
  return [box('emphasis', [line(text)], { spacing: 'medium' })];
}

function deviceFacts(offer: DeviceOffer, { request, now }: ConfirmRotation): Element {
  const owner = ownerWords(offer.owner);
  const lastSync = offer.managed?.lastSync;
  return facts(
    {
      Owner: offer.missing.includes('owner') ? say`not known just now` : owner === undefined ? say`none registered` : say`${owner}`,
      'Last sync': offer.missing.includes('managed-device') ? say`not known just now` : lastSync === undefined ? say`never` : say`${age(lastSync, now)} (${when(lastSync, now, request.viewer)})`,
      Replaces: replaced(offer, request),
    },
    { spacing: 'medium' },
  );
}

/** The newest of each kind that Intune rotates; a volume of unknown kind may be the system's. With `callerProof` no ID: a card that gives one away proves no caller. */
function replaced({ keys }: DeviceOffer, { callerProof }: RevealRequest): Said {
  const hasSystem = keys.some((key) => key.volumeType === 'operatingSystem');
  const rotated = keys.filter((key) => key.state === 'active' && key.volumeType !== 'removableData' && !(key.volumeType === 'unknown' && hasSystem));
  if (rotated.length === 0) return say`no key: none is in escrow, this makes the first`;
  return joined(rotated.map((key) => (callerProof ? say`the key of the ${volumeWords[key.volumeType]} drive` : say`${shortKeyId(key.keyId)} (${volumeWords[key.volumeType]})`)), ', ');
}

function warnings({ device, managed, missing }: DeviceOffer, { now }: ConfirmRotation): readonly Element[] {
  const silentSeconds = managed?.lastSync === undefined ? 0 : secondsBetween(managed.lastSync, now);
  const texts = [
    ...(device.enabled === false ? [say`▲ This device is disabled in Entra ID. It may never fetch the rotation.`] : []),
    ...(silentSeconds >= daysUntilSilent * 86_400 && managed?.lastSync !== undefined ? [say`▲ Intune last heard of this device ${age(managed.lastSync, now)}. The rotation waits until it comes back.`] : []),
    ...(missing.includes('managed-device') ? [say`▲ Intune did not answer. Whether it manages this device shows after you press Rotate.`] : []),
  ];
  return texts.length === 0 ? [] : [box('warning', texts.map((text) => line(text)), { spacing: 'medium' })];
}
