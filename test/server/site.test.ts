// The way of a request through a site of its own: begun before its body is read, and every error in the site's words.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { createLog } from '../../src/log.ts';
import { type Server, type ServerLimits, startServer } from '../../src/server/server.ts';
import type { Site, SiteAnswer, SiteRoute } from '../../src/server/site.ts';
import { until } from '../support/keydesk/time.ts';
import { rawPost, sendRaw, statusesIn } from '../support/raw-http.ts';

const text = (status: number, body: string): SiteAnswer => ({ status, headers: { 'content-type': 'text/plain' }, body });

describe('a site of the HTTP server', () => {
  let server: Server;
  let begin: SiteRoute['begin'] = async () => text(200, 'ok');
  let mayGoOn: Site['before'] = async () => undefined;
  let bodies: (string | undefined)[] = [];
  let over = 0;
  let answered: { readonly route: string; readonly status: number; readonly whole: boolean; readonly noted: object }[] = [];
  const readBody = async () => async (body: string | undefined) => (bodies.push(body), text(200, 'read'));
  const site: Site = {
    routes: [
      { method: 'GET', path: '/api/things/:id', begin: (request) => begin(request) },
      { method: 'POST', path: '/api/things/:id', begin: (request) => begin(request) },
    ],
    bodyBytes: 1000,
    before: (request) => mayGoOn(request),
    requestId: () => 'request-1',
    arrived: () => (call) => void answered.push(call),
    owns: (url) => url.startsWith('/api/'),
    speak: ({ status, code }) => ({ headers: { 'content-type': 'text/special' }, body: `${status} ${code}` }),
  };

  const log = createLog({ level: 'info', destination: { write: () => true } });
  const start = (limits: Partial<ServerLimits> = {}): Promise<Server> =>
    startServer({ host: '127.0.0.1', port: 0, routes: [], site, readiness: async () => ({ status: 'ok', parts: {} }), ids: { reference: () => 'KD-00000001' }, log, limits: { receiveMilliseconds: 300, drainMilliseconds: 300, ...limits } });

  before(async () => {
    server = await start();
  });
  beforeEach(() => {
    begin = async () => text(200, 'ok');
    mayGoOn = async () => undefined;
    [bodies, over, answered] = [[], 0, []];
  });
  after(() => server.stop());
  const url = (path: string): string => `${server.url}${path}`;
  const json = { 'content-type': 'application/json' };

  it('gets what is in the path, the query and the headers, and what came twice', async () => {
    begin = async ({ id, params, query, headers, doubled }) => text(200, JSON.stringify({ id, params, query, accept: headers['accept'], doubled: [...doubled] }));
    const raw = await sendRaw(server.port, ['GET /api/things/a%20b?x=%41&y=1 HTTP/1.1\r\nhost: a\r\nconnection: close\r\naccept: text/csv\r\nx-one: 1\r\nX-One: 2\r\n\r\n']);
    assert.deepEqual(JSON.parse(raw.split('\r\n\r\n')[1] ?? ''), { id: 'request-1', params: { id: 'a b' }, query: 'x=%41&y=1', accept: 'text/csv', doubled: ['x-one'] });
    assert.match(raw, /x-request-id: request-1/i);
  });

  it('refuses before it reads the body, and closes the connection over what is left of it', async () => {
    begin = async () => text(401, 'who are you');
    const raw = await sendRaw(server.port, [`POST /api/things/1 HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"half`], { patience: 2000 });
    assert.deepEqual(statusesIn(raw), [401]);
    assert.match(raw, /connection: close/i);
    assert.deepEqual(bodies, []);
  });

  it('reads a body up to the limit, and answers in its own words to one byte more, of a length or in pieces', async () => {
    begin = readBody;
    assert.equal((await fetch(url('/api/things/1'), { method: 'POST', headers: json, body: 'x'.repeat(1000) })).status, 200);
    assert.deepEqual(bodies, ['x'.repeat(1000)]);
    const long = await fetch(url('/api/things/1'), { method: 'POST', headers: json, body: 'x'.repeat(1001) });
    assert.deepEqual([long.status, await long.text()], [413, '413 body-too-large']);
    const piece = `200\r\n${'x'.repeat(0x200)}\r\n`;
    const raw = await sendRaw(server.port, [...rawPost('/api/things/1', { ...json, 'transfer-encoding': 'chunked' }), piece, piece, '0\r\n\r\n']);
    assert.deepEqual(statusesIn(raw), [413]);
    assert.equal(bodies.length, 1);
  });

  it('ends a body that comes drop by drop', async () => {
    begin = readBody;
    const raw = await sendRaw(server.port, [`POST /api/things/1 HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`], { patience: 5000 });
    assert.deepEqual([statusesIn(raw), bodies], [[408], []]);
  });

  it('answers in its own words to what is not there, to another method and to a defect', async () => {
    const words = async (answer: Response) => [answer.status, answer.headers.get('content-type'), await answer.text()];
    assert.deepEqual(await words(await fetch(url('/api/nothing'))), [404, 'text/special', '404 not-found']);
    const other = await fetch(url('/api/things/1'), { method: 'DELETE' });
    assert.match(other.headers.get('allow') ?? '', /GET/);
    assert.deepEqual(await words(other), [405, 'text/special', '405 method-not-allowed']);
    begin = () => Promise.reject(new Error('secret text'));
    assert.deepEqual(await words(await fetch(url('/api/things/1'))), [500, 'text/special', '500 internal']);
    assert.deepEqual(await words(await fetch(url('/elsewhere'))), [404, 'application/json', '{"code":"not-found","reference":"KD-00000001"}']);
  });

  it('sends pieces no faster than they are taken, and says when it is over, also when the reader has gone', async () => {
    let made = 0;
    async function* pieces(): AsyncGenerator<string, void> {
      for (; made < 100_000; made += 1) yield 'x'.repeat(1024);
    }
    begin = async () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: pieces(), over: () => (over += 1) });
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET /api/things/1 HTTP/1.1\r\nhost: a\r\n\r\n');
    await new Promise((resolve) => socket.once('readable', resolve));
    // The reader looks at nothing more: what the sockets hold is full, and no more is made.
    for (let [last, still] = [-1, 0]; still < 2000; await new Promise((resolve) => void setImmediate(resolve))) [last, still] = [made, last === made ? still + 1 : 0];
    assert.ok(made > 0 && made < 50_000, String(made));
    socket.destroy();
    await until(() => over > 0);
    assert.equal(over, 1);
  });

  it('lets what is under way come to its end when the server stops, a file and a body too, and takes nothing new', async () => {
    const own = await start({ drainMilliseconds: 60_000 });
    const [go, posted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    async function* pieces(): AsyncGenerator<string, void> {
      yield 'one';
      await go.promise;
      yield ', two';
    }
    begin = async ({ headers }) => {
      if (headers['content-type'] === undefined) return { status: 200, headers: {}, body: pieces() };
      return async (body) => {
        posted.resolve();
        await go.promise;
        return text(200, `read ${body}`);
      };
    };
    const file = await fetch(`${own.url}/api/things/1`);
    const post = fetch(`${own.url}/api/things/1`, { method: 'POST', headers: json, body: '{}' });
    await posted.promise;
    const stopped = own.stop();
    const refused = await fetch(`${own.url}/api/things/1`);
    assert.deepEqual([refused.status, refused.headers.get('connection'), await refused.text()], [503, 'close', '503 stopping']);
    go.resolve();
    assert.equal(await file.text(), 'one, two');
    const answered = await post;
    assert.deepEqual([answered.status, answered.headers.get('connection'), await answered.text()], [200, 'close', 'read {}']);
    await stopped;
    await assert.rejects(fetch(`${own.url}/healthz`));
  });

  it('cuts the connection over a piece that fails, so that nobody takes half for the whole', async () => {
    async function* pieces(): AsyncGenerator<string, void> {
      yield 'half';
      throw new Error('gone');
    }
    begin = async () => ({ status: 200, headers: {}, body: pieces(), over: () => (over += 1) });
    await assert.rejects(fetch(url('/api/things/1')).then((answer) => answer.text()));
    assert.equal(over, 1);
    await until(() => answered.length > 0);
    assert.deepEqual(answered.map(({ route, status, whole }) => [route, status, whole]), [['/api/things/:id', 200, false]]);
  });

  it('keeps what was noted of a request for the line at its end, and nothing of one that is over', async () => {
    const asked = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    begin = async ({ note }) => {
      note({ caller: 'first' });
      return text(200, 'ok');
    };
    await fetch(url('/api/things/1'));
    begin = async ({ note }) => {
      asked.resolve();
      await gone.promise;
      note({ caller: 'late' });
      return { status: 200, headers: {}, body: pieces(), over: () => (over += 1) };
    };
    async function* pieces(): AsyncGenerator<string, void> {
      yield 'nobody is there';
    }
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET /api/things/1 HTTP/1.1\r\nhost: a\r\n\r\n');
    await asked.promise;
    socket.destroy();
    await until(() => answered.length > 1);
    gone.resolve();
    await until(() => over > 0);
    assert.deepEqual(answered.map(({ status, whole, noted }) => [status, whole, noted]), [[200, true, { caller: 'first' }], [0, false, {}]]);
    assert.equal(over, 1, 'told also when the reader went before the first piece');
  });

  for (const [what, body] of [['a whole answer', () => 'x'.repeat(20_000_000)], ['an answer in pieces', endless]] as const) {
    it(`ends ${what} that its reader does not take`, async () => {
      const own = await start({ stallMilliseconds: 200 });
      begin = async () => ({ status: 200, headers: {}, body: body(), over: () => (over += 1) });
      const socket = connect(own.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write('GET /api/things/1 HTTP/1.1\r\nhost: a\r\n\r\n');
      await new Promise((resolve) => socket.once('readable', resolve));
      await until(() => answered.length > 0);
      assert.deepEqual(answered.map(({ status, whole }) => [status, whole]), [[200, false]]);
      socket.destroy();
      await own.stop();
    });
  }

  it('waits at its stop for nobody who went before it was their turn', async () => {
    const [held, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    mayGoOn = async () => {
      held.resolve();
      await gone.promise;
      return undefined;
    };
    const own = await start({ drainMilliseconds: 60_000 });
    const socket = connect(own.port, '127.0.0.1');
    socket.write('GET /api/things/1 HTTP/1.1\r\nhost: a\r\n\r\n');
    await held.promise;
    socket.destroy();
    await until(() => answered.length > 0);
    gone.resolve();
    await own.stop();
  });
});

async function* endless(): AsyncGenerator<string, void> {
  for (;;) yield 'x'.repeat(1024);
}
