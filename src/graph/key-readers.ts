// Who may read recovery keys without Keydesk: the roles of Entra that Microsoft's pages name for it. A custom role may
// hold the same right and is not found here; who may activate a role by PIM and has not is not counted either.

import { z } from 'zod';
import type { Deadline } from '../domain/ports.ts';
import type { Ask } from './ask.ts';
import { membersOf } from './members.ts';
import { odata } from './odata.ts';
import { allPages } from './pages.ts';

/** Template ids of built-in roles, which are their definition ids in every tenant. */
export const keyReadingRoles = {
  'Global Administrator': '62e90394-69f5-4237-9190-012177145e10',
  'Cloud Device Administrator': '7698a772-787b-4ac8-901f-60d6b08affd2',
  'Helpdesk Administrator': '729827e3-9c14-49f7-bb1b-9608f156bbb8',
  'Intune Administrator': '3a2c62db-5318-420d-8d74-23affee5d9d5',
  'Security Administrator': '194ae4cb-b126-40b2-bd5b-6091b380977d',
  'Security Reader': '5d6b6bb7-de71-4623-b4af-96380a352509',
  'Global Reader': 'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
} as const;
export type KeyReadingRole = keyof typeof keyReadingRoles;

export interface KeyReader {
  readonly role: KeyReadingRole;
  readonly kind: 'person' | 'application';
  readonly id: string;
}

const assigned = z.object({ id: z.string(), principalId: z.string(), principal: z.object({ '@odata.type': z.string() }).nullish() });

/** One for each role and holder, members of groups one by one. Needs `RoleManagement.Read.Directory`. */
export async function keyReadersOf(ask: Ask, deadline: Deadline): Promise<readonly KeyReader[]> {
  const roles = Object.entries(keyReadingRoles).flatMap(([role, id]) => (isRole(role) ? [{ role, id }] : []));
  const found = await Promise.all(roles.map(({ role, id }) => holdersOf(ask, role, id, deadline)));
  return found.flat();
}

const isRole = (name: string): name is KeyReadingRole => Object.hasOwn(keyReadingRoles, name);

async function holdersOf(ask: Ask, role: KeyReadingRole, id: string, deadline: Deadline): Promise<readonly KeyReader[]> {
  const route = odata`roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq ${id}&$expand=principal`;
  const assignments = await allPages(ask, { service: 'directory', route, deadline }, (raw) => assigned.safeParse(raw).data);
  const holders = await Promise.all(
    assignments.map(async ({ principalId, principal }): Promise<readonly KeyReader[]> => {
      const type = principal?.['@odata.type'];
      if (type === '#microsoft.graph.group') return (await membersOf(ask, principalId, deadline)).map(({ id: member }) => ({ role, kind: 'person', id: member }));
      return [{ role, kind: type === '#microsoft.graph.servicePrincipal' ? 'application' : 'person', id: principalId }];
    }),
  );
  // A role in several administrative units is one person with that role.
  return [...new Map(holders.flat().map((holder) => [holder.id, holder])).values()];
}
