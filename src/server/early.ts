import type { RequestHandler } from 'restify';
import type { Neutral } from './neutral.ts';

/**
 * What can be refused before a byte of the body is read. Compressed bodies first: restify's reader unpacks gzip by
 * itself, where a broken stream ends the process and a small one may unpack to gigabytes.
 */
export const refuseEarly =
  (bodyBytes: number, neutral: Neutral): RequestHandler =>
  (request, response, next) => {
    const { headers } = request;
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
      neutral.refuse(response, 415, 'compressed');
      return next(false);
    }
    // The reader knows gzip and nothing else, not even the word for "as it is".
    delete headers['content-encoding'];
    if (Number(headers['content-length'] ?? 0) > bodyBytes) {
      neutral.refuse(response, 413, 'body-too-large');
      return next(false);
    }
    return next();
  };
