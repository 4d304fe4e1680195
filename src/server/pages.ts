// Pages for a browser: a sentence, or the way to another host. They hold nothing of the person, run nothing and load
// nothing; no cache keeps them, and no other page frames them or learns where somebody came from.

import { createHash } from 'node:crypto';
import type { Request, Response } from 'restify';

/** A GET route for browsers. */
export interface Page {
  readonly path: string;
  handle(query: URLSearchParams): Promise<PageAnswer>;
}

/** `to` is an address that the page made itself, never one that it was given. */
export type PageAnswer = { readonly kind: 'redirect'; readonly to: string } | { readonly kind: 'page'; readonly status: number; readonly title: string; readonly text: string };

const style = 'body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}';
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** What is thrown goes to restify's error event. */
export function answerPage(page: Page): (request: Request, response: Response) => Promise<void> {
  const handle = inTurn((query) => page.handle(query));
  return async (request, response) => {
    const answer = await handle(new URLSearchParams(request.getQuery()));
    if (answer.kind === 'redirect') return send(response, 302, '', { location: answer.to });
    const { status, title, text } = answer;
    send(response, status, `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style><h1>${escaped(title)}</h1><p>${escaped(text)}</p></html>\n`);
  };
}

const mostAtOnce = 2;
const mostWaiting = 100;

/** Nobody needs a token to ask: a thousand at once must not take every connection to the database from those who want a key. */
function inTurn(handle: Page['handle']): Page['handle'] {
  let atOnce = 0;
  const waiting: (() => void)[] = [];
  return async (query) => {
    if (atOnce < mostAtOnce) atOnce += 1;
    else if (waiting.length < mostWaiting) await new Promise<void>((resolve) => void waiting.push(resolve));
    else return busy;
    try {
      return await handle(query);
    } finally {
      // Its place goes to the next one, if there is any.
      const next = waiting.shift();
      if (next === undefined) atOnce -= 1;
      else next();
    }
  };
}

const busy: PageAnswer = { kind: 'page', status: 503, title: 'One moment', text: 'Too many ask for this page just now. Load it again in a minute.' };

function send(response: Response, status: number, html: string, more: Readonly<Record<string, string>> = {}): void {
  // Not `send`, which would make JSON of it.
  response.writeHead(status, { ...headers, ...(html === '' ? {} : { 'content-type': 'text/html; charset=utf-8' }), ...more });
  response.end(html);
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

