import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../entra/gate.ts';
import type { Answer } from '../http/answer.ts';
import type { Query } from '../odata/query.ts';
import type { Tenant } from '../tenant/tenant.ts';

export type Version = 'v1.0' | 'beta';

export interface GraphSettings {
  /** Links to next pages begin with it: `https://graph.microsoft.com`, as the caller believes to be talking to it. */
  readonly graphUrl: string;
  readonly devicePageSize: number;
  readonly keyPageSize: number;
  /** Puts an empty page before each page of recovery keys, which Graph allows itself. */
  readonly emptyKeyPages: boolean;
  /** How long after a rotation was queued the device checks in by itself; 0 is never. */
  readonly selfCheckinSeconds: number;
}

/** One request to Graph that was admitted. */
export interface Call {
  readonly version: Version;
  /** What stood for the `{}` of the route, decoded. */
  readonly params: readonly string[];
  readonly query: Query;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON, or undefined without a body. */
  readonly body: unknown;
  readonly caller: Caller;
  /** As it came, without the query: for the link to the next page. */
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly tenant: Tenant;
  readonly settings: GraphSettings;
}

/** Who owns a route inside Microsoft: each words its refusals differently. */
export type Family = 'directory' | 'bitlocker' | 'intune' | 'reports';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Segments; `{}` stands for one of any text. */
  readonly path: string;
  /** Both versions where it is absent. */
  readonly only?: Version;
  readonly family: Family;
  /** Permissions, one of which is enough. */
  readonly anyOf: readonly string[];
  /** A person's token is taken too, by the delegated permission of the same name; the answer asks who they are. Elsewhere what people may do is not modelled, and nothing that is not checked is granted. */
  readonly forPeople?: true;
  readonly answer: (call: Call) => Answer;
}

/** What stood for the route's nth `{}`. */
export const param = (call: Call, index = 0): string => call.params[index] ?? '';

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isGuid = (text: string): boolean => guid.test(text);

export const isEventual = (call: Call): boolean => String(call.headers['consistencylevel'] ?? '').toLowerCase() === 'eventual';
