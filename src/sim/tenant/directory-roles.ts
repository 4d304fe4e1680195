// Who holds a role of Entra that reads recovery keys in the portal. The template ids are Microsoft's.
import { apps } from './apps.ts';
import { cast, office } from './people.ts';

export interface RoleAssignment {
  readonly id: string;
  readonly roleDefinitionId: string;
  readonly directoryScopeId: string;
  readonly principal: { readonly kind: 'user' | 'group' | 'servicePrincipal'; readonly id: string };
}

export const roleTemplates = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  securityReader: '5d6b6bb7-de71-4623-b4af-96380a352509',
  intuneAdministrator: '3a2c62db-5318-420d-8d74-23affee5d9d5',
} as const;

const kinds = new Map<string, RoleAssignment['principal']['kind']>([
  [office.id, 'group'],
  [apps.helpdeskScript.servicePrincipalId, 'servicePrincipal'],
]);

/** Gives `principal` (a person, a group or a service principal) the role. */
export const assignment = (number: number, role: string, principal: string, directoryScopeId = '/'): RoleAssignment => ({
  id: `ra${String(number).padStart(6, '0')}`,
  roleDefinitionId: role,
  directoryScopeId,
  principal: { kind: kinds.get(principal) ?? 'user', id: principal },
});

export const firstAssignments: readonly RoleAssignment[] = [
  assignment(1, roleTemplates.globalAdministrator, cast.megan.id),
  assignment(2, roleTemplates.securityReader, cast.grady.id),
  assignment(3, roleTemplates.intuneAdministrator, cast.megan.id),
];
