import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { castMember } from '../../src/demo/cast.ts';
import { troubles, welcome } from '../../src/demo/words.ts';
import { known } from '../support/known.ts';

const speaker = known(castMember('Megan'));
const house = { keydeskUrl: 'http://127.0.0.1:3978', simulatorUrl: 'http://127.0.0.1:3979', dataFolder: join(process.cwd(), '.keydesk'), logFile: '/var/tmp/elsewhere/keydesk.log' };

async function troublesAnswered(status: number, body: string): Promise<readonly string[]> {
  const server = createServer((_request, response) => void response.writeHead(status).end(body));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    return await troubles(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : assert.fail()}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('demo: what it says', () => {
  it('names every address, who speaks, and what to type', () => {
    const text = welcome({ speaker, ephemeral: false }, { ...house, playgroundUrl: 'http://127.0.0.1:56150' });
    for (const part of ['http://127.0.0.1:3978', 'http://127.0.0.1:3979', 'http://127.0.0.1:56150', 'you are Megan Bowen, admin and approver', ' .keydesk/postgres.url', '/var/tmp/elsewhere/keydesk.log', 'kept for the next start', '\n  key for LAPTOP-42\n', 'Ctrl-C stops all of it.']) {
      assert.ok(text.includes(part), `${part} is not in:\n${text}`);
    }
  });

  it('sends nobody to a Playground that is not there', () => {
    const text = welcome({ speaker, ephemeral: true }, house);
    assert.doesNotMatch(text, /Agents Playground|Megan/);
    assert.match(text, /--ask "key for LAPTOP-42"/);
    assert.match(text, /removed at the end/);
  });

  it('is silent about parts that are well, and names the others', async () => {
    assert.deepEqual(await troublesAnswered(200, JSON.stringify({ status: 'ok', parts: { database: 'ok', ledger: 'ok', graph: 'ok' } })), []);
    assert.deepEqual(await troublesAnswered(503, JSON.stringify({ status: 'down', parts: { database: 'ok', ledger: 'missing', graph: 'graph-cut' } })), ['Not well: ledger (missing)', 'Not well: graph (graph-cut)']);
  });
});
