// A rotation by the API. With a key of the caller's it is done once, however often it is delivered and wherever: the key
// and the request are one statement, and a request starts one rotation.

import { type ApiCaller, barredCaller } from './api-caller.ts';
import { type ApiProblems, type ApiRefused, apiViewer, askedEntry, countedAsk, findFor, isProblems, no, onBehalfOf } from './ask-by-api.ts';
import { barrierTo, deviceIn, newRequest, notingFailure } from './ask-for-key.ts';
import type { Desk } from './desk.ts';
import { Fault } from './fault.ts';
import { offerOf } from './find-device.ts';
import { readRotationForm, type RotationForm } from './form.ts';
import type { EntraDeviceId, RequestId, RotationId } from './ids.ts';
import { rotationWanted } from './plan-rotation.ts';
import type { Deadline } from './ports.ts';
import type { PressInputs } from './press.ts';
import { aboutRequest } from './read-granted.ts';
import type { DeviceOffer, Once, RevealRequest } from './request.ts';
import type { Rotation } from './rotation.ts';

export interface RotateWish extends Pick<PressInputs, 'reason' | 'reasonText' | 'ticket'> {
  readonly requestedBy?: string;
}

export type RotateByApi =
  | { readonly kind: 'rotating'; readonly rotation: Rotation }
  /** The key stands for another wish. */
  | { readonly kind: 'key-reused' }
  | ApiRefused
  | ApiProblems;

/** @param key chosen by the application, which numbers its own; within 24 hours the same one means the same rotation. Throws a Fault; asking again is then safe. */
export async function rotateByApi(desk: Desk, caller: ApiCaller, deviceId: EntraDeviceId, wish: RotateWish, key: string | undefined): Promise<RotateByApi> {
  const deadline = desk.deadlines.press();
  const over = await countedAsk(desk, caller);
  if (over !== undefined) return over;
  const acting = onBehalfOf(caller, wish.requestedBy, 'rotate');
  if (isProblems(acting)) return acting;
  const once = key === undefined ? undefined : { caller: caller.person.id, key: `${caller.api.appId} ${key}`, wish: JSON.stringify([deviceId, wish.reason, wish.reasonText, wish.ticket, wish.requestedBy]) };
  const judged = await notingFailure(desk, acting, { asked: deviceId }, () => judge(desk, acting, deviceId, wish, deadline));
  if (judged.kind !== 'wanted') return judged;

  const { offer } = judged;
  const request = newRequest(desk, { person: acting.person, viewer: apiViewer }, { purpose: 'rotate', state: 'open', choices: [], offer, preset: {}, api: acting.api });
  const id = await openedAs(desk, acting, request, once);
  if (id === 'other') return { kind: 'key-reused' };
  // A crash here: the request is open and nothing is planned; the same key goes on from here.
  const cause = { by: 'person', requestId: id, person: acting.person, ...judged.wish } as const;
  const started = await desk.rotations.start(id, rotationWanted(desk, acting, offer, cause, desk.clock.now()));
  const rotation = started.kind === 'started' ? started.rotation : started.request.rotationId && (await desk.rotations.find(started.request.rotationId));
  if (rotation === undefined) throw new Fault('internal', 'never', { message: `request ${id} was started without a rotation` });
  return { kind: 'rotating', rotation };
}

type Judged = { readonly kind: 'wanted'; readonly offer: DeviceOffer; readonly wish: Extract<RotationForm, { kind: 'wish' }>['wish'] } | ApiRefused | ApiProblems;

async function judge(desk: Desk, caller: ApiCaller, deviceId: EntraDeviceId, inputs: RotateWish, deadline: Deadline): Promise<Judged> {
  const found = await findFor(desk, caller, 'rotate', deviceId, deadline);
  if (found.kind === 'refused') return found;
  const offer = await offerOf(desk, found.device, undefined, deadline);
  const barrier = barrierTo(desk, offer, 'rotate');
  if (barrier !== undefined) return no(desk, caller, barrier.code, barrier.facts, { device: deviceIn(offer) });
  const form = readRotationForm(inputs, desk.settings);
  return form.kind === 'problems' ? { kind: 'problems', problems: form.problems } : { kind: 'wanted', offer, wish: form.wish };
}

async function openedAs(desk: Desk, caller: ApiCaller, request: RevealRequest, once: Once | undefined): Promise<RequestId | 'other'> {
  const asked = askedEntry(desk, caller, aboutRequest(request));
  if (once === undefined) {
    await desk.requests.open(request, asked);
    return request.id;
  }
  const opened = await desk.requests.openOnce(request, asked, once);
  if (opened === 'opened') return request.id;
  return opened.kind === 'repeat' ? opened.id : 'other';
}

/** A rotation of that device; undefined where there is none of that number. */
export async function rotationByApi(desk: Desk, caller: ApiCaller, deviceId: EntraDeviceId, id: RotationId): Promise<{ readonly kind: 'rotation'; readonly rotation: Rotation | undefined } | ApiRefused> {
  const barred = await barredCaller(desk, caller, 'look-up', desk.deadlines.ask());
  if (barred !== undefined) return no(desk, caller, barred, {}, { asked: deviceId });
  const rotation = await desk.rotations.told(id);
  return { kind: 'rotation', rotation: rotation?.device.deviceId === deviceId ? rotation : undefined };
}
