import type { Answer } from '../http/answer.ts';
import { badRequest, notFound } from '../http/refusal.ts';
import type { FilterRule, FilterRules } from '../odata/filter-rules.ts';
import { checkFilter } from '../odata/filter-rules.ts';
import { pageOf } from '../odata/page.ts';
import { onlyThese, wholeNumber } from '../odata/query.ts';
import type { View } from '../odata/view.ts';
import { selection } from '../odata/view.ts';
import type { AuditRow } from '../tenant/audit-log.ts';
import { collection, entity } from './bodies.ts';
import type { Call, Route } from './call.ts';
import { param } from './call.ts';

const readAudits = ['AuditLog.Read.All', 'Directory.Read.All'];

export const directoryAuditRoutes: readonly Route[] = [
  { method: 'GET', path: 'auditLogs/directoryAudits', family: 'reports', anyOf: readAudits, answer: listAudits },
  { method: 'GET', path: 'auditLogs/directoryAudits/{}', family: 'reports', anyOf: readAudits, answer: getAudit },
];

const category = 'KeyManagement';
const service = 'Device Registration Service';
const operations: Readonly<Record<AuditRow['activity'], string>> = { 'Read BitLocker key': 'Read', 'Add BitLocker key': 'Add' };
const phrases: Readonly<Record<AuditRow['activity'], string>> = { 'Read BitLocker key': 'retrieved', 'Add BitLocker key': 'added' };

const initiatedBy = ({ by }: AuditRow): unknown =>
  by.kind === 'person'
    ? { app: null, user: { id: by.id, displayName: by.displayName, userPrincipalName: by.userPrincipalName, ipAddress: '203.0.113.7' } }
    : { app: { appId: by.appId, displayName: by.displayName, servicePrincipalId: by.servicePrincipalId, servicePrincipalName: null }, user: null };

const view: View<AuditRow> = {
  id: (row) => row.id,
  category: () => category,
  correlationId: (row) => row.correlationId,
  result: (row) => (row.failed === true ? 'failure' : 'success'),
  resultReason: () => '',
  activityDisplayName: (row) => row.activity,
  activityDateTime: (row) => `${new Date(row.at).toISOString().slice(0, -1)}0000Z`,
  loggedByService: () => service,
  operationType: (row) => operations[row.activity],
  initiatedBy,
  targetResources: (row) => [{ id: row.deviceId, displayName: row.keyId, type: 'Other', userPrincipalName: null, groupType: null, modifiedProperties: [] }],
  additionalDetails: (row) => [
    { key: 'AdditionalInfo', value: `${row.failed === true ? 'Failed to retrieve' : `Successfully ${phrases[row.activity]}`} BitLocker recovery key associated with key ID: '${row.keyId}'. Backed up from device: '${row.deviceId}'.` },
    ...(row.userAgent === undefined ? [] : [{ key: 'User-Agent', value: row.userAgent }]),
  ],
};
const shape = { type: 'directoryAudit', byDefault: Object.keys(view) };

const text = (read: FilterRule<AuditRow>['read']): FilterRule<AuditRow> => ({ type: 'string', allows: ['eq', 'startswith'], exactCase: true, read });

const rules: FilterRules<AuditRow> = {
  activitydatetime: { type: 'time', allows: ['eq', 'ge', 'gt', 'le', 'lt'], read: (row) => row.at },
  activitydisplayname: text((row) => row.activity),
  category: text(() => category),
  correlationid: text((row) => row.correlationId),
  'initiatedby/app/appid': text(({ by }) => (by.kind === 'app' ? by.appId : null)),
  'initiatedby/app/displayname': text(({ by }) => (by.kind === 'app' ? by.displayName : null)),
  'initiatedby/user/displayname': text(({ by }) => (by.kind === 'person' ? by.displayName : null)),
  'initiatedby/user/id': text(({ by }) => (by.kind === 'person' ? by.id : null)),
  'initiatedby/user/userprincipalname': text(({ by }) => (by.kind === 'person' ? by.userPrincipalName : null)),
  loggedbyservice: text(() => service),
};

function listAudits(call: Call): Answer {
  const { query, tenant } = call;
  onlyThese(query, '$filter', '$select', '$top', '$orderby', '$skiptoken');
  const selected = selection(query, view, shape);
  const filter = query.get('$filter');
  const matches = filter === undefined ? () => true : checkFilter(filter, rules, { resource: 'directoryAudit', advanced: false }).matches;
  const rows = tenant.audit.rows().filter(matches);
  const page = pageOf(newestFirst(call) ? rows : rows.toReversed(), wholeNumber(query, '$top', { lowest: 1, highest: 1000, fallback: 100 }), query);
  return collection(call, `auditLogs/directoryAudits${selected.context}`, { items: page.items.map(selected.of), nextToken: page.nextToken });
}

function newestFirst(call: Call): boolean {
  const order = call.query.get('$orderby');
  if (order === undefined) return true;
  const [, direction] = /^\s*activityDateTime(?:\s+(asc|desc))?\s*$/i.exec(order) ?? [undefined, 'refused'];
  if (direction === 'refused') throw badRequest(`Unsupported sort property '${order}' for 'directoryAudit'.`);
  return direction?.toLowerCase() === 'desc';
}

function getAudit(call: Call): Answer {
  onlyThese(call.query, '$select');
  const selected = selection(call.query, view, shape);
  const row = call.tenant.audit.rows().find(({ id }) => id === param(call));
  if (row === undefined) throw notFound(`Resource '${param(call)}' does not exist.`);
  return entity(call, `auditLogs/directoryAudits${selected.context}`, selected.of(row));
}
