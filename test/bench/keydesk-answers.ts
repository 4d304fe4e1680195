// What Keydesk says, as far as the benchmark must know it: which card it is, and the data of its buttons.

interface Button {
  readonly verb: string;
  readonly data: object;
}

/** @param activity JSON, which is not parsed here: only a confirm card has a button of this verb. */
export const isConfirmCard = (activity: string): boolean => activity.includes('"verb":"reveal"');

/** The data of a confirm card's Reveal button. Throws for any other activity. */
export function revealData(activity: string): object {
  const button = buttonIn(cardIn(JSON.parse(activity)), 'reveal');
  if (button === undefined) throw new Error(`no confirm card: ${activity.slice(0, 600)}`);
  return button.data;
}

/** Whether the body of an invoke response holds the card with the key: only that one has a Hide button. */
export function isRevealedCard(body: string): boolean {
  const answer = object(JSON.parse(body));
  return answer['statusCode'] === 200 && buttonIn(answer['value'], 'hide') !== undefined;
}

function cardIn(activity: unknown): unknown {
  const { attachments } = object(activity);
  return Array.isArray(attachments) ? object(attachments[0])['content'] : undefined;
}

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
