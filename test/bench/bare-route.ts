// The yardstick of the list: restify and one route that sends the same bytes, which it was given; it asks nobody for
// anything.   node src/launch.mjs test/bench/bare-route.ts <port> <file>

import { readFileSync } from 'node:fs';
import restify from 'restify';

const [port, file = ''] = process.argv.slice(2);
const body = readFileSync(file, 'utf8');
const server = restify.createServer();
server.get('/healthz', (_request, response, next) => {
  response.send(200, { status: 'up' });
  next();
});
server.get('/api/devices/security/bitlocker/keys', (_request, response, next) => {
  response.sendRaw(200, body, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) });
  next();
});
server.listen(Number(port), '127.0.0.1');
