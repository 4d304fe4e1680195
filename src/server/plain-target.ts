import type { RequestHandler } from 'restify';
import type { Neutral } from './neutral.ts';

/**
 * Goes before every route. restify makes a URL of the Host and of what stands behind the method, and routes by that one:
 * dots, backslashes, a `#`, a whole address or a path in the Host lead to routes that nobody who looked at the request
 * had in mind; a Host that is none throws where nobody catches, and ends the process. So a path has one spelling here.
 * What stands behind the question mark is the route's.
 */
export const onlyPlainTargets =
  (neutral: Neutral): RequestHandler =>
  (request, response, next) => {
    if (isPlain(request.url ?? '', request.headers.host)) return next();
    neutral.refuse(response, 400, 'wrong-target');
    return next(false);
  };

/** Of a letter, a digit, or what means nothing in a path: it says the same without. */
const needlessEscape = /%(?:2[de]|3\d|4[1-9a-f]|5[\daf]|6[1-9a-f]|7[\dae])/i;

/** @param host as restify takes it where there is none */
function isPlain(url: string, host: string | undefined): boolean {
  const [path = ''] = url.split('?');
  return path.startsWith('/') && !needlessEscape.test(path) && URL.parse(`http://${host === undefined || host === '' ? 'localhost' : host}${url}`)?.pathname === path;
}
