// The demo as people start it: a process of its own, known by what it prints and by its exit code.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface DemoProcess {
  readonly pid: number;
  /** What it printed so far, both streams. */
  said(): string;
  /** Resolves with what was printed when it fits; rejects when the demo ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  kill(signal: NodeJS.Signals): void;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Without npm and the launcher, on free ports unless `env` says otherwise. */
export const startDemo = (args: readonly string[], env: Readonly<Record<string, string>> = {}): DemoProcess => startWith(process.execPath, ['src/demo.ts', ...args], env);

/** The demo by way of others. */
export function startWith(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): DemoProcess {
  const free = { PORT: '0', KEYDESK_SIM_PORT: '0', KEYDESK_PLAYGROUND_PORT: '0' };
  return watch(spawn(program, args, { cwd: root, env: { ...process.env, ...free, ...env }, stdio: ['ignore', 'pipe', 'pipe'] }));
}

function watch(child: ChildProcess): DemoProcess {
  let said = '';
  let wake: () => void = () => undefined;
  const hear = (chunk: Buffer): void => {
    said += chunk.toString('utf8');
    wake();
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  let gone = false;
  // `close` comes when both streams are read to their end.
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => {
      gone = true;
      wake();
      resolve(code ?? signal ?? 1);
    });
  });
  assert.ok(child.pid !== undefined, 'the demo could not be started');
  return {
    pid: child.pid,
    said: () => said,
    ended,
    kill: (signal) => void child.kill(signal),
    async until(pattern) {
      for (;;) {
        const found = pattern.exec(said);
        if (found !== null) return found;
        if (gone) throw new Error(`the demo ended before it said ${String(pattern)}; it said:\n${said}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

export interface DemoAddresses {
  readonly keydesk: string;
  readonly simulator: string;
  readonly playground: string | undefined;
}

/** When everything is up. */
export async function addressesOf(demo: DemoProcess): Promise<DemoAddresses> {
  await demo.until(/Ctrl-C stops all of it/);
  const said = demo.said();
  const at = (part: string): string | undefined => new RegExp(`^ *${part} +(http://127\\.0\\.0\\.1:\\d+)`, 'm').exec(said)?.[1];
  const [keydesk, simulator] = [at('Keydesk'), at('Simulated tenant')];
  assert.ok(keydesk !== undefined && simulator !== undefined, `no addresses in:\n${said}`);
  return { keydesk, simulator, playground: at('Agents Playground') };
}
