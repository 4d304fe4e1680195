// The inputs of the confirm cards. What they promise is checked again on the server (domain/form.ts): a client's own
// validation is a kindness to the person, not a guard.

import { type KnownKey, matching, parseKeyIdFragment } from '../../domain/device.ts';
import type { AskNote } from '../../domain/ask-for-key.ts';
import { type InputProblem, longestReason } from '../../domain/form.ts';
import { shortKeyId } from '../../domain/ids.ts';
import { callerChecks, reasonCodes, rotationReasons } from '../../domain/reason.ts';
import type { DeviceOffer, FormValues, RevealRequest } from '../../domain/request.ts';
import type { DeskSettings } from '../../domain/settings.ts';
import type { Element, InputChoiceSet, InputText } from './card.ts';
import { choiceTitle, fieldValue, plain } from './escape.ts';
import { ownReasonWords } from './own-words.ts';
import { problemLines } from './problems.ts';
import { clientPattern } from './ticket-pattern.ts';
import { date } from './times.ts';
import { callerCheckWords, ownStateWords, ownVolumeWords, reasonWords, rotationReasonWords, stateWords, volumeWords } from './words.ts';

export type FormSettings = Pick<DeskSettings, 'callerCheckRequired' | 'ticketRequired' | 'ticketPattern'>;

interface Form {
  readonly request: RevealRequest;
  readonly offer: DeviceOffer;
  readonly settings: FormSettings;
  readonly values?: FormValues;
  readonly problems?: readonly InputProblem[];
  readonly note?: AskNote;
}

const longestTicket = 64;

/** More keys than this become a list that opens; up to it they stand on the card, where nothing is cut off. */
const mostKeysInView = 4;

export function confirmInputs(form: Form): readonly Element[] {
  const values = form.values ?? form.request.preset;
  const key = form.request.callerProof ? keyIdField(values) : keyList(form, values);
  // An owner has no caller and no ticket.
  if (form.request.by === 'owner') return withProblems([key, reasonList(reasonCodes, ownReasonWords, 'compact', values), reasonField(values, 'Something else')], form.problems);
  const reason = reasonList(reasonCodes, reasonWords, form.settings.callerCheckRequired ? 'expanded' : 'compact', values);
  const inputs = [key, reason, reasonField(values), callerCheckList(form.settings, values), ticketField(form.settings, values)];
  return withProblems(inputs, form.problems);
}

/** For a rotation: why, and the ticket. There is no key to choose and no caller to verify. */
export function rotationInputs({ request, settings, values, problems }: Omit<Form, 'offer' | 'note'>): readonly Element[] {
  const held = values ?? request.preset;
  const reason: InputChoiceSet = { ...reasonList(rotationReasons, rotationReasonWords, 'compact', held), spacing: 'medium' };
  return withProblems([reason, reasonField(held), ticketField(settings, held)], problems);
}

/** What is wrong with an input stands right above it, in words; the box on top counts. */
const withProblems = (inputs: readonly (InputChoiceSet | InputText)[], problems: readonly InputProblem[] = []): readonly Element[] =>
  inputs.flatMap((input) => [...problemLines(problems, input.id), input]);

function keyList({ request, offer, values, note, problems }: Form, held: FormValues): InputChoiceSet {
  const inView = offer.keys.length <= mostKeysInView;
  const untouched = values === undefined && note === undefined && problems === undefined;
  // Somebody who was asked to choose is not to find the choice made.
  const asked = problems?.some((problem) => problem.input === 'keyId') ?? false;
  const chosen = chosenKey(offer.keys, held, untouched || (held.keyId === '' && !asked));
  const shorts = offer.keys.map((key) => shortKeyId(key.keyId));
  // Eight characters tell keys apart but for one chance in millions; then the whole ID does.
  const idOf = (key: KnownKey): string => (shorts.filter((short) => short === shortKeyId(key.keyId)).length === 1 ? shortKeyId(key.keyId) : key.keyId.toUpperCase());
  const title = (key: KnownKey) =>
    request.by === 'owner'
      ? plain`${idOf(key)}, ${ownStateWords[key.state]}, ${date(key.createdAt, request.viewer)}, ${ownVolumeWords[key.volumeType]}`
      : inView
      ? plain`${idOf(key)}, ${stateWords[key.state]}, ${date(key.createdAt, request.viewer)}, ${volumeWords[key.volumeType]}`
      : plain`${idOf(key)}, ${date(key.createdAt, request.viewer)}, ${shortVolume[key.volumeType]}${key.state === 'active' ? ', active' : ''}`;
  return {
    type: 'Input.ChoiceSet',
    id: 'keyId',
    label: 'Key ID on the blue screen',
    style: inView ? 'expanded' : 'compact',
    choices: offer.keys.map((key) => ({ title: choiceTitle(title(key)), value: key.keyId })),
    wrap: true,
    isRequired: true,
    errorMessage: request.by === 'owner' ? 'Choose the key whose ID you see on the blue screen.' : 'Choose the key whose ID the caller sees on the blue screen.',
    spacing: 'medium',
    ...(chosen && { value: chosen.keyId }),
  };
}

const shortVolume = { operatingSystem: 'OS', fixedData: 'fixed', removableData: 'removable', unknown: 'unknown' } as const satisfies Record<KnownKey['volumeType'], string>;

/** What was chosen or asked for; else, where nothing speaks against it, the first: the newest key of the system drive. */
function chosenKey(keys: readonly KnownKey[], held: FormValues, firstWillDo: boolean): KnownKey | undefined {
  const named = keys.find((key) => key.keyId === held.keyId);
  if (named !== undefined) return named;
  const typed = parseKeyIdFragment(held.typedKeyId ?? held.keyId ?? '');
  if (typed !== undefined) {
    const [only, ...others] = matching(keys, typed);
    return others.length === 0 ? only : undefined;
  }
  return firstWillDo ? keys[0] : undefined;
}

/** With `callerProof` the ID comes from the caller's mouth; the card does not know it and cannot give it away. */
const keyIdField = (held: FormValues): InputText => ({
  type: 'Input.Text',
  id: 'keyId',
  label: 'First 8 characters of the key ID, as the caller reads them out',
  // No example: whatever it is, somebody's key begins like it.
  placeholder: 'Digits and the letters A to F',
  maxLength: 40,
  isRequired: true,
  errorMessage: 'Ask the caller for the key ID on the blue screen and type its first 8 characters.',
  spacing: 'medium',
  ...valueOf(held.typedKeyId, 40),
});

/**
 * The reason is a conscious choice, so nothing is preset. Closed it takes two clicks and little room; where the caller
 * check is a click as well, the reasons stand open, so that it stays at three.
 */
const reasonList = <Code extends string>(codes: readonly Code[], words: Readonly<Record<Code, string>>, style: InputChoiceSet['style'], held: FormValues): InputChoiceSet => ({
  type: 'Input.ChoiceSet',
  id: 'reason',
  label: 'Reason',
  style,
  placeholder: 'Choose a reason',
  choices: codes.map((code) => ({ title: plain`${words[code]}`, value: code })),
  wrap: true,
  isRequired: true,
  errorMessage: 'Choose a reason.',
  ...choiceOf(held.reason, codes),
});

const reasonField = (held: FormValues, other = 'Other'): InputText => ({
  type: 'Input.Text',
  id: 'reasonText',
  label: `Details (needed for ${other})`,
  placeholder: 'What happened, in a few words',
  maxLength: longestReason,
  isRequired: false,
  errorMessage: `Say it in at most ${longestReason} characters.`,
  ...valueOf(held.reasonText, longestReason),
});

const callerCheckList = (settings: FormSettings, held: FormValues): InputChoiceSet => ({
  type: 'Input.ChoiceSet',
  id: 'callerCheck',
  label: `How was the caller verified?${settings.callerCheckRequired ? '' : ' (optional)'}`,
  style: settings.callerCheckRequired ? 'expanded' : 'compact',
  placeholder: 'Choose how',
  choices: callerChecks.map((code) => ({ title: plain`${callerCheckWords[code]}`, value: code })),
  wrap: true,
  isRequired: settings.callerCheckRequired,
  errorMessage: 'Say how you made sure who is calling.',
  ...choiceOf(held.callerCheck, callerChecks),
});

function ticketField({ ticketRequired, ticketPattern }: FormSettings, held: FormValues): InputText {
  const regex = clientPattern(ticketPattern);
  const example = ['INC0012345', 'SR-1234', '12345'].find((ticket) => ticketPattern.test(ticket));
  return {
    type: 'Input.Text',
    id: 'ticket',
    label: `Ticket number${ticketRequired ? '' : ' (optional)'}`,
    maxLength: longestTicket,
    isRequired: ticketRequired,
    errorMessage: example === undefined ? 'This is not the form of a ticket number.' : `This is not the form of a ticket number, such as ${example}.`,
    ...(example !== undefined && { placeholder: `For example ${example}` }),
    ...(regex !== undefined && { regex }),
    ...valueOf(held.ticket, longestTicket),
  };
}

const valueOf = (typed: string | undefined, maxLength: number): { value?: string } => {
  const value = fieldValue(typed ?? '', maxLength);
  return value === '' ? {} : { value };
};

const choiceOf = (value: string | undefined, known: readonly string[]): { value?: string } =>
  value !== undefined && known.includes(value) ? { value } : {};
