// What the API needs of HTTP, in its own words; the server room has the same forms. It knows no framework.

export interface ApiRequest {
  readonly id: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly doubled: ReadonlySet<string>;
  readonly address: string;
  /** For the line in the log. */
  readonly note: (fields: object) => void;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<string>;
  /** Called once when an answer in pieces has left, or will not. */
  readonly over?: () => void;
}

export interface ApiLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Nothing about a key, a device or who asked for one lies in anybody's cache. */
export const neverStored = { 'cache-control': 'no-store' } as const;
