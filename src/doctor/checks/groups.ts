import { roles, type Role } from '../../domain/person.ts';
import { broken, type Check, type Finding, notChecked, ok, warning } from '../check.ts';
import type { Patient } from '../patient.ts';
import { codeOf, named, unasked } from '../words.ts';

/** That the group of each role exists, and how many people have the role through it. */
export const groups: Check = {
  name: 'groups',
  look: (patient) => Promise.all(roles.map((role) => about(role, patient))),
};

async function about(role: Role, { groups: configured, identities: [{ graph }], deadline }: Patient): Promise<Finding> {
  const what = `group of ${role}s`;
  const variable = `KEYDESK_GROUP_${role.toUpperCase()}S`;
  const id = configured[role];
  if (id === undefined) return warning(what, 'none: nobody has this role', `Set ${variable} to the object id of a security group, if somebody is to have it.`);
  try {
    const group = await graph.examination.group(id, deadline());
    if (group === undefined) return broken(what, `there is no group ${id}`, `${variable}: Entra admin centre → Groups → the group → Object Id.`);
    const members = await graph.roles.members(role, deadline());
    const found = `${named(group.name)}, ${members.length === 1 ? '1 person' : `${members.length} people`}`;
    return members.length === 0 ? warning(what, found, 'Add people to the group in Entra; nested groups count.') : ok(what, found);
  } catch (error) {
    if (codeOf(error) === 'graph-forbidden') return notChecked(what, 'groups may not be read', 'Grant GroupMember.Read.All: see there.');
    return unasked(what, error);
  }
}
