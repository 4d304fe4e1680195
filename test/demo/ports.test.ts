import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { freePorts, PortError } from '../../src/demo/ports.ts';

const any = (part: string) => ({ part, variable: `${part.toUpperCase()}_PORT`, port: 0 });

async function taken(host: string): Promise<{ port: number; server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, host, resolve));
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : assert.fail(), server };
}

const close = (server: Server): Promise<void> => new Promise((resolve) => void server.close(() => resolve()));

describe('demo: ports', () => {
  it('finds a free one for each part, none twice', async () => {
    const ports = await freePorts([any('one'), any('two'), any('three')]);
    assert.equal(new Set(ports).size, 3);
    assert.ok(ports.every((port) => port > 0));
  });

  it('gives the very port that was asked for, and lets go of it', async () => {
    const [free = 0] = await freePorts([any('one')]);
    assert.deepEqual(await freePorts([{ ...any('one'), port: free }]), [free]);
    const { server } = await new Promise<{ server: Server }>((resolve, reject) => {
      const listener = createServer().once('error', reject);
      listener.listen(free, '127.0.0.1', () => resolve({ server: listener }));
    });
    await close(server);
  });

  for (const host of ['127.0.0.1', '0.0.0.0', '::']) {
    it(`refuses a port that somebody holds on ${host}, and names the variable that moves it`, async () => {
      const { port, server } = await taken(host);
      try {
        await assert.rejects(freePorts([{ part: 'Keydesk', variable: 'PORT', port }]), (error) => {
          assert.ok(error instanceof PortError);
          assert.match(error.message, new RegExp(`^Port ${port}, which Keydesk wants, is in use.*set PORT to a free port`));
          return true;
        });
      } finally {
        await close(server);
      }
    });
  }

  it('names all ports that are not to be had at once', async () => {
    const [first, second] = await Promise.all([taken('127.0.0.1'), taken('127.0.0.1')]);
    try {
      await assert.rejects(freePorts([{ ...any('one'), port: first.port }, any('two'), { ...any('three'), port: second.port }]), /ONE_PORT.*\n.*THREE_PORT/s);
    } finally {
      await Promise.all([close(first.server), close(second.server)]);
    }
  });

  it('refuses one port for two parts', async () => {
    const [free = 0] = await freePorts([any('one')]);
    await assert.rejects(freePorts([{ ...any('one'), port: free }, { ...any('two'), port: free }]), PortError);
  });
});
