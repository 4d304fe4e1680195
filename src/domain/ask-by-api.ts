// What every call of the API about one device begins with: counted, allowed, found. Nothing is said of a device to
// somebody who may not know of it, not even whether there is one.

import { type ApiAct, type ApiCaller, barredCaller } from './api-caller.ts';
import { type Desk, entry, refuse } from './desk.ts';
import type { Device } from './device.ts';
import type { EntraDeviceId } from './ids.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { Deadline } from './ports.ts';
import { mayHoldPassword } from './recovery-password.ts';
import type { Refusal, RefusalCode, RefusalFacts } from './refusal.ts';
import { clean, type InputProblem } from './form.ts';
import type { Viewer } from './request.ts';

export interface ApiProblem {
  readonly input: InputProblem['input'] | 'requestedBy';
  readonly problem: InputProblem['problem'];
}

export type ApiRefused = { readonly kind: 'refused'; readonly refusal: Refusal };
export type ApiProblems = { readonly kind: 'problems'; readonly problems: readonly ApiProblem[] };

/** Programs read ISO times. */
export const apiViewer: Viewer = { locale: 'en-GB', timeZone: 'UTC' };

export const longestName = 200;

/** The caller with the name it gave, or what is wrong with that. An application that calls by itself has to say for whom, where a key leaves. */
export function onBehalfOf(caller: ApiCaller, requestedBy: string | undefined, act: ApiAct): ApiCaller | ApiProblems {
  const name = clean(requestedBy);
  const wrong = (problem: ApiProblem['problem']): ApiProblems => ({ kind: 'problems', problems: [{ input: 'requestedBy', problem }] });
  if (name === '') return act === 'reveal' && caller.api.caller === 'app' ? wrong('missing') : caller;
  if (name.length > longestName) return wrong('too-long');
  if (mayHoldPassword(name)) return wrong('holds-password');
  return { ...caller, api: { ...caller.api, requestedBy: name } };
}

export const isProblems = (answer: ApiCaller | ApiProblems): answer is ApiProblems => 'kind' in answer;

export async function no(desk: Desk, caller: ApiCaller, code: RefusalCode, facts: RefusalFacts = {}, noted: Partial<LedgerEntry> = {}): Promise<ApiRefused> {
  return { kind: 'refused', refusal: await refuse(desk, caller, code, facts, noted) };
}

/** Asks that give something are counted like messages in Teams, before Graph is asked for anything (product.md §4.1). */
export async function countedAsk(desk: Desk, caller: ApiCaller): Promise<ApiRefused | undefined> {
  const limit = desk.settings.askLimit;
  const answer = await desk.asks.admit({ person: caller.person.id, conversationId: 'api', activityId: desk.ids.clientRequest(), at: desk.clock.now(), limit });
  return answer === 'limit' ? no(desk, caller, 'ask-limit', { limit }) : undefined;
}

export type FoundDevice = { readonly kind: 'device'; readonly device: Device } | ApiRefused;

/** Throws a Fault when Entra does not say. */
export async function findFor(desk: Desk, caller: ApiCaller, act: ApiAct, deviceId: EntraDeviceId, deadline: Deadline): Promise<FoundDevice> {
  const barred = await barredCaller(desk, caller, act, deadline);
  if (barred !== undefined) return no(desk, caller, barred, {}, { asked: deviceId });
  const device = await desk.directory.device(deviceId, deadline);
  return device === undefined ? no(desk, caller, 'device-not-found', { asked: deviceId }, { asked: deviceId }) : { kind: 'device', device };
}

export const askedEntry = (desk: Desk, caller: ApiCaller, noted: Partial<LedgerEntry>): LedgerEntry => ({ ...entry(desk, caller, noted), act: 'asked', outcome: 'done' });
