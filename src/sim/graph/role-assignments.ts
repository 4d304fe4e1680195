import type { Answer } from '../http/answer.ts';
import { badRequest } from '../http/refusal.ts';
import { checkFilter, type FilterRules } from '../odata/filter-rules.ts';
import { pageOf } from '../odata/page.ts';
import { onlyThese } from '../odata/query.ts';
import { selection, type View } from '../odata/view.ts';
import type { RoleAssignment } from '../tenant/directory-roles.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { collection } from './bodies.ts';
import type { Call, Route } from './call.ts';

const readRoles = ['RoleManagement.Read.Directory', 'RoleManagement.Read.All', 'Directory.Read.All', 'RoleManagement.ReadWrite.Directory', 'Directory.ReadWrite.All'];

export const roleAssignmentRoutes: readonly Route[] = [{ method: 'GET', path: 'roleManagement/directory/roleAssignments', family: 'directory', anyOf: readRoles, answer: listAssignments }];

const view: View<RoleAssignment> = {
  id: ({ id }) => id,
  principalId: ({ principal }) => principal.id,
  directoryScopeId: (one) => one.directoryScopeId,
  roleDefinitionId: (one) => one.roleDefinitionId,
};
const shape = { type: 'unifiedRoleAssignment', byDefault: Object.keys(view) };

const text = (read: (one: RoleAssignment) => string) => ({ type: 'string', allows: ['eq', 'in'], read }) as const;
const rules: FilterRules<RoleAssignment> = {
  id: text(({ id }) => id),
  principalid: text(({ principal }) => principal.id),
  roledefinitionid: text((one) => one.roleDefinitionId),
  directoryscopeid: text((one) => one.directoryScopeId),
};

/** Graph wants a filter, and expands one relation at a time. */
function listAssignments(call: Call): Answer {
  const { query, tenant } = call;
  onlyThese(query, '$filter', '$select', '$expand', '$top', '$skiptoken');
  const filter = query.get('$filter');
  if (filter === undefined) throw badRequest('The request must have a $filter on principalId, roleDefinitionId or directoryScopeId.');
  const expand = query.get('$expand');
  if (expand !== undefined && expand !== 'principal') throw badRequest(`Parsing OData Select and Expand failed: '${expand}' cannot be expanded here.`);
  const { matches } = checkFilter(filter, rules, { resource: 'UnifiedRoleAssignment', advanced: false });
  const selected = selection(query, view, shape);
  const page = pageOf(tenant.roleAssignments.filter(matches), 100, query);
  const items = page.items.map((one) => ({ ...selected.of(one), ...(expand === undefined ? {} : { principal: principalOf(one, tenant) }) }));
  return collection(call, `roleManagement/directory/roleAssignments${selected.context}`, { items, nextToken: page.nextToken });
}

function principalOf({ principal: { kind, id } }: RoleAssignment, { directory }: Tenant): Record<string, unknown> {
  const named = kind === 'group' ? directory.group(id) : directory.person(id);
  return { '@odata.type': `#microsoft.graph.${kind}`, id, displayName: named?.displayName ?? null };
}
