// Cards of delegated mode that stay, with what has to be done before the next press.

import type { RefusalCode } from '../../../src/domain/refusal.ts';
import type { Rotation } from '../../../src/domain/rotation.ts';
import type { CardMessage } from '../../../src/teams/cards/card.ts';
import { confirmRevealCard } from '../../../src/teams/cards/confirm-reveal.ts';
import { confirmRotateCard } from '../../../src/teams/cards/confirm-rotate.ts';
import { refusedCard } from '../../../src/teams/cards/refused.ts';
import { rotationProgressCard } from '../../../src/teams/cards/rotation-progress.ts';
import * as the from './people-and-devices.ts';

const { now, settings, viewer } = the;
const signInPage = `https://keydesk.contoso.com/signin/start?request=${the.requestId}`;
const codes = ['token-refused', 'token-of-another', 'token-replayed', 'consent-missing', 'sign-in-needed', 'entra-role-missing'] as const satisfies readonly RefusalCode[];
const withPage: ReadonlySet<RefusalCode> = new Set(['consent-missing', 'sign-in-needed']);

const hindrance = (code: RefusalCode, facts = {}) => ({ refusal: { code, reference: the.reference, facts }, ...(withPage.has(code) && { signInPage }) });
const values = { keyId: the.key(1).keyId, reason: 'other', reasonText: 'board swapped', ticket: 'INC0012345' };

/** Windows was never asked. */
const withoutNumber = ({ errorCode: _errorCode, ...rotation }: Rotation): Rotation => rotation;

export const signInSamples: Record<string, CardMessage> = {
  ...Object.fromEntries(codes.map((code) => [`hindered-${code}`, confirmRevealCard({ request: the.openRequest(), settings, now, values, hindrance: hindrance(code) })])),
  ...Object.fromEntries(codes.map((code) => [`hindered-rotate-${code}`, confirmRotateCard({ request: the.rotateRequest(), settings, now, values: { reason: 'key-exposed', ticket: 'INC0012345' }, hindrance: hindrance(code) })])),
  'hindered-owner': confirmRevealCard({ request: the.openRequest({ by: 'owner' }), settings, now, values: { reason: 'wrong-pin' }, hindrance: hindrance('entra-role-missing', { by: 'owner', helpdesk: '+1 555 0100' }) }),
  'hindered-show-again': refusedCard({ refusal: { code: 'sign-in-needed', reference: the.reference, facts: { requestId: the.requestId } }, viewer, now, signInPage }),
  'rotation-failed-sign-in-needed-page': rotationProgressCard({ request: the.rotateRequest({ state: 'started' }), rotation: withoutNumber(the.rotationIn.failed({ failure: 'sign-in-needed' })), now, overdueHours: 72, signInPage }),
};
