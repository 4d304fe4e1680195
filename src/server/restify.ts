// restify, with one thing put right: loading it replaces ServerResponse.prototype.writeHead for the whole process by
// one that returns nothing, so that `response.writeHead(…).end(…)` throws in every other server that runs beside it (in
// the demo and in tests: the simulator, the connector).

import { ServerResponse } from 'node:http';
import restify from 'restify';

const replaced: unknown = Reflect.get(ServerResponse.prototype, 'writeHead');

function writeHead(this: ServerResponse, ...given: unknown[]): ServerResponse {
  if (typeof replaced === 'function') Reflect.apply(replaced, this, given);
  return this;
}

Object.defineProperty(ServerResponse.prototype, 'writeHead', { value: writeHead, writable: true, configurable: true });

export { restify };
