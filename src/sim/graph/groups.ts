import type { Answer } from '../http/answer.ts';
import { notFound } from '../http/refusal.ts';
import { pageOf } from '../odata/page.ts';
import { onlyThese, wholeNumber } from '../odata/query.ts';
import { selection } from '../odata/view.ts';
import { collection, entity } from './bodies.ts';
import { type Call, param, type Route } from './call.ts';
import { type Group, groups } from '../tenant/people.ts';
import { groupShape, groupView, userShape, userView } from './user-view.ts';
import { bounds, readGroups } from './users.ts';

// `/transitiveMembers/microsoft.graph.user`, an advanced query in Graph, is not played here: Keydesk does not ask for it.
export const groupRoutes: readonly Route[] = [
  { method: 'GET', path: 'groups', family: 'directory', anyOf: readGroups, answer: listGroups },
  { method: 'GET', path: 'groups/{}', family: 'directory', anyOf: readGroups, answer: getGroup },
  { method: 'GET', path: 'groups/{}/transitiveMembers', family: 'directory', anyOf: readGroups, answer: transitiveMembers },
];

function listGroups(call: Call): Answer {
  onlyThese(call.query, '$select', '$top', '$skiptoken');
  const selected = selection(call.query, groupView, groupShape);
  const page = pageOf(groups, wholeNumber(call.query, '$top', bounds), call.query);
  return collection(call, `groups${selected.context}`, { items: page.items.map(selected.of), nextToken: page.nextToken });
}

function groupOf(call: Call): Group {
  const group = call.tenant.directory.group(param(call));
  if (group === undefined) throw notFound(`Resource '${param(call)}' does not exist or one of its queried reference-property objects are not present.`);
  return group;
}

function getGroup(call: Call): Answer {
  onlyThese(call.query, '$select');
  const selected = selection(call.query, groupView, groupShape);
  return entity(call, `groups${selected.context}`, selected.of(groupOf(call)));
}

const seeUsers = ['user.read.all', 'user.readbasic.all', 'user.readwrite.all', 'directory.read.all', 'directory.readwrite.all'];

/** People and nested groups in one flat list, each with its type; the two are of different kinds, so only what both have can be selected. */
function transitiveMembers(call: Call): Answer {
  const { query, tenant, caller } = call;
  onlyThese(query, '$select', '$top', '$skiptoken');
  const group = groupOf(call);
  const [asUser, asGroup] = [selection(query, userView, userShape), selection(query, groupView, groupShape)];
  const { people, groups } = tenant.directory.membersOf(group.id);
  const named = seeUsers.some((permission) => caller.permissions.has(permission));
  // Without a permission to read users Graph shows that there is one, and nothing of it but the id.
  const shown = (view: Record<string, unknown>): Record<string, unknown> => (named ? view : { ...Object.fromEntries(Object.keys(view).map((name) => [name, null])), id: view['id'] });
  const items = [
    ...groups.map((one) => ({ '@odata.type': '#microsoft.graph.group', ...asGroup.of(one) })),
    ...people.map((one) => ({ '@odata.type': '#microsoft.graph.user', ...shown(asUser.of(one)) })),
  ];
  const page = pageOf(items, wholeNumber(query, '$top', bounds), query);
  return collection(call, `directoryObjects${asUser.context}`, page);
}
