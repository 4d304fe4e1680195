import type { Answer } from '../http/answer.ts';
import { notFound } from '../http/refusal.ts';
import { onlyThese } from '../odata/query.ts';
import { nothing, selection, type View } from '../odata/view.ts';
import type { App } from '../tenant/apps.ts';
import { appOf } from '../tenant/apps.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { entity } from './bodies.ts';
import { type Call, param, type Route } from './call.ts';

const readApplications = ['Application.Read.All', 'Application.ReadWrite.OwnedBy', 'Application.ReadWrite.All', 'Directory.Read.All'];

export const applicationRoutes: readonly Route[] = [{ method: 'GET', path: 'applications/{}', family: 'directory', anyOf: readApplications, answer: getApplication }];

const time = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

const view = (tenant: Tenant): View<App> => ({
  id: ({ servicePrincipalId }) => servicePrincipalId.replace('5e4f', 'a991'),
  appId: ({ clientId }) => clientId,
  displayName: ({ displayName }) => displayName,
  signInAudience: () => 'AzureADMyOrg',
  keyCredentials: () => [],
  // The secret itself is told once, when it is made; its first three characters stay.
  passwordCredentials: (app) => [
    { customKeyIdentifier: null, displayName: 'simulated', endDateTime: time(tenant.registrations.secretEndsAt(app)), hint: app.secret.slice(0, 3), keyId: app.servicePrincipalId, secretText: null, startDateTime: time(0) },
  ],
  publisherDomain: nothing,
});

/** By `applications(appId='…')`. */
function getApplication(call: Call): Answer {
  onlyThese(call.query, '$select');
  const [, clientId = ''] = /^appId='([^']*)'$/i.exec(param(call)) ?? [];
  const app = appOf(clientId);
  if (app === undefined) throw notFound(`Resource '${param(call)}' does not exist or one of its queried reference-property objects are not present.`);
  const properties = view(call.tenant);
  const selected = selection(call.query, properties, { type: 'application', byDefault: Object.keys(properties) });
  return entity(call, `applications${selected.context}`, selected.of(app));
}
