// The process that keeps a PostgreSQL for others: started by start.ts, never by hand.
// It lives as long as somebody holds a connection to its control port. A holder that is killed drops its connection,
// and with the last holder the server ends, whether anybody said goodbye or not.
import { randomBytes } from 'node:crypto';
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { removeAll } from './cluster.ts';
import { type Control, controlFile, lives, readControl, welcome } from './control.ts';
import { readIfThere } from './files.ts';
import { serve, type Served } from './serve.ts';

const ordersForm = z.object({ dataFolder: z.string(), port: z.number().optional(), ephemeral: z.boolean(), fast: z.boolean() });
export type HelperOrders = z.infer<typeof ordersForm>;

/** How long a helper waits for the one who started it. */
const patienceMs = 10_000;

interface Keeping {
  readonly order: HelperOrders;
  readonly token: string;
  readonly holders: Set<Socket>;
  readonly serving: Promise<Served | { readonly failed: string }>;
  /** `failed`: those who wait hear why; whoever comes now tries with a helper of its own. */
  state: 'open' | 'failed' | 'ending';
}

async function help(order: HelperOrders): Promise<void> {
  const token = randomBytes(24).toString('hex');
  const early: Socket[] = [];
  let welcomeIn = (socket: Socket): void => void early.push(socket);
  // Half open: a holder that says goodbye keeps listening, and learns by the end of this process that all is stopped.
  const door = createServer({ allowHalfOpen: true }, (socket) => welcomeIn(socket));
  if (!(await claim(order.dataFolder, { pid: process.pid, port: await listen(door), token }))) process.exit(0);

  const serving = serve(order).catch((error: unknown) => ({ failed: error instanceof Error ? error.message : String(error) }));
  const keeping: Keeping = { order, token, holders: new Set(), serving, state: 'open' };
  welcomeIn = (socket) => receive(keeping, socket);
  early.forEach(welcomeIn);
  setTimeout(() => {
    if (keeping.holders.size === 0) void end(keeping);
  }, patienceMs).unref();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end(keeping));

  const outcome = await serving;
  if ('ended' in outcome) {
    await outcome.ended;
    await end(keeping);
  } else {
    keeping.state = 'failed';
    setTimeout(() => void end(keeping), 1000);
  }
}

/** The first line of a connection: the token, and whether it holds the server or only asks for a sign of life. */
function receive(keeping: Keeping, socket: Socket): void {
  socket.on('error', () => socket.destroy());
  let said = '';
  const hear = (chunk: Buffer): void => {
    said = (said + chunk.toString('utf8')).slice(0, 200);
    if (!said.includes('\n')) return;
    socket.off('data', hear);
    if (said === `ping ${keeping.token}\n`) socket.end(`${welcome}\n`);
    else if (said === `hold ${keeping.token}\n` && keeping.state === 'open') void hold(keeping, socket);
    else socket.destroy();
  };
  socket.on('data', hear);
}

async function hold(keeping: Keeping, socket: Socket): Promise<void> {
  keeping.holders.add(socket);
  socket.resume();
  socket.on('end', () => leave(keeping, socket));
  socket.on('close', () => leave(keeping, socket));
  socket.write(`${welcome}\n`);
  const answer = await keeping.serving;
  socket.write(`${JSON.stringify('failed' in answer ? answer : answer.address)}\n`);
}

function leave(keeping: Keeping, socket: Socket): void {
  if (!keeping.holders.delete(socket)) return;
  if (keeping.holders.size > 0) socket.destroy();
  else void end(keeping);
}

async function end(keeping: Keeping): Promise<void> {
  if (keeping.state === 'ending') return;
  keeping.state = 'ending';
  const { order, serving, token } = keeping;
  const served = await serving;
  if ('stop' in served) await served.stop().catch((error: unknown) => console.error(error));
  if (readControl(order.dataFolder)?.token === token) rmSync(controlFile(order.dataFolder), { force: true });
  if (order.ephemeral) removeAll(order.dataFolder);
  process.exit(0);
}

function listen(door: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    door.on('error', reject);
    door.listen(0, '127.0.0.1', () => {
      const address = door.address();
      if (address === null || typeof address === 'string') reject(new Error('The control port has no number.'));
      else resolve(address.port);
    });
  });
}

/**
 * One helper for a data folder: the control file appears whole, by a link that fails where one is. A file whose helper
 * does not answer is moved aside; should a living one have been moved, it is put back.
 */
async function claim(dataFolder: string, mine: Control): Promise<boolean> {
  const file = controlFile(dataFolder);
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(mine), { mode: 0o600 });
  try {
    for (let tries = 0; tries < 50; tries += 1) {
      if (linkedTo(own, file)) return true;
      const other = readControl(dataFolder);
      if (other !== undefined && (await lives(other))) return false;
      putAside(file, other?.token);
      await sleep(20);
    }
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function linkedTo(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function putAside(file: string, token: string | undefined): void {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
    if (token !== undefined && readIfThere(aside)?.includes(token) === false) linkSync(aside, file);
  } catch {
    // Somebody else moved it first; the next round sees what stands there now.
  } finally {
    rmSync(aside, { force: true });
  }
}

help(ordersForm.parse(JSON.parse(process.argv[2] ?? ''))).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
