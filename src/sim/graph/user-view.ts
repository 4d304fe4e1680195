import type { FilterRules } from '../odata/filter-rules.ts';
import type { View } from '../odata/view.ts';
import { nothing } from '../odata/view.ts';
import type { Group, Person } from '../tenant/people.ts';

/** Properties of microsoft.graph.user; those that the simulated people lack are null. */
export const userView: View<Person> = {
  businessPhones: () => [],
  displayName: (person) => person.displayName,
  givenName: (person) => person.givenName,
  jobTitle: nothing,
  mail: (person) => person.userPrincipalName,
  mobilePhone: nothing,
  officeLocation: nothing,
  preferredLanguage: nothing,
  surname: (person) => person.surname,
  userPrincipalName: (person) => person.userPrincipalName,
  id: (person) => person.id,
  accountEnabled: () => true,
  companyName: nothing,
  department: nothing,
  employeeId: nothing,
  mailNickname: (person) => person.userPrincipalName.split('@')[0] ?? null,
  onPremisesSyncEnabled: nothing,
  onPremisesUserPrincipalName: nothing,
  otherMails: () => [],
  proxyAddresses: (person) => [`SMTP:${person.userPrincipalName}`],
  usageLocation: nothing,
  userType: () => 'Member',
};

/** Without `$select` Graph shows these of a user and no more. */
export const userShape = {
  type: 'user',
  byDefault: ['businessPhones', 'displayName', 'givenName', 'jobTitle', 'mail', 'mobilePhone', 'officeLocation', 'preferredLanguage', 'surname', 'userPrincipalName', 'id'],
} as const;

export const userFilterRules: FilterRules<Person> = {
  accountenabled: { type: 'boolean', allows: ['eq', 'in'], advanced: ['ne'], read: () => true },
  displayname: { type: 'string', allows: ['eq', 'ge', 'le', 'in', 'startswith'], advanced: ['ne', 'endswith'], read: (person) => person.displayName },
  givenname: { type: 'string', allows: ['eq', 'ge', 'le', 'in', 'startswith'], advanced: ['ne'], read: (person) => person.givenName },
  id: { type: 'string', allows: ['eq', 'in'], advanced: ['ne'], read: (person) => person.id },
  mail: { type: 'string', allows: ['eq', 'ge', 'le', 'in', 'startswith'], advanced: ['ne', 'endswith'], read: (person) => person.userPrincipalName },
  surname: { type: 'string', allows: ['eq', 'ge', 'le', 'in', 'startswith'], advanced: ['ne'], read: (person) => person.surname },
  userprincipalname: { type: 'string', allows: ['eq', 'ge', 'le', 'in', 'startswith'], advanced: ['ne', 'endswith'], read: (person) => person.userPrincipalName },
};

export const groupView: View<Group> = {
  id: (group) => group.id,
  deletedDateTime: nothing,
  description: nothing,
  displayName: (group) => group.displayName,
  groupTypes: () => [],
  mail: nothing,
  mailEnabled: () => false,
  mailNickname: (group) => group.displayName.toLowerCase().replaceAll(' ', '-'),
  onPremisesSyncEnabled: nothing,
  securityEnabled: () => true,
  visibility: nothing,
};

export const groupShape = { type: 'group', byDefault: Object.keys(groupView) } as const;
