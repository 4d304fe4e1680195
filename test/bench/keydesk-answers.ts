// What Keydesk says, as far as the benchmark must know it: which card it is, and the data of its buttons.

import type { Sent } from './connector.ts';

interface Button {
  readonly verb: string;
  readonly data: object;
}

export const isConfirmCard = (sent: Sent): boolean => buttonIn(cardIn(sent), 'reveal') !== undefined;

/** The data of a confirm card's Reveal button. Throws for any other activity. */
export function revealData(sent: Sent): object {
  const button = buttonIn(cardIn(sent), 'reveal');
  if (button === undefined) throw new Error(`no confirm card: ${JSON.stringify(sent).slice(0, 600)}`);
  return button.data;
}

/** Whether the body of an invoke response holds the card with the key: only that one has a Hide button. */
export function isRevealedCard(body: string): boolean {
  const answer = object(JSON.parse(body));
  return answer['statusCode'] === 200 && buttonIn(answer['value'], 'hide') !== undefined;
}

const cardIn = (sent: Sent): unknown => sent.attachments?.[0]?.content;

function buttonIn(card: unknown, verb: string): Button | undefined {
  const actions = object(card)['actions'];
  if (!Array.isArray(actions)) return undefined;
  for (const action of actions) {
    const { verb: named, data } = object(action);
    if (named === verb) return { verb, data: object(data) };
  }
  return undefined;
}

const object = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});
