// The yardsticks of the list: restify and one route that sends the same bytes. It was given them, or, where it is told of a
// database, reads them there with the same statement; nothing else is asked, looked at or written.
//   [DATABASE_URL=postgres://…] node src/launch.mjs test/bench/bare-route.ts <port> <file>

import { readFileSync } from 'node:fs';
import { Pool } from 'pg';
import restify from 'restify';
import { itemsStatement } from '../../src/store/fleet-items.ts';

const [port, file = ''] = process.argv.slice(2);
const url = process.env['DATABASE_URL'];
const given = readFileSync(file, 'utf8');
const server = restify.createServer();
server.get('/healthz', (_request, response, next) => {
  response.send(200, { status: 'up' });
  next();
});
const body = url === undefined ? () => Promise.resolve(given) : read(url);
server.get('/api/devices/security/bitlocker/keys', async (_request, response) => {
  const text = await body();
  response.sendRaw(200, text, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) });
});
server.listen(Number(port), '127.0.0.1');

function read(connectionString: string): () => Promise<string> {
  const { text, values } = itemsStatement({ most: 100 });
  const pool = new Pool({ connectionString });
  // One item more than is sent is read, as Keydesk does; what is sent is as long as what Keydesk sends.
  return async () => {
    const { rows } = await pool.query<{ lines: string }>({ name: 'page', text, values: [...values] });
    return `{"items":[${rows[0]?.lines.replaceAll('\n', ',\n')}`.slice(0, given.length);
  };
}
