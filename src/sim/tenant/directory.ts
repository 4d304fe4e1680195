import type { EntraRole, Group, Person, RoleName } from './people.ts';
import { cast, eveningShift, firstEntraRoles, firstMemberships, groups, numberedUsers, roleGroups } from './people.ts';
import type { Random } from './random.ts';

/** People and groups. Groups may hold groups. */
export interface Directory {
  readonly people: readonly Person[];
  person(idOrUserPrincipalName: string): Person | undefined;
  group(id: string): Group | undefined;
  /** All groups that a person is in, directly or through another group. */
  groupsOf(personId: string): readonly Group[];
  /** All people and groups that are in a group, directly or through another group. */
  membersOf(groupId: string): { readonly people: readonly Person[]; readonly groups: readonly Group[] };
  /** Takes the person out of every group that gives a role, and puts them into those of `roles`. Counts at once. */
  setRoles(personId: string, roles: readonly RoleName[]): void;
  /** Roles of Entra and Intune that are active now, beside all groups. */
  entraRolesOf(personId: string): readonly EntraRole[];
  setEntraRoles(personId: string, roles: readonly EntraRole[]): void;
}

export function createDirectory(numberedUserCount: number, random: Random): Directory {
  const people: readonly Person[] = [...Object.values(cast), ...numberedUsers(numberedUserCount, random)];
  const byId = new Map(people.map((person) => [person.id, person]));
  const byName = new Map(people.map((person) => [person.userPrincipalName, person]));
  const groupById = new Map(groups.map((group) => [group.id, group]));
  const parents = new Map<string, Set<string>>();
  const entraRoles = new Map<string, readonly EntraRole[]>(firstEntraRoles);

  const join = (member: string, group: string): void => {
    parents.set(member, (parents.get(member) ?? new Set()).add(group));
  };
  for (const [member, group] of firstMemberships) join(member, group);

  const above = (member: string, found: Set<string>): Set<string> => {
    for (const group of parents.get(member) ?? []) {
      if (found.has(group)) continue;
      found.add(group);
      above(group, found);
    }
    return found;
  };

  return {
    people,
    person: (idOrName) => byId.get(idOrName.toLowerCase()) ?? byName.get(idOrName.toLowerCase()),
    group: (id) => groupById.get(id.toLowerCase()),
    groupsOf: (personId) => [...above(personId, new Set())].flatMap((id) => groupById.get(id) ?? []),
    membersOf: (groupId) => {
      const within = (member: string): boolean => above(member, new Set()).has(groupId.toLowerCase());
      return { people: people.filter(({ id }) => within(id)), groups: groups.filter(({ id }) => within(id)) };
    },
    setRoles: (personId, roles) => {
      for (const group of [...Object.values(roleGroups), eveningShift]) parents.get(personId)?.delete(group.id);
      for (const role of roles) join(personId, roleGroups[role].id);
    },
    entraRolesOf: (personId) => entraRoles.get(personId) ?? [],
    setEntraRoles: (personId, roles) => void entraRoles.set(personId, roles),
  };
}
