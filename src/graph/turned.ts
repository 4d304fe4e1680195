// For the demo and the tests only: the same client, the same credential, and at their very end the simulator instead
// of Microsoft. main.ts does not reach this file.

import { createLastHop, type LastHop } from './last-hop.ts';
import type { AuthorityHttp } from './credential.ts';

/** @param origin `http://127.0.0.1:3979` */
export const lastHopTurnedTo = (origin: string): LastHop => createLastHop(origin);

const authority = 'https://login.microsoftonline.com/';

/** Carries what @azure/identity asks of Entra to another origin; the library itself refuses an http authority. */
export function authorityTurnedTo(origin: string): AuthorityHttp {
  return {
    async sendRequest(request) {
      if (!request.url.startsWith(authority)) throw new Error('expected a request to Entra');
      const answer = await fetch(new URL(request.url.slice(authority.length), `${origin}/`), {
        method: request.method,
        headers: request.headers.toJSON(),
        redirect: 'manual',
        ...(typeof request.body === 'string' && { body: request.body }),
        ...(request.abortSignal instanceof AbortSignal && { signal: request.abortSignal }),
      });
      return { request, status: answer.status, headers: headersFrom(answer.headers), bodyAsText: await answer.text() };
    },
  };
}

type PipelineHeaders = Awaited<ReturnType<AuthorityHttp['sendRequest']>>['headers'];

function headersFrom(received: Headers): PipelineHeaders {
  return {
    get: (name) => received.get(name) ?? undefined,
    has: (name) => received.has(name),
    set: (name, value) => received.set(name, String(value)),
    delete: (name) => received.delete(name),
    toJSON: () => Object.fromEntries(received),
    [Symbol.iterator]: () => received.entries(),
  };
}
