// Intune's reading of a filter. The properties that may stand in one are those whose descriptions mention $filter
// (v1.0 metadata of 2026-08). Reported, several times over: whatever is not supported or not well formed is ignored
// without a word, and every device comes back. A caller who believes the filter takes the wrong device.

import type { Filter, FilterFunction, Literal } from '../odata/filter.ts';
import { certainEqualities, FilterSyntaxError, parseFilter } from '../odata/filter.ts';
import type { ManagedDevice } from '../tenant/machine.ts';
import type { Tenant } from '../tenant/tenant.ts';

type Operation = 'eq' | 'ne' | 'lt' | 'gt' | FilterFunction;

interface Property {
  readonly allows: readonly Operation[];
  /** Several values may be joined with `or`. */
  readonly or: boolean;
  readonly read: (device: ManagedDevice, tenant: Tenant) => string | number | null;
}

const text = (allows: readonly Operation[], or: boolean, read: Property['read']): Property => ({ allows, or, read });

const userName: Property['read'] = ({ userId }, { directory }) => (userId === undefined ? null : (directory.person(userId)?.userPrincipalName ?? null));

const properties = new Map<string, Property>([
  ['azureaddeviceid', text(['eq'], false, (device) => device.azureADDeviceId)],
  ['compliancestate', text(['eq'], true, (device) => device.complianceState)],
  ['devicename', text(['eq', 'contains', 'startswith'], false, (device) => device.deviceName)],
  ['emailaddress', text(['contains'], false, userName)],
  ['enrolleddatetime', text(['lt', 'gt'], false, (device) => device.enrolledAt)],
  ['imei', text(['eq'], true, () => '')],
  ['lastsyncdatetime', text(['lt', 'gt'], false, (device) => device.lastSyncAt)],
  ['managementagent', text(['eq'], true, () => 'mdm')],
  ['managementstate', text(['eq'], true, () => 'managed')],
  ['manufacturer', text(['eq'], true, (device) => device.manufacturer)],
  ['model', text(['eq', 'contains'], false, (device) => device.model)],
  ['operatingsystem', text(['eq'], true, (device) => device.operatingSystem)],
  ['osversion', text(['contains'], false, (device) => device.osVersion)],
  ['serialnumber', text(['eq'], true, (device) => device.serialNumber)],
  ['userprincipalname', text(['eq', 'ne'], false, userName)],
]);

type Test = (device: ManagedDevice, tenant: Tenant) => boolean;

/** The devices that Intune gives for a filter: those that match, or all of them. On a bad day (`ignoresFilters`) always all. */
export function filteredAsIntuneDoes(filterText: string | undefined, tenant: Tenant): readonly ManagedDevice[] {
  const filter = filterText === undefined || tenant.intune.ignoresFilters ? undefined : understood(filterText);
  const test = filter === undefined ? undefined : testOf(filter);
  if (filter === undefined || test === undefined) return tenant.fleet.managedDevices;
  return candidates(filter, tenant).filter((device) => test(device, tenant));
}

function understood(filterText: string): Filter | undefined {
  try {
    return parseFilter(filterText);
  } catch (error) {
    if (error instanceof FilterSyntaxError) return undefined;
    throw error;
  }
}

function candidates(filter: Filter, { fleet, directory }: Tenant): readonly ManagedDevice[] {
  for (const { path, value } of certainEqualities(filter)) {
    if (path === 'devicename') return fleet.managedNamed(value);
    if (path === 'azureaddeviceid') return fleet.managedOfDevice(value);
    if (path === 'userprincipalname') return fleet.managedOfUser(directory.person(value)?.id ?? '');
  }
  return fleet.managedDevices;
}

/** Undefined when any part is not supported: then the whole filter is ignored. */
function testOf(filter: Filter): Test | undefined {
  switch (filter.kind) {
    case 'not':
    case 'in':
      return undefined;
    case 'and':
    case 'or':
      return joined(filter);
    case 'compare':
      return filter.by === 'ge' || filter.by === 'le' ? undefined : operation(filter.path, filter.by, filter.literal);
    case 'call':
      return operation(filter.path, filter.name, filter.literal);
  }
}

function joined(filter: Filter & { readonly kind: 'and' | 'or' }): Test | undefined {
  const [left, right] = [testOf(filter.left), testOf(filter.right)];
  if (left === undefined || right === undefined) return undefined;
  if (filter.kind === 'and') return (device, tenant) => left(device, tenant) && right(device, tenant);
  // Reported: `or` between properties that do not allow it drops all but the first.
  return allowOr(filter) ? (device, tenant) => left(device, tenant) || right(device, tenant) : left;
}

function allowOr(filter: Filter): boolean {
  if (filter.kind === 'and' || filter.kind === 'or') return allowOr(filter.left) && allowOr(filter.right);
  return 'path' in filter && properties.get(filter.path.toLowerCase())?.or === true;
}

function operation(path: string, by: Operation, literal: Literal): Test | undefined {
  const property = properties.get(path.toLowerCase());
  if (!property?.allows.includes(by)) return undefined;
  const { read } = property;
  if (by === 'lt' || by === 'gt') {
    if (literal.type !== 'time') return undefined;
    return (device, tenant) => (by === 'lt' ? Number(read(device, tenant)) < literal.value : Number(read(device, tenant)) > literal.value);
  }
  // Reported: an empty value counts as no filter at all.
  if (literal.type !== 'string' || literal.value === '') return undefined;
  const wanted = literal.value.toLowerCase();
  const has = textTests[by];
  return (device, tenant) => has(String(read(device, tenant) ?? '').toLowerCase(), wanted);
}

const textTests: Readonly<Record<Exclude<Operation, 'lt' | 'gt'>, (value: string, wanted: string) => boolean>> = {
  eq: (value, wanted) => value === wanted,
  ne: (value, wanted) => value !== wanted,
  contains: (value, wanted) => value.includes(wanted),
  startswith: (value, wanted) => value.startsWith(wanted),
  endswith: (value, wanted) => value.endsWith(wanted),
};
