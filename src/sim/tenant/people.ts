import type { Random } from './random.ts';

export const tenantId = 'c0417050-0000-4000-8000-000000000000';
export const domainName = 'contoso.com';

export interface Person {
  readonly id: string;
  readonly displayName: string;
  readonly givenName: string | null;
  readonly surname: string | null;
  readonly userPrincipalName: string;
}

export interface Group {
  readonly id: string;
  readonly displayName: string;
}

export const roleNames = ['agent', 'admin', 'approver', 'auditor'] as const;
export type RoleName = (typeof roleNames)[number];

/** The security group behind each role. */
export const roleGroups: Readonly<Record<RoleName, Group>> = {
  agent: { id: '6a0c0000-0000-4000-8000-000000000001', displayName: 'Keydesk agents' },
  admin: { id: '6a0c0000-0000-4000-8000-000000000002', displayName: 'Keydesk admins' },
  approver: { id: '6a0c0000-0000-4000-8000-000000000003', displayName: 'Keydesk approvers' },
  auditor: { id: '6a0c0000-0000-4000-8000-000000000004', displayName: 'Keydesk auditors' },
};

/** A group within the agents' group: whoever is in it is an agent through nesting only. */
export const eveningShift: Group = { id: '6a0c0000-0000-4000-8000-000000000005', displayName: 'Helpdesk evening shift' };
/** A group that gives no role. */
export const office: Group = { id: '6a0c0000-0000-4000-8000-000000000006', displayName: 'Contoso office' };

export const groups: readonly Group[] = [...Object.values(roleGroups), eveningShift, office];

const member = (number: number, givenName: string, surname: string): Person => ({
  id: `a1e00000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  displayName: `${givenName} ${surname}`,
  givenName,
  surname,
  userPrincipalName: `${givenName.toLowerCase()}@${domainName}`,
});

export const cast = {
  alex: member(1, 'Alex', 'Wilber'),
  megan: member(2, 'Megan', 'Bowen'),
  adele: member(3, 'Adele', 'Vance'),
  grady: member(4, 'Grady', 'Archie'),
  lee: member(5, 'Lee', 'Gu'),
  isaiah: member(6, 'Isaiah', 'Langer'),
} as const satisfies Record<string, Person>;

/** Owners of the generated devices: numbered, because nobody is invented here. */
export const numberedUsers = (count: number, random: Random): readonly Person[] =>
  Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(6, '0');
    return { id: random.guid(), displayName: `User ${number}`, givenName: null, surname: null, userPrincipalName: `user${number}@${domainName}` };
  });

/** Roles by which people reach devices with rights of their own: those of Entra that read recovery keys, and one of Intune. */
export const entraRoles = ['Helpdesk Administrator', 'Security Reader', 'Cloud Device Administrator', 'Intune Administrator', 'Help Desk Operator'] as const;
export type EntraRole = (typeof entraRoles)[number];

/** Active at the start. */
export const firstEntraRoles: readonly (readonly [person: string, roles: readonly EntraRole[]])[] = [
  [cast.alex.id, ['Helpdesk Administrator']],
  [cast.isaiah.id, ['Helpdesk Administrator']],
  [cast.megan.id, ['Intune Administrator']],
];

/** Who is in which group at the start: member (a person or a group) and group. */
export const firstMemberships: readonly (readonly [member: string, group: string])[] = [
  [cast.alex.id, roleGroups.agent.id],
  [eveningShift.id, roleGroups.agent.id],
  [cast.isaiah.id, eveningShift.id],
  [cast.isaiah.id, roleGroups.approver.id],
  [cast.megan.id, roleGroups.admin.id],
  [cast.megan.id, roleGroups.approver.id],
  [cast.grady.id, roleGroups.auditor.id],
  ...Object.values(cast).map((person) => [person.id, office.id] as const),
];
