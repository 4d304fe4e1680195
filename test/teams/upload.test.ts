import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { Fault } from '../../src/domain/fault.ts';
import { collected, isUploadUrl, upload } from '../../src/teams/upload.ts';

describe('the address of an upload', () => {
  const good = [
    'https://contoso-my.sharepoint.com/personal/adele/_api/v2.0/drive/items/01/uploadSession?guid=x&overwrite=true',
    'https://contoso.sharepoint.us/x',
    'https://contoso.sharepoint-mil.us/x',
    'https://contoso-my.sharepoint.cn/x',
    'HTTPS://CONTOSO.SHAREPOINT.COM/x',
  ];
  const bad = [
    'http://contoso.sharepoint.com/x',
    'https://sharepoint.com/x',
    'https://contoso.sharepoint.com.evil.example/x',
    'https://contoso-sharepoint.com/x',
    'https://evilsharepoint.com/x',
    'https://contoso.sharepoint.com@evil.example/x',
    'https://user:secret@contoso.sharepoint.com/x',
    'https://contoso.sharepoint.com:8443/x',
    'https://evil.example/?contoso.sharepoint.com',
    'https://evil.example#.sharepoint.com',
    'https://evil.example\\.sharepoint.com/x',
    'https://a.b.sharepoint.com/x',
    'https://.sharepoint.com/x',
    'https://127.0.0.1/x',
    'https://169.254.169.254/metadata',
    'https://[::1]/x',
    'ftp://contoso.sharepoint.com/x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'not an address',
    '',
  ];
  for (const address of good) it(`is taken: ${address}`, () => assert.ok(isUploadUrl(address, 'microsoft')));
  for (const address of bad) it(`is refused: ${address}`, () => assert.ok(!isUploadUrl(address, 'microsoft')));

  it('is this machine only where that was said, and then nothing else', () => {
    assert.ok(isUploadUrl('http://127.0.0.1:8080/upload', 'loopback'));
    assert.ok(!isUploadUrl('http://127.0.0.1:8080/upload', 'microsoft'));
    for (const address of ['http://127.0.0.1.evil.example/x', 'https://contoso.sharepoint.com/x', 'http://10.0.0.1/x']) assert.ok(!isUploadUrl(address, 'loopback'), address);
  });
});

interface Put {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function withServer(answer: (response: ServerResponse) => void, work: (url: string, puts: readonly Put[]) => Promise<void>): Promise<void> {
  const puts: Put[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      puts.push({ method: request.method, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    await work(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/upload?tempauth=x`, puts);
  } finally {
    server.closeAllConnections();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  }
}

const file = Buffer.from('ä,b\r\n', 'utf8');
const isFault = (retry: Fault['retry']) => (error: Fault): boolean => error.name === 'Fault' && error.code === 'teams-unreachable' && error.retry === retry;

describe('an upload', () => {
  for (const status of [200, 201]) {
    it(`is one PUT with the whole range, and neither token nor cookie (${status})`, () =>
      withServer((response) => response.writeHead(status).end('{}'), async (url, puts) => {
        await upload(url, file, 'loopback');
        const [put, ...more] = puts;
        assert.deepEqual([put?.method, put?.body, put?.headers['content-range'], put?.headers['content-length'], more], ['PUT', 'ä,b\r\n', 'bytes 0-5/6', '6', []]);
        assert.deepEqual([put?.headers.authorization, put?.headers.cookie], [undefined, undefined]);
      }));
  }

  it('follows no redirect', () =>
    withServer((response) => response.writeHead(307, { location: 'http://127.0.0.1:1/elsewhere' }).end(), async (url, puts) => {
      await assert.rejects(upload(url, file, 'loopback'), isFault('never'));
      assert.equal(puts.length, 1);
    }));

  it('that is refused or only half taken is not tried again', async () => {
    for (const status of [202, 400, 401, 403, 404, 409, 416]) {
      await withServer((response) => response.writeHead(status).end(), async (url, puts) => {
        await assert.rejects(upload(url, file, 'loopback'), isFault('never'), String(status));
        assert.equal(puts.length, 1);
      });
    }
  });

  it('whose answer is lost may have arrived', async () => {
    await withServer((response) => response.writeHead(503).end(), (url) => assert.rejects(upload(url, file, 'loopback'), isFault('unknown-outcome')));
    await withServer((response) => response.socket?.destroy(), (url) => assert.rejects(upload(url, file, 'loopback'), isFault('unknown-outcome')));
    let gone = '';
    await withServer((response) => response.end(), async (url) => void (gone = url));
    await assert.rejects(upload(gone, file, 'loopback'), isFault('never'), 'nobody was there');
  });

  it('goes nowhere else, and the fault does not repeat where that was', () =>
    assert.rejects(upload('https://evil.example/secret-path', file, 'microsoft'), (error: Fault) => isFault('never')(error) && !error.message.includes('evil')));

  it('of too many bytes is none', async () => {
    async function* pieces(): AsyncGenerator<string, void> {
      yield 'ää';
      yield 'b';
    }
    assert.equal((await collected(pieces(), 5)).length, 5);
    await assert.rejects(collected(pieces(), 4), { name: 'Fault', code: 'internal' });
  });
});
