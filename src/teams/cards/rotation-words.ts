// What stands about a rotation on the cards of a shown key: when it comes, how far it is, what it led to.

import type { DeviceOffer, RevealRequest } from '../../domain/request.ts';
import { type Instant, milliseconds } from '../../domain/instant.ts';
import { shortKeyId } from '../../domain/ids.ts';
import type { Rotation } from '../../domain/rotation.ts';
import { type Element, type ExecuteAction, line, press } from './card.ts';
import { joined, type Said, say, together } from './escape.ts';
import { failureWords } from './rotation-failure-words.ts';
import { when } from './times.ts';
import { volumeWords } from './words.ts';

/** What a card of a shown key has to know about what follows the reveal. */
export interface Afterwards {
  readonly rotation?: Rotation;
  /** The installation has switched off the rotation after a reveal. */
  readonly rotationOff?: boolean;
  /** Whether the one who sees the card may rotate; nobody else gets the button. */
  readonly mayRotate?: boolean;
}

/** Nothing where nothing is known: rotations are on, and none came of the reveal. */
export function rotationLine({ rotation, rotationOff = false, mayRotate = false }: Afterwards, request: RevealRequest, now: Instant): readonly Element[] {
  if (rotation !== undefined) {
    const helper = rotation.state === 'failed' && !mayRotate ? [say`An administrator can try again.`] : [];
    return [line(together(sentence(rotation, request, now), ...helper), { spacing: 'medium' })];
  }
  if (rotationOff) return [line(say`Rotation after a reveal is switched off.`, { spacing: 'medium' })];
  return isRemovable(request) ? [line(say`▲ The key of a removable drive cannot be rotated from here: it stays valid.`, { spacing: 'medium' })] : [];
}

/** Intune rotates the drives that are built in. */
const isRemovable = ({ grant }: RevealRequest): boolean => grant?.key.volumeType === 'removableData';

/** Only where pressing it changes something: a rotation that Intune has cannot be asked for again. */
export function rotateButton({ rotation, mayRotate = false }: Afterwards, request: RevealRequest): readonly ExecuteAction[] {
  const isToCome = rotation === undefined || rotation.state === 'scheduled' || rotation.state === 'failed';
  // One word: beside two other buttons a phone has no room for more.
  return mayRotate && isToCome && !isUnmanaged(request.offer) && !isRemovable(request) ? [press('rotate-ask', 'Rotate', request.id, { tooltip: 'Gives the device a new key now; asks for a reason in a card of its own' })] : [];
}

function sentence(rotation: Rotation, request: RevealRequest, now: Instant): Said {
  switch (rotation.state) {
    case 'scheduled':
      return isDue(rotation, now) ? say`The key is rotated now.` : planned(rotation, request, now);
    case 'sending':
      return say`The key is being rotated: Intune is asked now.`;
    case 'unknown':
      return say`The key is being rotated. Intune has not confirmed it yet.`;
    case 'queued':
      return say`The key is being rotated: Intune has queued it for the device.`;
    case 'waiting':
      return say`The key is being rotated: the device has to check in with Intune.`;
    case 'overdue':
      return say`▲ The key should have been rotated, and the device has not made a new one. It is still valid.`;
    case 'done':
      return done(rotation, request, now);
    case 'failed':
      return wasReplaced(rotation, request)
        ? say`✓ The key was rotated, and the one that was shown is superseded. Other drives have no new key.`
        : together(say`✕ The key was not rotated and is still valid.`, failureWords[rotation.failure ?? 'unlisted'].why);
  }
}

/** A rotation that failed for other drives. */
const wasReplaced = ({ newKeys }: Rotation, { grant }: RevealRequest): boolean => newKeys.some((key) => key.volumeType === grant?.key.volumeType && key.keyId !== grant.key.keyId);

const planned = ({ dueAt }: Rotation, { offer, viewer }: RevealRequest, now: Instant): Said =>
  isUnmanaged(offer)
    ? say`▲ Intune does not manage this device, so I cannot rotate the key. At ${when(dueAt, now, viewer)} I look whether Windows has done it by itself.`
    : say`The key is rotated at ${when(dueAt, now, viewer)}.`;

function done(rotation: Rotation, request: RevealRequest, now: Instant): Said {
  const at = when(rotation.endedAt ?? now, now, request.viewer);
  const fact = rotation.byItself === true ? say`✓ Windows has rotated the key by itself, as seen at ${at}.` : say`✓ The key was rotated at ${at}.`;
  const ids = newKeyIds(rotation, request);
  return together(fact, say`The one that was shown is superseded.`, ...(ids === undefined ? [] : [say`New key ID:`, ids]));
}

export const isDue = ({ dueAt }: Rotation, now: Instant): boolean => milliseconds(dueAt) <= milliseconds(now);

/** Known not to be managed; where Intune did not answer nothing is known. */
export const isUnmanaged = (offer: DeviceOffer | undefined): boolean => offer !== undefined && offer.managed === undefined && !offer.missing.includes('managed-device');

/**
 * `9F3C61D8 (operating system)`, one after the other. Undefined with `callerProof`: an ID that a card gives away proves
 * nothing when a caller reads it out.
 */
export function newKeyIds({ newKeys }: Rotation, { callerProof }: Pick<RevealRequest, 'callerProof'>): Said | undefined {
  if (callerProof || newKeys.length === 0) return undefined;
  return joined(newKeys.map((key) => say`**${shortKeyId(key.keyId)}** (${volumeWords[key.volumeType]})`), ', ');
}
