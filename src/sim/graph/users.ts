import type { Answer } from '../http/answer.ts';
import { badRequest, notFound, Refusal } from '../http/refusal.ts';
import { certainEqualities } from '../odata/filter.ts';
import { checkFilter } from '../odata/filter-rules.ts';
import { pageOf } from '../odata/page.ts';
import { onlyThese, wholeNumber } from '../odata/query.ts';
import { selection } from '../odata/view.ts';
import type { EntraDevice } from '../tenant/machine.ts';
import type { Group, Person } from '../tenant/people.ts';
import { collection, entity } from './bodies.ts';
import type { Call, Route } from './call.ts';
import { isGuid, param } from './call.ts';
import { deviceShape, deviceView } from './device-view.ts';
import { isCounted } from './devices.ts';
import { groupShape, groupView, userFilterRules, userShape, userView } from './user-view.ts';

const readDevicesOfUsers = ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];
const readUsers = [
  ...readDevicesOfUsers,
  'User.ReadBasic.All',
  'DeviceManagementApps.Read.All',
  'DeviceManagementConfiguration.Read.All',
  'DeviceManagementManagedDevices.Read.All',
  'DeviceManagementServiceConfig.Read.All',
];
export const readGroups = ['GroupMember.Read.All', 'GroupMember.ReadBasic.All', 'Group.Read.All', 'Group.ReadBasic.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];
const readMemberships = ['User.Read.All', ...readGroups];
const checkMemberships = ['Application.Read.All', 'Device.Read.All', 'User.Read.All', 'User.ReadWrite.All', ...readGroups];
const seeGroupNames = ['groupmember.read.all', 'group.read.all', 'directory.read.all', 'directory.readwrite.all'];

export const userRoutes: readonly Route[] = [
  { method: 'GET', path: 'users', family: 'directory', anyOf: readUsers, answer: listUsers },
  { method: 'GET', path: 'users/{}', family: 'directory', anyOf: readUsers, answer: getUser },
  ...(['ownedDevices', 'registeredDevices'] as const).flatMap((relation): readonly Route[] => [
    { method: 'GET', path: `users/{}/${relation}`, family: 'directory', anyOf: readDevicesOfUsers, answer: (call) => devicesOf(call, relation, false) },
    { method: 'GET', path: `users/{}/${relation}/microsoft.graph.device`, family: 'directory', anyOf: readDevicesOfUsers, answer: (call) => devicesOf(call, relation, true) },
  ]),
  { method: 'GET', path: 'users/{}/transitiveMemberOf', family: 'directory', anyOf: readMemberships, answer: (call) => transitiveMemberOf(call, false) },
  { method: 'GET', path: 'users/{}/transitiveMemberOf/microsoft.graph.group', family: 'directory', anyOf: readMemberships, answer: (call) => transitiveMemberOf(call, true) },
  { method: 'POST', path: 'users/{}/checkMemberGroups', family: 'directory', anyOf: checkMemberships, answer: (call) => checkMembers(call, 'groupIds') },
  { method: 'POST', path: 'users/{}/checkMemberObjects', family: 'directory', anyOf: checkMemberships, answer: (call) => checkMembers(call, 'ids') },
];

export const bounds = { lowest: 1, highest: 999, fallback: 100 };

function listUsers(call: Call): Answer {
  const { query } = call;
  onlyThese(query, '$filter', '$select', '$top', '$skiptoken', '$count');
  const counted = isCounted(call);
  const selected = selection(query, userView, userShape);
  const found = filteredUsers(call, counted);
  const page = pageOf(found, wholeNumber(query, '$top', bounds), query);
  return collection(call, `users${selected.context}`, { items: page.items.map(selected.of), nextToken: page.nextToken }, counted ? found.length : undefined);
}

function filteredUsers(call: Call, advanced: boolean): readonly Person[] {
  const { directory } = call.tenant;
  const text = call.query.get('$filter');
  if (text === undefined) return directory.people;
  const { filter, matches } = checkFilter(text, userFilterRules, { resource: 'User', advanced });
  const named = certainEqualities(filter).find(({ path }) => path === 'userprincipalname' || path === 'id');
  const candidates = named === undefined ? directory.people : [directory.person(named.value)].flatMap((person) => person ?? []);
  return candidates.filter(matches);
}

function personOf(call: Call): Person {
  const key = param(call);
  const person = call.tenant.directory.person(key);
  if (person === undefined) throw notFound(`Resource '${key}' does not exist or one of its queried reference-property objects are not present.`);
  return person;
}

function getUser(call: Call): Answer {
  onlyThese(call.query, '$select');
  const selected = selection(call.query, userView, userShape);
  return entity(call, `users${selected.context}`, selected.of(personOf(call)));
}

/** @param cast whether the path ends in the type: then all are devices, and none says so */
function devicesOf(call: Call, relation: 'ownedDevices' | 'registeredDevices', cast: boolean): Answer {
  onlyThese(call.query, '$select', '$top', '$skiptoken');
  const selected = selection(call.query, deviceView, deviceShape);
  const person = personOf(call);
  const { fleet } = call.tenant;
  const page = pageOf(relation === 'ownedDevices' ? fleet.ownedBy(person.id) : fleet.registeredBy(person.id), wholeNumber(call.query, '$top', bounds), call.query);
  const typed = (device: EntraDevice) => (cast ? selected.of(device) : { '@odata.type': '#microsoft.graph.device', ...selected.of(device) });
  return collection(call, `${cast ? 'devices' : 'directoryObjects'}${selected.context}`, { items: page.items.map(typed), nextToken: page.nextToken });
}

function transitiveMemberOf(call: Call, cast: boolean): Answer {
  onlyThese(call.query, '$select', '$top', '$skiptoken');
  const selected = selection(call.query, groupView, groupShape);
  const named = seeGroupNames.some((permission) => call.caller.permissions.has(permission));
  // Without the permission to read groups Graph shows that there is one, and nothing of it but the id.
  const shown = (group: Group) => (named ? selected.of(group) : { ...Object.fromEntries(Object.keys(selected.of(group)).map((name) => [name, null])), id: group.id });
  const page = pageOf(call.tenant.directory.groupsOf(personOf(call).id), wholeNumber(call.query, '$top', bounds), call.query);
  const items = page.items.map((group) => (cast ? shown(group) : { '@odata.type': '#microsoft.graph.group', ...shown(group) }));
  return collection(call, `${cast ? 'groups' : 'directoryObjects'}${selected.context}`, { items, nextToken: page.nextToken });
}

const mostIds = 20;

/** `{groupIds: [...]}` or `{ids: [...]}`: those of them that the person is in, through other groups too. */
function checkMembers(call: Call, property: 'groupIds' | 'ids'): Answer {
  onlyThese(call.query);
  const ids = idsIn(call.body, property);
  const member = new Set(call.tenant.directory.groupsOf(personOf(call).id).map((group) => group.id));
  return collection(call, 'Collection(Edm.String)', { items: ids.filter((id) => member.has(id.toLowerCase())), nextToken: undefined });
}

function idsIn(body: unknown, property: string): readonly string[] {
  const list: unknown = typeof body === 'object' && body !== null ? Object.entries(body).find(([name]) => name === property)?.[1] : undefined;
  if (!Array.isArray(list)) throw badRequest(`The value of parameter '${property}' is missing or is no collection of strings.`);
  if (list.length > mostIds) throw new Refusal(400, 'Request_BadRequest', `The number of values in parameter '${property}' exceeds the limit of ${mostIds}.`);
  return list.map((id: unknown) => {
    if (typeof id !== 'string' || !isGuid(id)) throw new Refusal(400, 'Request_BadRequest', `Invalid GUID: '${String(id)}'.`);
    return id;
  });
}
