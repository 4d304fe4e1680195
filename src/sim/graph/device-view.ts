import type { FilterRules } from '../odata/filter-rules.ts';
import type { View } from '../odata/view.ts';
import { nothing, time } from '../odata/view.ts';
import type { EntraDevice } from '../tenant/machine.ts';

// The application id of Intune, in every tenant.
const intune = '0000000a-0000-0000-c000-000000000000';
const hybrid = (device: EntraDevice): boolean => device.trustType === 'ServerAd';

/** Properties of microsoft.graph.device in v1.0 (CSDL of 2026-08). */
export const deviceView: View<EntraDevice> = {
  id: (device) => device.objectId,
  deletedDateTime: nothing,
  accountEnabled: (device) => device.accountEnabled,
  alternativeSecurityIds: () => [],
  approximateLastSignInDateTime: (device) => time(device.lastSignInAt),
  complianceExpirationDateTime: nothing,
  deviceCategory: nothing,
  deviceId: (device) => device.deviceId,
  deviceMetadata: nothing,
  deviceOwnership: (device) => (device.trustType === 'Workplace' ? 'Personal' : 'Company'),
  deviceVersion: () => 2,
  displayName: (device) => device.displayName,
  enrollmentProfileName: nothing,
  enrollmentType: nothing,
  isCompliant: (device) => device.isCompliant,
  isManaged: (device) => device.isManaged,
  isManagementRestricted: nothing,
  isRooted: nothing,
  managementType: (device) => (device.isManaged ? 'MDM' : null),
  manufacturer: (device) => device.manufacturer,
  mdmAppId: (device) => (device.isManaged ? intune : null),
  model: (device) => device.model,
  onPremisesLastSyncDateTime: (device) => (hybrid(device) ? time(device.lastSignInAt) : null),
  onPremisesSecurityIdentifier: nothing,
  onPremisesSyncEnabled: (device) => (hybrid(device) ? true : null),
  operatingSystem: (device) => device.operatingSystem,
  operatingSystemVersion: (device) => device.operatingSystemVersion,
  physicalIds: () => [],
  profileType: () => 'RegisteredDevice',
  registrationDateTime: (device) => time(device.registeredAt),
  systemLabels: () => [],
  trustType: (device) => device.trustType,
};

const onlyOnSelect = ['isManagementRestricted', 'onPremisesSecurityIdentifier'];

export const deviceShape = { type: 'device', byDefault: Object.keys(deviceView).filter((name) => !onlyOnSelect.includes(name)) } as const;

/** What the descriptions of the properties say about `$filter`. */
export const deviceFilterRules: FilterRules<EntraDevice> = {
  accountenabled: { type: 'boolean', allows: ['eq', 'in'], advanced: ['ne'], read: (device) => device.accountEnabled },
  approximatelastsignindatetime: { type: 'time', allows: ['eq', 'ge', 'le'], advanced: ['ne'], read: (device) => device.lastSignInAt },
  deviceid: { type: 'string', allows: ['eq', 'startswith'], advanced: ['ne'], read: (device) => device.deviceId },
  displayname: { type: 'string', allows: ['eq', 'ge', 'le', 'in', 'startswith'], advanced: ['ne', 'endswith'], read: (device) => device.displayName },
  iscompliant: { type: 'boolean', allows: ['eq'], advanced: ['ne'], read: (device) => device.isCompliant },
  ismanaged: { type: 'boolean', allows: ['eq'], advanced: ['ne'], read: (device) => device.isManaged },
  operatingsystem: { type: 'string', allows: ['eq', 'ge', 'le', 'startswith'], advanced: ['ne'], read: (device) => device.operatingSystem },
  operatingsystemversion: { type: 'string', allows: ['eq', 'ge', 'le', 'startswith'], advanced: ['ne'], read: (device) => device.operatingSystemVersion },
  trusttype: { type: 'string', allows: ['eq', 'in'], advanced: ['ne'], read: (device) => device.trustType },
};
