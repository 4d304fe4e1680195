// A card that came over the wire, as somebody in a terminal sees it.

import { holdsRecoveryPassword } from '../domain/recovery-password.ts';
import { cardAsText } from '../teams/cards/as-text.ts';
import type { AdaptiveCard } from '../teams/cards/card.ts';

export interface ShownCard {
  /** As it came; a press takes from it what it sends back. */
  readonly card: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Of its buttons. */
  readonly verbs: readonly string[];
  readonly inputs: readonly ShownInput[];
  readonly holdsKey: boolean;
}

export interface ShownInput {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  /** None for a field to type into. */
  readonly choices: readonly { readonly title: string; readonly value: string }[];
}

/** Undefined for anything but an Adaptive Card with a body. */
export function parseShownCard(value: unknown): ShownCard | undefined {
  const card = record(value);
  if (card['type'] !== 'AdaptiveCard' || !Array.isArray(card['body'])) return undefined;
  // A terminal, and whoever searches what it printed, knows one kind of blank.
  const text = cardAsText(value as AdaptiveCard).replaceAll(/[\u2000-\u200a]/g, ' ');
  const parts = partsOf(card);
  return {
    card,
    text,
    verbs: parts.flatMap((part) => (part['type'] === 'Action.Execute' ? [words(part['verb'])] : [])),
    inputs: parts.flatMap((part) => (words(part['type']).startsWith('Input.') ? [inputOf(part)] : [])),
    holdsKey: holdsRecoveryPassword(text),
  };
}

const inputOf = (part: Readonly<Record<string, unknown>>): ShownInput => ({
  id: words(part['id']),
  label: words(part['label']),
  value: words(part['value']),
  choices: list(part['choices']).map((choice) => ({ title: words(record(choice)['title']), value: words(record(choice)['value']) })),
});

/** Every object of a card, depth first. */
const partsOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.flatMap(partsOf) : typeof value === 'object' && value !== null ? [record(value), ...Object.values(value).flatMap(partsOf)] : [];

const record = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const words = (value: unknown): string => (typeof value === 'string' ? value : '');
