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

export const acts = ['look-up', 'reveal', 'rotate', 'read-ledger', 'summaries'] as const;
export type PermittedAct = (typeof acts)[number];

// product.md §2. A role that stands nowhere in a row may not do the act.
const mayDo = {
  'look-up': ['agent', 'admin', 'auditor'],
  reveal: ['agent', 'admin'],
  rotate: ['admin'],
  // How much of it: scopeOfReading. Without a role, the entries about one's own devices.
  'read-ledger': ['agent', 'admin', 'auditor'],
  summaries: ['admin', 'auditor'],
} as const satisfies Record<PermittedAct, readonly Role[]>;

/** Whether one of the roles permits the act. Agents may rotate where the installation says so. */
export const permits = (held: RoleSet, act: PermittedAct, { agentsMayRotate }: { readonly agentsMayRotate: boolean }): boolean =>
  mayDo[act].some((role) => held.has(role)) || (act === 'rotate' && agentsMayRotate && held.has('agent'));

/** How much of the ledger somebody may read (product.md §2). */
export const readingScopes = ['own-devices', 'own', 'all'] as const;
export type ReadingScope = (typeof readingScopes)[number];

/** How much of the ledger the roles let somebody read: all, the own entries, or those about the own devices. */
export const scopeOfReading = (held: RoleSet): ReadingScope => (held.has('admin') || held.has('auditor') ? 'all' : held.has('agent') ? 'own' : 'own-devices');
