// The app registrations of the simulated tenant. The secrets are made up and open nothing but this simulator.
//
// | app              | client id                              | application permissions            |
// |------------------|----------------------------------------|------------------------------------|
// | keydesk          | ac1d0000-0000-4000-8000-000000000001   | all that Keydesk and doctor read   |
// | keydeskMetadata  | ac1d0000-0000-4000-8000-000000000002   | the same, without the keys         |
// | keydeskRotation  | ac1d0000-0000-4000-8000-000000000003   | rotate, and see that it was done   |
// | keydeskReveal    | ac1d0000-0000-4000-8000-000000000005   | read a key, and nothing else       |
// | helpdeskScript   | ac1d0000-0000-4000-8000-000000000004   | none: a caller of the REST API     |

export interface App {
  readonly clientId: string;
  readonly servicePrincipalId: string;
  readonly displayName: string;
  readonly secret: string;
  readonly permissions: readonly string[];
  /** Delegated permissions, for which an administrator has consented. */
  readonly delegated?: readonly string[];
}

const readWithoutKeys = [
  'AuditLog.Read.All',
  'BitlockerKey.ReadBasic.All',
  'Device.Read.All',
  'DeviceManagementConfiguration.Read.All',
  'DeviceManagementManagedDevices.Read.All',
  'GroupMember.Read.All',
  'Policy.Read.All',
  'User.Read.All',
] as const;

export const apps = {
  keydesk: {
    clientId: 'ac1d0000-0000-4000-8000-000000000001',
    servicePrincipalId: '5e4f0000-0000-4000-8000-000000000001',
    displayName: 'Keydesk',
    secret: 'sim-secret-of-keydesk',
    permissions: [...readWithoutKeys, 'BitlockerKey.Read.All', 'RoleManagement.Read.Directory'],
    delegated: ['BitlockerKey.Read.All', 'DeviceManagementManagedDevices.ReadWrite.All'],
  },
  keydeskMetadata: {
    clientId: 'ac1d0000-0000-4000-8000-000000000002',
    servicePrincipalId: '5e4f0000-0000-4000-8000-000000000002',
    displayName: 'Keydesk metadata',
    secret: 'sim-secret-of-keydesk-metadata',
    permissions: readWithoutKeys,
  },
  keydeskRotation: {
    clientId: 'ac1d0000-0000-4000-8000-000000000003',
    servicePrincipalId: '5e4f0000-0000-4000-8000-000000000003',
    displayName: 'Keydesk rotation',
    secret: 'sim-secret-of-keydesk-rotation',
    permissions: ['BitlockerKey.ReadBasic.All', 'DeviceManagementManagedDevices.ReadWrite.All'],
  },
  keydeskReveal: {
    clientId: 'ac1d0000-0000-4000-8000-000000000005',
    servicePrincipalId: '5e4f0000-0000-4000-8000-000000000005',
    displayName: 'Keydesk reveal',
    secret: 'sim-secret-of-keydesk-reveal',
    permissions: ['BitlockerKey.Read.All'],
  },
  helpdeskScript: {
    clientId: 'ac1d0000-0000-4000-8000-000000000004',
    servicePrincipalId: '5e4f0000-0000-4000-8000-000000000004',
    displayName: 'Helpdesk script',
    secret: 'sim-secret-of-helpdesk-script',
    permissions: [],
  },
} as const satisfies Record<string, App>;

const byClientId = new Map<string, App>(Object.values(apps).map((app) => [app.clientId, app]));

export const appOf = (clientId: string): App | undefined => byClientId.get(clientId.toLowerCase());
