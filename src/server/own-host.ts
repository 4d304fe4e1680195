import type { RequestHandler } from 'restify';
import type { Neutral } from './neutral.ts';

const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/**
 * For a route that asks nobody for a token. A web page in a browser on this machine reaches it too, once its own name
 * has been made to point to 127.0.0.1 (DNS rebinding); the browser then still says the page's name as the host.
 */
export const onlyAsLoopback =
  (neutral: Neutral): RequestHandler =>
  (request, response, next) => {
    if (loopbackHost.test(request.headers.host ?? '')) return next();
    neutral.refuse(response, 403, 'wrong-host');
    return next(false);
  };
