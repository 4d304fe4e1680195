// One card for a rotation from the press to the proof: the same message, edited as the state moves. It says what was
// done, what is awaited, and who has to do something about it.

import { shortKeyId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import type { RevealRequest } from '../../domain/request.ts';
import type { Rotation, RotationCause, RotationState } from '../../domain/rotation.ts';
import { hresult } from '../../domain/rotation-failure.ts';
import { box, type CardMessage, type Element, facts, heading, line, message, note } from './card.ts';
import { joined, plain, type Said, say } from './escape.ts';
import { intuneLink, signInButton } from './portals.ts';
import { failureWords } from './rotation-failure-words.ts';
import { isDue, newKeyIds } from './rotation-words.ts';
import { span, when } from './times.ts';
import { deviceName, rotationReasonWords, volumeWords } from './words.ts';

export interface Progress {
  /** The request that asked for it, with its offer; its person and viewer read the card. */
  readonly request: RevealRequest;
  readonly rotation: Rotation;
  readonly now: Instant;
  readonly overdueHours: number;
  /** Where a new sign-in is needed, and only for the one who pressed. */
  readonly signInPage?: string;
}

export function rotationProgressCard(progress: Progress): CardMessage {
  const { request, rotation } = progress;
  const name = deviceName(rotation.device);
  const { title, texts } = wordsOf(progress, name);
  const over = rotation.state === 'done' || rotation.state === 'failed';
  return message(
    plain`Rotation of ${name}: ${shortState(progress)}.`,
    [
      heading(title),
      ...texts.map((text) => line(text, { spacing: 'small' })),
      ...(rotation.state === 'failed' ? [failure(rotation, name)] : [steps(progress)]),
      about(progress),
      ...(over ? [] : [note(rotation.causes.length > 1 ? say`This card shows how it goes on. There are other reasons for this rotation too; it is done once.` : say`This card shows how it goes on.`, { spacing: 'medium' })]),
    ],
    rotation.state === 'failed' || rotation.state === 'overdue' ? [...signInButton(progress.signInPage), ...intuneLink(rotation.baseline?.intuneId ?? request.offer?.managed?.intuneId)] : [],
  );
}

interface StateWords {
  readonly title: Said;
  readonly texts: readonly Said[];
}

const checkIn = say`It must be switched on and online. Faster: on the device open Settings, Accounts, Access work or school, Info, and press **Sync**.`;
const stillListed = say`The former key is superseded. It stays listed, because it may still be asked for.`;
const blueScreen = say`A device that shows the blue screen cannot check in before it is unlocked.`;

function wordsOf({ rotation, request, now, overdueHours }: Progress, name: string): StateWords {
  const at = (instant: Instant): string => when(instant, now, request.viewer);
  switch (rotation.state) {
    case 'scheduled':
      return scheduled(rotation, name, isDue(rotation, now) ? undefined : at(rotation.dueAt));
    case 'sending':
      return { title: say`Asking Intune to rotate ${name}`, texts: [say`This takes a few seconds.`] };
    case 'unknown':
      return { title: say`Intune has not confirmed`, texts: [say`I asked it to rotate ${name} and got no clear answer. I look until I know. It is not asked again before that.`] };
    case 'queued':
      return { title: say`Intune has queued the rotation of ${name}`, texts: [say`The device fetches it when it next checks in.`, checkIn, blueScreen] };
    case 'waiting':
      return { title: say`Waiting for ${name}`, texts: [say`Intune has told it to make a new key.`, checkIn, blueScreen] };
    case 'overdue':
      return { title: say`▲ ${name} is overdue`, texts: [say`It has made no new key within ${span(overdueHours * 3600)}, so the former one is still valid. I keep looking.`, checkIn, blueScreen] };
    case 'done':
      return rotation.byItself === true
        ? { title: say`✓ ${name} has a new key`, texts: [say`Windows had rotated it by itself after the key was used. Intune was not asked.`, stillListed] }
        : { title: say`✓ ${name} has a new key`, texts: [say`It is in Entra ID, and is what the blue screen asks for from now on.`, stillListed] };
    case 'failed':
      return { title: rotation.newKeys.length > 0 ? say`✕ ${name} was rotated in part` : say`✕ ${name} was not rotated`, texts: [failureWords[rotation.failure ?? 'unlisted'].why, remaining(rotation)] };
  }
}

/** Of several drives only some may have a new key. */
function remaining({ newKeys, volumeTypes }: Rotation): Said {
  const lacking = volumeTypes.filter((type) => !newKeys.some((key) => key.volumeType === type)).map((type) => volumeWords[type]);
  return newKeys.length === 0 ? say`The former key is still valid.` : say`There is no new key for: ${lacking.join(', ')}. Their former keys are still valid.`;
}

/** @param at when it is to come; undefined when that is now */
function scheduled({ attempt }: Rotation, name: string, at: string | undefined): StateWords {
  if (at === undefined) return { title: say`The rotation of ${name} begins`, texts: [say`Intune is asked in a moment.`] };
  if (attempt === 0) return { title: say`Rotation of ${name} at ${at}`, texts: [say`Intune is asked then. Nothing has changed yet.`] };
  return { title: say`Rotation of ${name}: next try at ${at}`, texts: [say`${attempt === 1 ? 'The first try' : `${attempt} tries`} did not get through, or the device was busy. The next one comes by itself.`] };
}

function shortState({ rotation, request, now }: Progress): string {
  switch (rotation.state) {
    case 'scheduled':
      return isDue(rotation, now) ? 'it begins' : `planned for ${when(rotation.dueAt, now, request.viewer)}`;
    case 'sending':
      return 'Intune is asked';
    case 'unknown':
      return 'Intune has not confirmed';
    case 'queued':
      return 'Intune has queued it';
    case 'waiting':
      return 'waiting for the device';
    case 'overdue':
      return 'overdue, the device has not answered';
    case 'done':
      return 'done, there is a new key';
    case 'failed':
      return 'failed';
  }
}

interface Step {
  /** From this state on it is under way. */
  readonly from: RotationState;
  /** From this state on it is done. */
  readonly until: RotationState;
  readonly ahead: string;
  readonly past: string;
}

const order = ['scheduled', 'sending', 'unknown', 'queued', 'waiting', 'overdue', 'done', 'failed'] as const satisfies readonly RotationState[];

/** How far each step is, by a sign and in words: done, under way, to come. */
function steps({ rotation, request, now }: Progress): Element {
  const at = (instant: Instant | undefined): string => (instant === undefined ? '' : `, ${when(instant, now, request.viewer)}`);
  const { state, byItself, sentAt, endedAt, dueAt } = rotation;
  const isAhead = state === 'scheduled' && !isDue(rotation, now);
  const asked: Step = { from: 'sending', until: 'queued', ahead: `Ask Intune${isAhead ? at(dueAt) : ''}`, past: `Intune asked${at(sentAt)}` };
  const made: Step = { from: 'queued', until: 'done', ahead: 'The device makes a new key', past: 'The device has made a new key' };
  const stored: Step = { from: 'done', until: 'done', ahead: 'The new key is in Entra ID', past: `The new key is in Entra ID${at(endedAt)}` };
  const place = order.indexOf(state === 'scheduled' && !isAhead ? 'sending' : state);
  const row = ({ from, until, ahead, past }: Step): Said => {
    if (place >= order.indexOf(until)) return say`✓ ${past}`;
    return place >= order.indexOf(from) ? say`${state === 'overdue' ? '▲' : '➜'} ${ahead}` : say`○ ${ahead}`;
  };
  const rows = (byItself === true ? [made, stored] : [asked, made, stored]).map(row);
  return box('emphasis', rows.map((text, index) => line(text, index === 0 ? {} : { spacing: 'small' })), { spacing: 'medium' });
}

/** What helps, and the number that search engines know, small. */
function failure({ failure: code, errorCode }: Rotation, name: string): Element {
  return box(
    'warning',
    [
      line(say`**What helps**`),
      line(failureWords[code ?? 'unlisted'].remedy, { spacing: 'small' }),
      line(say`Then: **rotate ${name}**`, { spacing: 'small' }),
      ...(errorCode === undefined || errorCode === 0 ? [] : [note(say`Windows reported ${hresult(errorCode)}.`)]),
    ],
    { spacing: 'medium' },
  );
}

function about({ request, rotation }: Progress): Element {
  const cause = rotation.causes.find((one): one is Extract<RotationCause, { by: 'person' }> => one.by === 'person' && one.requestId === request.id);
  return facts(
    {
      'New key ID': newKeyIds(rotation, request),
      Superseded: superseded(request, rotation),
      'Asked for by': say`${request.person.name}`,
      Reason: cause && (cause.reason === 'other' ? say`${cause.reasonText ?? 'Other'}` : say`${rotationReasonWords[cause.reason]}`),
      Details: cause?.reason !== 'other' && cause?.reasonText !== undefined ? say`${cause.reasonText}` : undefined,
      Ticket: cause?.ticket === undefined ? undefined : say`${cause.ticket}`,
    },
    { spacing: 'medium' },
  );
}

/** The keys that the new ones replace. */
function superseded({ offer, callerProof }: RevealRequest, { newKeys }: Rotation): Said | undefined {
  const replaced = (offer?.keys ?? []).filter((key) => key.state === 'active' && newKeys.some((fresh) => fresh.volumeType === key.volumeType && fresh.keyId !== key.keyId));
  if (replaced.length === 0) return undefined;
  return joined(replaced.map((key) => (callerProof ? say`the former key (${volumeWords[key.volumeType]})` : say`${shortKeyId(key.keyId)} (${volumeWords[key.volumeType]})`)), ', ');
}
