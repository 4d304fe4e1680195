// Words that several checks share.

import { Fault, type FaultCode } from '../domain/fault.ts';
import { type IdentityPurpose, purposesInWords } from '../domain/identity-purpose.ts';
import { safe } from '../ledger/table.ts';
import { type Finding, notChecked } from './check.ts';
import type { IdentityInUse } from './patient.ts';

/** A name from outside, as it may stand in a terminal. */
export const named = (name: string): string => safe(name, 48);

export const purposesOf = ({ purposes }: { readonly purposes: readonly IdentityPurpose[] }): string => purposesInWords(purposes);

export const inPortal = ({ identity }: Pick<IdentityInUse, 'identity'>): string =>
  identity.type === 'managed-identity' ? `the managed identity ${identity.clientId}` : `Entra admin centre → App registrations → ${identity.clientId}`;

/** How a permission is given. A managed identity has no page for it. */
export const grantOf = (who: Pick<IdentityInUse, 'identity'>, permission: string): string =>
  who.identity.type === 'managed-identity'
    ? `Give ${inPortal(who)} the application permission ${permission} of Microsoft Graph (New-MgServicePrincipalAppRoleAssignment), then restart Keydesk: a token that is out keeps what it had.`
    : `${inPortal(who)} → API permissions: add the application permission ${permission} of Microsoft Graph and grant admin consent, then restart Keydesk: a token that is out keeps what it had.`;

export const codeOf = (error: unknown): FaultCode => (error instanceof Fault ? error.code : 'internal');

const why: Readonly<Partial<Record<FaultCode, string>>> = {
  'graph-token': 'there is no token: see above',
  'graph-claims': 'Graph does not take the token',
  'graph-unauthorized': 'Graph does not take the token',
  'graph-throttled': 'Graph is busy',
  'graph-unavailable': 'Graph answered with an error of its own',
  'graph-timeout': 'Graph did not answer in time',
  'graph-cut': 'Graph cannot be reached',
  'graph-nonsense': 'Graph answered something that it does not promise',
};

export const whyIn = (code: FaultCode): string => why[code] ?? code;

/** What helps against Graph's silence. */
export function remedyFor(code: FaultCode): string {
  if (code === 'graph-token') return 'Mend the token first.';
  if (code === 'graph-unauthorized' || code === 'graph-claims') return 'Entra admin centre → Sign-in logs → Service principal sign-ins says why: an application that is switched off, Conditional Access for workload identities, a clock that is wrong.';
  return 'Run the doctor again; is https://graph.microsoft.com reachable from this machine?';
}

/** A question that came to nothing says nothing of what was asked about. */
export const unasked = (what: string, error: unknown): Finding => notChecked(what, `could not be asked: ${whyIn(codeOf(error))}`, remedyFor(codeOf(error)));
