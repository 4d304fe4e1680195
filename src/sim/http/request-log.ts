import type { Claims } from '../entra/signing.ts';

/** One request that reached the simulated tenant. */
export interface LoggedRequest {
  readonly method: string;
  /** Raw path and query. */
  readonly url: string;
  /** Null until it is answered, and for ever when the connection was cut instead. */
  status: number | null;
  /** When it arrived; ISO 8601. */
  readonly time: string;
  /** Of the bearer token, when Graph believed it. */
  claims: Claims | null;
}

export interface RequestLog {
  begin(method: string, url: string, now: number): LoggedRequest;
  /** In the order of arrival. */
  list(): readonly LoggedRequest[];
  clear(): void;
}

// A benchmark of some minutes must not fill the memory. Beyond this the older half is dropped.
const most = 200_000;

export function createRequestLog(): RequestLog {
  let requests: LoggedRequest[] = [];
  return {
    begin: (method, url, now) => {
      if (requests.length >= most) requests = requests.slice(most / 2);
      const request: LoggedRequest = { method, url, status: null, time: new Date(now).toISOString(), claims: null };
      requests.push(request);
      return request;
    },
    list: () => requests,
    clear: () => {
      requests = [];
    },
  };
}
