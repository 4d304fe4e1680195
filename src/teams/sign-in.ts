// What handlers of a press say about a sign-in, in delegated mode.

import { Fault } from '../domain/fault.ts';
import type { Refusal, RefusalCode } from '../domain/refusal.ts';
import type { RevealRequest } from '../domain/request.ts';
import type { Rotation } from '../domain/rotation.ts';
import type { Hindrance } from './cards/hindrance.ts';
import type { SignInSettings } from './login-request.ts';
import type { Room } from './room.ts';

/** Throws a Fault when a desk wants sign-ins and the bot does not know how: a defect of the wiring. */
export function signInOf({ signIn }: Room): SignInSettings {
  if (signIn === undefined) throw new Fault('internal', 'never', { message: 'a sign-in is wanted and none is configured' });
  return signIn;
}

/** Where the page of ours is the way on: it carries claims, and asks for consent. */
const helpedByPage: ReadonlySet<RefusalCode | Rotation['failure']> = new Set(['consent-missing', 'sign-in-needed']);

/** For a card that stays. */
export function hindered(room: Room, request: RevealRequest, refusal: Refusal | undefined): { readonly hindrance?: Hindrance } {
  return refusal === undefined ? {} : { hindrance: { refusal, ...signInPageFor(room, request, refusal.code) } };
}

export const signInPageFor = ({ signIn }: Room, { id }: RevealRequest, code: RefusalCode | Rotation['failure']): { readonly signInPage?: string } =>
  signIn === undefined || !helpedByPage.has(code) ? {} : { signInPage: signIn.link(id) };
