import type { Answer } from '../http/answer.ts';
import { badRequest, notFound, Refusal } from '../http/refusal.ts';
import type { Filter } from '../odata/filter.ts';
import { certainEqualities } from '../odata/filter.ts';
import { checkFilter } from '../odata/filter-rules.ts';
import { pageOf } from '../odata/page.ts';
import { onlyThese, wholeNumber } from '../odata/query.ts';
import { selection } from '../odata/view.ts';
import type { EntraDevice } from '../tenant/machine.ts';
import type { Fleet } from '../tenant/fleet.ts';
import { collection, entity } from './bodies.ts';
import type { Call, Route } from './call.ts';
import { isEventual, isGuid, param } from './call.ts';
import { deviceFilterRules, deviceShape, deviceView } from './device-view.ts';
import { userShape, userView } from './user-view.ts';

const readDevices = ['Device.Read.All', 'Device.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];

export const deviceRoutes: readonly Route[] = [
  { method: 'GET', path: 'devices', family: 'directory', anyOf: readDevices, answer: listDevices },
  { method: 'GET', path: 'devices/{}', family: 'directory', anyOf: readDevices, answer: getDevice },
  { method: 'GET', path: 'devices/{}/registeredOwners', family: 'directory', anyOf: readDevices, answer: registeredOwners },
];

function listDevices(call: Call): Answer {
  const { query, tenant, settings } = call;
  onlyThese(query, '$filter', '$select', '$top', '$skiptoken', '$count', '$search', '$orderby', '$expand');
  const counted = isCounted(call);
  if (query.has('$search') && !isEventual(call)) throw unsupported("Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'");
  const selected = selection(query, deviceView, deviceShape);
  const expand = expansion(call);
  const found = ordered(call, searched(call, filtered(call)));
  const page = pageOf(found, wholeNumber(query, '$top', { lowest: 1, highest: 999, fallback: settings.devicePageSize }), query);
  const items = page.items.map((device) => ({ ...selected.of(device), ...expand(tenant, device) }));
  return collection(call, `devices${selected.context}`, { items, nextToken: page.nextToken }, counted ? found.length : undefined);
}

const unsupported = (message: string): Refusal => new Refusal(400, 'Request_UnsupportedQuery', message);

/** `$count=true`, which the directory answers through its eventually consistent index only. */
export function isCounted(call: Call): boolean {
  const text = call.query.get('$count')?.toLowerCase();
  if (text === undefined || text === 'false') return false;
  if (text !== 'true') throw badRequest("Invalid value for $count: it must be 'true' or 'false'.");
  if (!isEventual(call)) throw unsupported("$count is not supported without the request header 'ConsistencyLevel: eventual'.");
  return true;
}

function filtered(call: Call): readonly EntraDevice[] {
  const { fleet } = call.tenant;
  const text = call.query.get('$filter');
  if (text === undefined) return fleet.entraDevices;
  const { filter, matches } = checkFilter(text, deviceFilterRules, { resource: 'Device', advanced: isCounted(call) });
  return candidates(filter, fleet).filter(matches);
}

/** The fewest devices among which those of the filter must be. */
function candidates(filter: Filter, fleet: Fleet): readonly EntraDevice[] {
  for (const { path, value } of certainEqualities(filter)) {
    if (path === 'displayname') return fleet.named(value);
    if (path === 'deviceid') return fleet.byDeviceId(value) === undefined ? [] : [fleet.byDeviceId(value)].flatMap((device) => device ?? []);
  }
  if (filter.kind === 'call' && filter.name === 'startswith' && filter.path.toLowerCase() === 'displayname' && filter.literal.type === 'string') return fleet.beginning(filter.literal.value);
  return fleet.entraDevices;
}

const words = (text: string): readonly string[] => text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');

/** `$search="displayName:text"`: each word of the text begins a word of the name. */
function searched(call: Call, devices: readonly EntraDevice[]): readonly EntraDevice[] {
  const text = call.query.get('$search');
  if (text === undefined) return devices;
  const [, property = '', wanted = ''] = /^"([A-Za-z]+):(.*)"$/.exec(text.trim()) ?? [];
  if (property.toLowerCase() !== 'displayname') throw badRequest(`Syntax error: the $search value '${text}' must be of the form "displayName:text".`);
  const beginnings = words(wanted);
  return devices.filter((device) => {
    const parts = words(device.displayName);
    return beginnings.every((beginning) => parts.some((part) => part.startsWith(beginning)));
  });
}

function ordered(call: Call, devices: readonly EntraDevice[]): readonly EntraDevice[] {
  const text = call.query.get('$orderby');
  if (text === undefined) return devices;
  const [, property = '', direction = 'asc'] = /^\s*([A-Za-z]+)(?:\s+(asc|desc))?\s*$/.exec(text) ?? [];
  if (property.toLowerCase() !== 'displayname') throw unsupported(`Unsupported sort property '${text}' for 'Device'.`);
  if (call.query.has('$filter') && !isCounted(call)) throw unsupported('Sorting not supported for current query.');
  const sign = direction === 'asc' ? 1 : -1;
  return devices.toSorted((a, b) => sign * a.displayName.localeCompare(b.displayName));
}

/** `$expand=registeredOwners` and nothing else. */
function expansion(call: Call): (tenant: Call['tenant'], device: EntraDevice) => Record<string, unknown> {
  const text = call.query.get('$expand');
  if (text === undefined) return () => ({});
  if (text.trim() !== 'registeredOwners') throw badRequest(`Parsing OData Select and Expand failed: '$expand=${text}' is not supported on type 'microsoft.graph.device'.`);
  const users = selection(new Map(), userView, userShape);
  return (tenant, device) => ({ registeredOwners: ownersOf(tenant, device).map((owner) => ({ '@odata.type': '#microsoft.graph.user', ...users.of(owner) })) });
}

const ownersOf = (tenant: Call['tenant'], device: EntraDevice) => {
  const owner = device.ownerId === undefined ? undefined : tenant.directory.person(device.ownerId);
  return owner === undefined ? [] : [owner];
};

/** By object id, or by `deviceId='…'` where that stood in brackets. Neither is taken for the other. */
function deviceOf(call: Call): EntraDevice {
  const key = param(call);
  const [, alternate] = /^deviceId='(.*)'$/i.exec(key) ?? [];
  const id = alternate ?? key;
  if (!isGuid(id)) throw new Refusal(400, 'Request_BadRequest', `Invalid object identifier '${id}'.`);
  const device = alternate === undefined ? call.tenant.fleet.byObjectId(id) : call.tenant.fleet.byDeviceId(id);
  if (device === undefined) throw notFound(`Resource '${id}' does not exist or one of its queried reference-property objects are not present.`);
  return device;
}

function getDevice(call: Call): Answer {
  onlyThese(call.query, '$select', '$expand');
  const selected = selection(call.query, deviceView, deviceShape);
  const expand = expansion(call);
  const device = deviceOf(call);
  return entity(call, `devices${selected.context}`, { ...selected.of(device), ...expand(call.tenant, device) });
}

function registeredOwners(call: Call): Answer {
  onlyThese(call.query, '$select', '$top', '$skiptoken');
  const selected = selection(call.query, userView, userShape);
  const owners = ownersOf(call.tenant, deviceOf(call)).map((owner) => ({ '@odata.type': '#microsoft.graph.user', ...selected.of(owner) }));
  return collection(call, `directoryObjects${selected.context}`, { items: owners, nextToken: undefined });
}
