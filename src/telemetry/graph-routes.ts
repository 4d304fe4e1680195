/**
 * Every question that goes to Graph, as the source writes it (`odata` in src/graph), `{}` for each value. A test holds
 * the list equal to the source; until it is, a new one is told as `other`.
 */
export const graphRoutes = [
  'GET devices?$select=id&$top=1',
  'GET devices?$filter=displayName eq {}',
  'GET devices?$filter=deviceId eq {}',
  'GET devices?$filter=startswith(displayName,{})&$select=id,deviceId,displayName,operatingSystem&$top=20',
  'GET devices/{}/registeredOwners',
  'GET users?$filter=userPrincipalName eq {}',
  'GET users?$filter=displayName eq {}',
  'GET users/{}/ownedDevices/microsoft.graph.device',
  'GET users/{}/registeredDevices/microsoft.graph.device',
  'POST users/{}/checkMemberGroups',
  'GET groups/{}/transitiveMembers?$select=id,displayName&$top=999',
  'GET policies/authorizationPolicy?$select=defaultUserRolePermissions',
  'GET informationProtection/bitlocker/recoveryKeys?$filter=deviceId eq {}',
  'GET informationProtection/bitlocker/recoveryKeys/{}',
  'GET informationProtection/bitlocker/recoveryKeys/{}?$select=key',
  'GET deviceManagement/managedDevices?$filter=deviceName eq {}',
  'GET deviceManagement/managedDevices?$filter=azureADDeviceId eq {}',
  'GET deviceManagement/managedDevices/{}?$select=id,deviceActionResults',
  'POST beta/deviceManagement/managedDevices/{}/rotateBitLockerKeys',
  'GET beta/deviceManagement/managedDeviceEncryptionStates/{}',
  'GET beta/deviceManagement/managedDeviceEncryptionStates?$filter=deviceName eq {}',
  'GET auditLogs/directoryAudits?$filter=category eq {} and activityDateTime ge {} and activityDateTime le {}&$orderby=activityDateTime desc&$top=500',
  // The sweep.
  'GET devices?$filter=startswith(operatingSystem,{})&$top=999',
  'GET deviceManagement/managedDevices?$filter=operatingSystem eq {}',
  'GET beta/deviceManagement/managedDeviceEncryptionStates',
  'GET informationProtection/bitlocker/recoveryKeys',
  // The doctor.
  'GET deviceManagement/managedDevices?$select=id&$top=1',
  'GET beta/deviceManagement/managedDeviceEncryptionStates?$select=id&$top=1',
  'GET users/{}/ownedDevices/microsoft.graph.device?$select=id',
  'GET groups?$select=id&$top=1',
  'GET groups/{}?$select=id,displayName',
  'GET auditLogs/directoryAudits?$top=1',
  "GET applications(appId='{}')?$select=passwordCredentials",
  'GET roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq {}&$expand=principal',
  'GET beta/deviceManagement/configurationPolicies?$expand=settings',
] as const;
