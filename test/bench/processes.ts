// The processes that are measured, each in a process of its own and started in the same way: through src/launch.mjs.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../src/launch.mjs', import.meta.url));

export interface Started {
  readonly origin: string;
  /** From the start of the launcher until the first 200 of the health page. */
  readonly startMs: number;
  /** Resident memory of the process itself, without the launcher beside it. */
  residentMiB(): number;
  /** The most that it ever was. */
  peakMiB(): number;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly file: URL;
  /** How the file is told its port. */
  readonly args?: (port: number) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
  /** Answers 200 as soon as the process is up. */
  readonly health?: string;
}

const mostStartMs = 20_000;
const betweenLooksMs = 4;

/** Rejects with what the process said when it ends, or does not answer within 20 s. */
export async function start({ file, args = (port) => [String(port)], env = {}, nodeFlags = [], health = '/healthz' }: StartOptions): Promise<Started> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const begun = performance.now();
  const child = spawn(process.execPath, [launcher, ...nodeFlags, fileURLToPath(file), ...args(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
  while (!(await answers200(origin + health))) {
    if (child.exitCode !== null) throw new Error(`${file.pathname} ended while it started: ${said}`);
    if (performance.now() - begun > mostStartMs) {
      await stop();
      throw new Error(`${file.pathname} does not answer ${health}: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, betweenLooksMs));
  }
  return { origin, startMs: performance.now() - begun, residentMiB: () => mebibytes(child, 'VmRSS'), peakMiB: () => mebibytes(child, 'VmHWM'), stop };
}

const answers200 = (url: string): Promise<boolean> =>
  fetch(url).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status === 200;
    },
    () => false,
  );

/** Given back before it is used, so another process may take it: a benchmark on one machine lives with that. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address === null || typeof address === 'string' ? reject(new Error('expected a TCP port')) : resolve(address.port)));
    });
  });
}

/** Linux only, where /proc tells the launcher's only child and its memory. */
function mebibytes(launched: ChildProcess, what: 'VmRSS' | 'VmHWM'): number {
  const child = readFileSync(`/proc/${launched.pid}/task/${launched.pid}/children`, 'utf8').trim().split(' ')[0];
  const kibibytes = new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1];
  return Number(kibibytes) / 1024;
}
