// What was wrong with the form, in words: counted at the top, said at the input. Nothing has happened and nothing is
// used up; that stands first, because it is what the person on the phone needs to know.

import type { InputProblem } from '../../domain/form.ts';
import { box, type Element, line } from './card.ts';
import { joined, type Said, say, together } from './escape.ts';

type Input = InputProblem['input'];

const inputNames = {
  keyId: say`the key ID`,
  reason: say`the reason`,
  reasonText: say`the details`,
  callerCheck: say`how the caller was verified`,
  ticket: say`the ticket number`,
} as const satisfies Record<Input, Said>;

const general = {
  missing: say`This is needed.`,
  unknown: say`Choose one of the answers on the card.`,
  'too-long': say`This is too long. Say it in fewer words.`,
  'wrong-form': say`This does not have the right form.`,
  'holds-password': say`This held a recovery password. It was taken out: it must not be written down here.`,
  'no-such-key': say`No key of this device has this ID.`,
  'several-keys': say`Several keys begin like this. Type more of the key ID.`,
  'no-match': say`This does not fit. Let the caller read the key ID again, one character at a time.`,
} as const satisfies Record<InputProblem['problem'], Said>;

/** Where the general words can be bettered for one input. */
const particular: Partial<Record<`${Input} ${InputProblem['problem']}`, Said>> = {
  'keyId missing': say`Let the caller read out the key ID: its first 8 characters say which key it is.`,
  'keyId wrong-form': say`A key ID has digits and the letters A to F. Type its first 8 characters.`,
  'reason missing': say`Choose a reason.`,
  'reasonText missing': say`With the reason Other, say why in a few words.`,
  'callerCheck missing': say`Say how you made sure who is calling.`,
  'ticket missing': say`Type the ticket number.`,
  'ticket wrong-form': say`This is not the form of a ticket number.`,
};

const wordsFor = ({ input, problem }: InputProblem): Said => particular[`${input} ${problem}`] ?? general[problem];

/**
 * The box on top: nothing when there is no problem.
 * @param title what has not happened yet
 */
export function problemsBox(problems: readonly InputProblem[], { title, missesLeft }: { readonly title: Said; readonly missesLeft?: number | undefined }): readonly Element[] {
  if (problems.length === 0) return [];
  const wrong = [...new Set(problems.map((problem) => problem.input))].map((input) => inputNames[input]);
  const left = missesLeft === 1 ? say`One more wrong key ID closes this request.` : say`After ${missesLeft ?? 0} more wrong key IDs this request is closed.`;
  return [
    box(
      'attention',
      [
        line(title, { weight: 'bolder' }),
        line(together(say`Please correct:`, joined(wrong, ', ')), { spacing: 'small' }),
        ...(missesLeft === undefined ? [] : [line(left, { spacing: 'small' })]),
      ],
      { spacing: 'medium' },
    ),
  ];
}

/** What stands above one input. */
export const problemLines = (problems: readonly InputProblem[], input: string): readonly Element[] =>
  problems
    .filter((problem) => problem.input === input)
    .map((problem) => line(together(say`▲`, wordsFor(problem)), { color: 'attention', weight: 'bolder', spacing: 'medium' }));
