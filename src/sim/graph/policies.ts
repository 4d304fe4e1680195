import type { Answer } from '../http/answer.ts';
import { onlyThese } from '../odata/query.ts';
import { nothing, selection, type View } from '../odata/view.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { entity } from './bodies.ts';
import type { Call, Route } from './call.ts';

const readPolicies = ['Policy.Read.All', 'Policy.ReadWrite.Authorization'];

export const policyRoutes: readonly Route[] = [{ method: 'GET', path: 'policies/authorizationPolicy', family: 'directory', anyOf: readPolicies, answer: getPolicy }];

/** Properties of microsoft.graph.authorizationPolicy in v1.0 (CSDL of 2026-08). */
const view: View<Tenant> = {
  id: () => 'authorizationPolicy',
  allowInvitesFrom: () => 'everyone',
  allowedToSignUpEmailBasedSubscriptions: () => true,
  allowedToUseSSPR: () => true,
  allowEmailVerifiedUsersToJoinOrganization: () => false,
  allowUserConsentForRiskyApps: nothing,
  blockMsolPowerShell: () => false,
  displayName: () => 'Authorization Policy',
  description: () => 'Used to manage authorization related settings across the company.',
  guestUserRoleId: () => '10dae51f-b6af-4016-8d66-8c2a99b929b3',
  defaultUserRolePermissions: ({ policy }) => ({
    allowedToCreateApps: true,
    allowedToCreateSecurityGroups: true,
    allowedToCreateTenants: true,
    allowedToReadBitlockerKeysForOwnedDevice: policy.ownersMayReadKeys,
    allowedToReadOtherUsers: true,
    permissionGrantPoliciesAssigned: [],
  }),
};
const shape = { type: 'authorizationPolicy', byDefault: Object.keys(view) };

function getPolicy(call: Call): Answer {
  onlyThese(call.query, '$select');
  const selected = selection(call.query, view, shape);
  return entity(call, `policies/authorizationPolicy${selected.context}`, selected.of(call.tenant));
}
