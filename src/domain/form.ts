// The form on the confirm card, checked on the server. A mistake gives the same card back and burns nothing.

import { type KnownKey, matching, parseKeyIdFragment } from './device.ts';
import { parseKeyId } from './ids.ts';
import type { PressInputs } from './press.ts';
import { type CallerCheck, callerChecks, type ReasonCode, reasonCodes, type RotationReason, rotationReasons } from './reason.ts';
import { mayHoldPassword } from './recovery-password.ts';
import { type FormValues, type Grant, offeredKey, type RevealRequest } from './request.ts';
import { type DeskSettings, fits } from './settings.ts';

export interface InputProblem {
  readonly input: 'keyId' | 'reason' | 'reasonText' | 'callerCheck' | 'ticket';
  readonly problem: 'missing' | 'unknown' | 'too-long' | 'wrong-form' | 'holds-password' | 'no-such-key' | 'several-keys' | 'no-match';
}

export type FormAnswer =
  | { readonly kind: 'grant'; readonly grant: Grant }
  /** The same card again; `values` are safe to show (no recovery password, cut to length). */
  | { readonly kind: 'problems'; readonly problems: readonly InputProblem[]; readonly values: FormValues }
  /** A whole key ID that this card never offered: the card was changed. */
  | { readonly kind: 'changed' }
  /** With `callerProof`: what the caller read out fits no key, or not exactly one. */
  | { readonly kind: 'miss'; readonly values: FormValues };

export const longestReason = 500;
const longestTicket = 64;
const mostKept = 1000;

export function readForm(inputs: PressInputs, request: RevealRequest, settings: DeskSettings): FormAnswer {
  const problems: InputProblem[] = [];
  const wrong = (input: InputProblem['input'], problem: InputProblem['problem']): void => void problems.push({ input, problem });

  const reasonText = clean(inputs.reasonText);
  const ticket = clean(inputs.ticket);
  const reason = oneOf(reasonCodes, inputs.reason);
  if (reason === undefined) wrong('reason', clean(inputs.reason) === '' ? 'missing' : 'unknown');
  checkReasonText(reasonText, reason, wrong);

  const callerCheck = oneOf(callerChecks, inputs.callerCheck);
  if (callerCheck === undefined && clean(inputs.callerCheck) !== '') wrong('callerCheck', 'unknown');
  else if (callerCheck === undefined && settings.callerCheckRequired) wrong('callerCheck', 'missing');

  checkTicket(ticket, settings, wrong);

  const chosen = request.callerProof ? byProof(inputs.keyId, request) : byList(inputs.keyId, request);
  if (chosen === 'changed') return { kind: 'changed' };
  if (typeof chosen === 'object' && 'problem' in chosen) wrong('keyId', chosen.problem);

  const values = keptValues(inputs, request.callerProof);
  if (problems.length > 0) return { kind: 'problems', problems, values };
  if (chosen === 'miss') return { kind: 'miss', values };
  if (reason === undefined || 'problem' in chosen) return { kind: 'problems', problems, values };
  return { kind: 'grant', grant: grantOf(chosen, reason, reasonText, callerCheck, ticket) };
}

type Wrong = (input: InputProblem['input'], problem: InputProblem['problem']) => void;

function checkReasonText(reasonText: string, reason: string | undefined, wrong: Wrong): void {
  if (mayHoldPassword(reasonText)) wrong('reasonText', 'holds-password');
  else if (reasonText.length > longestReason) wrong('reasonText', 'too-long');
  else if (reason === 'other' && reasonText === '') wrong('reasonText', 'missing');
}

function checkTicket(ticket: string, settings: DeskSettings, wrong: Wrong): void {
  if (mayHoldPassword(ticket)) wrong('ticket', 'holds-password');
  else if (ticket === '' && settings.ticketRequired) wrong('ticket', 'missing');
  else if (ticket !== '' && (ticket.length > longestTicket || !fits(settings.ticketPattern, ticket))) wrong('ticket', 'wrong-form');
}

/** Why a device is to be rotated; the same checks, no key to choose. */
export type RotationForm =
  | { readonly kind: 'wish'; readonly wish: { readonly reason: RotationReason; readonly reasonText?: string; readonly ticket?: string } }
  | Extract<FormAnswer, { kind: 'problems' }>;

export function readRotationForm(inputs: PressInputs, settings: DeskSettings): RotationForm {
  const problems: InputProblem[] = [];
  const wrong: Wrong = (input, problem) => void problems.push({ input, problem });
  const reasonText = clean(inputs.reasonText);
  const ticket = clean(inputs.ticket);
  const reason = oneOf(rotationReasons, inputs.reason);
  if (reason === undefined) wrong('reason', clean(inputs.reason) === '' ? 'missing' : 'unknown');
  checkReasonText(reasonText, reason, wrong);
  checkTicket(ticket, settings, wrong);
  if (reason === undefined || problems.length > 0) return { kind: 'problems', problems, values: keptValues(inputs, false) };
  return { kind: 'wish', wish: { reason, ...(reasonText !== '' && { reasonText }), ...(ticket !== '' && { ticket: ticket.toUpperCase() }) } };
}

const grantOf = (key: KnownKey, reason: ReasonCode, reasonText: string, callerCheck: CallerCheck | undefined, ticket: string): Grant => ({
  key,
  reason,
  ...(reasonText !== '' && { reasonText }),
  ...(callerCheck && { callerCheck }),
  ...(ticket !== '' && { ticket: ticket.toUpperCase() }),
});

/** Empty: the one shown as chosen, and none where the ID typed in the ask chose none. A whole ID must be one that the card offered; a part of one may be typed by a person. */
function byList(typed: string | undefined, request: RevealRequest): KnownKey | 'changed' | { problem: InputProblem['problem'] } {
  const text = clean(typed);
  if (text === '') return shownAsChosen(request) ?? { problem: 'missing' };
  const whole = parseKeyId(text);
  if (whole !== undefined) return offeredKey(request, whole) ?? 'changed';
  const fragment = parseKeyIdFragment(text);
  if (fragment === undefined) return { problem: 'wrong-form' };
  const matches = matching(request.offer?.keys ?? [], fragment);
  const [only] = matches;
  if (matches.length > 1) return { problem: 'several-keys' };
  return only ?? { problem: 'no-such-key' };
}

function shownAsChosen(request: RevealRequest): KnownKey | undefined {
  const preset = parseKeyId(request.preset.keyId ?? '');
  if (preset !== undefined) return offeredKey(request, preset);
  return parseKeyIdFragment(request.preset.typedKeyId ?? '') === undefined ? request.offer?.keys[0] : undefined;
}

/** The caller's own characters must fit exactly one key. Nothing else is said: not whether a key exists. */
function byProof(typed: string | undefined, request: RevealRequest): KnownKey | 'miss' | { problem: InputProblem['problem'] } {
  const text = clean(typed);
  if (text === '') return { problem: 'missing' };
  const fragment = parseKeyIdFragment(text);
  if (fragment === undefined) return { problem: 'wrong-form' };
  const matches = matching(request.offer?.keys ?? [], fragment);
  const [only] = matches;
  return only !== undefined && matches.length === 1 ? only : 'miss';
}

const keep = (value: string | undefined): string => (mayHoldPassword(value ?? '') ? '' : clean(value).slice(0, mostKept));

/** What goes back onto the card: never 48 digits, never more than a card bears. */
export function keptValues(inputs: PressInputs, callerProof: boolean): FormValues {
  return {
    ...(callerProof ? { typedKeyId: keep(inputs.keyId) } : { keyId: keep(inputs.keyId) }),
    reason: keep(inputs.reason),
    reasonText: keep(inputs.reasonText),
    callerCheck: keep(inputs.callerCheck),
    ticket: keep(inputs.ticket),
  };
}

/** A text that somebody typed, without what is no text or turns it around. */
export const clean = (value: string | undefined): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  (value ?? '').toWellFormed().normalize('NFC').replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, ' ').trim();

const oneOf = <T extends string>(known: readonly T[], value: string | undefined): T | undefined => known.find((code) => code === value);
