// Looking into cards from the tests.

import assert from 'node:assert/strict';
import { cardAsText } from '../../../src/teams/cards/as-text.ts';
import type { AdaptiveCard, CardMessage, Element, InputChoiceSet, InputText } from '../../../src/teams/cards/card.ts';

const within = (element: Element): readonly Element[] => {
  if (element.type === 'Container') return [element, ...element.items.flatMap(within)];
  if (element.type === 'ColumnSet') return [element, ...element.columns.flatMap((column) => column.items.flatMap(within))];
  if (element.type === 'Chart.HorizontalBar') return [element, ...within(element.fallback)];
  return [element];
};

/** The card as a client draws it that knows Adaptive Cards 1.5 and no element of Teams' own. */
export const asPlainClient = (card: AdaptiveCard): AdaptiveCard => ({
  ...card,
  body: card.body.flatMap((element) => ('fallback' in element ? (element.fallback === 'drop' ? [] : [element.fallback]) : [element])),
});

/** Containers and columns before what they hold. */
export const elementsOf = (card: AdaptiveCard): readonly Element[] => card.body.flatMap(within);

export function choiceSet(message: CardMessage, id: string): InputChoiceSet {
  const found = elementsOf(message.card).find((element) => element.id === id);
  assert.ok(found?.type === 'Input.ChoiceSet', `no list named ${id}`);
  return found;
}

export function textField(message: CardMessage, id: string): InputText {
  const found = elementsOf(message.card).find((element) => element.id === id);
  assert.ok(found?.type === 'Input.Text', `no field named ${id}`);
  return found;
}

/** What a person reads, on one line for each text. */
export const shown = (message: CardMessage): string => cardAsText(message.card);

/** Titles of our own buttons, in order. */
export const buttons = (message: CardMessage): readonly string[] => (message.card.actions ?? []).map((action) => (action.type === 'Action.Execute' ? action.verb : action.title));
