import { z } from 'zod';
import { Fault } from '../domain/fault.ts';
import { parseGuid, type PersonId } from '../domain/ids.ts';
import { milliseconds } from '../domain/instant.ts';
import { type Role, roles as allRoles, type RoleSet } from '../domain/person.ts';
import type { Clock, Deadline, Roles } from '../domain/ports.ts';
import type { Ask } from './ask.ts';
import { membersOf } from './members.ts';
import { odata } from './odata.ts';
import { within } from './waiting.ts';

/** Object ids of security groups. A role without a group is nobody's. */
export type RoleGroups = Readonly<Partial<Record<Role, string>>>;

const freshMilliseconds = 60_000;
const mostRemembered = 10_000;
const memberOf = z.object({ value: z.array(z.string()) });

/**
 * Roles by membership of groups, nested ones included: checkMemberGroups is transitive and takes all groups in one
 * call. `recent` remembers for 60 s, counted from the asking, and asks once for all who ask at the same time. Throws
 * when a group is no GUID: a fault of configuration, told at start.
 */
export function createRoles(ask: Ask, { groups, clock }: { readonly groups: RoleGroups; readonly clock: Clock }): Roles {
  const held = allRoles.flatMap((role) => (groups[role] === undefined ? [] : [{ role, group: groupOf(role, groups[role]) }]));
  const remembered = new Map<PersonId, { readonly roles: RoleSet; readonly askedAt: number }>();
  const asking = new Map<PersonId, Promise<RoleSet>>();

  const fresh = async (person: PersonId, deadline: Deadline): Promise<RoleSet> => {
    const askedAt = milliseconds(clock.now());
    const roles = held.length === 0 ? new Set<Role>() : await rolesOf(ask, person, held, deadline);
    // A slow answer does not push out a newer one.
    if ((remembered.get(person)?.askedAt ?? 0) <= askedAt) {
      remembered.delete(person);
      remembered.set(person, { roles, askedAt });
      const [eldest] = remembered.keys();
      if (remembered.size > mostRemembered && eldest !== undefined) remembered.delete(eldest);
    }
    return roles;
  };

  const recent = async (person: PersonId, deadline: Deadline): Promise<RoleSet> => {
    const known = remembered.get(person);
    if (known !== undefined && milliseconds(clock.now()) - known.askedAt < freshMilliseconds) return known.roles;
    const others = asking.get(person);
    if (others !== undefined) return sharedOrOwn(others, deadline, () => fresh(person, deadline));
    const own = fresh(person, deadline).finally(() => asking.delete(person));
    asking.set(person, own);
    return own;
  };
  const members: Roles['members'] = async (role, deadline) => {
    const group = held.find((one) => one.role === role)?.group;
    return group === undefined ? [] : membersOf(ask, group, deadline);
  };
  const ofGroups: Roles['ofGroups'] = (groups) => rolesIn(groups, held);
  return { fresh, recent, ofGroups, members };
}

function groupOf(role: Role, group: string): string {
  const guid = parseGuid(group);
  if (guid === undefined) throw new Error(`the group of the role ${role} is expected to be an object id (GUID)`);
  return guid;
}

/** The answer that somebody else is waiting for; when only their deadline was too short for it, our own. */
async function sharedOrOwn(shared: Promise<RoleSet>, deadline: Deadline, own: () => Promise<RoleSet>): Promise<RoleSet> {
  try {
    return await within(shared, deadline, () => new Fault('graph-timeout', 'later', { message: 'no roles within the deadline' }));
  } catch (error) {
    if (error instanceof Fault && error.code === 'graph-timeout' && !deadline.aborted) return own();
    throw error;
  }
}

type Held = readonly { readonly role: Role; readonly group: string }[];

function rolesIn(groups: readonly string[], held: Held): RoleSet {
  const member = new Set(groups.map((group) => parseGuid(group)));
  return new Set(held.filter(({ group }) => member.has(group)).map(({ role }) => role));
}

async function rolesOf(ask: Ask, person: PersonId, held: Held, deadline: Deadline): Promise<RoleSet> {
  const groupIds = [...new Set(held.map(({ group }) => group))];
  try {
    const reply = await ask({ service: 'directory', route: odata`users/${person}/checkMemberGroups`, body: { groupIds }, deadline });
    const read = memberOf.safeParse(reply.body);
    if (!read.success) throw reply.nonsense('the groups are not as promised');
    return rolesIn(read.data.value, held);
  } catch (error) {
    // A person whom Entra does not know (a guest of another tenant, somebody who has left) has no role.
    if (error instanceof Fault && error.code === 'graph-not-found') return new Set();
    throw error;
  }
}
