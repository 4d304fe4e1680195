import type { Answer } from './answer.ts';

export const drops = ['before', 'after', 'middle'] as const;

/** Something that goes wrong on purpose. */
export interface Fault {
  readonly method?: string;
  /** A regular expression, tried on the raw path and query. */
  readonly path: RegExp;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes out as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly delayMs?: number;
  /** The connection is cut before anything is done, after all was done, or in the middle of the answer. */
  readonly drop?: (typeof drops)[number];
  /** How many requests it meets; for ever when absent. */
  readonly times?: number;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** The first fault that fits, counted as used. */
  take(method: string, url: string): Fault | undefined;
}

export function createFaults(): Faults {
  let faults: { readonly fault: Fault; left: number }[] = [];
  return {
    add: (fault) => {
      faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    clear: () => {
      faults = [];
    },
    take: (method, url) => {
      if (faults.length === 0) return undefined;
      const met = faults.find(({ fault, left }) => left > 0 && (fault.method === undefined || fault.method === method) && fault.path.test(url));
      if (met === undefined) return undefined;
      met.left -= 1;
      return met.fault;
    },
  };
}

const codes: Readonly<Record<number, string>> = {
  401: 'InvalidAuthenticationToken',
  403: 'Forbidden',
  404: 'ResourceNotFound',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
};

/** What goes out in place of the real answer; undefined when the fault leaves that alone. */
export function answerOf({ status, body }: Fault): Answer | undefined {
  if (status === undefined && body === undefined) return undefined;
  if (typeof body === 'string') return { status: status ?? 200, raw: body };
  if (body !== undefined) return { status: status ?? 200, body };
  const failed = status ?? 200;
  return failed < 400 ? { status: failed } : { status: failed, body: { error: { code: codes[failed] ?? 'UnknownError', message: 'A fault of the simulator.' } } };
}

/** @throws TypeError that says what is wrong */
export function parseFault(value: unknown): Fault {
  if (typeof value !== 'object' || value === null) throw new TypeError('A fault is an object.');
  const { method, path, status, headers, body, delayMs, drop, times } = value as Record<string, unknown>;
  if (typeof path !== 'string') throw new TypeError('path: a regular expression, as a string.');
  if (method !== undefined && typeof method !== 'string') throw new TypeError('method: a string.');
  const droppedWhen = drops.find((known) => known === drop);
  if (drop !== undefined && droppedWhen === undefined) throw new TypeError(`drop: one of ${drops.join(', ')}.`);
  return {
    path: new RegExp(path),
    ...(method === undefined ? {} : { method: method.toUpperCase() }),
    ...(status === undefined ? {} : { status: whole('status', status, 200, 599) }),
    ...(headers === undefined ? {} : { headers: parseHeaders(headers) }),
    ...(body === undefined ? {} : { body }),
    ...(delayMs === undefined ? {} : { delayMs: whole('delayMs', delayMs, 0, 600_000) }),
    ...(droppedWhen === undefined ? {} : { drop: droppedWhen }),
    ...(times === undefined ? {} : { times: whole('times', times, 1, 1_000_000) }),
  };
}

function parseHeaders(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) throw new TypeError('headers: an object of strings.');
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name.toLowerCase(), String(text)]));
}

export function whole(name: string, value: unknown, lowest: number, highest: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= lowest && value <= highest) return value;
  throw new TypeError(`${name}: a whole number from ${lowest} to ${highest}.`);
}
