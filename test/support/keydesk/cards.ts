// A card as somebody reads it. Written against the Adaptive Cards schema and not with the code that draws the cards.

import assert from 'node:assert/strict';
import { type Card, cardIn } from '../../../src/terminal/conversation.ts';
import type { ChatMessage } from '../../../src/terminal/connector.ts';

/** A card where it stands. */
export interface Standing {
  readonly card: Card;
  readonly activityId: string;
}

export function standing(message: ChatMessage | undefined): Standing {
  assert.ok(message !== undefined, 'there is a message');
  const card = cardIn(message);
  assert.ok(card !== undefined, 'the message holds a card');
  return { card, activityId: message.activityId };
}

function* partsOf(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (Array.isArray(value)) for (const part of value) yield* partsOf(part);
  else if (typeof value === 'object' && value !== null) {
    yield { ...value };
    for (const part of Object.values(value)) yield* partsOf(part);
  }
}

const shownIn = ['text', 'title', 'label', 'placeholder', 'errorMessage'] as const;

/** All words of a card, one piece a line, with Markdown's backslashes and bold taken away. */
export const textOf = (card: Card | undefined): string =>
  [...partsOf(card)]
    .flatMap((part) => shownIn.flatMap((name) => (typeof part[name] === 'string' ? [part[name]] : [])))
    .map((text) => text.replaceAll('**', '').replaceAll(/\\([!-/:-@[-`{-~])/g, '$1').replaceAll(/[\u2066-\u2069]/g, ''))
    .join('\n');

/** The texts in which Teams reads Markdown, as they are written. */
export const markdownIn = (card: Card | undefined): readonly string[] => [...partsOf(card)].filter((part) => part['type'] === 'TextBlock').map((part) => String(part['text']));

/** The first line of a card that is a heading. */
export const headingOf = (card: Card | undefined): string => textOf({ body: [[...partsOf(card)].find((part) => part['style'] === 'heading')] });

/** The digits in large type, in the order in which they are read. */
export const blocksIn = (card: Card | undefined): readonly string[] =>
  [...partsOf(card)].filter((part) => part['type'] === 'TextRun' && part['fontType'] === 'monospace').map((part) => String(part['text']));

/** Verbs of the buttons, in their order. */
export const verbsOf = (card: Card | undefined): readonly string[] =>
  [...partsOf(card)].filter((part) => part['type'] === 'Action.Execute').map((part) => String(part['verb']));

/** What the button of this verb carries. */
export function dataOf(card: Card, verb: string): Readonly<Record<string, unknown>> {
  const action = [...partsOf(card)].find((part) => part['verb'] === verb);
  const data = action?.['data'];
  assert.ok(typeof data === 'object' && data !== null, `the card has a button ${verb}`);
  return { ...data };
}

export function inputOf(card: Card | undefined, id: string): Readonly<Record<string, unknown>> {
  const input = [...partsOf(card)].find((part) => part['id'] === id && String(part['type']).startsWith('Input.'));
  assert.ok(input !== undefined, `the card has an input ${id}`);
  return input;
}

export interface Choice {
  readonly title: string;
  readonly value: string;
}

export const choicesOf = (card: Card | undefined, id: string): readonly Choice[] => {
  const choices: unknown = inputOf(card, id)['choices'];
  return [...partsOf(choices)].map((choice) => ({ title: textOf(choice), value: String(choice['value']) }));
};

/** `KD-…`, for the phone. */
export function referenceIn(card: Card | undefined): string {
  const [reference] = /KD-[0-9A-Z]{8}/.exec(textOf(card)) ?? [];
  assert.ok(reference !== undefined, `the card names a reference: ${textOf(card)}`);
  return reference;
}
