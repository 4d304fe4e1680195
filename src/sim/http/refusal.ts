/** Ends a request with an error of Graph's shape. Thrown, because any depth of a handler may find a reason. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const badRequest = (message: string): Refusal => new Refusal(400, 'BadRequest', message);
export const notFound = (message: string): Refusal => new Refusal(404, 'Request_ResourceNotFound', message);
