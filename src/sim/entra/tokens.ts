import { randomUUID } from 'node:crypto';
import type { App } from '../tenant/apps.ts';
import { apps } from '../tenant/apps.ts';
import type { Person } from '../tenant/people.ts';
import type { Tenant } from '../tenant/tenant.ts';
import type { Claims } from './signing.ts';

export const graphAudience = 'https://graph.microsoft.com';
/** Graph's own application id: the other way to write its audience. */
export const graphAppId = '00000003-0000-0000-c000-000000000000';
/** The Bot Framework's connector, for which a bot asks a token to be let write to Teams. */
export const botFramework = 'https://api.botframework.com';
export const loginHost = 'https://login.microsoftonline.com';
export const v1Issuer = (tenantId: string): string => `https://sts.windows.net/${tenantId}/`;
export const v2Issuer = (tenantId: string): string => `${loginHost}/${tenantId}/v2.0`;

export const lifetimeSeconds = 3599;

interface Common {
  readonly tenant: Tenant;
  readonly audience: string;
}

const times = (tenant: Tenant) => {
  const now = Math.floor(tenant.now() / 1000);
  // Entra dates tokens back by some minutes, for clocks that are behind.
  return { iat: now, nbf: now - 300, exp: now + lifetimeSeconds, uti: randomUUID().replaceAll('-', '').slice(0, 22) };
};

/** An app's token for Graph; Graph's tokens are version 1. */
export const graphAppClaims = (app: App, { tenant, audience }: Common): Claims => ({
  aud: audience,
  iss: v1Issuer(tenant.id),
  ...times(tenant),
  app_displayname: app.displayName,
  appid: app.clientId,
  appidacr: '1',
  idtyp: 'app',
  oid: app.servicePrincipalId,
  ...(tenant.registrations.permissionsOf(app).length === 0 ? {} : { roles: tenant.registrations.permissionsOf(app) }),
  sub: app.servicePrincipalId,
  tid: tenant.id,
  ver: '1.0',
});

/** A token for Graph in a person's name, got by an app on their behalf. */
export const graphPersonClaims = (app: App, person: Person, { tenant, audience }: Common): Claims => ({
  aud: audience,
  iss: v1Issuer(tenant.id),
  ...times(tenant),
  app_displayname: app.displayName,
  appid: app.clientId,
  appidacr: '1',
  idtyp: 'user',
  name: person.displayName,
  oid: person.id,
  scp: (app.delegated ?? []).join(' '),
  sub: Buffer.from(`${person.id}/graph`).toString('base64url').slice(0, 43),
  tid: tenant.id,
  upn: person.userPrincipalName,
  ver: '1.0',
});

/** An app's token for an API of the tenant's own; version 2. */
export const apiAppClaims = (app: App, roles: readonly string[], { tenant, audience }: Common): Claims => ({
  aud: audience,
  iss: v2Issuer(tenant.id),
  ...times(tenant),
  azp: app.clientId,
  azpacr: '1',
  idtyp: 'app',
  oid: app.servicePrincipalId,
  ...(roles.length === 0 ? {} : { roles }),
  sub: app.servicePrincipalId,
  tid: tenant.id,
  ver: '2.0',
});

/** A person's token for an API of the tenant's own, with the groups they are in now. */
export const apiPersonClaims = (person: Person, { roles, scopes }: { readonly roles: readonly string[]; readonly scopes: readonly string[] }, { tenant, audience }: Common): Claims => ({
  aud: audience,
  iss: v2Issuer(tenant.id),
  ...times(tenant),
  azp: apps.helpdeskScript.clientId,
  azpacr: '0',
  groups: tenant.directory.groupsOf(person.id).map((group) => group.id),
  name: person.displayName,
  oid: person.id,
  preferred_username: person.userPrincipalName,
  ...(roles.length === 0 ? {} : { roles }),
  ...(scopes.length === 0 ? {} : { scp: scopes.join(' ') }),
  // Differs from app to app in Entra; no id of a person.
  sub: Buffer.from(`${person.id}/${audience}`).toString('base64url').slice(0, 43),
  tid: tenant.id,
  ver: '2.0',
});
