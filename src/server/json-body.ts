// The JSON parser and nothing but it: restify's bodyParser would also take forms, and files into a temporary folder.

import { restify } from './restify.ts';

/** The handlers that go before a route with a JSON body, in order. Refusals are raised as restify's own errors. */
export function jsonBody(bodyBytes: number): readonly restify.RequestHandlerType[] {
  // The types do not know `maxBodySize`, the parser hands it on to its reader; without it there is no limit.
  const options = { mapParams: false, maxBodySize: bodyBytes };
  return [onlyJson, ...[restify.plugins.jsonBodyParser(options)].flat()];
}

/** 415 for anything else, before a byte of the body is read. */
export const onlyJson: restify.RequestHandler = (request, _response, next) => {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  return type === 'application/json' ? next() : next(Object.assign(new Error('not JSON'), { statusCode: 415 }));
};
