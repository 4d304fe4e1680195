// Who calls the API: a person through a program, or a program by itself. Each brings rights in the token; a person needs
// the role besides (product.md §2). One list of rules for both, asked at every call.

import type { ApiOrigin } from './api-origin.ts';
import type { Acting, Desk } from './desk.ts';
import { type PermittedAct, type Person, permits, type RoleSet } from './person.ts';
import type { Deadline } from './ports.ts';
import type { RefusalCode } from './refusal.ts';

/** Scopes of a person's token and app roles of an application's have the same names. */
export const rights = ['Keys.List', 'Keys.Reveal', 'Keys.Rotate', 'Audit.Read'] as const;
export type Right = (typeof rights)[number];

/** The right that each act needs. */
export const rightFor = { 'look-up': 'Keys.List', reveal: 'Keys.Reveal', rotate: 'Keys.Rotate', 'read-ledger': 'Audit.Read' } as const satisfies Partial<Record<PermittedAct, Right>>;
export type ApiAct = keyof typeof rightFor;

export interface ApiCaller extends Acting {
  /** Of an application that calls by itself: its service principal, so that limits and the ledger know it by an object id. */
  readonly person: Person;
  readonly api: ApiOrigin;
  readonly rights: ReadonlySet<Right>;
  /** Object ids of groups, where the token names all of them. */
  readonly groups?: readonly string[];
}

/**
 * What bars the caller, or undefined when nothing does.
 * - The token must hold the right, to the letter.
 * - An application may reveal only where the installation says so.
 * - A person must have the role too: for a key and a rotation asked of Entra afresh, for the rest as the token says, or
 *   at most 60 s old where it names no groups.
 * Throws a Fault when Entra does not say: nobody goes on by default.
 */
export async function barredCaller(desk: Desk, caller: ApiCaller, act: ApiAct, deadline: Deadline): Promise<RefusalCode | undefined> {
  if (!caller.rights.has(rightFor[act])) return 'no-right';
  if (caller.api.caller === 'app') return act === 'reveal' && !desk.settings.appsMayReveal ? 'app-reveal-off' : undefined;
  return permits(await rolesOf(desk, caller, act, deadline), act, desk.settings) ? undefined : 'no-role';
}

/** Of a person. An application has none. */
export function rolesOf(desk: Desk, { person, groups }: ApiCaller, act: ApiAct, deadline: Deadline): Promise<RoleSet> {
  if (act === 'reveal' || act === 'rotate') return desk.roles.fresh(person.id, deadline);
  return groups === undefined ? desk.roles.recent(person.id, deadline) : Promise.resolve(desk.roles.ofGroups(groups));
}
