import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cast } from '../../src/demo/cast.ts';
import { type Connector, startConnector } from './connector.ts';
import { load, type Loaded } from './load.ts';
import { openLine } from './post.ts';

/** A bot that returns from the POST at once and sends `says` to the connector, or nothing. */
function stub(says: string | undefined, status = 200): { readonly server: Server; readonly line: ReturnType<typeof openLine> } {
  const line = openLine(4);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(status).end();
      const heard = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { serviceUrl: string; conversation: { id: string } };
      const url = `${heard.serviceUrl}/v3/conversations/${encodeURIComponent(heard.conversation.id)}/activities`;
      void line.post(url, { type: 'typing' });
      if (says !== undefined) void line.post(url, { type: 'message', text: says });
    });
  });
  return { server, line };
}

describe('the load of the benchmark', () => {
  let connector: Connector;
  const stubs: ReturnType<typeof stub>[] = [];
  before(async () => {
    connector = await startConnector();
  });
  after(async () => {
    for (const { server, line } of stubs) {
      server.close();
      server.closeAllConnections();
      line.close();
    }
    await connector.stop();
  });

  async function bot(says: string | undefined, status?: number): Promise<Loaded> {
    const one = stub(says, status);
    stubs.push(one);
    await new Promise<void>((resolve) => void one.server.listen(0, '127.0.0.1', resolve));
    const { port } = one.server.address() as AddressInfo;
    const [person] = cast;
    assert.ok(person);
    return {
      name: 'stub',
      origin: `http://127.0.0.1:${port}`,
      chat: (lane) => ({ serviceUrl: connector.serviceUrl, person, conversationId: `a:stub-${stubs.length}-${lane}` }),
      text: (lane, n) => `${lane}/${n}`,
      isAnswer: (activity) => activity.includes('"text":"right"'),
    };
  }

  it('counts the turns whose answers arrived, and looks over what is no message', async () => {
    const before = connector.count();
    const rate = await load(await bot('right'), connector, { inFlight: 2, forMs: 5000, mostTurns: 10 });
    assert.ok(rate > 0);
    // A typing sign and an answer each; the last sign may still be on its way.
    assert.ok(connector.count() - before >= 10);
  });

  it('ends when the time is over', async () => {
    const begun = performance.now();
    await load(await bot('right'), connector, { inFlight: 1, forMs: 50, mostTurns: Number.POSITIVE_INFINITY });
    assert.ok(performance.now() - begun < 2000);
  });

  it('counts no turn whose answer never arrives, although the POST returned', async () => {
    const options = { inFlight: 1, forMs: 5000, mostTurns: 1, patienceMs: 40 };
    await assert.rejects(load(await bot(undefined), connector, options), /no message arrived in a:stub-\d+-0 within 40 ms/);
  });

  it('takes no wrong answer for a turn', async () => {
    await assert.rejects(load(await bot('wrong'), connector, { inFlight: 1, forMs: 5000, mostTurns: 1 }), /stub gave a wrong answer: .*wrong/);
  });

  it('takes no refused POST for a turn', async () => {
    await assert.rejects(load(await bot('right', 503), connector, { inFlight: 1, forMs: 5000, mostTurns: 1 }), /stub answered a message with 503/);
  });
});
