import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createLog } from '../../src/log.ts';
import { type Readiness, type Route, type Server, startServer } from '../../src/server/server.ts';
import { rawPost, sendRaw, statusesIn } from '../support/raw-http.ts';

const limit = 256 * 1024;
const json = { 'content-type': 'application/json' };
const jsonOf = (text: string | Buffer) => ({ ...json, 'content-length': Buffer.byteLength(text) });

describe('the HTTP server', () => {
  let server: Server;
  let taken: unknown[] = [];
  let logged: string[] = [];
  let readiness: () => Promise<Readiness> = () => Promise.resolve({ status: 'ok', parts: { database: 'ok' } });
  let handle: Route['handle'] = async () => ({ status: 200 });
  const ids = { reference: () => 'KD-00000001' };
  const log = createLog({ level: 'info', destination: { write: (line) => void logged.push(line) } });
  const settings = () => ({
    host: '127.0.0.1',
    port: 0,
    routes: [{ path: '/api/messages', loopbackOnly: false, handle: (request: Parameters<Route['handle']>[0]) => (taken.push(request.body), handle(request)) }],
    readiness: () => readiness(),
    ids,
    log,
    limits: { receiveMilliseconds: 300, drainMilliseconds: 300 },
  });

  before(async () => (server = await startServer(settings())));
  beforeEach(() => {
    taken = [];
    logged = [];
    handle = async () => ({ status: 200, body: { taken: true } });
  });
  after(() => server.stop());

  const post = (body: string | Buffer, headers: Readonly<Record<string, string>> = json) =>
    fetch(`${server.url}/api/messages`, { method: 'POST', headers, body: typeof body === 'string' ? body : new Uint8Array(body) });
  const lives = async (): Promise<void> => assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  /** A neutral refusal, and nothing reached the route. */
  const refuses = async (response: Response, status: number, code: string): Promise<void> => {
    assert.equal(response.status, status);
    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.deepEqual(await response.json(), { code, reference: 'KD-00000001' });
    assert.deepEqual(taken, []);
    await lives();
  };

  it('takes JSON and answers with JSON', async () => {
    const response = await post('{"type":"message"}', { 'content-type': 'application/json; charset=utf-8' });
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { taken: true });
    assert.deepEqual(taken, [{ type: 'message' }]);
  });

  it('answers with nothing where there is nothing to say', async () => {
    handle = async () => ({ status: 200 });
    const response = await post('{}');
    assert.deepEqual([response.status, await response.text()], [200, '']);
  });

  it('takes a body that says it is not compressed', async () => {
    assert.equal((await post('{}', { ...json, 'content-encoding': 'identity' })).status, 200);
  });

  it('takes a body up to the limit, and not one byte more', async () => {
    const body = JSON.stringify('x'.repeat(limit - 2));
    assert.equal((await post(body)).status, 200);
    taken = [];
    await refuses(await post(`${body} `), 413, 'body-too-large');
  });

  for (const [what, encoding, body] of [
    ['garbage that says it is gzip', 'gzip', Buffer.from('this is no gzip')],
    ['gzip cut in the middle', 'gzip', gzipSync('{"type":"message"}').subarray(0, 12)],
    ['a gzip bomb', 'gzip', gzipSync(Buffer.alloc(50 * 1024 * 1024))],
    ['good gzip', 'gzip', gzipSync('{"type":"message"}')],
    ['capital letters', 'GZIP', Buffer.from('x')],
    ['deflate', 'deflate', Buffer.from('x')],
    ['brotli', 'br', Buffer.from('x')],
    ['an encoding that does not exist', 'no-such', Buffer.from('x')],
    ['an empty encoding', '', Buffer.from('x')],
  ] as const) {
    it(`refuses ${what} with 415 before it reads the body`, async () => {
      const raw = await sendRaw(server.port, rawPost('/api/messages', { ...json, 'content-length': body.length, 'content-encoding': encoding }, body));
      assert.deepEqual(statusesIn(raw), [415]);
      assert.match(raw, /"code":"compressed"/);
      assert.deepEqual(taken, []);
      await lives();
    });
  }

  it('refuses a body in pieces that grows over the limit', async () => {
    const piece = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const raw = await sendRaw(server.port, [...rawPost('/api/messages', { ...json, 'transfer-encoding': 'chunked' }), piece, piece, piece, piece, piece, '0\r\n\r\n']);
    assert.deepEqual(statusesIn(raw), [413]);
    assert.deepEqual(taken, []);
    await lives();
  });

  for (const [what, body] of [
    ['no JSON', '{bad'],
    ['half JSON', '{"type":"mess'],
    ['two values', '{} {}'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x80, 0x00])],
  ] as const) {
    it(`refuses ${what} with 400, without the parser's text`, async () => refuses(await post(body), 400, 'not-json'));
  }

  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/octet-stream', 'application/json+evil', '']) {
    it(`refuses the content type ${JSON.stringify(type)} with 415`, async () => {
      const raw = await sendRaw(server.port, rawPost('/api/messages', { 'content-type': type, 'content-length': 2 }, '{}'));
      assert.deepEqual(statusesIn(raw), [415]);
      assert.deepEqual(taken, []);
    });
  }

  for (const [what, body] of [
    ['an array', '[]'],
    ['ten thousand nested arrays', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['as much nesting as fits', `${'['.repeat(131_072)}${']'.repeat(131_072)}`],
    ['a number', '5'],
    ['invalid UTF-8 inside a text', Buffer.concat([Buffer.from('{"type":"'), Buffer.from([0xc3, 0x28, 0xff]), Buffer.from('"}')])],
    ['a prototype', '{"__proto__":{"polluted":true}}'],
  ] as const) {
    it(`hands ${what} on to the route and lives`, async () => {
      assert.equal((await post(body)).status, 200);
      assert.equal(taken.length, 1);
      assert.equal(Reflect.get({}, 'polluted'), undefined);
      await lives();
    });
  }

  it('answers 404 to an unknown path and 405 to another method, neutrally', async () => {
    for (const accept of ['application/json', 'text/html', 'text/plain', 'application/octet-stream', 'application/javascript', 'image/png']) {
      await refuses(await fetch(`${server.url}/nothing?callback=x`, { headers: { accept } }), 404, 'not-found');
      await refuses(await fetch(`${server.url}/api/messages`, { headers: { accept } }), 405, 'method-not-allowed');
    }
    for (const path of ['/%E0%A4%A', '/%00', '/api/messages/../../etc/passwd', '//']) assert.equal((await fetch(`${server.url}${path}`)).status, 404, path);
  });

  for (const [what, target, host] of [
    ['a Host that is none', '/healthz', '['],
    ['a Host with a blank', '/healthz', 'a b'],
    ['a Host with a number that is no address', '/healthz', '1.2.3.4.5'],
    ['a Host with a port that there is not', '/healthz', 'a:99999'],
    ['a Host with another path', '/nothing', 'a/healthz?'],
    ['a whole address', 'http://127.0.0.1/healthz', 'a'],
    ['a whole address that is none', 'http://[/healthz', 'a'],
    ['a path with dots', '/nothing/../healthz', 'a'],
    ['a path with dots in escapes', '/nothing/%2e%2e/healthz', 'a'],
    ['a path with backslashes', '/nothing\\..\\healthz', 'a'],
    ['a path with a letter in an escape', '/%68ealthz', 'a'],
    ['a path with a fragment', '/healthz#x', 'a'],
  ] as const) {
    it(`refuses ${what}, and lives`, async () => {
      const raw = await sendRaw(server.port, [`GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`]);
      assert.deepEqual(statusesIn(raw), [400]);
      assert.match(raw, /"code":"wrong-target"/);
      await lives();
    });
  }

  it('takes a plain path of whatever Host, also of none, with any query', async () => {
    for (const head of ['GET /healthz HTTP/1.0\r\n', 'GET /healthz HTTP/1.1\r\nhost:\r\n', "GET /healthz?who=O'Brien&x=../\\{} HTTP/1.1\r\nhost: keydesk.example:443\r\n", 'GET /healthz HTTP/1.1\r\nhost: [2001:db8::1]:3978\r\n']) {
      assert.deepEqual(statusesIn(await sendRaw(server.port, [`${head}connection: close\r\n\r\n`])), [200], head);
    }
  });

  it('says nothing of what is behind it', async () => {
    const response = await post('{}');
    for (const name of ['server', 'x-powered-by']) assert.equal(response.headers.get(name), null);
  });

  it('answers 500 neutrally when a route breaks, and logs the class without the message', async () => {
    handle = () => Promise.reject(new TypeError('SQL password=hunter2'));
    const response = await post('{}');
    assert.equal(response.status, 500);
    assert.deepEqual(await response.json(), { code: 'internal', reference: 'KD-00000001' });
    assert.match(logged.join(''), /TypeError/);
    assert.match(logged.join(''), /KD-00000001/);
    assert.ok(!logged.join('').includes('hunter2'));
    await lives();
  });

  it('answers 500 also when a route rejects with what is no error', async () => {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- that is the point
    handle = () => Promise.reject('hunter2');
    const response = await post('{}');
    assert.deepEqual([response.status, await response.json()], [500, { code: 'internal', reference: 'KD-00000001' }]);
  });

  it('cuts a body that never comes to its end', async () => {
    const raw = await sendRaw(server.port, rawPost('/api/messages', { ...json, 'content-length': 100 }, '{"type":'));
    assert.ok(statusesIn(raw).every((status) => status === 408));
    assert.deepEqual(taken, []);
    await lives();
  });

  it('bears a client that hangs up in the middle of its body', async () => {
    await sendRaw(server.port, rawPost('/api/messages', { ...json, 'content-length': 100 }, '{"type":'), { half: true, patience: 200 });
    assert.deepEqual(taken, []);
    await lives();
  });

  it('bears what is no HTTP', async () => {
    for (const raw of ['\u0016\u0003\u0001 TLS', 'GET / HTTP/9.9\r\n\r\n', 'POST /api/messages HTTP/1.1\r\ncontent-length: -1\r\n\r\n', `GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`]) {
      const answer = await sendRaw(server.port, [raw]);
      assert.ok(statusesIn(answer).every((status) => status >= 400 && status < 500), answer);
    }
    await lives();
  });

  it('takes Expect: 100-continue, and refuses beforehand what is too large', async () => {
    const good = await sendRaw(server.port, rawPost('/api/messages', { ...jsonOf('{}'), expect: '100-continue' }, '{}'));
    assert.deepEqual(statusesIn(good), [100, 200]);
    const large = await sendRaw(server.port, rawPost('/api/messages', { ...json, 'content-length': limit + 1, expect: '100-continue' }));
    assert.deepEqual(statusesIn(large).at(-1), 413);
  });

  it('answers requests in a pipeline in their order', async () => {
    const one = `POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`;
    const raw = await sendRaw(server.port, [`${one}${one}GET /nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`]);
    assert.deepEqual(statusesIn(raw), [200, 200, 404]);
  });

  it('closes a connection that wants to become another protocol', async () => {
    const raw = await sendRaw(server.port, ['GET /api/messages HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'], { patience: 1000 });
    assert.deepEqual(statusesIn(raw), []);
    await lives();
  });

  for (const [status, http] of [['ok', 200], ['degraded', 200], ['down', 503]] as const) {
    it(`is ready with ${http} when it is ${status}, and names the parts`, async () => {
      readiness = () => Promise.resolve({ status, parts: { database: 'ok', graph: status } });
      const response = await fetch(`${server.url}/readyz`);
      assert.equal(response.status, http);
      assert.deepEqual(await response.json(), { status, parts: { database: 'ok', graph: status } });
    });
  }

  it('looks once for all who ask meanwhile, and again for the next', async () => {
    const first = Promise.withResolvers<Readiness>();
    let looks = 0;
    readiness = () => ((looks += 1), looks === 1 ? first.promise : Promise.resolve({ status: 'ok', parts: {} }));
    const question = 'GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\n';
    // In one piece, so that all three have been asked when the first look has begun and a few turns have passed.
    const asking = sendRaw(server.port, [`${question}\r\n${question}\r\n${question}connection: close\r\n\r\n`]);
    for (let turns = 0; turns < 20; turns += looks) await new Promise((resolve) => setImmediate(resolve));
    first.resolve({ status: 'down', parts: {} });
    assert.deepEqual([statusesIn(await asking), looks], [[503, 503, 503], 1]);
    assert.deepEqual([(await fetch(`${server.url}/readyz`)).status, looks], [200, 2]);
  });

  it('is down when nobody can say how it is', async () => {
    readiness = () => Promise.reject(new Error('hunter2'));
    const response = await fetch(`${server.url}/readyz`);
    assert.deepEqual([response.status, await response.json()], [503, { status: 'down', parts: {} }]);
  });

  it('says which port is in use, and what to do', async () => {
    await assert.rejects(startServer({ ...settings(), port: server.port }), new RegExp(`Port ${server.port} on 127.0.0.1 is in use.*PORT`));
    await lives();
  });

  it('does not offer a route that asks for no token to other machines', async () => {
    const open: Route = { path: '/api/messages', loopbackOnly: true, handle: async () => ({ status: 200 }) };
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'keydesk.example']) await assert.rejects(startServer({ ...settings(), host, routes: [open] }), /may only be offered on 127\.0\.0\.1/);
    const own = await startServer({ ...settings(), routes: [open] });
    await own.stop();
  });

  it('offers a route that asks for no token to nobody who asks for another host: a web page whose name points here', async () => {
    const open = (loopbackOnly: boolean): Route => ({ path: '/api/messages', loopbackOnly, handle: async () => ({ status: 200 }) });
    const own = await startServer({ ...settings(), routes: [open(true)] });
    const guarded = await startServer({ ...settings(), routes: [open(false)] });
    const statusFor = async ({ port }: Server, host: string) => statusesIn(await sendRaw(port, rawPost('/api/messages', { ...jsonOf('{}'), host }, '{}')));
    for (const host of ['evil.example', `evil.example:${own.port}`, '127.0.0.1.evil.example', 'evil.example@127.0.0.1', 'localhost.', '']) assert.deepEqual(await statusFor(own, host), [403], host);
    for (const host of ['127.0.0.1', `127.0.0.1:${own.port}`, `localhost:${own.port}`, '[::1]:80']) assert.deepEqual(await statusFor(own, host), [200], host);
    assert.deepEqual(await statusFor(guarded, 'keydesk.example'), [200], 'who brings a token may ask for any host');
    await own.stop();
    await guarded.stop();
  });

  it('lets an answer under way finish when it stops, and takes nothing new', async () => {
    const own = await startServer(settings());
    const { promise, resolve } = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    handle = async () => {
      began.resolve();
      await promise;
      return { status: 200, body: { finished: true } };
    };
    const answer = fetch(`${own.url}/api/messages`, { method: 'POST', headers: json, body: '{}' });
    await began.promise;
    taken = [];
    const stopped = own.stop();
    const refused = await fetch(`${own.url}/api/messages`, { method: 'POST', headers: json, body: '{}' });
    assert.deepEqual([refused.status, refused.headers.get('connection'), await refused.json()], [503, 'close', { code: 'stopping', reference: 'KD-00000001' }]);
    assert.deepEqual(taken, []);
    const ready = await fetch(`${own.url}/readyz`);
    assert.deepEqual([ready.status, await ready.json()], [503, { status: 'stopping', parts: {} }], 'said at once, whatever the parts say');
    assert.equal((await fetch(`${own.url}/healthz`)).status, 200, 'the process still answers');
    resolve();
    const answered = await answer;
    assert.deepEqual([answered.headers.get('connection'), await answered.json()], ['close', { finished: true }]);
    await stopped;
    await own.stop();
    await assert.rejects(fetch(`${own.url}/healthz`));
    assert.ok(logged.every((line) => !line.includes('"level":"error"')), 'nothing is broken');
  });

  it('lets a page under way finish when it stops, and begins none', async () => {
    const began = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const page = { path: '/page', handle: async () => (began.resolve(), await finish.promise, { kind: 'page', status: 200, title: 'Done', text: 'It is.' } as const) };
    const own = await startServer({ ...settings(), pages: [page], limits: { drainMilliseconds: 60_000 } });
    const answer = fetch(`${own.url}/page`);
    await began.promise;
    const stopped = own.stop();
    assert.equal((await fetch(`${own.url}/page`)).status, 503);
    finish.resolve();
    assert.match(await (await answer).text(), /It is\./);
    await stopped;
  });

  it('works on two of a page at a time, however many ask, and turns away those for whom there is no room', async () => {
    const turnedAway = Promise.withResolvers<void>();
    const statuses: number[] = [];
    let [atOnce, most] = [0, 0];
    const page = {
      path: '/page',
      handle: async () => {
        most = Math.max(most, (atOnce += 1));
        await turnedAway.promise;
        atOnce -= 1;
        return { kind: 'page', status: 200, title: 'Done', text: 'It is.' } as const;
      },
    };
    const own = await startServer({ ...settings(), pages: [page] });
    const ask = async (): Promise<void> => {
      statuses.push((await fetch(`${own.url}/page`)).status);
      // Until then nobody is let go.
      if (statuses.length === 8) turnedAway.resolve();
    };
    await Promise.all(Array.from({ length: 110 }, ask));
    assert.deepEqual([most, statuses.slice(0, 8), statuses.slice(8)], [2, Array(8).fill(503), Array(102).fill(200)]);
    assert.equal((await fetch(`${own.url}/healthz`)).status, 200);
    await own.stop();
  });

  it('is not held up by connections on which nobody asks: kept from before, or never used', async () => {
    const own = await startServer({ ...settings(), limits: { drainMilliseconds: 60_000 } });
    const closed = (socket: Socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve()));
    const kept = connect(own.port, '127.0.0.1');
    const silent = connect(own.port, '127.0.0.1');
    const both = Promise.all([closed(kept), closed(silent)]);
    for (const socket of [kept, silent]) socket.on('error', () => undefined);
    kept.write('GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
    await new Promise((resolve) => kept.once('data', resolve));
    await own.stop();
    await both;
  });

  it('waits only so long for an answer when it stops', async () => {
    const own = await startServer(settings());
    const began = Promise.withResolvers<void>();
    handle = () => {
      began.resolve();
      return new Promise(() => undefined);
    };
    const answer = assert.rejects(fetch(`${own.url}/api/messages`, { method: 'POST', headers: json, body: '{}' }));
    await began.promise;
    await own.stop();
    await answer;
  });

  it('leaves other servers of the process as they were: writeHead still gives back the response', async () => {
    const other = createServer((_request, response) => void response.writeHead(201, { 'content-type': 'text/plain' }).end('ok'));
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    assert.ok(typeof address === 'object' && address !== null);
    const response = await fetch(`http://127.0.0.1:${address.port}/`);
    assert.deepEqual([response.status, await response.text()], [201, 'ok']);
    other.closeAllConnections();
    other.close();
  });
});
