// docs/permissions.md as a table, and the permissions of Microsoft Graph by their ids.

export interface PermissionRow {
  readonly name: string;
  readonly application: string;
  readonly delegated: string;
  /** `GET /devices/{id}`, as {@link callOf} writes them. */
  readonly calls: readonly string[];
}

export const permissionRows = (markdown: string): readonly PermissionRow[] =>
  [...markdown.matchAll(/^\| `(?<name>[\w.]+)` \| (?<application>[^|]+) \| (?<delegated>[^|]+) \| (?<calls>[^|]+) \|$/gm)].map(({ groups }) => ({
    name: groups?.['name'] ?? '',
    application: groups?.['application'] ?? '',
    delegated: groups?.['delegated'] ?? '',
    calls: [...(groups?.['calls'] ?? '').matchAll(/`([^`]+)`/g)].map(([, call]) => call ?? ''),
  }));

const guid = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi;

/** A request without version, type cast and query; only the one that reads the secret keeps what it selects. */
export function callOf({ method, url }: { readonly method: string; readonly url: string }): string {
  const [path = '', query = ''] = url.split('?');
  const shape = path.replace(/^\/(?:v1\.0|beta)/, '').replace(/\/microsoft\.graph\.\w+$/, '').replaceAll(guid, '{id}');
  return `${method} ${shape}${query === '$select=key' ? `?${query}` : ''}`;
}

/** Rows that another one of the table makes superfluous: every call of theirs is allowed to a permission of another family. */
export function superfluous(rows: readonly PermissionRow[], allowed: (call: string) => readonly string[]): readonly string[] {
  const family = (name: string): string => name.split('.')[0] ?? name;
  return rows
    .filter(({ name, calls }) => calls.every((call) => rows.some((other) => family(other.name) !== family(name) && allowed(call).includes(other.name))))
    .map(({ name }) => name);
}

/** Ids by which a registration names them (Microsoft's permissions reference): [application, delegated]. */
export const permissionIds: Readonly<Record<string, readonly [application: string, delegated?: string]>> = {
  'Device.Read.All': ['7438b122-aefc-4978-80ed-43db9fcc7715'],
  'BitlockerKey.ReadBasic.All': ['f690d423-6b29-4d04-98c6-694c42282419'],
  'BitlockerKey.Read.All': ['57f1cf28-c0c4-4ec3-9a30-19a2eaaf2f6e', 'b27a61ec-b99c-4d6a-b126-c4375d08ae30'],
  'DeviceManagementManagedDevices.Read.All': ['2f51be20-0bb4-4fed-bf7b-db946066c75e'],
  'DeviceManagementConfiguration.Read.All': ['dc377aa6-52d8-4e23-b271-2a7ae04cedf3'],
  'Policy.Read.All': ['246dd0d5-5bd0-4def-940b-0421030a5b68'],
  'User.Read.All': ['df021288-bdef-4463-88db-98f22de89214'],
  'GroupMember.Read.All': ['98830695-27a2-44f7-8c18-0c3ebc9698f6'],
  'AuditLog.Read.All': ['b0afded3-3588-46d8-8b3d-9842eff778da'],
  'DeviceManagementManagedDevices.ReadWrite.All': ['243333ab-4d21-40cb-a475-36241daa0842', '44642bfe-8385-4adc-8fc6-fe3cb2c375c3'],
};
