// From nothing to the first answer of the health page, and what an idle process holds. Both bots are started alike,
// through src/launch.mjs: Keydesk with its compile cache warm, as at every start but the first; the echo bot without.

import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, median, type Row } from './row.ts';
import { startKeydesk, startSurroundings, type Surroundings } from './surroundings.ts';
import { startEchoBot } from './yardstick.ts';

const starts = 7;
// Memory is looked at when the start is over and done with.
const settleMs = 3000;

export async function startRows(say: (progress: string) => void): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const surroundings = await startSurroundings();
  stack.defer(() => surroundings.stop());
  // Fills the compile cache.
  await (await startKeydesk(surroundings)).stop();
  const taken: { readonly echo: number; readonly keydesk: number }[] = [];
  for (let n = 0; n < starts; n += 1) {
    const echo = await startEchoBot();
    await echo.stop();
    const keydesk = await startKeydesk(surroundings);
    await keydesk.stop();
    taken.push({ echo: echo.startMs, keydesk: keydesk.startMs });
  }
  say(`start: ${starts} starts of each`);
  const memory = await idleMemory(surroundings);
  say('memory: both idle');

  const ms = (bot: 'echo' | 'keydesk'): string => `${median(taken.map((one) => one[bot])).toFixed(0)} ms`;
  const mib = (value: number): string => `${value.toFixed(0)} MiB`;
  return [
    { figure: 'start until /healthz', ours: ms('keydesk'), yardstick: `${ms('echo')} echo`, ...atMost(1, median(taken.map((one) => one.keydesk / one.echo))) },
    { figure: 'idle memory', ours: mib(memory.keydesk), yardstick: `${mib(memory.echo)} echo`, ...atMost(1.25, memory.keydesk / memory.echo) },
  ];
}

/** Resident memory of both, side by side, in MiB. */
async function idleMemory(surroundings: Surroundings): Promise<{ readonly echo: number; readonly keydesk: number }> {
  const echo = await startEchoBot();
  const keydesk = await startKeydesk(surroundings);
  await sleep(settleMs);
  const memory = { echo: echo.residentMiB(), keydesk: keydesk.residentMiB() };
  await Promise.all([echo.stop(), keydesk.stop()]);
  return memory;
}
