import type { PersonId, TenantId } from './ids.ts';

/** Somebody at the other end, as the authenticated activity or token names them. The name is data, never authority. */
export interface Person {
  readonly id: PersonId;
  readonly tenantId: TenantId;
  readonly name: string;
}

export const roles = ['agent', 'admin', 'approver', 'auditor'] as const;
export type Role = (typeof roles)[number];
export type RoleSet = ReadonlySet<Role>;

export const acts = ['look-up', 'reveal', 'rotate', 'summaries'] as const;
export type PermittedAct = (typeof acts)[number];

// product.md §2. A role that stands nowhere in a row may not do the act.
const mayDo = {
  'look-up': ['agent', 'admin', 'auditor'],
  reveal: ['agent', 'admin'],
  rotate: ['admin'],
  summaries: ['admin', 'auditor'],
} as const satisfies Record<PermittedAct, readonly Role[]>;

/** Whether one of the roles permits the act. Agents may rotate where the installation says so. */
export const permits = (held: RoleSet, act: PermittedAct, { agentsMayRotate }: { readonly agentsMayRotate: boolean }): boolean =>
  mayDo[act].some((role) => held.has(role)) || (act === 'rotate' && agentsMayRotate && held.has('agent'));
