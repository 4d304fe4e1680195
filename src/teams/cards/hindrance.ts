// On a card that stays: what has to be done before the button is pressed again. Nothing was used up.

import type { Refusal } from '../../domain/refusal.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Viewer } from '../../domain/request.ts';
import { box, type Element, line, note } from './card.ts';
import { say } from './escape.ts';
import { refusedWords } from './refused.ts';

export interface Hindrance {
  readonly refusal: Refusal;
  /** Where it helps to sign in on a page of ours. */
  readonly signInPage?: string;
}

export function hindranceBox(hindrance: Hindrance | undefined, reader: { readonly viewer: Viewer; readonly now: Instant; readonly purpose?: 'rotate' }): readonly Element[] {
  if (hindrance === undefined) return [];
  const { refusal } = hindrance;
  const words = refusedWords({ refusal, ...reader });
  return [
    box('attention', [line(say`▲ ${words.title}`, { weight: 'bolder' }), ...words.text.map((text) => line(text, { spacing: 'small' })), line(words.next, { spacing: 'small' }), note(say`Reference ${refusal.reference}. This is in the ledger.`)], { spacing: 'medium' }),
  ];
}
