import type { IncomingHttpHeaders } from 'node:http';
import type { Caller, Gate } from '../entra/gate.ts';
import type { Answer } from '../http/answer.ts';
import { badRequest, Refusal } from '../http/refusal.ts';
import { parseQuery } from '../odata/query.ts';
import type { Tenant } from '../tenant/tenant.ts';
import type { GraphSettings, Version } from './call.ts';
import type { RequestIds } from './errors.ts';
import { errorAnswer, forbidden } from './errors.ts';
import { findRoute, segmentsOf } from './routes.ts';

export interface GraphRequest extends RequestIds {
  readonly method: string;
  /** Begins with `/v1.0` or `/beta`. */
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface GraphEndpoint {
  readonly tenant: Tenant;
  readonly gate: Gate;
  readonly settings: GraphSettings;
}

/** @param admitted is told who calls, as soon as the token is believed */
export function answerGraphRequest(request: GraphRequest, endpoint: GraphEndpoint, admitted: (caller: Caller) => void): Answer {
  try {
    return answer(request, endpoint, admitted);
  } catch (error) {
    if (error instanceof Refusal) return errorAnswer(error, request, endpoint.tenant.now());
    throw error;
  }
}

/** Who are you, is there such a thing, may you, and then what do you want: in Graph's order. */
function answer(request: GraphRequest, { tenant, gate, settings }: GraphEndpoint, admitted: (caller: Caller) => void): Answer {
  const caller = gate.admit(request.headers.authorization);
  admitted(caller);
  const [, first = '', ...rest] = request.path.split('/');
  const version: Version = first === 'beta' ? 'beta' : 'v1.0';
  const segments = segmentsOf(rest.join('/').replace(/\/$/, ''));
  const found = findRoute(request.method, version, segments);
  if (found.kind === 'none') throw new Refusal(404, 'BadRequest', `Resource not found for the segment '${segments.at(-1) ?? ''}'.`);
  if (found.kind === 'other-method') throw new Refusal(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
  const { route, params } = found;
  const open = caller.person === undefined || route.forPeople === true;
  if (!open || !route.anyOf.some((permission) => caller.permissions.has(permission.toLowerCase()))) throw forbidden(route.family, route.anyOf);
  const query = parseQuery(request.query);
  return route.answer({ version, params, query, headers: request.headers, body: parseBody(request), caller, rawPath: request.path, rawQuery: request.query, tenant, settings });
}

function parseBody({ method, headers, body }: GraphRequest): unknown {
  if (method === 'GET' || body === '') return undefined;
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) throw badRequest('A content type of application/json is expected.');
  try {
    const value: unknown = JSON.parse(body);
    return value;
  } catch {
    throw badRequest('Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.');
  }
}
