// What tests and the demo may do to the simulated tenant from outside.

import { checkIn } from './intune/rotation.ts';
import type { Signer } from './entra/signing.ts';
import { apiAppClaims, apiPersonClaims } from './entra/tokens.ts';
import type { Answer } from './http/answer.ts';
import { noContent } from './http/answer.ts';
import type { Faults } from './http/faults.ts';
import { parseFault, whole } from './http/faults.ts';
import type { RequestLog } from './http/request-log.ts';
import type { PlainRequest } from './http/server.ts';
import { appOf, apps } from './tenant/apps.ts';
import type { Actor } from './tenant/audit-log.ts';
import type { RoleName } from './tenant/people.ts';
import { type EntraRole, entraRoles, roleNames } from './tenant/people.ts';
import type { Tenant } from './tenant/tenant.ts';

export interface House {
  readonly tenant: Tenant;
  readonly signer: Signer;
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly setLatency: (milliseconds: number) => void;
}

type Door = (input: { readonly house: House; readonly name: string; readonly body: Readonly<Record<string, unknown>> }) => Answer;

const table: readonly (readonly [method: string, path: RegExp, door: Door])[] = [
  ['GET', /^\/_sim\/requests$/, ({ house }) => ({ status: 200, body: house.log.list() })],
  ['DELETE', /^\/_sim\/requests$/, ({ house }) => done(() => house.log.clear())],
  ['POST', /^\/_sim\/faults$/, ({ house, body }) => done(() => house.faults.add(parseFault(body)))],
  ['DELETE', /^\/_sim\/faults$/, ({ house }) => done(() => house.faults.clear())],
  ['POST', /^\/_sim\/latency$/, ({ house, body }) => done(() => house.setLatency(whole('ms', body['ms'], 0, 60_000)))],
  ['POST', /^\/_sim\/devices\/([^/]+)\/checkin$/, checkInAll],
  ['POST', /^\/_sim\/people\/([^/]+)\/roles$/, setRoles],
  ['POST', /^\/_sim\/people\/([^/]+)\/entra-roles$/, setEntraRoles],
  ['POST', /^\/_sim\/acting$/, setActing],
  ['POST', /^\/_sim\/audit$/, noteRead],
  ['DELETE', /^\/_sim\/audit$/, ({ house }) => done(() => house.tenant.audit.clear())],
  ['POST', /^\/_sim\/token$/, issueToken],
  ['POST', /^\/_sim\/apps\/([^/]+)$/, changeApp],
];

/**
 * Answers 400 with `{error}` to what it does not understand, 404 to whom or what it does not know, and 403 to a web page:
 * a browser on this machine says whose page asks (`Origin`), or, where a page's name was made to point here, asks for
 * that name.
 */
export function answerDoor(request: PlainRequest, house: House): Answer {
  const { host = '', origin } = request.headers;
  if (origin !== undefined || !loopbackHost.test(host)) return { status: 403, body: { error: 'The doors are for programs on this machine, not for web pages.' } };
  for (const [method, path, door] of table) {
    const match = method === request.method ? path.exec(request.path) : null;
    if (match === null) continue;
    try {
      return door({ house, name: decodeURIComponent(match[1] ?? ''), body: parseBody(request.body) });
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError || error instanceof URIError) return { status: 400, body: { error: error.message } };
      throw error;
    }
  }
  return unknown(`There is no door ${request.method} ${request.path}.`);
}

const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

const unknown = (message: string): Answer => ({ status: 404, body: { error: message } });

function done(act: () => void): Answer {
  act();
  return noContent;
}

function parseBody(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = text === '' ? {} : JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new TypeError('The body is a JSON object.');
  return value as Readonly<Record<string, unknown>>;
}

function checkInAll({ house: { tenant }, name }: Parameters<Door>[0]): Answer {
  const machines = tenant.fleet.machinesNamed(name);
  if (machines.length === 0) return unknown(`There is no device named ${name}.`);
  const newKeys = machines.flatMap((machine) => checkIn(tenant, machine)).map(({ id, deviceId }) => ({ keyId: id, deviceId }));
  return { status: 200, body: { checkedIn: machines.length, newKeys } };
}

function setRoles({ house: { tenant }, name, body }: Parameters<Door>[0]): Answer {
  const person = tenant.directory.person(name);
  if (person === undefined) return unknown(`There is no person ${name}.`);
  const roles = strings('roles', body['roles']).map((role): RoleName => {
    const known = roleNames.find((candidate) => candidate === role);
    if (known === undefined) throw new TypeError(`roles: of ${roleNames.join(', ')}.`);
    return known;
  });
  tenant.directory.setRoles(person.id, roles);
  return noContent;
}

/** `{roles}`: those of Entra and Intune that are active for the person from now on. */
function setEntraRoles({ house: { tenant }, name, body }: Parameters<Door>[0]): Answer {
  const person = tenant.directory.person(name);
  if (person === undefined) return unknown(`There is no person ${name}.`);
  const roles = strings('roles', body['roles']).map((role): EntraRole => {
    const known = entraRoles.find((candidate) => candidate === role);
    if (known === undefined) throw new TypeError(`roles: of ${entraRoles.join(', ')}.`);
    return known;
  });
  tenant.directory.setEntraRoles(person.id, roles);
  return noContent;
}

/** `{consented?, challenge?: {number, claims?} | null}`: what stands between an application and acting for a person. */
function setActing({ house: { tenant }, body }: Parameters<Door>[0]): Answer {
  const { consented = true, challenge = null } = body;
  if (typeof consented !== 'boolean') throw new TypeError('consented: true or false.');
  tenant.acting.consented = consented;
  tenant.acting.challenge = challenge === null ? undefined : challengeIn(challenge);
  return noContent;
}

function challengeIn(value: unknown): NonNullable<Tenant['acting']['challenge']> {
  const { number, claims } = Object(value) as Readonly<Record<string, unknown>>;
  return { number: whole('challenge.number', number, 1, 9_999_999), ...(claims !== undefined && { claims: text('challenge.claims', claims) }) };
}

/**
 * `{keyId, by, at?, times?, result?, userAgent?}`: somebody read a key without Keydesk. `by` is a person's id or name, or
 * an app's client id; `times`, into how many rows Entra writes the one read; `result`, `success` or `failure`. A row that
 * is dated back is a late one. DELETE takes all rows away, until they are told of again.
 */
function noteRead({ house: { tenant }, body }: Parameters<Door>[0]): Answer {
  const [keyId, by] = [text('keyId', body['keyId']), text('by', body['by'])];
  const actor = actorOf(by, tenant);
  if (actor === undefined) return unknown(`There is neither a person nor an app ${by}.`);
  const at = body['at'] === undefined ? tenant.now() : Date.parse(text('at', body['at']));
  if (Number.isNaN(at)) throw new TypeError('at: a time in ISO 8601.');
  const times = body['times'] === undefined ? 1 : whole('times', body['times'], 1, 100);
  const result = ['success', 'failure'].find((known) => known === (body['result'] ?? 'success'));
  if (result === undefined) throw new TypeError('result: success or failure.');
  const more = { told: true, ...(result === 'failure' && { failed: true }), ...(body['userAgent'] !== undefined && { userAgent: text('userAgent', body['userAgent']) }) };
  const noted = Array.from({ length: times }, () => tenant.keyWasRead(keyId, actor, at, more));
  return noted.every(Boolean) ? noContent : unknown(`There is no key ${keyId}.`);
}

function actorOf(by: string, { directory }: Tenant): Actor | undefined {
  const person = directory.person(by);
  if (person !== undefined) return { kind: 'person', id: person.id, displayName: person.displayName, userPrincipalName: person.userPrincipalName };
  const app = appOf(by);
  return app === undefined ? undefined : { kind: 'app', appId: app.clientId, displayName: app.displayName, servicePrincipalId: app.servicePrincipalId };
}

/** `{as, roles?, scopes?, audience?, change?}` → `{access_token}`: what a caller of Keydesk's API, or Teams' sign-in, would bring; `change` puts other claims in. */
function issueToken({ house: { tenant, signer }, body }: Parameters<Door>[0]): Answer {
  const as = text('as', body['as']);
  const [roles, scopes] = [strings('roles', body['roles'] ?? []), strings('scopes', body['scopes'] ?? [])];
  const audience = text('audience', body['audience'] ?? apps.keydesk.clientId);
  const change = Object(body['change'] ?? {}) as Readonly<Record<string, unknown>>;
  if (as === 'app') return { status: 200, body: { access_token: signer.sign(apiAppClaims(apps.helpdeskScript, roles, { tenant, audience })) } };
  const person = tenant.directory.person(as);
  if (person === undefined) return unknown(`There is no person ${as}.`);
  return { status: 200, body: { access_token: signer.sign({ ...apiPersonClaims(person, { roles, scopes }, { tenant, audience }), ...change }) } };
}

/** `{without?, permissions?, secretEnds?}`: an administrator takes permissions away or gives others; the secret ends at a time. */
function changeApp({ house: { tenant }, name, body }: Parameters<Door>[0]): Answer {
  const app = appOf(name);
  if (app === undefined) return unknown(`There is no app ${name}.`);
  const { registrations } = tenant;
  const without = strings('without', body['without'] ?? []).map((permission) => permission.toLowerCase());
  const given = body['permissions'] === undefined ? registrations.permissionsOf(app) : strings('permissions', body['permissions']);
  const end = body['secretEnds'] === undefined ? registrations.secretEndsAt(app) : Date.parse(text('secretEnds', body['secretEnds']));
  if (Number.isNaN(end)) throw new TypeError('secretEnds: a time in ISO 8601.');
  registrations.setPermissions(app, given.filter((permission) => !without.includes(permission.toLowerCase())));
  registrations.endSecret(app, end);
  return noContent;
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`${name}: a string.`);
}

function strings(name: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new TypeError(`${name}: a list of strings.`);
}

