// Rows of Entra's audit log as Graph writes them, composed from Microsoft's metadata and from published queries.

export const keyId = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';
export const deviceId = 'de71ce00-0000-4000-8000-000000000042';
export const adele = { id: 'a1e00000-0000-4000-8000-000000000003', displayName: 'Adele Vance', userPrincipalName: 'adele@contoso.com', ipAddress: '203.0.113.7' };
export const script = { appId: 'ac1d0000-0000-4000-8000-000000000004', displayName: 'Helpdesk script', servicePrincipalId: '5e4f0000-0000-4000-8000-000000000004' };

export const words = (key = keyId, device = deviceId): string =>
  `Successfully retrieved BitLocker recovery key associated with key ID: '${key}'. Backed up from device: '${device}'.`;

export const auditRow = (number: number, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  id: `Device Registration Service_7c1e0f0e-0000-4000-8000-000000000001_ABCDE_${String(number).padStart(6, '0')}`,
  category: 'KeyManagement',
  correlationId: '7c1e0f0e-0000-4000-8000-000000000001',
  result: 'success',
  resultReason: '',
  activityDisplayName: 'Read BitLocker key',
  activityDateTime: '2026-11-22T08:59:07.1125555Z',
  loggedByService: 'Device Registration Service',
  operationType: 'Read',
  initiatedBy: { app: null, user: adele },
  targetResources: [{ id: deviceId, displayName: keyId, type: 'Other', userPrincipalName: null, groupType: null, modifiedProperties: [] }],
  additionalDetails: [{ key: 'AdditionalInfo', value: words() }],
  ...more,
});
