import { request } from 'node:http';
import type { App } from '../../../src/sim/tenant/apps.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { tenantId } from '../../../src/sim/tenant/people.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** What BitLocker calls want of every caller. */
export const clientHeaders = { 'user-agent': 'Keydesk tests', 'ocp-client-name': 'Keydesk tests', 'ocp-client-version': '1' };

export async function call(url: string, init: RequestInit = {}): Promise<Answered> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : parseJson(text) };
}

const parseJson = (text: string): unknown => JSON.parse(text);

/** The fields of a token request; a field set to undefined is left out. */
export function tokenForm(app: App, fields: Readonly<Record<string, string | undefined>> = {}): URLSearchParams {
  const all = { grant_type: 'client_credentials', client_id: app.clientId, client_secret: app.secret, scope: 'https://graph.microsoft.com/.default', ...fields };
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) if (value !== undefined) form.append(name, value);
  return form;
}

export const tokenPath = `/${tenantId}/oauth2/v2.0/token`;

export async function graphToken(url: string, app: App = apps.keydesk): Promise<string> {
  const { body } = await call(`${url}${tokenPath}`, { method: 'POST', body: tokenForm(app) });
  return String(field(body, 'access_token'));
}

export interface GraphCaller {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answered>;
  post(path: string, body?: unknown): Promise<Answered>;
}

/** Calls Graph as an app, with all headers that any route wants. */
export async function graphCaller(url: string, app: App = apps.keydesk): Promise<GraphCaller> {
  const authorization = `Bearer ${await graphToken(url, app)}`;
  return {
    get: (path, headers = {}) => call(`${url}${encoded(path)}`, { headers: { authorization, ...clientHeaders, ...headers } }),
    post: (path, body) =>
      call(`${url}${encoded(path)}`, {
        method: 'POST',
        headers: { authorization, ...clientHeaders, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

/** Tests write filters as people read them. */
const encoded = (path: string): string => path.replaceAll(' ', '%20').replaceAll('"', '%22');

/** A GET with exactly these headers: `fetch` adds some of its own. */
export const bareGet = (url: string, headers: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });

/** The value behind a path of names and indexes, or undefined. */
export function field(body: unknown, ...path: readonly (string | number)[]): unknown {
  let value = body;
  for (const step of path) value = typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(String(step)) : undefined;
  return value;
}

/** The entries of a collection. */
export function entries(body: unknown): readonly unknown[] {
  const value = field(body, 'value');
  if (!Array.isArray(value)) throw new TypeError(`No collection: ${JSON.stringify(body)}`);
  return value;
}

export const errorCode = (answered: Answered): unknown => field(answered.body, 'error', 'code');

/** Follows the next links to the end. Returns every page's entries. */
export async function pages(url: string, graph: GraphCaller, path: string): Promise<readonly (readonly unknown[])[]> {
  const found: (readonly unknown[])[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { status, body } = await graph.get(next);
    if (status !== 200) throw new Error(`${status} for ${next} at ${url}`);
    found.push(entries(body));
    const link: unknown = field(body, '@odata.nextLink');
    next = typeof link === 'string' ? link.replace('https://graph.microsoft.com', '') : undefined;
  }
  return found;
}
