import { intuneRefusal } from '../graph/errors.ts';
import { collection, entity } from '../graph/bodies.ts';
import type { Call, Route } from '../graph/call.ts';
import { isGuid, param } from '../graph/call.ts';
import type { Answer } from '../http/answer.ts';
import { pageOf } from '../odata/page.ts';
import { wholeNumber } from '../odata/query.ts';
import type { View } from '../odata/view.ts';
import { selection } from '../odata/view.ts';
import type { ManagedDevice } from '../tenant/machine.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { filteredAsIntuneDoes } from './device-filter.ts';
import { actionResults, managedDeviceView } from './managed-device-view.ts';
import { queueRotation } from './rotation.ts';

const rotate = ['DeviceManagementConfiguration.ReadWrite.All', 'DeviceManagementManagedDevices.ReadWrite.All'];
const readDevices = ['DeviceManagementManagedDevices.Read.All', 'DeviceManagementConfiguration.Read.All', ...rotate];

export const managedDeviceRoutes: readonly Route[] = [
  { method: 'GET', path: 'deviceManagement/managedDevices', family: 'intune', anyOf: readDevices, answer: listManagedDevices },
  { method: 'GET', path: 'deviceManagement/managedDevices/{}', family: 'intune', anyOf: readDevices, answer: getManagedDevice },
  { method: 'POST', path: 'deviceManagement/managedDevices/{}/rotateBitLockerKeys', only: 'beta', family: 'intune', anyOf: rotate, forPeople: true, answer: rotateBitLockerKeys },
];

const pageSize = 1000;
const views = new WeakMap<Tenant, View<ManagedDevice>>();

function viewOf(tenant: Tenant): View<ManagedDevice> {
  const known = views.get(tenant) ?? managedDeviceView(tenant);
  views.set(tenant, known);
  return known;
}

function selected(call: Call) {
  const view = viewOf(call.tenant);
  return selection(call.query, view, { type: 'managedDevice', byDefault: Object.keys(view) });
}

// Options that Intune does not know are left unread here, as they are there.
function listManagedDevices(call: Call): Answer {
  const shown = selected(call);
  const devices = filteredAsIntuneDoes(call.query.get('$filter'), call.tenant);
  const page = pageOf(devices, wholeNumber(call.query, '$top', { lowest: 1, highest: pageSize, fallback: pageSize }), call.query);
  return collection(call, `deviceManagement/managedDevices${shown.context}`, { items: page.items.map(shown.of), nextToken: page.nextToken }, page.items.length);
}

export function managedDeviceOf(call: Call): ManagedDevice {
  const id = param(call);
  const device = isGuid(id) ? call.tenant.fleet.managed(id) : undefined;
  if (device === undefined) throw intuneRefusal(404, 'ResourceNotFound', `The managed device '${id}' does not exist`);
  return device;
}

function getManagedDevice(call: Call): Answer {
  const shown = selected(call);
  const device = managedDeviceOf(call);
  const wantsResults = (call.query.get('$select') ?? '').split(',').some((name) => name.trim().toLowerCase() === 'deviceactionresults');
  const body = shown.of(device);
  return entity(call, `deviceManagement/managedDevices${shown.context}`, wantsResults ? { ...body, deviceActionResults: actionResults(device) } : body);
}

/** 204 says that it is queued, and nothing of whether it will succeed. */
function rotateBitLockerKeys(call: Call): Answer {
  const { person } = call.caller;
  const may = person === undefined || call.tenant.directory.entraRolesOf(person).some((role) => role === 'Intune Administrator' || role === 'Help Desk Operator');
  if (!may) throw intuneRefusal(403, 'Forbidden', 'User is not authorized to perform this operation');
  queueRotation(call.tenant, managedDeviceOf(call), call.settings.selfCheckinSeconds);
  return { status: 204 };
}
