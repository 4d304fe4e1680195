// Who is in a security group, through nested groups too.

import { z } from 'zod';
import { parsePersonId, type PersonId } from '../domain/ids.ts';
import type { Deadline } from '../domain/ports.ts';
import type { Ask } from './ask.ts';
import { odata } from './odata.ts';
import { allPages } from './pages.ts';

export interface Member {
  readonly id: PersonId;
  readonly name?: string;
}

/** Without a permission to read what a member is, Graph leaves its name out and says only the type and the id. */
const listed = z.object({ '@odata.type': z.string(), id: z.string(), displayName: z.string().nullish() });

/**
 * All people in the group. Without `/microsoft.graph.user` in the path, which is an advanced query and wants other
 * headers: what the members are is said in each, and the nested groups and devices among them are left out here.
 */
export async function membersOf(ask: Ask, group: string, deadline: Deadline): Promise<readonly Member[]> {
  const members = await allPages(ask, { service: 'directory', route: odata`groups/${group}/transitiveMembers?$select=id,displayName&$top=999`, deadline }, toMember);
  return members.flatMap((member) => member ?? []);
}

/** `null` for a member that is no person; undefined for what is no member. */
function toMember(raw: unknown): Member | null | undefined {
  const { data } = listed.safeParse(raw);
  if (data === undefined) return undefined;
  if (data['@odata.type'] !== '#microsoft.graph.user') return null;
  const id = parsePersonId(data.id);
  return id && { id, ...(typeof data.displayName === 'string' && data.displayName !== '' && { name: data.displayName }) };
}
