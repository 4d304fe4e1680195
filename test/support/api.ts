// A caller of the REST API: tokens of the simulated tenant, and what came back.

import { apps } from '../../src/sim/tenant/apps.ts';
import { rights } from '../../src/domain/api-caller.ts';
import { alex } from './keydesk/people.ts';
import { inKeydesk, type KeydeskOptions, type TestKeydesk } from './keydesk.ts';

export { samples } from '../../src/api/schemas.ts';
export const keysPath = '/api/devices/security/bitlocker/keys';
export const laptop = 'de71ce00-0000-4000-8000-000000000042';
export const laptopKey = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';
export const script = apps.helpdeskScript;

export interface TokenWish {
  /** A person's id, or `app`. */
  readonly as?: string;
  readonly roles?: readonly string[];
  readonly scopes?: readonly string[];
  readonly audience?: string;
  /** Claims in the place of those that the tenant would write; of a person's. */
  readonly change?: Readonly<Record<string, unknown>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined when it is no JSON. */
  readonly json: unknown;
}

export interface CallOptions extends TokenWish {
  readonly method?: string;
  /** Instead of one that the tenant gives. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string goes out as it is. */
  readonly body?: unknown;
}

export interface ApiClient {
  token(wish?: TokenWish): Promise<string>;
  call(path: string, options?: CallOptions): Promise<Answered>;
}

/** Alex with all scopes, where nobody else is named; an application has all roles. */
export function clientOf({ url, simulator }: Pick<TestKeydesk, 'url' | 'simulator'>): ApiClient {
  const token: ApiClient['token'] = async ({ as = alex.id, roles = as === 'app' ? rights : [], scopes = as === 'app' ? [] : rights, audience, change } = {}) => {
    const answer = await fetch(`${simulator.url}/_sim/token`, { method: 'POST', body: JSON.stringify({ as, roles, scopes, ...(audience !== undefined && { audience }), ...(change && { change }) }) });
    const { access_token: given } = (await answer.json()) as { readonly access_token: string };
    return given;
  };
  return {
    token,
    call: async (path, { method, token: own, headers = {}, body, ...wish } = {}) => {
      const bearer = own ?? (await token(wish));
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const answer = await fetch(`${url}${path}`, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: { ...(bearer !== '' && { authorization: `Bearer ${bearer}` }), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(text !== undefined && { body: text }),
        redirect: 'manual',
      });
      return { status: answer.status, headers: answer.headers, ...parsed(await answer.text()) };
    },
  };
}

function parsed(text: string): Pick<Answered, 'text' | 'json'> {
  try {
    return { text, json: JSON.parse(text) };
  } catch {
    return { text, json: undefined };
  }
}

export const codeOf = ({ json }: Answered): unknown => (typeof json === 'object' && json !== null && 'code' in json ? json.code : undefined);
export const fieldOf = ({ json }: Answered, name: string): unknown => (typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined);

/** A Keydesk with the API on. */
export const withApi = (options: KeydeskOptions, work: (api: ApiClient, keydesk: TestKeydesk) => Promise<void>): (() => Promise<void>) =>
  inKeydesk({ api: {}, ...options }, (keydesk) => work(clientOf(keydesk), keydesk));
