import type { View } from '../odata/view.ts';
import { nothing, time } from '../odata/view.ts';
import type { ManagedDevice } from '../tenant/machine.ts';
import type { Tenant } from '../tenant/tenant.ts';

const never = (): string => '0001-01-01T00:00:00Z';
const empty = (): string => '';
const unknown = (): string => 'unknown';
const gibibyte = 1024 ** 3;

const owner = (device: ManagedDevice, { directory }: Tenant) => (device.userId === undefined ? undefined : directory.person(device.userId));

/** Properties of microsoft.graph.managedDevice in v1.0 (CSDL of 2026-08). */
export const managedDeviceView = (tenant: Tenant): View<ManagedDevice> => ({
  id: (device) => device.id,
  userId: (device) => device.userId ?? '',
  deviceName: (device) => device.deviceName,
  managedDeviceOwnerType: () => 'company',
  enrolledDateTime: (device) => time(device.enrolledAt),
  lastSyncDateTime: (device) => time(device.lastSyncAt),
  operatingSystem: (device) => device.operatingSystem,
  complianceState: (device) => device.complianceState,
  jailBroken: () => 'Unknown',
  managementAgent: () => 'mdm',
  osVersion: (device) => device.osVersion,
  easActivated: () => true,
  easDeviceId: empty,
  easActivationDateTime: never,
  azureADRegistered: () => true,
  deviceEnrollmentType: () => 'windowsAzureADJoin',
  activationLockBypassCode: nothing,
  emailAddress: (device) => owner(device, tenant)?.userPrincipalName ?? '',
  azureADDeviceId: (device) => device.azureADDeviceId,
  deviceRegistrationState: () => 'registered',
  deviceCategoryDisplayName: () => 'Unknown',
  isSupervised: () => false,
  exchangeLastSuccessfulSyncDateTime: never,
  exchangeAccessState: () => 'none',
  exchangeAccessStateReason: () => 'none',
  remoteAssistanceSessionUrl: nothing,
  remoteAssistanceSessionErrorDetails: nothing,
  isEncrypted: (device) => device.isEncrypted,
  userPrincipalName: (device) => owner(device, tenant)?.userPrincipalName ?? '',
  model: (device) => device.model,
  manufacturer: (device) => device.manufacturer,
  imei: empty,
  complianceGracePeriodExpirationDateTime: () => '9999-12-31T23:59:59Z',
  serialNumber: (device) => device.serialNumber,
  phoneNumber: empty,
  androidSecurityPatchLevel: empty,
  userDisplayName: (device) => owner(device, tenant)?.displayName ?? '',
  configurationManagerClientEnabledFeatures: nothing,
  wiFiMacAddress: empty,
  deviceHealthAttestationState: nothing,
  subscriberCarrier: empty,
  meid: empty,
  totalStorageSpaceInBytes: () => 512 * gibibyte,
  freeStorageSpaceInBytes: () => 200 * gibibyte,
  managedDeviceName: (device) => `${device.serialNumber}_Windows_${time(device.enrolledAt)}`,
  partnerReportedThreatState: unknown,
  requireUserEnrollmentApproval: nothing,
  managementCertificateExpirationDate: (device) => time(device.enrolledAt + 365 * 24 * 3_600_000),
  iccid: nothing,
  udid: nothing,
  notes: nothing,
  ethernetMacAddress: nothing,
  physicalMemoryInBytes: () => 0,
  enrollmentProfileName: empty,
  managementState: () => 'managed',
  // Filled in only for one device, and only when it is selected (intune/managed-devices.ts).
  deviceActionResults: () => [],
});

/** `deviceActionResults` of one device: what became of the rotation last asked for. */
export const actionResults = ({ rotation }: ManagedDevice): readonly unknown[] =>
  rotation === undefined
    ? []
    : [
        {
          '@odata.type': '#microsoft.graph.rotateBitLockerKeysDeviceActionResult',
          actionName: 'rotateBitLockerKeys',
          actionState: rotation.state,
          startDateTime: time(rotation.startedAt),
          lastUpdatedDateTime: time(rotation.updatedAt),
          errorCode: rotation.errorCode,
        },
      ];
