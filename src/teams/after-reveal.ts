// The cards that stand in a chat after a reveal repeat what was typed and what things are called. Should that look like a
// recovery password to the egress guard, a plainer card leaves in their place: hiding a key must not fail for a name.

import type { CardMessage } from './cards/card.ts';
import { type After, hiddenKeyCard, usedCard } from './cards/hidden-key.ts';
import type { EgressGuard } from './egress-guard.ts';

type Guard = Pick<EgressGuard, 'allows'>;

const allowed = (guard: Guard, draw: (after: After) => CardMessage, after: After): CardMessage => {
  const card = draw(after);
  return guard.allows(card) ? card : draw({ ...after, bare: true });
};

export const hiddenCardFor = (guard: Guard, after: After): CardMessage => allowed(guard, hiddenKeyCard, after);
export const usedCardFor = (guard: Guard, after: After): CardMessage => allowed(guard, usedCard, after);
