// The people of the simulated tenant, as they speak in Teams.

import { parseTenantId } from '../../../src/domain/ids.ts';
import { cast } from '../../../src/sim/tenant/people.ts';
import { privateChatId } from '../../../src/terminal/connector.ts';
import type { Speaker } from '../../../src/terminal/conversation.ts';
import { known } from '../known.ts';

export const tenantId = known(parseTenantId('c0417050-0000-4000-8000-000000000000'));

const speaker = ({ id, displayName }: { readonly id: string; readonly displayName: string }): Speaker => ({ id, name: displayName });
export const alex = speaker(cast.alex);
export const megan = speaker(cast.megan);
export const adele = speaker(cast.adele);
export const grady = speaker(cast.grady);
export const lee = speaker(cast.lee);
export const isaiah = speaker(cast.isaiah);

/** The conversation id of the private chat with one person. */
export const privateChatOf = (person: Speaker): string => privateChatId(`29:${person.id}`);
