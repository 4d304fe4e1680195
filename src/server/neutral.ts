// Errors that leave: a code, and a reference that the log has too (product.md §10, law 6).

import type { Response } from 'restify';

export interface ErrorLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface NeutralError {
  readonly status: number;
  readonly code: string;
  readonly reference: string;
}

/** Whoever has words of their own for errors below some path. */
export interface Speaker {
  /** @param url path and query, as they came */
  owns(url: string): boolean;
  speak(error: NeutralError): { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

export interface Neutral {
  /** Answers with a code of ours, and closes the connection: what is left of the body is not read. */
  refuse(response: Response, status: number, code: string): void;
  /** Answers for an error that restify or a handler raised. */
  fromError(response: Response, error: unknown): void;
}

const codes: ReadonlyMap<number, string> = new Map([
  [400, 'not-json'],
  [404, 'not-found'],
  [405, 'method-not-allowed'],
  [413, 'body-too-large'],
  [415, 'wrong-content-type'],
]);

export function createNeutral(ids: { reference(): string }, log: ErrorLog, speaker?: Speaker): Neutral {
  const answer = (response: Response, status: number, code: string, more: object): void => {
    const reference = ids.reference();
    const note = { status, code, reference, ...more };
    // 503 is said by nobody but the one who stops: refused, and nothing is broken.
    if (status >= 500 && status !== 503) log.error(note, 'a request failed');
    else log.warn(note, 'a request was refused');
    if (response.headersSent) return;
    if (speaker?.owns(response.req.url ?? '') === true) return say(response, status, speaker.speak({ status, code, reference }));
    response.json(status, { code, reference });
  };
  return {
    refuse(response, status, code) {
      response.setHeader('Connection', 'close');
      answer(response, status, code, {});
    },
    fromError(response, error) {
      const status = statusOf(error);
      const code = codes.get(status);
      if (code === undefined) answer(response, 500, 'internal', { err: error });
      else answer(response, status, code, {});
    },
  };
}

function say(response: Response, status: number, { headers, body }: ReturnType<Speaker['speak']>): void {
  // What is left of a body is not waited for.
  if (!response.req.complete) response.setHeader('connection', 'close');
  // restify sends an error of its own unless it was by its own hand that something was sent.
  response.sendRaw(status, body, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
}

function statusOf(error: unknown): number {
  const status: unknown = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : 500;
}
