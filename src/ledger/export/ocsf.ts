// OCSF, for a SIEM: each entry an event of the class API Activity (6003) of schema 1.6.0, one a line. Required there:
// activity_id, actor, api.operation, category_uid, class_uid, metadata.product, metadata.version, severity_id,
// src_endpoint, time, type_uid; an actor, an endpoint, a user and a resource each name at least one thing. What has no
// place of its own stands under `unmapped` by our own name for it.
// https://schema.ocsf.io/1.6.0/classes/api_activity
import { milliseconds } from '../../domain/instant.ts';
import type { AccessSource, LedgerAct, LedgerEntry, LedgerOutcome } from '../../domain/ledger-entry.ts';
import type { ReadEntry } from '../../domain/reading.ts';

const classUid = 6003;
const categoryUid = 6;
const schemaVersion = '1.6.0';

type ActivityId = 1 | 2 | 3 | 4 | 99;
const activityNames = { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete', 99: 'Other' } as const satisfies Record<ActivityId, string>;

/** What was done or tried, as OCSF sorts it. */
const activities = {
  asked: 2,
  refused: 2,
  'role-denied': 2,
  intended: 2,
  revealed: 2,
  hidden: 99,
  cancelled: 99,
  started: 99,
  warned: 99,
  'rotation-scheduled': 3,
  'rotation-intended': 3,
  'rotation-queued': 3,
  'rotation-done': 3,
  'rotation-failed': 3,
  'rotation-overdue': 3,
  alert: 99,
  exported: 2,
  verified: 2,
  subscribed: 1,
  unsubscribed: 4,
  posted: 99,
  'external-access': 2,
  erased: 4,
  'ledger-key': 3,
  resumed: 3,
} as const satisfies Record<LedgerAct, ActivityId>;

type SeverityId = 1 | 2 | 3 | 4;
const severityNames = { 1: 'Informational', 2: 'Low', 3: 'Medium', 4: 'High' } as const satisfies Record<SeverityId, string>;

/** Acts that are worth more than a look; the rest are informational when done and low otherwise. */
const severities: Partial<Record<LedgerAct, SeverityId>> = { warned: 3, 'rotation-overdue': 3, 'external-access': 3, erased: 3, 'ledger-key': 3, alert: 4, resumed: 4 };

const statuses = {
  done: { status_id: 1, status: 'Success' },
  refused: { status_id: 2, status: 'Failure' },
  failed: { status_id: 2, status: 'Failure' },
  unknown: { status_id: 0, status: 'Unknown' },
} as const satisfies Record<LedgerOutcome, object>;

const endpoints = {
  teams: 'Microsoft Teams',
  api: 'Keydesk API',
  'self-service': 'Keydesk self-service',
  entra: 'Microsoft Entra ID',
  system: 'Keydesk',
} as const satisfies Record<AccessSource, string>;

const product = { name: 'Keydesk', vendor_name: 'Keydesk' } as const;

export function ocsfLine({ seq, entry, erased }: ReadEntry): string {
  return `${JSON.stringify(entry === undefined ? unreadable(seq) : eventOf(seq, entry, erased))}\n`;
}

function eventOf(seq: number, entry: LedgerEntry, erased: ReadEntry['erased']): object {
  const { time, act, outcome, source, code, count, result, happenedAt } = entry;
  const severity = severities[act] ?? (outcome === 'done' ? 1 : 2);
  return {
    ...classOf(activities[act]),
    time: milliseconds(happenedAt ?? time),
    severity_id: severity,
    severity: severityNames[severity],
    ...statuses[outcome],
    ...(code !== undefined && { status_code: code }),
    ...(result !== undefined && { status_detail: result }),
    message: code === undefined ? `${act} ${outcome}` : `${act} ${outcome}: ${code}`,
    ...(count !== undefined && { count }),
    metadata: { version: schemaVersion, product, log_name: 'ledger', uid: String(seq), sequence: seq, event_code: act, logged_time: milliseconds(time), original_time: happenedAt ?? time },
    actor: actorOf(entry),
    api: { operation: act, service: { name: 'Keydesk' }, ...(entry.requestId && { request: { uid: entry.requestId } }) },
    src_endpoint: { svc_name: endpoints[source] },
    ...resourcesOf(entry),
    unmapped: unmappedOf(entry, erased),
  };
}

const classOf = (activity: ActivityId) => ({
  class_uid: classUid,
  class_name: 'API Activity',
  category_uid: categoryUid,
  category_name: 'Application Activity',
  activity_id: activity,
  activity_name: activityNames[activity],
  type_uid: classUid * 100 + activity,
});

/** The person; the program where no person acted. */
function actorOf({ person, clientAppId, caller }: LedgerEntry): object {
  return {
    ...(person && { user: { uid: person.id, ...(person.name !== undefined && person.name !== '' && { name: person.name }), ...(caller === 'app' ? { type_id: 3, type: 'System' } : { type_id: 1, type: 'User' }) } }),
    ...(clientAppId !== undefined && { app_uid: clientAppId }),
    ...(person === undefined && clientAppId === undefined && { app_name: 'Keydesk' }),
  };
}

function resourcesOf({ device, keyId, newKeyId }: LedgerEntry): { readonly resources?: readonly object[] } {
  const resources = [
    ...(device ? [{ type: 'Device', uid: device.deviceId, ...(device.name !== undefined && { name: device.name }) }] : []),
    ...(keyId === undefined ? [] : [{ type: 'BitLocker recovery key', uid: keyId }]),
    ...(newKeyId === undefined ? [] : [{ type: 'BitLocker recovery key, new', uid: newKeyId }]),
  ];
  return resources.length === 0 ? {} : { resources };
}

/** All that has not been said above. */
function unmappedOf(entry: LedgerEntry, erased: ReadEntry['erased']): object {
  const { time: _time, act: _act, outcome, source, code: _code, count: _count, result: _result, happenedAt: _happened, person: _person, clientAppId: _app, device, keyId: _key, newKeyId: _new, requestId: _request, ...rest } = entry;
  return { outcome, source, ...(device?.objectId && { deviceObjectId: device.objectId }), ...rest, ...(erased.length > 0 && { erased }) };
}

/** An entry whose bytes were changed is an event too: the gravest there is. */
const unreadable = (seq: number): object => ({
  ...classOf(99),
  time: 0,
  severity_id: 4,
  severity: severityNames[4],
  status_id: 0,
  status: 'Unknown',
  message: 'the bytes of this entry cannot be read: run "npm run audit -- verify"',
  metadata: { version: schemaVersion, product, log_name: 'ledger', uid: String(seq), sequence: seq, event_code: 'unreadable' },
  actor: { app_name: 'Keydesk' },
  api: { operation: 'unreadable', service: { name: 'Keydesk' } },
  src_endpoint: { svc_name: 'Keydesk' },
  unmapped: {},
});
