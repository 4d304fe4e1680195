import type { Answer } from '../http/answer.ts';
import { badRequest, Refusal } from '../http/refusal.ts';
import { checkFilter } from '../odata/filter-rules.ts';
import { certainEqualities } from '../odata/filter.ts';
import type { Page } from '../odata/page.ts';
import { offsetOf, pageOf, tokenAt } from '../odata/page.ts';
import { onlyThese } from '../odata/query.ts';
import type { View } from '../odata/view.ts';
import { selection } from '../odata/view.ts';
import { appOf } from '../tenant/apps.ts';
import type { Actor } from '../tenant/audit-log.ts';
import type { RecoveryKey } from '../tenant/machine.ts';
import { collection, entity } from './bodies.ts';
import type { Call, Route } from './call.ts';
import { isGuid, param } from './call.ts';
import { forbidden } from './errors.ts';

const readMetadata = ['BitlockerKey.ReadBasic.All', 'BitlockerKey.Read.All'];
const readKey = 'BitlockerKey.Read.All';
const path = 'informationProtection/bitlocker/recoveryKeys';

export const recoveryKeyRoutes: readonly Route[] = [
  { method: 'GET', path, family: 'bitlocker', anyOf: readMetadata, answer: listKeys },
  { method: 'GET', path: `${path}/{}`, family: 'bitlocker', anyOf: readMetadata, forPeople: true, answer: getKey },
];

const names = [undefined, 'operatingSystemVolume', 'fixedDataVolume', 'removableDataVolume'] as const;

/** As a number, as a number in quotes (Microsoft's sample), or as its name (the metadata): each key keeps its form. */
function volumeType(key: RecoveryKey): unknown {
  const forms = [key.volume, String(key.volume), names[key.volume]];
  return forms[(Number.parseInt(key.id.slice(0, 8), 16) + key.volume) % forms.length];
}

const metadata: View<RecoveryKey> = {
  id: (key) => key.id,
  createdDateTime: (key) => `${new Date(key.createdAt).toISOString().slice(0, -1)}0000Z`,
  volumeType,
  deviceId: (key) => key.deviceId,
};
const shape = { type: 'bitlockerRecoveryKey', byDefault: Object.keys(metadata) };
// Nothing may be read from a list but metadata, even where somebody asks for more.
const shownInList: View<RecoveryKey> = { ...metadata, key: () => undefined };

/** Documented as required (User-Agent) and reported as required (the other two): one missing is refused. */
function checkHeaders(call: Call): void {
  for (const name of ['user-agent', 'ocp-client-name', 'ocp-client-version']) {
    if (String(call.headers[name] ?? '').trim() === '') throw badRequest(`The request header '${name}' is missing or empty.`);
  }
}

const filterRules = { deviceid: { type: 'string', allows: ['eq'], read: (key: RecoveryKey) => key.deviceId } } as const;

function listKeys(call: Call): Answer {
  checkHeaders(call);
  onlyThese(call.query, '$filter', '$select', '$skiptoken');
  const selected = selection(call.query, shownInList, shape);
  const page = keyPage(call, filteredKeys(call));
  return collection(call, `${path}${selected.context}`, { items: page.items.map(selected.of), nextToken: page.nextToken });
}

function filteredKeys(call: Call): readonly RecoveryKey[] {
  const text = call.query.get('$filter');
  if (text === undefined) return call.tenant.fleet.keys;
  const { filter, matches } = checkFilter(text, filterRules, { resource: 'bitlockerRecoveryKey', advanced: false });
  const [equal] = certainEqualities(filter);
  if (filter.kind !== 'compare' || equal === undefined) throw badRequest('Invalid filter clause: only "deviceId eq \'{id}\'" is supported.');
  return call.tenant.fleet.keysOf(equal.value).filter(matches);
}

const afterEmpty = 'E';

function keyPage(call: Call, keys: readonly RecoveryKey[]): Page<RecoveryKey> {
  const { keyPageSize, emptyKeyPages } = call.settings;
  const token = call.query.get('$skiptoken');
  if (!emptyKeyPages) return pageOf(keys, keyPageSize, call.query);
  if (token?.startsWith(afterEmpty) === true) return pageOf(keys, keyPageSize, new Map([['$skiptoken', token.slice(1)]]));
  return { items: [], nextToken: afterEmpty + tokenAt(offsetOf(token)) };
}

function getKey(call: Call): Answer {
  checkHeaders(call);
  onlyThese(call.query, '$select');
  const wanted = (call.query.get('$select') ?? '').split(',').map((name) => name.trim().toLowerCase());
  const withKey = wanted.includes('key');
  if (withKey && !call.caller.permissions.has(readKey.toLowerCase())) throw forbidden('bitlocker', [readKey]);
  const key = keyOf(call);
  refusePerson(call, key);
  if (!withKey) {
    const selected = selection(call.query, metadata, shape);
    return single(call, selected.context, selected.of(key));
  }
  call.tenant.keyWasRead(key.id, actor(call));
  // Reported: the key comes only when nothing else is selected with it, and then everything comes.
  if (wanted.length > 1) {
    const selected = selection(call.query, shownInList, shape);
    return single(call, selected.context, selected.of(key));
  }
  return single(call, '(key)', { ...selection(new Map(), metadata, shape).of(key), key: call.tenant.recoveryPassword(key.id) });
}

const readers: ReadonlySet<string> = new Set(['Helpdesk Administrator', 'Security Reader', 'Cloud Device Administrator', 'Intune Administrator']);

/** In a person's name: one of the roles, active now, or their own device where the tenant lets owners. */
function refusePerson({ caller: { person }, tenant }: Call, key: RecoveryKey): void {
  if (person === undefined || tenant.directory.entraRolesOf(person).some((role) => readers.has(role))) return;
  const owns = tenant.fleet.byDeviceId(key.deviceId)?.ownerId === person && tenant.policy.ownersMayReadKeys === true;
  if (!owns) throw new Refusal(403, 'accessDenied', 'The user does not have permission to read this BitLocker recovery key.');
}

function keyOf(call: Call): RecoveryKey {
  const id = param(call);
  if (!isGuid(id)) throw badRequest(`The key identifier '${id}' is not a GUID.`);
  const key = call.tenant.fleet.key(id);
  if (key === undefined) throw new Refusal(404, 'ResourceNotFound', `The recovery key '${id}' was not found.`);
  return key;
}

const singleReads = new WeakMap<object, number>();

/** Microsoft's sample wraps a single key in `value`, working clients read it flat. So every other answer is wrapped. */
function single(call: Call, context: string, body: Record<string, unknown>): Answer {
  const count = singleReads.get(call.tenant) ?? 0;
  singleReads.set(call.tenant, count + 1);
  return entity(call, `${path}${context}`, count % 2 === 0 ? body : { value: body });
}

function actor(call: Call): Actor {
  const person = call.caller.person === undefined ? undefined : call.tenant.directory.person(call.caller.person);
  if (person !== undefined) return { kind: 'person', id: person.id, displayName: person.displayName, userPrincipalName: person.userPrincipalName };
  const app = appOf(call.caller.appId);
  return { kind: 'app', appId: call.caller.appId, displayName: app?.displayName ?? 'unknown', servicePrincipalId: app?.servicePrincipalId ?? '' };
}
